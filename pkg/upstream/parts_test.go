package upstream

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// bits is a call that gives what the test sends it, bit by bit, until the test closes it.
type bits struct {
	from  chan any
	calls int
	gone  chan struct{} // closed when the call has ended
}

func newBits() *bits { return &bits{from: make(chan any), gone: make(chan struct{})} }

func (b *bits) call(ctx context.Context, p *parts) answer {
	b.calls++
	defer close(b.gone)
	for {
		select {
		case <-ctx.Done():
			return answer{err: ctx.Err()}
		case part, more := <-b.from:
			if !more {
				return answer{value: "all"}
			}
			if bad, ok := part.(error); ok {
				return answer{err: bad}
			}
			if part == "panic" {
				panic("oh")
			}
			p.add(part)
		}
	}
}

// listener is a caller that notes what it is given.
type listener struct {
	cancel context.CancelFunc
	heard  chan []any
	answer answer
	err    error
	left   chan struct{}
}

// listen joins a call. Each watched lot of parts waits in heard until the test takes it.
func listen(t *testing.T, s *sharing, b *bits) *listener {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	l := &listener{cancel: cancel, heard: make(chan []any), left: make(chan struct{})}
	before := s.waiting()
	go func() {
		defer close(l.left)
		l.answer, l.err = s.do(ctx, "k", b.call, func(news []any) { l.heard <- news })
	}()
	eventually(t, func() bool { return s.waiting() == before+1 })
	return l
}

func TestALateCallerGetsWhatCameBefore(t *testing.T) {
	s, b := newSharing(), newBits()
	first := listen(t, s, b)
	for _, part := range []any{1, 2} {
		b.from <- part
		require.Equal(t, []any{part}, <-first.heard)
	}
	late := listen(t, s, b)
	require.Equal(t, []any{1, 2}, <-late.heard)
	b.from <- 3
	require.Equal(t, []any{3}, <-first.heard)
	require.Equal(t, []any{3}, <-late.heard)
	close(b.from)
	for _, l := range []*listener{first, late} {
		<-l.left
		require.NoError(t, l.err)
		require.Equal(t, "all", l.answer.value)
	}
	assert.Equal(t, 1, b.calls)
	assert.Empty(t, s.flights, "nothing is kept")
}

func TestASlowCallerHoldsNobodyUp(t *testing.T) {
	s, b := newSharing(), newBits()
	slow := listen(t, s, b)
	b.from <- 1
	quick := listen(t, s, b)
	require.Equal(t, []any{1}, <-quick.heard)
	for part := 2; part < 50; part++ {
		b.from <- part
		require.Equal(t, []any{part}, <-quick.heard)
	}
	close(b.from)
	<-quick.left
	require.Equal(t, "all", quick.answer.value)

	again := newBits()
	next := listen(t, s, again)
	close(again.from)
	<-next.left
	assert.Equal(t, 1, again.calls, "who comes after the end asks anew, even while somebody is busy with the parts")

	require.Equal(t, []any{1}, <-slow.heard)
	require.Len(t, <-slow.heard, 48, "all that has come meanwhile, at once")
	<-slow.left
	require.NoError(t, slow.err)
	require.Equal(t, "all", slow.answer.value, "and the answer")
}

func TestACallWithPartsEndsWithItsLastCaller(t *testing.T) {
	s, b := newSharing(), newBits()
	first, second := listen(t, s, b), listen(t, s, b)
	b.from <- 1
	require.Equal(t, []any{1}, <-first.heard)
	require.Equal(t, []any{1}, <-second.heard)
	first.cancel()
	<-first.left
	require.ErrorIs(t, first.err, context.Canceled)
	b.from <- 2
	require.Equal(t, []any{2}, <-second.heard, "the other one goes on")
	second.cancel()
	<-second.left
	<-b.gone
	require.ErrorIs(t, second.err, context.Canceled)
	assert.Empty(t, s.flights)
}

func TestFailuresReachAllCallers(t *testing.T) {
	for name, c := range map[string]struct {
		part any
		want string
	}{
		"an error": {errors.New("oh dear"), "oh dear"},
		"a panic":  {"panic", "The plugin failed because of a bug: Grafana's log has the details."},
	} {
		t.Run(name, func(t *testing.T) {
			s, b := newSharing(), newBits()
			list := []*listener{listen(t, s, b), listen(t, s, b)}
			b.from <- 1
			b.from <- c.part
			for _, l := range list {
				require.Equal(t, []any{1}, <-l.heard, "what came before is not lost")
				<-l.left
				require.EqualError(t, errors.Join(l.err, l.answer.err), c.want)
			}
			assert.Empty(t, s.flights)
		})
	}
}

// TestAPanicOfACallerIsItsOwn: Grafana's side of a stream may break while Tempo's goes on for others.
func TestAPanicOfACallerIsItsOwn(t *testing.T) {
	s, b := newSharing(), newBits()
	other := listen(t, s, b)
	var broken sync.WaitGroup
	broken.Go(func() {
		assert.Panics(t, func() { _, _ = s.do(t.Context(), "k", b.call, func([]any) { panic("oh") }) })
	})
	eventually(t, func() bool { return s.waiting() == 2 })
	b.from <- 1
	broken.Wait()
	require.Equal(t, []any{1}, <-other.heard)
	assert.Equal(t, 1, s.waiting())
	close(b.from)
	<-other.left
	require.Equal(t, "all", other.answer.value)
}
