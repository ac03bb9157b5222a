package plugin

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/frame"
	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/runs"
	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// pace is how often a followed query is asked again.
type pace struct {
	fastest, slowest time.Duration // after a change, and when nothing has changed for long
	grace            time.Duration // how long spans are waited for after the end of a run: exporters are late
	unseen           time.Duration // how long a run is waited for that Tempo does not know: its first step may take long
	failures         int           // in a row that are waited out
}

var defaultPace = pace{fastest: 2 * time.Second, slowest: 15 * time.Second, grace: 10 * time.Second, unseen: 30 * time.Minute, failures: 5}

// follow answers the query again and again and sends the answers that differ. It ends when a run has ended, when asking
// again is no use, or with the subscriber.
func (s *stream) follow(ctx context.Context, p pace) error {
	f := following{stream: s, pace: p, wait: p.fastest, begun: time.Now()}
	for {
		began := time.Now()
		more, err := f.step(ctx)
		if !more || err != nil || ctx.Err() != nil {
			return err
		}
		// A query that takes long is not asked all the time.
		if !pause(ctx, max(f.wait, time.Since(began))) {
			return nil
		}
	}
}

// following is the state of a followed query.
type following struct {
	*stream
	pace
	begun  time.Time
	wait   time.Duration // before it is asked again
	shown  uint64        // of the answer that was sent last
	ended  time.Time     // when the run was first seen to have ended; zero: it has not
	failed int           // times in a row
}

// step answers once. more: it is to be asked again.
func (f *following) step(ctx context.Context) (more bool, err error) {
	frames, err := f.d.answer(ctx, f.request())
	if ctx.Err() != nil {
		return false, nil
	}
	if err != nil {
		return f.failure(ctx, err)
	}
	f.failed = 0
	over := f.over(frames)
	changed := f.changed(frames)
	switch {
	case over:
		return false, f.out.send(ctx, packet{State: stateDone, Frames: frames})
	case changed:
		err = f.out.send(ctx, packet{State: stateStreaming, Frames: frames})
	}
	return true, err
}

// over says that nothing more is to come: the run has ended and its last spans have had time to arrive.
func (f *following) over(frames data.Frames) bool {
	if f.asked.Type == query.FlowRuns || f.asked.RunID == "" || frame.IsRunning(frames) {
		f.ended = time.Time{}
		return false
	}
	if f.ended.IsZero() {
		f.ended = time.Now()
		return false
	}
	return time.Since(f.ended) >= f.grace
}

// changed compares with the answer that was sent last, and asks less often the longer it stays the same.
func (f *following) changed(frames data.Frames) bool {
	now := fingerprint(frames)
	if now != f.shown {
		f.shown, f.wait = now, f.fastest
		return true
	}
	f.slower()
	return false
}

func (f *following) slower() {
	f.wait = min(f.wait*3/2, f.slowest)
	if !f.ended.IsZero() {
		f.wait = min(f.wait, f.grace) // the end is not to be missed by much
	}
}

// failure waits for a run that is not there yet, and for an upstream to recover.
func (f *following) failure(ctx context.Context, err error) (more bool, sent error) {
	f.failed++
	var missing *runs.NotFoundError
	if errors.As(err, &missing) && time.Since(f.begun) < f.unseen {
		n := newNotes()
		n.infof("Run %s is not in Tempo yet: its first step may still be running. It is looked for again.", missing.ID)
		waiting := data.Frames{frame.Searching(n.info)}
		if f.changed(waiting) {
			sent = f.out.send(ctx, packet{State: stateStreaming, Frames: waiting})
		}
		return true, sent
	}
	if f.failed > f.failures || !passing(err) {
		return false, f.out.fail(ctx, err)
	}
	f.slower()
	return true, nil
}

// passing says that the same question may well be answered a little later.
func passing(err error) bool {
	up := upstream.AsError(err)
	return up != nil && (up.Status >= 500 || up.Status == int(backend.StatusTooManyRequests))
}

// fingerprint is of what users see: rows and notices, without what the answer has cost.
func fingerprint(frames data.Frames) uint64 {
	h := fnv.New64a()
	for _, f := range frames {
		raw, err := data.FrameToJSON(f, data.IncludeDataOnly)
		if err != nil {
			raw = []byte(err.Error())
		}
		_, _ = h.Write(raw)
		if f.Meta != nil {
			_, _ = fmt.Fprint(h, f.Meta.Notices)
		}
	}
	return h.Sum64()
}
