package plugin

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
)

const ms = time.Millisecond

// runsAtWork sends runs that have not ended: two are in a sub-flow, of whose step only log lines tell, over OTLP and as
// JSON from stdout; of the third, a script, nothing has ended.
func (r *recorder) runsAtWork() map[string]*windmilltest.Job {
	if r.live["loki"] == "" {
		return nil
	}
	jobs := map[string]*windmilltest.Job{}
	otlp := windmilltest.New(time.Now().Add(-12*time.Second), 23)
	jobs["script"] = otlp.Script("f/lib/report", 500*ms)
	jobs["script"].Pull(600*ms, time.Hour)
	var logs []windmilltest.Log
	jobs["going"], jobs["step"], logs = goingRun(otlp)
	r.sendEnded(otlp.Spans)
	r.sendLogs("/otlp/v1/logs", logs, windmilltest.OTLPLogs)

	stdout := windmilltest.New(time.Now().Add(-12*time.Second), 24)
	jobs["stdout"], _, logs = goingRun(stdout)
	r.sendEnded(stdout.Spans)
	r.sendLogs("/loki/api/v1/push", logs, windmilltest.StdoutLogs)
	return jobs
}

// goingRun builds a run whose step x, in a sub-flow, is at work, with the log lines of everything that was built.
func goingRun(b *windmilltest.Builder) (run, x *windmilltest.Job, logs []windmilltest.Log) {
	run = b.Flow("f/demo/going", 0)
	run.Pull(50*ms, 70*ms)
	a := run.Inline("a", 60*ms)
	a.Run(100*ms, 1100*ms)
	sub := run.Subflow("e", "f/etl/publish", 1110*ms)
	sub.Pull(1200*ms, 1220*ms)
	x = sub.Inline("x", 1210*ms)
	x.Pull(1300*ms, time.Hour)

	of := func(j *windmilltest.Job) windmill.Span {
		return b.Spans[slices.IndexFunc(b.Spans, func(s windmill.Span) bool { return s.JobID == j.ID })]
	}
	logs = append(windmilltest.LogsOf(b.Spans), windmilltest.PushedLog(of(run), of(run), a.ID),
		windmilltest.PushedLog(of(run), of(a), sub.ID), windmilltest.PushedLog(of(sub), of(sub), x.ID))
	for i := range logs {
		if at := b.Base.Add(2 * time.Second); logs[i].Time.After(at) { // the middle of what has not ended
			logs[i].Time = at
		}
	}
	return run, x, logs
}

// sendEnded sends the spans that have ended: Windmill exports no others.
func (r *recorder) sendEnded(spans []windmill.Span) {
	r.send(slices.DeleteFunc(slices.Clone(spans), func(s windmill.Span) bool { return s.End().After(time.Now()) }))
}

func atWorkCases(now time.Time, jobs map[string]*windmilltest.Job) []namedCase {
	c := func(name, about, job string, change ...func(*goldenCase)) namedCase {
		out := goldenCase{
			About: about, Now: now, From: now.Add(-15 * time.Minute), To: now, Loki: "works", Prometheus: "none",
			Query: json.RawMessage(fmt.Sprintf(`{"queryType":"flow-steps","runId":%q}`, jobs[job].ID)),
		}
		for _, f := range change {
			f(&out)
		}
		return namedCase{"flow-steps/at-work" + name, out}
	}
	return []namedCase{
		c("", "The step of a sub-flow has no span yet: log lines tell of it.", "going"),
		c("-json-lines", "The log lines are JSON from stdout.", "stdout"),
		c("-only-logs", "Nothing of the run has a span yet.", "script"),
		c("-inner-job", "The id is that of a job at work within a run.", "step"),
		c("-loki-down", "Loki cannot be reached: what is at work is not seen.", "going", func(g *goldenCase) { g.Loki = "down" }),
		c("-loki-not-configured", "Loki has no URL: what is at work is not seen.", "going", func(g *goldenCase) { g.Loki = "" }),
	}
}
