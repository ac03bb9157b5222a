package settings

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
)

// Upstream is one server to read from.
type Upstream struct {
	Name          string // "Tempo", "Prometheus", "Loki"
	URL           string // without a trailing slash; "" means not configured
	DatasourceUID string // the user's own Grafana data source for links; "" if none

	options httpclient.Options // holds the secrets
	maxBody int64              // bytes; 0: the client's default
	pool    *upstream.Pool     // that all upstreams share
}

// Configured says if there is a URL.
func (u Upstream) Configured() bool { return u.URL != "" }

// Client builds the client of the upstream. It is an error if the upstream is not configured or its
// certificates cannot be used.
func (u Upstream) Client() (*upstream.Client, error) {
	if !u.Configured() {
		return nil, mistake("%s is not configured: give its URL in the data source's settings.", u.Name)
	}
	return upstream.New(upstream.Options{Name: u.Name, URL: u.URL, HTTP: u.options, MaxBody: u.maxBody, Pool: u.pool})
}

// Format prints the upstream without its secrets, whatever the verb.
func (u Upstream) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "{%s %s %s}", u.Name, u.URL, u.DatasourceUID)
}

// block is an upstream's part of jsonData. Its keys are Grafana's own.
type block struct {
	URL               string          `json:"url"`
	Tenant            string          `json:"tenant"`
	BasicAuth         bool            `json:"basicAuth"`
	BasicAuthUser     string          `json:"basicAuthUser"`
	TLSSkipVerify     bool            `json:"tlsSkipVerify"`
	TLSAuth           bool            `json:"tlsAuth"`
	TLSAuthWithCACert bool            `json:"tlsAuthWithCACert"`
	ServerName        string          `json:"serverName"`
	Timeout           json.RawMessage `json:"timeout"` // seconds; forms may store the number as a string
	DatasourceUID     string          `json:"datasourceUid"`
}

func loadUpstream(ctx context.Context, s backend.DataSourceInstanceSettings, m jsonData, key, name string, raw json.RawMessage) (Upstream, error) {
	u := Upstream{Name: name}
	if len(raw) == 0 || string(raw) == "null" {
		return u, nil
	}
	var b block
	if err := json.Unmarshal(raw, &b); err != nil {
		return u, mistake("%s: the settings cannot be read: %s.", name, jsonReason(err))
	}
	u.DatasourceUID = b.DatasourceUID
	var err error
	if u.URL, err = checkURL(name, b.URL); err != nil || u.URL == "" {
		return u, err
	}
	seconds, err := timeoutSeconds(name, b.Timeout)
	if err != nil {
		return u, err
	}
	secrets := secretsFor(s.DecryptedSecureJSONData, key)
	if err := checkSecrets(name, b, secrets); err != nil {
		return u, err
	}
	headers, err := headersOf(name, raw)
	if err != nil {
		return u, err
	}
	one := synthetic(s, u, b, seconds, headers, secrets, m.Socks)
	if u.options, err = one.HTTPClientOptions(ctx); err != nil {
		return u, mistake("%s: the HTTP settings cannot be used: check headers, TLS and proxy.", name)
	}
	if u.options.Header == nil {
		u.options.Header = http.Header{}
	}
	if b.Tenant != "" {
		u.options.Header.Set(upstream.TenantHeader, b.Tenant)
	}
	if token := strings.TrimSpace(secrets["bearerToken"]); token != "" && !b.BasicAuth {
		u.options.Header.Set("Authorization", "Bearer "+token)
	}
	u.options.ForwardHTTPHeaders = m.OAuthPassThru
	return u, nil
}

