package plugin

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/runs"
	"github.com/flowsteps/windmill-datasource/pkg/tempo"
	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/resource/httpadapter"
)

// maxValues bounds the values of a filter that are offered.
const maxValues = 1000

// CallResource serves what the query editor asks for besides queries.
func (d *Datasource) CallResource(ctx context.Context, req *backend.CallResourceRequest, sender backend.CallResourceResponseSender) error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /tag-values", d.tagValues)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusNotFound, message{"There is no such resource: tag-values is the only one."})
	})
	return httpadapter.New(mux).CallResource(ctx, req, sender)
}

type message struct {
	Message string `json:"message"`
}

type tagValuesAnswer struct {
	Values    []string `json:"values"`
	Truncated bool     `json:"truncated"`
}

// tagValues lists the values of a filter: GET tag-values?tag=<filter>&from=<ms>&to=<ms>&filters=<JSON of the others>.
func (d *Datasource) tagValues(w http.ResponseWriter, req *http.Request) {
	ctx, meter := upstream.WithMeter(req.Context(), d.settings.Limits.Bytes, d.now)
	defer meter.Close()
	ctx, cancel := upstream.WithTimeLimit(ctx, d.settings.Limits.Time)
	defer cancel()
	answer, err := d.findTagValues(ctx, req.FormValue("tag"), req.FormValue("from"), req.FormValue("to"), req.FormValue("filters"))
	if err != nil {
		res := failure(err)
		reply(w, statusOfResource(int(res.Status)), message{res.Error.Error()})
		return
	}
	reply(w, http.StatusOK, answer)
}

// statusOfResource is what the browser gets. An upstream that refuses the data source's credentials must not look as if
// Grafana refused those of the user, who would be asked to sign in again.
func statusOfResource(status int) int {
	if status == http.StatusUnauthorized || status == http.StatusForbidden {
		return http.StatusBadGateway
	}
	return status
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		backend.Logger.Debug("A resource's answer could not be written", "error", err)
	}
}

func (d *Datasource) findTagValues(ctx context.Context, tag, from, to, filters string) (tagValuesAnswer, error) {
	if !slices.Contains(query.FilterKeys(), tag) {
		return tagValuesAnswer{}, &query.Error{Message: "Tag " + strconv.Quote(tag) + " is unknown: use the name of a filter, such as flow or step."}
	}
	if tag == "outcome" {
		var list []string
		for _, o := range windmill.Outcomes() {
			list = append(list, string(o))
		}
		list = append(list, query.OutcomeHandled)
		return tagValuesAnswer{Values: list}, nil
	}
	start, err := milliseconds("from", from)
	if err != nil {
		return tagValuesAnswer{}, err
	}
	end, err := milliseconds("to", to)
	if err != nil {
		return tagValuesAnswer{}, err
	}
	if !start.IsZero() && !end.IsZero() { // a dashboard over 30 days has the values of its newest week
		newest, _ := runs.Windows{}.Newest(runs.Range{From: start, To: end})
		start = newest.From
	}
	f, err := query.ParseFilters(json.RawMessage(filters))
	if err != nil {
		return tagValuesAnswer{}, err
	}
	if f.Nothing != "" && f.Nothing != tag {
		return tagValuesAnswer{Values: []string{}}, nil
	}
	if d.tempo == nil {
		return tagValuesAnswer{}, needs("the values of a filter", "Tempo")
	}
	if belowFlow(tag, f) {
		return d.askFlowTagValues(ctx, tag, f, start, end)
	}
	return d.askTagValues(ctx, tag, f, start, end)
}

// askTagValues asks Tempo once for each attribute that a filter stands for. Tempo understands only conditions joined
// by && here, so flows are asked for in two questions too: those that ended, and those that were pulled.
func (d *Datasource) askTagValues(ctx context.Context, tag string, f query.Filters, start, end time.Time) (tagValuesAnswer, error) {
	answer := tagValuesAnswer{Values: []string{}}
	for _, q := range tagQuestions(tag) {
		values, truncated, err := d.tempo.TagValues(ctx, tempo.TagValuesRequest{
			Tag: q.attribute, Query: "{ " + tagCondition(tag, q.condition, f) + " }", Start: start, End: end, Limit: maxValues,
		})
		if err != nil {
			return tagValuesAnswer{}, err
		}
		answer.Values = append(answer.Values, values...)
		answer.Truncated = answer.Truncated || truncated
	}
	slices.Sort(answer.Values)
	answer.Values = slices.Compact(answer.Values)
	return answer, nil
}

type tagQuestion struct{ attribute, condition string }

func tagQuestions(tag string) []tagQuestion {
	switch tag {
	case "flow":
		return []tagQuestion{
			{"span.script_path", `name = "full_job"`},
			{"span.script_path", `name = "job" && span.job_kind =~ "flow|flowpreview|singlestepflow"`},
		}
	case "worker":
		return []tagQuestion{{"span.worker", ""}, {"span.worker_id", ""}}
	}
	return []tagQuestion{{runs.Attributes[tag], ""}}
}

// tagCondition narrows the values by the other filters, as far as one span carries both.
func tagCondition(tag, condition string, f query.Filters) string {
	parts := []string{"span.job_id != nil"}
	if condition != "" {
		parts = append(parts, condition)
	}
	add := func(key string, values []string) {
		if key == tag {
			return
		}
		if len(values) > 0 {
			parts = append(parts, tempo.AnyOf(runs.Attributes[key], values))
		}
		if more := runs.Compared(f, key); more != "" {
			parts = append(parts, more)
		}
	}
	add("workspace", f.Workspace)
	if tag == "flow" {
		return join(parts)
	}
	add("step", f.Step)
	add("scriptPath", f.ScriptPath)
	add("tag", f.Tag)
	add("language", f.Language)
	add("worker", f.Worker)
	add("rootJob", f.RootJob)
	add("parentJob", f.ParentJob)
	add("triggerKind", f.TriggerKind)
	add("trigger", f.Trigger)
	add("createdBy", f.CreatedBy)
	return join(parts)
}

func join(parts []string) string {
	text := parts[0]
	for _, p := range parts[1:] {
		text += " && " + p
	}
	return text
}

// milliseconds reads a time. Empty is no bound.
func milliseconds(name, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	ms, err := strconv.ParseInt(text, 10, 64)
	if err != nil || ms < 0 {
		return time.Time{}, &query.Error{Message: "The parameter " + name + " must be milliseconds since 1970."}
	}
	return time.UnixMilli(ms), nil
}
