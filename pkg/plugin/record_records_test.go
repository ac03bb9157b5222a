package plugin

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
)

// recordedRuns sends runs whose ends only Windmill's records tell: a failure module that made its flow a success, a
// flow that stopped early with an error, and one that was refused an approval.
func (r *recorder) recordedRuns() map[string]*windmilltest.Job {
	if r.live["loki"] == "" {
		return nil
	}
	jobs := map[string]*windmilltest.Job{}
	b := windmilltest.New(time.Now().Add(-90*time.Second), 27)
	var logs []windmilltest.Log
	add := func(name string, run *windmilltest.Job, took time.Duration, success bool) {
		jobs[name] = run
		logs = append(logs, run.CompletedLog(took+20*ms, took, success))
	}

	rescued := b.Flow("f/recorded/rescued", 0).Pull(20*ms, 40*ms)
	rescued.Inline("a", 30*ms).Fail(60*ms, 560*ms, "ValueError", "no such customer")
	rescued.Inline("failure", 570*ms).Run(600*ms, 900*ms)
	add("recovered", rescued.Full(20*ms, 915*ms, false), 895*ms, true)

	stopped := b.Flow("f/recorded/stopped", 0).Pull(20*ms, 40*ms)
	stopped.Inline("a", 30*ms).Run(60*ms, 560*ms)
	add("early-stop", stopped.Full(20*ms, 575*ms, false), 555*ms, false)

	refused := b.Flow("f/recorded/refused", 0).Pull(20*ms, 40*ms)
	refused.Inline("a", 30*ms).Run(60*ms, 560*ms)
	add("refused", refused.Pull(30*time.Second, 30*time.Second+15*ms), 30*time.Second, false)

	r.send(b.Spans)
	r.sendLogs("/otlp/v1/logs", logs, windmilltest.OTLPLogs)
	return jobs
}

func recordedCases(now time.Time, jobs map[string]*windmilltest.Job) []namedCase {
	c := func(name, about, query string, change ...func(*goldenCase)) namedCase {
		out := goldenCase{
			About: about, Now: now, From: now.Add(-15 * time.Minute), To: now, Loki: "works", Prometheus: "none",
			Query: json.RawMessage(query),
		}
		for _, f := range change {
			f(&out)
		}
		return namedCase{name, out}
	}
	of := func(job string) string { return fmt.Sprintf(`{"queryType":"flow-steps","runId":%q}`, jobs[job].ID) }
	return []namedCase{
		c("flow-steps/recorded-recovered", "Windmill recorded a success: the failure module recovered the flow.", of("recovered")),
		c("flow-steps/recorded-loki-down", "Loki cannot be reached: the run counts as failed, as spans alone tell it.", of("recovered"),
			func(g *goldenCase) { g.Loki = "down" }),
		c("flow-steps/recorded-early-stop", "Windmill recorded a failure although every step went well.", of("early-stop")),
		c("flow-steps/recorded-refused", "No full_job: the record tells when the run ended.", of("refused")),
		c("flow-runs/recorded", "One question for the records of all runs of the list.", `{"queryType":"flow-runs","version":2,"filters":{"flow":["f/recorded/*"]}}`),
	}
}
