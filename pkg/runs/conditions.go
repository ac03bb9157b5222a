package runs

import (
	"strings"

	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/tempo"
)

// Attributes are the span attributes that filters compare, by the filters' names. A flow's is that of its own spans.
var Attributes = map[string]string{
	"workspace": "span.workspace_id", "flow": "span.script_path", "step": "span.flow_step_id",
	"scriptPath": "span.script_path", "worker": "span.worker", "tag": "span.tag", "language": "span.language",
	"jobId": "span.job_id", "rootJob": "span.root_job", "parentJob": "span.parent_job",
	"triggerKind": "span.trigger_kind", "trigger": "span.trigger", "createdBy": "span.created_by",
}

// Compared are the TraceQL conditions for the operators of filters other than =, joined. Empty: there are none.
func Compared(f query.Filters, keys ...string) string {
	var list []string
	for _, key := range keys {
		for _, c := range f.Of(key) {
			if c.OfStarter() && c.Negative() {
				continue // judged of the runs that are found
			}
			list = append(list, compared(Attributes[key], c))
		}
	}
	return strings.Join(list, " && ")
}

func compared(attribute string, c query.Condition) string {
	if c.Op == query.OpNotEqual {
		return tempo.NoneOf(attribute, c.Values)
	}
	return tempo.Matches(attribute, c.Pattern(), c.Negative())
}
