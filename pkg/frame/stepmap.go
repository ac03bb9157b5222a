package frame

import (
	"fmt"
	"math"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

const thickest = 8 // pixels of the edge that is passed most

// StepMap makes the two frames step-map, nodes and edges, in the form that Grafana's node graph takes.
func StepMap(m flowstep.StepMap, info Info, l Links) data.Frames {
	nodes, edges := mapNodes(m.Nodes, info, l), mapEdges(m.Edges)
	nodes.Meta, edges.Meta = meta("step-map", info), meta("step-map", Info{Custom: info.Custom})
	for _, f := range []*data.Frame{nodes, edges} {
		f.Meta.PreferredVisualization = data.VisTypeNodeGraph
	}
	return data.Frames{nodes, edges}
}

func mapNodes(rows []flowstep.StepNode, info Info, l Links) *data.Frame {
	type R = flowstep.StepNode
	knownText := func(get func(*R) string) func(*R) *string {
		return func(r *R) *string {
			return known(get(r))
		}
	}
	slowest := slowestNode(rows)
	return data.NewFrame("nodes",
		column(rows, "id", "Step", "", func(r *R) string { return r.ID }),
		column(rows, "title", "Step", "", func(r *R) string { return r.Title }),
		column(rows, "subtitle", "Place", "What contains the step.", func(r *R) string { return r.Subtitle }),
		column(rows, "mainstat", "p95", "Execution time.", func(r *R) *string { return duration(r.P95) }),
		column(rows, "secondarystat", "Calls", "Executions.", func(r *R) *string { return calls(r.Calls) }),
		column(rows, "highlighted", "Slowest", "The step with the highest p95.", func(r *R) bool { return r == slowest }),
		column(rows, "arc__ok", "OK", "Executions that went well.", func(r *R) *float64 {
			if r.ErrorRatio == nil {
				return nil
			}
			ok := 1 - *r.ErrorRatio
			return &ok
		}, inPercent, color("green")),
		column(rows, "arc__error", "Errors", "Executions that failed.",
			func(r *R) *float64 { return r.ErrorRatio }, inPercent, color("red")),
		column(rows, "detail__p95", "p95", "Execution time.", func(r *R) *float64 { return r.P95 }, inSeconds),
		column(rows, "detail__calls", "Calls", "Executions.", func(r *R) *float64 { return r.Calls }, decimals(0)),
		column(rows, "detail__contribution", "Contribution", "Mean share of the run's wall time, in the sampled runs.",
			func(r *R) *float64 { return r.Contribution }, inPercent),
		column(rows, "detail__kind", "Kind", "", knownText(func(r *R) string { return r.Kind })),
		column(rows, "detail__workspace", "Workspace", "", knownText(func(r *R) string { return r.Key.Workspace })),
		column(rows, "detail__flow", "Flow", "", knownText(func(r *R) string { return r.Flow }), links(l.ofFlow()...)),
		column(rows, "detail__step", "Step", "Id of the flow's module.", knownText(func(r *R) string { return r.Key.Step }), links(l.ofStep("detail__workspace")...)),
		column(rows, "detail__script_path", "Script", "Path of the script, without iterations and branches.", knownText(func(r *R) string { return r.Key.StepPath })),
		column(rows, "detail__figures", "Figures from", "Where calls, p95 and errors come from.", knownText(figures)),
		column(rows, "detail__slowest_run", "Slowest run", "Of the sampled runs.", func(r *R) *string { return r.SlowestRun },
			links(l.ofRun(fieldVariable("detail__workspace"))...)),
		column(rows, "series", "Series", "Matchers of its series in Prometheus.",
			func(r *R) *string { return r.Series }, links(l.series(info))),
	)
}

// slowestNode is the step with the highest p95; nil: none is known.
func slowestNode(rows []flowstep.StepNode) (slowest *flowstep.StepNode) {
	for i := range rows {
		if p95 := rows[i].P95; p95 != nil && rows[i].Key.Step != "" && (slowest == nil || *p95 > *slowest.P95) {
			slowest = &rows[i]
		}
	}
	return slowest
}

// duration writes seconds as people say them. Grafana's node graph prints a number with two decimals and the unit's id.
func duration(seconds *float64) *string {
	if seconds == nil {
		return nil
	}
	s := *seconds
	switch {
	case s < 0.001:
		return known(fmt.Sprintf("%.2f ms", s*1000))
	case s < 1:
		return known(fmt.Sprintf("%.0f ms", s*1000))
	case s < 60:
		return known(fmt.Sprintf("%.2f s", s))
	}
	return known(time.Duration(s * float64(time.Second)).Round(time.Second).String())
}

func calls(n *float64) *string {
	if n == nil {
		return nil
	}
	switch rounded := math.Round(*n); rounded {
	case 1:
		return known("1 call")
	default:
		return known(fmt.Sprintf("%.0f calls", rounded))
	}
}

func figures(r *flowstep.StepNode) string {
	switch {
	case r.Calls == nil:
		return ""
	case r.Sampled:
		return "sampled runs"
	}
	return "span metrics"
}

func mapEdges(rows []flowstep.StepEdge) *data.Frame {
	type R = flowstep.StepEdge
	most := 1.0
	for _, r := range rows {
		most = max(most, r.Count)
	}
	return data.NewFrame("edges",
		column(rows, "id", "", "", func(r *R) string { return r.ID }),
		column(rows, "source", "From", "", func(r *R) string { return r.Source }),
		column(rows, "target", "To", "", func(r *R) string { return r.Target }),
		column(rows, "mainstat", "Times", "How often the one was followed by the other, in the sampled runs.",
			func(r *R) *string {
				return known(fmt.Sprintf("%.0f", r.Count))
			}),
		column(rows, "thickness", "Thickness", "", func(r *R) float64 { return 1 + (thickest-1)*r.Count/most }),
	)
}

// color gives a field one of Grafana's named colors.
func color(name string) option {
	return func(c *data.FieldConfig) { c.Color = map[string]any{"mode": "fixed", "fixedColor": name} }
}
