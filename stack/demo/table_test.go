package demo

import (
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/require"
)

func ptr[T any](v T) *T { return &v }

// exampleFrame is a frame as the plugin returns it, with the fields that the table shows.
func exampleFrame() *data.Frame {
	start := time.Date(2026, 11, 22, 9, 30, 0, 250_000_000, time.Local)
	return data.NewFrame("flow-steps",
		data.NewField("run_id", nil, []string{"0199", "0199", "0199"}),
		data.NewField("depth", nil, []int64{0, 1, 2}),
		data.NewField("path", nil, []string{"", "loop[3]", "loop[3]/load"}),
		data.NewField("script_path", nil, []*string{ptr("f/etl/nightly"), nil, ptr("f/etl/load")}),
		data.NewField("start", nil, []*time.Time{&start, &start, nil}),
		data.NewField("duration", nil, []*float64{ptr(12.5), ptr(1.0), ptr(0.1234567)}),
		data.NewField("wait", nil, []*float64{nil, nil, ptr(0.5)}),
		data.NewField("outcome", nil, []string{"ok", "ok", "error"}),
		data.NewField("baseline_p50", nil, []*float64{ptr(10.0), nil, ptr(0.05)}),
		data.NewField("baseline_p95", nil, []*float64{ptr(20.0), nil, ptr(0.09)}),
		data.NewField("ratio", nil, []*float64{ptr(1.25), nil, ptr(2.469)}),
		data.NewField("contribution", nil, []*float64{ptr(1.0), nil, ptr(0.0123)}),
	)
}

func TestTheTableShowsTheTreeAndUnknownAsADash(t *testing.T) {
	got, err := renderSteps(exampleFrame())
	require.NoError(t, err)
	want := []string{
		"The latest finished run: 0199 of f/etl/nightly. Durations are in seconds.",
		"",
		"  step                  start   duration      wait  outcome  baseline p50  baseline p95  ratio  contribution",
		"  f/etl/nightly  09:30:00.250  12.500000         -       ok        10.000        20.000   1.25        100.0%",
		"    loop[3]      09:30:00.250   1.000000         -       ok             -             -      -             -",
		"      load                  -   0.123457  0.500000    error         0.050         0.090   2.47          1.2%",
		"",
	}
	require.Equal(t, strings.Join(want, "\n"), got)
}

func TestAFrameWithoutAFieldIsRefused(t *testing.T) {
	frame := exampleFrame()
	frame.Fields = frame.Fields[:5]
	_, err := renderSteps(frame)
	require.EqualError(t, err, `the frame "flow-steps" has no field "outcome"`)
}
