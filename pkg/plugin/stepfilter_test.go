package plugin

import (
	"testing"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/spanmetrics"
)

// A series without a path, of a step that runs no script or by span name, says nothing of its flow.
func TestChoiceKeepsStepsOfItsFlows(t *testing.T) {
	inline := flowstep.Key{Workspace: "w", StepPath: "f/a/load", Step: "load"}
	byPath := flowstep.Key{Workspace: "w", StepPath: "f/lib/x", Step: "x"}
	pathless := flowstep.Key{Workspace: "w", Step: "guard"}
	everything := stepChoice{}
	untraced := stepChoice{wanted: []string{"f/a"}}
	traced := stepChoice{
		wanted: []string{"f/a"},
		filter: spanmetrics.Filter{Keys: []spanmetrics.Key{spanmetrics.Key(byPath), spanmetrics.Key(pathless)}},
		flows:  flowstep.FlowsOf{byPath: {"f/a"}},
	}
	for _, c := range []struct {
		name   string
		choice stepChoice
		key    flowstep.Key
		want   bool
	}{
		{"any flow", everything, pathless, true},
		{"a flow without traces, its inline step", untraced, inline, true},
		{"a flow without traces, a script by path", untraced, byPath, false},
		{"a flow without traces, a step without a path", untraced, pathless, false},
		{"a flow with traces, a script that it ran", traced, byPath, true},
		{"a flow with traces, a script that it did not run", traced, flowstep.Key{Workspace: "w", StepPath: "f/lib/y", Step: "y"}, false},
		{"a flow with traces, a step without a path that was asked for", traced, pathless, true},
	} {
		if got := c.choice.keep(c.key); got != c.want {
			t.Errorf("%s: keep is %v, want %v", c.name, got, c.want)
		}
	}
}
