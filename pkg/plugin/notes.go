package plugin

import (
	"fmt"
	"slices"

	"github.com/flowsteps/windmill-datasource/pkg/frame"
	"github.com/flowsteps/windmill-datasource/pkg/loki"
	"github.com/flowsteps/windmill-datasource/pkg/runs"
	"github.com/flowsteps/windmill-datasource/pkg/spanmetrics"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// notes gathers what is said beside the rows of an answer.
type notes struct {
	info frame.Info
	seen map[string]bool
}

func newNotes() *notes {
	return &notes{info: frame.Info{Custom: map[string]any{}}, seen: map[string]bool{}}
}

func (n *notes) say(severity data.NoticeSeverity, text string) {
	if !n.seen[text] {
		n.seen[text] = true
		n.info.Notices = append(n.info.Notices, data.Notice{Severity: severity, Text: text})
	}
}

func (n *notes) infof(format string, args ...any) {
	n.say(data.NoticeSeverityInfo, fmt.Sprintf(format, args...))
}

func (n *notes) warnf(format string, args ...any) {
	n.say(data.NoticeSeverityWarning, fmt.Sprintf(format, args...))
}

// fromTempo takes over what reading from Tempo had to say and what it cost.
func (n *notes) fromTempo(list []runs.Notice, queries []string, cost runs.Cost) {
	n.ofRun(list)
	n.info.Queries = append(n.info.Queries, queries...)
	n.took(stat("Inspected by Tempo", "decbytes", float64(cost.InspectedBytes)))
}

// ofRun takes over what there is to say of a run.
func (n *notes) ofRun(list []runs.Notice) {
	for _, x := range list {
		severity := data.NoticeSeverityInfo
		if x.Warning {
			severity = data.NoticeSeverityWarning
		}
		n.say(severity, x.Text)
	}
}

// fromMetrics takes over what reading span metrics had to say.
func (n *notes) fromMetrics(list, queries []string) {
	for _, text := range list {
		n.infof("%s", text)
	}
	n.info.Queries = append(n.info.Queries, queries...)
}

// fromLoki takes over what reading log lines had to say and what it cost.
func (n *notes) fromLoki(list []loki.Notice, queries []string, cost loki.Stats) {
	for _, x := range list {
		severity := data.NoticeSeverityInfo
		if x.Warning {
			severity = data.NoticeSeverityWarning
		}
		n.say(severity, x.Text)
	}
	n.info.Queries = append(n.info.Queries, queries...)
	n.took(
		stat("Processed by Loki", "decbytes", float64(cost.Bytes)),
		stat("Lines processed by Loki", "", float64(cost.Lines)),
		stat("Time in Loki", "s", cost.Time.Seconds()),
	)
}

// took adds to the figures of what the answer took.
func (n *notes) took(list ...data.QueryStat) {
	for _, s := range list {
		i := slices.IndexFunc(n.info.Stats, func(known data.QueryStat) bool { return known.DisplayName == s.DisplayName })
		if i < 0 {
			n.info.Stats = append(n.info.Stats, s)
			continue
		}
		n.info.Stats[i].Value += s.Value
	}
}

// counted writes a number of things: "1 job", "2 jobs".
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// takeOver adds what was noted of something else that this answer is made of; its notices begin with its name.
func (n *notes) takeOver(what string, other *notes) {
	for _, notice := range other.info.Notices {
		n.say(notice.Severity, what+": "+notice.Text)
	}
	n.info.Queries = append(n.info.Queries, other.info.Queries...)
	n.info.Stats = append(n.info.Stats, other.info.Stats...)
}

// fromFigures takes over where figures of steps came from, and what was to be said.
func (n *notes) fromFigures(source spanmetrics.Source, h spanmetrics.Histogram, list, queries []string) {
	n.fromMetrics(list, queries)
	n.info.Custom["source"], n.info.Custom["baselineSource"] = string(source), string(source)
	n.info.Custom["baselineHistogram"] = string(h)
}
