package frame

import (
	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// Nothing makes the answer of a query that nothing can match: one frame without fields, of the type that the query's
// frames have where Grafana's dataplane contract names it.
func Nothing(of query.Type, alert bool, info Info) data.Frames {
	name := string(of)
	switch {
	case of == query.StepLatency, of == query.StepContribution:
		return typed(nil, name, data.FrameTypeTimeSeriesMulti, info)
	case of == query.StepRegressions && alert:
		return typed(nil, name, data.FrameTypeNumericMulti, info)
	}
	return data.Frames{table(name, info)}
}