// synthetic makes settings as if the upstream were a data source of its own, so that the SDK reads them.
func synthetic(s backend.DataSourceInstanceSettings, u Upstream, b block, seconds float64,
	headers []header, secrets map[string]string, socks bool) *backend.DataSourceInstanceSettings {
	data := map[string]any{
		"url":                    u.URL,
		"timeout":                seconds,
		"tlsSkipVerify":          b.TLSSkipVerify,
		"tlsAuth":                b.TLSAuth,
		"tlsAuthWithCACert":      b.TLSAuthWithCACert,
		"serverName":             b.ServerName,
		"enableSecureSocksProxy": socks,
	}
	if b.BasicAuth {
		data["basicAuth"] = true
		data["basicAuthUser"] = b.BasicAuthUser
	}
	secure := map[string]string{}
	for _, name := range []string{"basicAuthPassword", "tlsCACert", "tlsClientCert", "tlsClientKey"} {
		if v := secrets[name]; v != "" {
			secure[name] = v
		}
	}
	// The SDK stops at the first gap in the numbers, so they are given anew.
	n := 0
	for _, h := range headers {
		if secret, ok := secrets["httpHeaderValue"+strconv.Itoa(h.number)]; ok {
			n++
			data["httpHeaderName"+strconv.Itoa(n)] = h.name
			secure["httpHeaderValue"+strconv.Itoa(n)] = secret
		}
	}
	raw, _ := json.Marshal(data) // plain values: cannot fail
	return &backend.DataSourceInstanceSettings{
		UID: s.UID, Type: s.Type, Name: s.Name,
		URL:                     u.URL,
		JSONData:                raw,
		DecryptedSecureJSONData: secure,
	}
}

// header is a custom header: httpHeaderName<number> in jsonData, httpHeaderValue<number> among the secrets.
type header struct {
	number int
	name   string
}

// headersOf lists the custom headers in the order of their numbers.
func headersOf(upstreamName string, raw json.RawMessage) ([]header, error) {
	var all map[string]any
	if err := json.Unmarshal(raw, &all); err != nil {
		return nil, mistake("%s: the settings cannot be read: %s.", upstreamName, jsonReason(err))
	}
	var out []header
	for key, v := range all {
		number, ok := strings.CutPrefix(key, "httpHeaderName")
		n, err := strconv.Atoi(number)
		text, _ := v.(string)
		name := strings.TrimSpace(text)
		if !ok || err != nil || name == "" {
			continue
		}
		if !isHeaderName(name) {
			return nil, mistake("%s: %q cannot be the name of an HTTP header.", upstreamName, name)
		}
		out = append(out, header{n, name})
	}
	slices.SortFunc(out, func(a, b header) int { return a.number - b.number })
	return out, nil
}

func isHeaderName(s string) bool {
	for _, r := range s {
		if r <= ' ' || r > '~' || strings.ContainsRune(`()<>@,;:\"/[]?={}`, r) {
			return false
		}
	}
	return s != ""
}

func checkSecrets(name string, b block, secrets map[string]string) error {
	switch {
	case b.TLSAuth && (secrets["tlsClientCert"] == "" || secrets["tlsClientKey"] == ""):
		return mistake("%s: TLS client authentication is on, but the client certificate or its key is missing.", name)
	case b.TLSAuthWithCACert && secrets["tlsCACert"] == "":
		return mistake("%s: a CA certificate is to be used, but it is missing.", name)
	case b.BasicAuth && b.BasicAuthUser == "":
		return mistake("%s: basic authentication is on, but the user is missing.", name)
	}
	for key, v := range secrets {
		header := key == "bearerToken" || strings.HasPrefix(key, "httpHeaderValue")
		if header && strings.ContainsAny(strings.TrimSpace(v), "\r\n\x00") {
			return mistake("%s: the secret %q holds a line break, which no HTTP header can.", name, key)
		}
	}
	return nil
}

// secretsFor gives an upstream's own secrets: "tempo.bearerToken" becomes "bearerToken".
func secretsFor(all map[string]string, key string) map[string]string {
	out := map[string]string{}
	for k, v := range all {
		if own, ok := strings.CutPrefix(k, key+"."); ok {
			out[own] = v
		}
	}
	return out
}

func timeoutSeconds(name string, raw json.RawMessage) (float64, error) {
	text := strings.Trim(string(raw), `" `)
	if text == "" || text == "null" || text == "0" {
		return DefaultTimeout, nil
	}
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || !(seconds >= 1 && seconds <= 3600) {
		return 0, mistake("%s: the timeout must be a number of seconds from 1 to 3600.", name)
	}
	return seconds, nil
}
