package spanmetrics

import "strings"

// SeriesOf writes the matchers of the series that a key's figures come from, as they go between the braces of a PromQL
// selector: `workspace_id="sales",step_path="f/etl",flow_step_id="load",span_name="job load"`. It is empty where no
// series tell the key apart: a flow without a path in the labels, or no span metrics at all.
func (s Shape) SeriesOf(k Key) string {
	d := dims{s}
	if d.source() == SourceNone || (k.Step == "" && d.byName()) {
		return ""
	}
	k = d.reduce(k)
	var m []string
	if k.Workspace != "" {
		m = append(m, labelWorkspace+"="+QuoteLabelValue(k.Workspace))
	}
	if k.StepPath != "" {
		m = append(m, d.pathMatcher([]string{k.StepPath}))
	}
	switch k.subject() {
	case ofScripts:
		return strings.Join(append(m, labelSpanName+`="job"`), ",")
	case ofFlows:
		return strings.Join(append(m, labelSpanName+`="full_job"`), ",")
	}
	if s.Has(labelStep) {
		m = append(m, labelStep+"="+QuoteLabelValue(k.Step))
	}
	return strings.Join(append(m, labelSpanName+"="+QuoteLabelValue("job "+k.Step)), ",")
}
