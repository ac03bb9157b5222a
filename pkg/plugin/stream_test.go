package plugin

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/runs"
	"github.com/flowsteps/windmill-datasource/pkg/tempo"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const testKey = "/0123456789abcdef"

// quick is a pace for tests.
var quick = pace{fastest: 5 * time.Millisecond, slowest: 20 * time.Millisecond, grace: 30 * time.Millisecond, unseen: time.Hour, failures: 2}

// packets gathers what a stream sends.
type packets struct {
	mu   sync.Mutex
	list []packet
	each func(packet)
}

func (p *packets) Send(raw *backend.StreamPacket) error {
	var one packet
	if err := json.Unmarshal(raw.Data, &one); err != nil {
		return err
	}
	p.mu.Lock()
	p.list = append(p.list, one)
	p.mu.Unlock()
	if p.each != nil {
		p.each(one)
	}
	return nil
}

func (p *packets) last() packet {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.list[len(p.list)-1]
}

// recorded is a data source before recorded answers, and the subscription to the query of a case.
func recorded(t *testing.T, dir string, change func(query, tempo map[string]any)) (*Datasource, *backend.RunStreamRequest, goldenCase) {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + dir + "/query.json")
	require.NoError(t, err)
	var c goldenCase
	require.NoError(t, json.Unmarshal(raw, &c))
	var q map[string]any
	require.NoError(t, json.Unmarshal(c.Query, &q))
	q["refId"] = "B"
	s := c.settings(loadUpstreams(t, "testdata/"+dir))
	var settings map[string]any
	require.NoError(t, json.Unmarshal(s.JSONData, &settings))
	change(q, settings["tempo"].(map[string]any))
	s.JSONData, err = json.Marshal(settings)
	require.NoError(t, err)
	d, err := newDatasource(context.Background(), s, func() time.Time { return c.Now })
	require.NoError(t, err)
	t.Cleanup(d.Dispose)
	body, err := json.Marshal(map[string]any{"query": q, "from": c.From.UnixMilli(), "to": c.To.UnixMilli(), "maxDataPoints": 100, "intervalMs": 15000})
	require.NoError(t, err)
	kind, _ := q["queryType"].(string)
	return d, &backend.RunStreamRequest{Path: kind + testKey, Data: body}, c
}

// followAt runs a stream at a pace of the test's.
func followAt(ctx context.Context, t *testing.T, d *Datasource, req *backend.RunStreamRequest, p pace, got *packets) {
	t.Helper()
	s, err := d.newStream(req, newOutlet(backend.NewStreamSender(got)))
	require.NoError(t, err)
	require.NoError(t, s.follow(ctx, p))
}

// leaver is a Tempo whose subscriber leaves when a run is read for the last of some times.
type leaver struct {
	runs.Traces
	times atomic.Int32
	leave context.CancelFunc
}

func (l *leaver) Trace(ctx context.Context, id string, start, end time.Time) (tempo.TraceResult, error) {
	if l.times.Add(-1) == 0 {
		l.leave()
	}
	return l.Traces.Trace(ctx, id, start, end)
}

// followSeveralTimes follows a run until it has been read several times, and then leaves.
func followSeveralTimes(t *testing.T, d *Datasource, req *backend.RunStreamRequest, got *packets) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	l := &leaver{Traces: d.tempo, leave: cancel}
	l.times.Store(8)
	d.reader = d.reader.Over(l)
	followAt(ctx, t, d, req, quick, got)
	require.Error(t, ctx.Err(), "only the subscriber ends it")
}

func rowsOf(t *testing.T, frames data.Frames) string {
	t.Helper()
	raw, err := data.FrameToJSON(frames[0], data.IncludeDataOnly)
	require.NoError(t, err)
	return string(raw)
}

