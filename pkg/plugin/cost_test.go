package plugin

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/stretchr/testify/require"
)

func TestFramesTellTheirCost(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "1234567") }))
	defer s.Close()
	c, err := upstream.New(upstream.Options{Name: "Tempo", URL: s.URL})
	require.NoError(t, err)
	at := time.Unix(0, 0)
	ctx, m := upstream.WithMeter(t.Context(), 0, func() time.Time {
		at = at.Add(time.Second)
		return at
	})
	end := m.Time("{ a }")
	_, _, err = c.Get(ctx, "/", nil, "text/plain")
	require.NoError(t, err)
	end()

	f := data.NewFrame("x")
	f.Meta = &data.FrameMeta{ExecutedQueryString: "{ a }\n{ b }", Stats: []data.QueryStat{stat("Inspected by Tempo", "decbytes", 5)}}
	tellCost(data.Frames{f, data.NewFrame("y")}, m)
	require.Equal(t, "{ a }  # 3s\n{ b }", f.Meta.ExecutedQueryString)
	require.Equal(t, []data.QueryStat{
		stat("Inspected by Tempo", "decbytes", 5), stat("Requests to Tempo", "", 1), stat("Received from Tempo", "decbytes", 7),
		stat("Time of Tempo, sum of all requests", "s", f.Meta.Stats[3].Value),
	}, f.Meta.Stats)
	require.Positive(t, f.Meta.Stats[3].Value)
}

// TestLimitsOfUpstreamsAreSaid: what Tempo's own limits left out is a notice of the first frame, once.
func TestLimitsOfUpstreamsAreSaid(t *testing.T) {
	_, m := upstream.WithMeter(t.Context(), 0, time.Now)
	m.Say("b")
	m.Say("a")
	m.Say("b")
	frames := data.Frames{data.NewFrame("x"), data.NewFrame("y")}
	tellCost(frames, m)
	require.Equal(t, []data.Notice{{Severity: data.NoticeSeverityWarning, Text: "a"}, {Severity: data.NoticeSeverityWarning, Text: "b"}}, frames[0].Meta.Notices)
	require.Empty(t, frames[1].Meta.Notices)
	tellCost(nil, m)
}
