package runs

import (
	"strings"

	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/tempo"
)

// attributes are the span attributes that the filters of jobs compare.
var attributes = map[string]string{
	"workspace": "span.workspace_id", "step": "span.flow_step_id", "scriptPath": "span.script_path", "worker": "span.worker",
	"tag": "span.tag", "language": "span.language", "jobId": "span.job_id", "rootJob": "span.root_job", "parentJob": "span.parent_job",
}

// Compared are the TraceQL conditions for the operators of filters other than =, joined. Empty: there are none.
func Compared(f query.Filters, keys ...string) string {
	var list []string
	for _, key := range keys {
		for _, c := range f.Of(key) {
			list = append(list, compared(attributes[key], c))
		}
	}
	return strings.Join(list, " && ")
}

// comparedFlow is Compared for the path of the flow itself.
func comparedFlow(f query.Filters) string {
	var list []string
	for _, c := range f.Of("flow") {
		list = append(list, compared("span.script_path", c))
	}
	return strings.Join(list, " && ")
}

func compared(attribute string, c query.Condition) string {
	if c.Op == query.OpNotEqual {
		return tempo.NoneOf(attribute, c.Values)
	}
	return tempo.Matches(attribute, c.Pattern(), c.Negative())
}
