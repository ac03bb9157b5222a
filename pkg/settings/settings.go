// Package settings reads the data source's settings and builds the clients of its upstreams.
// Secrets live in the HTTP client options alone, which nothing here prints.
package settings

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/loki"
	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/prometheus/common/model"
)

const (
	// DefaultBaselineWindow is how far back a step is compared.
	DefaultBaselineWindow = 24 * time.Hour
	// DefaultTimeout is how long an upstream may take to answer, in seconds.
	DefaultTimeout = 30.0
	// longestSampled is how far apart samples may be: Prometheus forgets a series after five minutes without one.
	longestSampled = 5 * time.Minute
)

// Settings are the data source's settings, checked and with defaults. Printing them shows no secret.
type Settings struct {
	Tempo, Prometheus, Loki Upstream
	Sampled                 time.Duration // distance of the samples of span metrics; 0: it is measured
	StreamSelector          string        // LogQL selector of the streams with Windmill's logs; "": all streams
	Streaming               Streaming     // of Tempo's searches
	WindmillURL             string        // base URL of Windmill's pages, without a trailing slash; "" if none
	BaselineWindow          time.Duration // DefaultBaselineWindow if not set
	Limits                  Limits        // DefaultLimits where not set
}

// jsonData is the data source's jsonData.
type jsonData struct {
	Tempo          json.RawMessage `json:"tempo"`
	Prometheus     json.RawMessage `json:"prometheus"`
	Loki           json.RawMessage `json:"loki"`
	WindmillURL    string          `json:"windmillUrl"`
	BaselineWindow string          `json:"baselineWindow"`
	Limits         json.RawMessage `json:"limits"`
	Socks          bool            `json:"enableSecureSocksProxy"`
	OAuthPassThru  bool            `json:"oauthPassThru"`
}

// Load reads and checks the settings. The context holds Grafana's configuration (proxy, feature toggles).
// Every error is one sentence, the user's mistake (downstream), and holds no secret.
func Load(ctx context.Context, s backend.DataSourceInstanceSettings) (Settings, error) {
	var m jsonData
	if len(s.JSONData) > 0 {
		if err := json.Unmarshal(s.JSONData, &m); err != nil {
			return Settings{}, mistake("The data source's settings (jsonData) cannot be read: %s.", jsonReason(err))
		}
	}
	out := Settings{BaselineWindow: DefaultBaselineWindow}
	var err error
	if out.WindmillURL, err = checkURL("Windmill", m.WindmillURL); err != nil {
		return Settings{}, err
	}
	if m.BaselineWindow != "" {
		if out.BaselineWindow, err = parseDuration(m.BaselineWindow); err != nil || out.BaselineWindow <= 0 {
			return Settings{}, mistake("The baseline window %q is not a duration: write for example 24h or 7d.", m.BaselineWindow)
		}
	}
	if out.Limits, err = loadLimits(m.Limits); err != nil {
		return Settings{}, err
	}
	pool := upstream.NewPool(out.Limits.Held)
	for _, u := range []struct {
		key, name string
		block     json.RawMessage
		into      *Upstream
	}{
		{"tempo", "Tempo", m.Tempo, &out.Tempo},
		{"prometheus", "Prometheus", m.Prometheus, &out.Prometheus},
		{"loki", "Loki", m.Loki, &out.Loki},
	} {
		if *u.into, err = loadUpstream(ctx, s, m, u.key, u.name, u.block); err != nil {
			return Settings{}, err
		}
		u.into.maxBody, u.into.pool = out.Limits.Bytes, pool
	}
	if out.Streaming, err = loadStreaming(m.Tempo); err != nil {
		return Settings{}, err
	}
	if out.Sampled, err = sampled(m.Prometheus); err != nil {
		return Settings{}, err
	}
	out.StreamSelector, err = streamSelector(m.Loki)
	return out, err
}

// sampled reads what only the block of Prometheus has. The key is that of Grafana's own Prometheus data source.
func sampled(raw json.RawMessage) (time.Duration, error) {
	var block struct {
		TimeInterval string `json:"timeInterval"`
	}
	if len(raw) == 0 {
		return 0, nil
	}
	if err := json.Unmarshal(raw, &block); err != nil {
		return 0, mistake("Prometheus: the settings cannot be read: %s.", jsonReason(err))
	}
	text := strings.TrimSpace(block.TimeInterval)
	if text == "" {
		return 0, nil
	}
	every, err := parseDuration(text)
	if err != nil || every < time.Second || every > longestSampled {
		return 0, mistake("Prometheus: the scrape interval %q must be a duration from 1s to 5m: write for example 15s.", text)
	}
	return every, nil
}

// streamSelector reads what only the block of Loki has.
func streamSelector(raw json.RawMessage) (string, error) {
	var block struct {
		StreamSelector string `json:"streamSelector"`
	}
	if len(raw) == 0 {
		return "", nil
	}
	if err := json.Unmarshal(raw, &block); err != nil {
		return "", mistake("Loki: the settings cannot be read: %s.", jsonReason(err))
	}
	text := strings.TrimSpace(block.StreamSelector)
	if text != "" && !loki.IsSelector(text) {
		return "", mistake("Loki: the stream selector must be one LogQL selector and nothing else, for example {service_name=\"windmill\"}.")
	}
	return text, nil
}

// parseDuration takes Prometheus' way to write durations (7d, 1h30m) and Go's (1.5h).
func parseDuration(text string) (time.Duration, error) {
	if d, err := model.ParseDuration(text); err == nil {
		return time.Duration(d), nil
	}
	return time.ParseDuration(text)
}

// checkURL wants http(s) with a host, and gives the URL without a trailing slash. An empty one stays empty.
func checkURL(name, raw string) (string, error) {
	raw = strings.TrimSpace(raw)
	if raw == "" {
		return "", nil
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return "", mistake("%s: the URL cannot be read: write for example http://host:3200.", name)
	case u.User != nil:
		return "", mistake("%s: the URL must not hold a user or a password: use basic authentication instead.", name)
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "", u.Hostname() == "":
		return "", mistake("%s: the URL must begin with http:// or https:// and name a host, for example http://host:3200.", name)
	case u.RawQuery != "" || u.Fragment != "":
		return "", mistake("%s: the URL must not hold a query (?) or a fragment (#).", name)
	}
	return strings.TrimRight(u.String(), "/"), nil
}

func mistake(format string, args ...any) error {
	return &upstream.Error{
		Status:  http.StatusBadRequest,
		Source:  backend.ErrorSourceDownstream,
		Message: upstream.ShortMessage(fmt.Sprintf(format, args...)),
	}
}

// jsonReason tells what is wrong without repeating values, which may be secrets in the wrong place.
func jsonReason(err error) string {
	if t, ok := err.(*json.UnmarshalTypeError); ok {
		return fmt.Sprintf("%q must be of another type than %s", t.Field, strings.Fields(t.Value)[0])
	}
	return "this is no valid JSON"
}