func TestSubscribe(t *testing.T) {
	d, _, _ := recorded(t, "flow-runs/normal", func(_, _ map[string]any) {})
	for path, want := range map[string]backend.SubscribeStreamStatus{
		"flow-runs" + testKey:         backend.SubscribeStreamStatusOK,
		"flow-runs/short":             backend.SubscribeStreamStatusNotFound,
		"flow-runs":                   backend.SubscribeStreamStatusNotFound,
		"flow-runs" + testKey + "/x":  backend.SubscribeStreamStatusNotFound,
		"something" + testKey:         backend.SubscribeStreamStatusNotFound,
		"flow-steps" + testKey + "-z": backend.SubscribeStreamStatusOK,
	} {
		res, err := d.SubscribeStream(context.Background(), &backend.SubscribeStreamRequest{Path: path})
		require.NoError(t, err)
		assert.Equal(t, want, res.Status, path)
	}
	res, err := d.PublishStream(context.Background(), &backend.PublishStreamRequest{Path: "flow-runs" + testKey})
	require.NoError(t, err)
	assert.Equal(t, backend.PublishStreamStatusPermissionDenied, res.Status)

	perUser, err := newDatasource(context.Background(), backend.DataSourceInstanceSettings{
		JSONData: []byte(`{"tempo":{"url":"http://t"},"oauthPassThru":true}`)}, time.Now)
	require.NoError(t, err)
	defer perUser.Dispose()
	answer, err := perUser.SubscribeStream(context.Background(), &backend.SubscribeStreamRequest{Path: "flow-runs" + testKey})
	require.NoError(t, err)
	assert.Equal(t, backend.SubscribeStreamStatusPermissionDenied, answer.Status, "a stream does not know its user's token")
}

// TestStreamedAnswerIsTheAnswer asks servers that do not stream: the rows are those of a query, and a notice says why.
func TestStreamedAnswerIsTheAnswer(t *testing.T) {
	for _, on := range []bool{false, true} {
		d, req, c := recorded(t, "flow-runs/normal", func(_, tempo map[string]any) {
			tempo["streaming"] = map[string]any{"enabled": on, "grpcUrl": nowhere}
		})
		want := c.answer(t, loadUpstreams(t, "testdata/flow-runs/normal"))
		got := &packets{}
		require.NoError(t, d.RunStream(context.Background(), req, backend.NewStreamSender(got)))
		final := got.last()
		require.Equal(t, stateDone, final.State, final.Error)
		assert.Equal(t, "B", final.Frames[0].RefID)
		assert.JSONEq(t, rowsOf(t, want.Frames), rowsOf(t, final.Frames))
		notices := fmt.Sprint(final.Frames[0].Meta.Notices)
		assert.Equal(t, on, strings.Contains(notices, "Searches were not streamed but answered over HTTP: Tempo at"), notices)
	}
}

func TestStreamFails(t *testing.T) {
	for name, c := range map[string]struct {
		dir, data string
		status    int
		message   string
	}{
		"no JSON":     {"flow-runs/normal", `{`, 400, "The stream cannot be started: what the browser sent is no valid JSON object."},
		"no range":    {"flow-runs/normal", `{"query":{"queryType":"flow-runs"}}`, 400, "The time range is empty: its end must be after its start."},
		"bad query":   {"flow-runs/normal", `{"query":{"limit":0.5},"from":1,"to":2}`, 400, "The limit must be a whole number from 1 to 1000."},
		"Tempo down":  {"flow-runs/tempo-down", "", 502, "Tempo at 127.0.0.1:1 refused the connection: is it running, and is the URL right?"},
		"no such run": {"flow-steps/not-found", "", 404, "Run 01a20000-0000-7000-8000-000000000000 was not found"},
	} {
		t.Run(name, func(t *testing.T) {
			d, req, _ := recorded(t, c.dir, func(_, tempo map[string]any) {
				tempo["streaming"] = map[string]any{"enabled": true, "grpcUrl": nowhere}
			})
			if c.data != "" {
				req.Data = []byte(c.data)
			}
			got := &packets{}
			require.NoError(t, d.RunStream(context.Background(), req, backend.NewStreamSender(got)), "else Grafana would start anew")
			final := got.last()
			require.Equal(t, stateError, final.State)
			assert.Equal(t, c.status, final.Error.Status)
			assert.Contains(t, final.Error.Message, c.message)
		})
	}
}

