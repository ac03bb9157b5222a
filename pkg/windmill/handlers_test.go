package windmill_test

import (
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/flowsteps/windmill-datasource/pkg/windmill/windmilltest"
	"github.com/stretchr/testify/require"
)

var handlerNames = []string{"error_handler", "schedule_error_handler", "global", "success_handler", "schedule_recovery_handler"}

// TestHandlersAreOutsideTheRun: whatever a handler does, the run is what it was without.
func TestHandlersAreOutsideTheRun(t *testing.T) {
	for _, name := range handlerNames {
		for _, failed := range []bool{false, true} {
			b := windmilltest.New(base, 41)
			f := b.Flow("f/x", 0).Pull(ms, 2*ms)
			f.Inline("a", 2*ms).Run(3*ms, 5*time.Second)
			f.Inline("b", 5*time.Second).Fail(5001*ms, 5002*ms, "E", "x")
			alone := build(t, b, f)
			h := f.Handler(name, "f/ops/notify", 6*time.Second)
			if failed {
				h.Fail(7*time.Second, 68*time.Second, "H", "no mail server")
			} else {
				h.Run(7*time.Second, 68*time.Second)
			}
			r := build(t, b, f)
			require.Equal(t, rowsOf(alone), rowsOf(r), name)
			require.Equal(t, windmill.OutcomeError, r.Outcome)
			require.Equal(t, "b", r.FailedStep.Path)
			require.Equal(t, alone.Duration, r.Duration)
			require.Equal(t, alone.Steps(), r.Steps())
			require.Equal(t, problems(alone), problems(r))

			require.Len(t, r.Handlers, 1)
			got := r.Handlers[0]
			require.Equal(t, windmill.KindHandler, got.Kind)
			require.Equal(t, name, got.Path)
			require.Equal(t, f.ID, got.Parent.ID)
			require.Equal(t, 1, got.Depth)
			require.Equal(t, 61*time.Second, *got.Duration)
			require.Equal(t, time.Second, *got.Wait)
			require.Nil(t, got.Contribution)
			require.Nil(t, got.Critical)
			want := windmill.OutcomeOK
			if failed {
				want = windmill.OutcomeError
			}
			require.Equal(t, want, got.Outcome)
		}
	}
}

// TestAHandlerOfAScriptOrAFlow: a standalone script with a handler has ended, and a handler may be a flow.
func TestAHandlerOfAScriptOrAFlow(t *testing.T) {
	b := windmilltest.New(base, 42)
	s := b.Script("f/s", 0).Fail(ms, 5*ms, "E", "x")
	h := s.Handler("error_handler", "f/ops/notify", 6*ms)
	h.Kind, h.Language, h.Tag = "flow", "", "flow"
	h.Pull(8*ms, 9*ms)
	h.Inline("mail", 10*ms).Run(11*ms, 20*ms)
	r := build(t, b, s)
	require.Equal(t, windmill.OutcomeError, r.Outcome)
	require.True(t, r.Ended)
	require.Len(t, r.Jobs, 1)
	require.Equal(t, 4*ms, *r.Duration)
	require.Len(t, r.Handlers, 2)
	require.Equal(t, "error_handler/mail", r.Handlers[1].Path)
	require.Equal(t, 2, r.Handlers[1].Depth)
}

// TestAUserMayBeCalledLikeAHandler: what names a step is one.
func TestAUserMayBeCalledLikeAHandler(t *testing.T) {
	b := windmilltest.New(base, 43)
	f := b.Flow("f/x", 0).Pull(ms, 2*ms)
	a := f.Inline("a", 2*ms)
	a.CreatedBy = "global"
	a.Run(3*ms, 5*ms)
	f.Full(ms, 6*ms, false)
	r := build(t, b, f)
	require.Empty(t, r.Handlers)
	require.Len(t, r.Jobs, 2)
}
