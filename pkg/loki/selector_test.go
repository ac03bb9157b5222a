package loki

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestSelectorIsKeptPerUser: labels that one user may see must not choose the streams of another.
func TestSelectorIsKeptPerUser(t *testing.T) {
	label, asked := "", 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		_, _ = io.WriteString(w, `{"status":"success","data":["`+label+`"]}`)
	}))
	defer s.Close()
	for _, perUser := range []bool{true, false} {
		up, err := upstream.New(upstream.Options{Name: "Loki", URL: s.URL, HTTP: httpclient.Options{ForwardHTTPHeaders: perUser}})
		require.NoError(t, err)
		c, asks := New(up, ""), 0
		find := func(user *backend.User, sees string) string {
			label = sees
			asks = asked
			text, err := c.streams(backend.WithUser(context.Background(), user), time.Now().Add(-time.Hour), time.Now())
			asks = asked - asks
			require.NoError(t, err)
			return strings.Trim(text, `{}=~".+`)
		}
		ann, bob := &backend.User{Login: "ann"}, &backend.User{Login: "bob"}
		assert.Equal(t, "secret", find(ann, "secret"))
		if !perUser {
			assert.Equal(t, "secret", find(bob, "job"), "all see the same")
			assert.Zero(t, asks)
			continue
		}
		assert.Equal(t, "job", find(bob, "job"))
		assert.Equal(t, "secret", find(ann, "other"))
		assert.Zero(t, asks, "what ann sees is kept for ann")
		assert.Equal(t, "pod", find(nil, "pod"))
		assert.Equal(t, "app", find(nil, "app"), "of nobody nothing is kept")
		up.Close()
	}
}