func TestFollowEndsWithTheRun(t *testing.T) {
	d, req, c := recorded(t, "flow-steps/normal", func(q, _ map[string]any) { q["follow"] = true })
	got := &packets{}
	followAt(context.Background(), t, d, req, quick, got)
	require.Len(t, got.list, 2, "what is the same is not sent again before the end")
	assert.Equal(t, stateStreaming, got.list[0].State)
	assert.Equal(t, stateDone, got.list[1].State)
	want := c.answer(t, loadUpstreams(t, "testdata/flow-steps/normal"))
	assert.JSONEq(t, rowsOf(t, want.Frames), rowsOf(t, got.list[1].Frames))
}

func TestFollowGoesOnWhileTheRunDoes(t *testing.T) {
	d, req, _ := recorded(t, "flow-steps/partial-trace", func(q, _ map[string]any) { q["follow"] = true })
	got := &packets{}
	followSeveralTimes(t, d, req, got)
	require.Len(t, got.list, 1)
	assert.Equal(t, stateStreaming, got.list[0].State)
}

// TestFollowOfLogLines: those of a run end with it. While Tempo has nothing of a young run, or no end, more may come.
func TestFollowOfLogLines(t *testing.T) {
	follow := func(q, _ map[string]any) { q["follow"] = true }
	d, req, c := recorded(t, "step-logs/run", follow)
	got := &packets{}
	followAt(context.Background(), t, d, req, quick, got)
	require.Equal(t, stateDone, got.last().State)
	want := c.answer(t, loadUpstreams(t, "testdata/step-logs/run"))
	assert.JSONEq(t, rowsOf(t, want.Frames), rowsOf(t, got.last().Frames))

	for _, dir := range []string{"step-logs/tempo-down", "step-logs/not-in-tempo"} {
		d, req, c = recorded(t, dir, follow)
		got = &packets{}
		followSeveralTimes(t, d, req, got)
		require.Equal(t, stateStreaming, got.last().State, dir)
		d.now = func() time.Time { return c.Now.Add(2 * logHorizon) }
		assert.False(t, d.goesOn("01a20c3c-40da-03c7-a9b3-76ce86134621", nil), "a run of long ago has ended")
	}
}

func TestLogLinesOfARunThatGoesOn(t *testing.T) {
	d := &Datasource{now: time.Now}
	assert.True(t, d.goesOn("", &windmill.Run{Outcome: windmill.OutcomeRunning}))
	assert.False(t, d.goesOn("", &windmill.Run{Outcome: windmill.OutcomeError}))
	assert.False(t, d.goesOn("f81d4fae-7dec-41d0-a765-00a0c91e6bf6", nil), "the id tells no time")
}

func TestFollowWaitsForARun(t *testing.T) {
	d, req, _ := recorded(t, "flow-steps/not-found", func(q, _ map[string]any) { q["follow"] = true })
	got := &packets{}
	followSeveralTimes(t, d, req, got)
	require.Len(t, got.list, 1)
	assert.Contains(t, got.list[0].Frames[0].Meta.Notices[0].Text, "is not in Tempo yet")

	impatient := quick
	impatient.unseen, impatient.failures = 0, 0
	got = &packets{}
	followAt(context.Background(), t, d, req, impatient, got)
	assert.Equal(t, stateError, got.last().State)
	assert.Equal(t, 404, got.last().Error.Status)
}

func TestFollowGivesUp(t *testing.T) {
	d, req, _ := recorded(t, "flow-steps/tempo-down", func(q, _ map[string]any) { q["follow"] = true })
	got := &packets{}
	followAt(context.Background(), t, d, req, quick, got)
	require.Len(t, got.list, 1)
	assert.Equal(t, 502, got.last().Error.Status)
}

func TestSlidingRange(t *testing.T) {
	d, req, c := recorded(t, "flow-runs/normal", func(_, _ map[string]any) {})
	var m map[string]any
	require.NoError(t, json.Unmarshal(req.Data, &m))
	m["sliding"], m["from"], m["to"] = true, 1000, 61000
	req.Data, _ = json.Marshal(m)
	s, err := d.newStream(req, newOutlet(nil))
	require.NoError(t, err)
	assert.Equal(t, c.Now, s.request().within.To)
	assert.Equal(t, time.Minute, s.request().within.To.Sub(s.request().within.From))
}
