package plugin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
	"github.com/stretchr/testify/require"
)

// logSubjects sends runs with their log lines: over OTLP, for one as lines of JSON from stdout, and for one at work,
// whose last step has no span yet.
func (r *recorder) logSubjects() map[string]*windmilltest.Job {
	if r.live["loki"] == "" {
		return nil
	}
	jobs := map[string]*windmilltest.Job{}
	otlp := windmilltest.New(time.Now().Add(-14*time.Second), 21)
	jobs["nightly"], jobs["failed"] = otlp.Nightly(0, 2), otlp.Failed(time.Second)
	stdout := windmilltest.New(time.Now().Add(-13*time.Second), 22)
	jobs["rescued"] = stdout.Rescued(0)
	r.send(slices.Concat(otlp.Spans, stdout.Spans))
	logs := windmilltest.LogsOf(otlp.Spans)
	for i := range logs {
		if logs[i].Tags["flow_step_id"] == "a" { // before Windmill 1.812
			logs[i].TraceID, logs[i].SpanID = "", ""
		}
	}
	r.sendLogs("/otlp/v1/logs", logs, windmilltest.OTLPLogs)
	r.sendLogs("/loki/api/v1/push", windmilltest.LogsOf(stdout.Spans), windmilltest.StdoutLogs)
	return jobs
}

func (r *recorder) sendLogs(endpoint string, logs []windmilltest.Log, encode func([]windmilltest.Log) ([]byte, error)) {
	body, err := encode(logs)
	require.NoError(r.t, err)
	res, err := http.Post(r.live["loki"]+endpoint, "application/json", bytes.NewReader(body))
	require.NoError(r.t, err)
	require.Less(r.t, res.StatusCode, 300)
	require.NoError(r.t, res.Body.Close())
}

func stepLogsCases(now time.Time, jobs map[string]*windmilltest.Job) []namedCase {
	c := func(name, about, query string, change ...func(*goldenCase)) namedCase {
		out := goldenCase{About: about, Now: now, From: now.Add(-15 * time.Minute), To: now, Loki: "works", Query: json.RawMessage(query)}
		for _, f := range change {
			f(&out)
		}
		return namedCase{"step-logs/" + name, out}
	}
	run := func(job, more string) string {
		return fmt.Sprintf(`{"queryType":"step-logs","runId":%q%s}`, jobs[job].ID, more)
	}
	elsewhere := func(g *goldenCase) { g.From, g.To = now.Add(-40*time.Hour), now.Add(-39*time.Hour) }
	return []namedCase{
		c("run", "The lines of a run, those of its parallel iterations and its sub-flow too, whatever the dashboard's range.", run("nightly", ""), elsewhere),
		c("json-lines", "The lines came from stdout as JSON.", run("rescued", `,"direction":"forward"`)),
		c("step", "The lines of one step, in each iteration.", run("nightly", `,"filters":{"step":["c"]}`)),
		c("job", "The lines of one job, without its run.", fmt.Sprintf(`{"queryType":"step-logs","filters":{"jobId":[%q]}}`, jobs["failed"].ID)),
		c("search", "A text with quotes, in either form, in all jobs of the range.", `{"queryType":"step-logs","search":"step \"b\" works"}`),
		c("limit", "There are more lines than the limit.", run("nightly", `,"limit":3,"direction":"forward"`)),
		c("empty-window", "There are no lines.", `{"queryType":"step-logs"}`, elsewhere),
		c("ignored-filters", "Log lines know nothing of outcomes, durations and flows.", `{"queryType":"step-logs","minDuration":"1s","filters":{"outcome":["error"],"flow":["f/ops/report"]}}`),
		c("tempo-down", "Without Tempo only lines that name the run are found.", run("nightly", ""), func(g *goldenCase) { g.Tempo = "down" }),
		c("tempo-not-configured", "Tempo has no URL.", run("failed", ""), func(g *goldenCase) { g.Tempo = "none" }),
		c("not-in-tempo", "Neither Tempo nor Loki knows the run.", fmt.Sprintf(`{"queryType":"step-logs","runId":%q}`, windmilltest.New(now.Add(-time.Minute), 99).ID(0))),
		c("loki-down", "Loki cannot be reached.", run("nightly", ""), func(g *goldenCase) { g.Loki = "down" }),
		c("loki-not-configured", "Loki has no URL.", run("nightly", ""), func(g *goldenCase) { g.Loki = "" }),
		c("rejected", "Loki refuses a range of more than 721 hours.", `{"queryType":"step-logs"}`, func(g *goldenCase) { g.From = now.Add(-1000 * time.Hour) }),
		c("from-alert", "An alert rule cannot use log lines.", `{"queryType":"step-logs"}`, func(g *goldenCase) { g.Headers = map[string]string{"FromAlert": "true"} }),
	}
}
