package plugin

import (
	"fmt"

	"github.com/flowsteps/windmill-datasource/pkg/frame"
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
	for _, x := range list {
		severity := data.NoticeSeverityInfo
		if x.Warning {
			severity = data.NoticeSeverityWarning
		}
		n.say(severity, x.Text)
	}
	n.info.Queries = append(n.info.Queries, queries...)
	n.info.Stats = append(n.info.Stats,
		data.QueryStat{FieldConfig: data.FieldConfig{DisplayName: "Requests to Tempo"}, Value: float64(cost.Requests)},
		data.QueryStat{FieldConfig: data.FieldConfig{DisplayName: "Inspected by Tempo", Unit: "decbytes"}, Value: float64(cost.InspectedBytes)},
	)
}

// fromMetrics takes over what reading span metrics had to say.
func (n *notes) fromMetrics(list, queries []string) {
	for _, text := range list {
		n.infof("%s", text)
	}
	n.info.Queries = append(n.info.Queries, queries...)
}

// fromFigures takes over where figures of steps came from, and what was to be said.
func (n *notes) fromFigures(source spanmetrics.Source, h spanmetrics.Histogram, list, queries []string) {
	n.fromMetrics(list, queries)
	n.info.Custom["source"], n.info.Custom["baselineSource"] = string(source), string(source)
	n.info.Custom["baselineHistogram"] = string(h)
}
