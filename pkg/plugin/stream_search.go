package plugin

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/flowstep"
	"github.com/flowsteps/windmill-datasource/pkg/frame"
	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/runs"
	"github.com/flowsteps/windmill-datasource/pkg/tempo"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// partEvery is how often partial results are sent at most.
const partEvery = 300 * time.Millisecond

// search answers the query once and sends what Tempo has found while it searches.
func (s *stream) search(ctx context.Context) error {
	w := &searchWatch{ctx: ctx, stream: s, request: s.request(), searches: map[int]tempo.Progress{}, seen: map[spanID]bool{}}
	frames, err := s.d.watched(w).answer(ctx, w.request)
	if err != nil {
		return s.out.fail(ctx, err)
	}
	w.finish(frames)
	return s.out.send(ctx, packet{State: stateDone, Frames: frames})
}

// watched is the data source with searches that are streamed to a watcher, where streaming is on.
func (d *Datasource) watched(w tempo.Watcher) *Datasource {
	if d.noRPC != nil {
		w.NotStreamed(d.noRPC)
	}
	if d.stream == nil {
		return d
	}
	watched := *d
	watched.reader = d.reader.Over(d.tempo.Watched(d.stream, w))
	return &watched
}

type spanID struct{ trace, span string }

// searchWatch gathers what the searches of one query have found, and sends it on.
type searchWatch struct {
	ctx     context.Context
	stream  *stream
	request request

	mu       sync.Mutex
	searches map[int]tempo.Progress
	seen     map[spanID]bool
	spans    []windmill.Span // of flow-runs only: other types have no partial rows
	sent     time.Time
	reason   error // why nothing is streamed
}

// Part takes over what a search has found. It sends at most every partEvery: what is held back comes with the next part
// or with the answer.
func (w *searchWatch) Part(search int, p tempo.Part) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.searches[search] = p.Progress
	if w.request.Type == query.FlowRuns {
		w.gather(p.Spans)
	}
	if time.Since(w.sent) < partEvery {
		return
	}
	_ = w.stream.out.send(w.ctx, packet{State: stateStreaming, Frames: data.Frames{w.partial()}}) // the answer will fail to be sent too
	w.sent = time.Now()
}

// NotStreamed keeps the reason for the answer's notice.
func (w *searchWatch) NotStreamed(reason error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reason = reason
}

func (w *searchWatch) gather(spans []windmill.Span) {
	for _, sp := range spans {
		if id := (spanID{sp.TraceID, sp.SpanID}); !w.seen[id] {
			w.seen[id] = true
			w.spans = append(w.spans, sp)
		}
	}
}

// partial is a frame of what is known so far.
func (w *searchWatch) partial() *data.Frame {
	p := w.progress()
	n := newNotes()
	n.infof("Still searching: %s. Rows may come and change.", p.text())
	n.info.Custom["progress"] = p
	if w.request.Type != query.FlowRuns {
		return frame.Searching(n.info)
	}
	var rows []flowstep.RunRow
	for _, run := range runs.SoFar(w.request.Query, w.spans, w.request.Limit) {
		rows = append(rows, flowstep.RunRowOf(run.Run, run.Whole, nil))
	}
	return frame.FlowRuns(rows, n.info, w.stream.d.links(w.request.within))
}

// finish leaves in the answer how much was searched, and why it was not streamed if it was not.
func (w *searchWatch) finish(frames data.Frames) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(frames) == 0 || frames[0].Meta == nil {
		return
	}
	meta := frames[0].Meta
	if w.reason != nil {
		meta.Notices = append(meta.Notices, data.Notice{
			Severity: data.NoticeSeverityInfo, Text: fmt.Sprintf("Searches were not streamed but answered over HTTP: %v", w.reason),
		})
	}
	if custom, ok := meta.Custom.(map[string]any); ok && len(w.searches) > 0 {
		custom["progress"] = w.progress()
	}
}

// searchProgress is how far the searches of a query have come together.
type searchProgress struct {
	Searches  int   `json:"searches"`
	Jobs      int   `json:"jobs"` // completed parts of the searches, as Tempo cuts them
	TotalJobs int   `json:"totalJobs"`
	Blocks    int   `json:"blocks"`
	Bytes     int64 `json:"bytes"` // inspected
}

func (w *searchWatch) progress() searchProgress {
	p := searchProgress{Searches: len(w.searches)}
	for _, one := range slices.Collect(maps.Values(w.searches)) {
		p.Jobs += one.CompletedJobs
		p.TotalJobs += one.TotalJobs
		p.Blocks += one.Blocks
		p.Bytes += one.InspectedBytes
	}
	return p
}

func (p searchProgress) text() string {
	return fmt.Sprintf("Tempo has done %d of %d jobs and read %.1f MB in %d blocks", p.Jobs, p.TotalJobs, float64(p.Bytes)/1e6, p.Blocks)
}
