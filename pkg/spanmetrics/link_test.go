package spanmetrics

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSeriesOf(t *testing.T) {
	full := Shape{Exists: true, Windmill: true, StepLabel: "step_path", Labels: []string{"flow_step_id", "span_name", "step_path", "workspace_id"}}
	raw := Shape{Exists: true, Windmill: true, StepLabel: "script_path", Labels: []string{"flow_step_id", "script_path", "span_name"}}
	byName := Shape{Exists: true, Windmill: true, Labels: []string{"span_name"}}
	step, flow := Key{"sales", "f/etl", `a"b`, false}, Key{"sales", "f/etl", "", false}
	for _, c := range []struct {
		shape Shape
		key   Key
		want  string
	}{
		{full, step, `workspace_id="sales",step_path="f/etl",flow_step_id="a\"b",span_name="job a\"b"`},
		{full, flow, `workspace_id="sales",step_path="f/etl",span_name="full_job"`},
		{raw, step, `script_path=~"(?:f/etl)(?:/(?:forloop|loop|branchone|branchall)-[0-9]+.*)?",flow_step_id="a\"b",span_name="job a\"b"`},
		{byName, step, `span_name="job a\"b"`},
		{byName, flow, ""},
		{Shape{}, step, ""},
	} {
		require.Equal(t, c.want, c.shape.SeriesOf(c.key))
	}
}
