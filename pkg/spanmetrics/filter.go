package spanmetrics

import "fmt"

// matchers are the PromQL matchers of a filter's lists. A list whose label the series do not carry is left out, and
// said.
func (d dims) matchers(f Filter, a *asked) []string {
	var m []string
	list := func(name, label string, values []string) {
		if len(values) == 0 {
			return
		}
		if !d.shape.Has(label) {
			a.notice(fmt.Sprintf("The span metrics carry no %s, so the filter by %s has no effect on them.", label, name))
			return
		}
		m = append(m, AnyOf(label, values))
	}
	list("workspace", labelWorkspace, f.Workspaces)
	list("language", labelLanguage, f.Languages)
	list("tag", labelTag, f.Tags)
	if len(f.StepPaths) > 0 && d.byName() {
		a.notice("The span metrics carry no path of the step, so the filter by path has no effect on them.")
	}
	for _, c := range f.Compared {
		m = append(m, d.compared(c, a))
	}
	return append(m, d.pathMatcher(f.StepPaths), d.stepMatcher(f.Steps))
}

// compared is the matcher of a comparison. Where the series do not carry the tag there is none, which is said.
func (d dims) compared(c Comparison, a *asked) string {
	label, pattern := c.Tag, "(?:"+c.Pattern+")"
	switch {
	case c.Tag == labelStep && d.stepLabel() != labelStep:
		label, pattern = labelSpanName, "job "+pattern
	case c.Tag == labelScriptPath && d.raw():
		pattern += "(?:" + container + ")?"
	case c.Tag == labelScriptPath && !d.byName():
		label = labelStepPath
	case c.Tag == labelStep:
	case c.Tag == labelScriptPath, !d.shape.Has(label):
		a.notice(fmt.Sprintf("The span metrics carry no %s, so a filter by it has no effect on them.", c.Tag))
		return ""
	}
	if c.Not {
		return label + "!~" + QuoteLabelValue(pattern)
	}
	return label + "=~" + QuoteLabelValue(pattern)
}

// noFigures says that the filter can match nothing.
func (f Filter) noFigures() bool { return f.Keys != nil && len(f.Keys) == 0 }
