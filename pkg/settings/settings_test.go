package settings

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func load(jsonData string, secrets map[string]string) (Settings, error) {
	return Load(context.Background(), backend.DataSourceInstanceSettings{JSONData: []byte(jsonData), DecryptedSecureJSONData: secrets})
}

func TestLoad(t *testing.T) {
	s, err := load(`{"tempo":{"url":" http://tempo:3200/ ","datasourceUid":"t"},"prometheus":{"url":"https://prom/api/prom","timeout":"7","timeInterval":" 1m30s "},
		"loki":{"datasourceUid":"l"},"windmillUrl":"https://windmill.example.com/","baselineWindow":"7d"}`, nil)
	require.NoError(t, err)
	assert.Equal(t, "http://tempo:3200", s.Tempo.URL)
	assert.Equal(t, "t", s.Tempo.DatasourceUID)
	assert.Equal(t, 30*time.Second, s.Tempo.options.Timeouts.Timeout)
	assert.Equal(t, "https://prom/api/prom", s.Prometheus.URL)
	assert.Equal(t, 7*time.Second, s.Prometheus.options.Timeouts.Timeout)
	assert.Equal(t, 90*time.Second, s.Sampled)
	assert.False(t, s.Loki.Configured())
	assert.Equal(t, "l", s.Loki.DatasourceUID)
	assert.Empty(t, s.StreamSelector)
	assert.Equal(t, "https://windmill.example.com", s.WindmillURL)
	assert.Equal(t, 7*24*time.Hour, s.BaselineWindow)

	s, err = load("{\"loki\":{\"url\":\"http://loki\",\"streamSelector\":\" {app=`w`} \"}}", nil)
	require.NoError(t, err)
	assert.True(t, s.Loki.Configured())
	assert.Equal(t, "{app=`w`}", s.StreamSelector)

	for _, empty := range []string{"", "{}", `{"tempo":null,"baselineWindow":""}`} {
		s, err = load(empty, nil)
		require.NoError(t, err)
		assert.Equal(t, 24*time.Hour, s.BaselineWindow)
		assert.Zero(t, s.Sampled, "it is measured")
		_, err = s.Tempo.Client()
		assert.EqualError(t, err, "Tempo is not configured: give its URL in the data source's settings.")
	}
}

func TestLoadMistakes(t *testing.T) {
	url := func(u string) string {
		raw, _ := json.Marshal(map[string]any{"tempo": map[string]string{"url": u}})
		return string(raw)
	}
	wantURL := "Tempo: the URL must begin with http:// or https:// and name a host, for example http://host:3200."
	for jsonData, want := range map[string]string{
		`{"tempo":`:                                                      "The data source's settings (jsonData) cannot be read: this is no valid JSON.",
		`{"tempo":{"url":5}}`:                                            `Tempo: the settings cannot be read: "url" must be of another type than number.`,
		`{"tempo":"x"}`:                                                  `Tempo: the settings cannot be read: "" must be of another type than string.`,
		url("tempo:3200"):                                                wantURL,
		url("ftp://tempo"):                                               wantURL,
		url("http://"):                                                   wantURL,
		url("http://:3200"):                                              wantURL,
		url("/tempo"):                                                    wantURL,
		url("http://a b"):                                                "Tempo: the URL cannot be read: write for example http://host:3200.",
		url("http://u:pw@tempo"):                                         "Tempo: the URL must not hold a user or a password: use basic authentication instead.",
		url("http://tempo?a=b"):                                          "Tempo: the URL must not hold a query (?) or a fragment (#).",
		`{"windmillUrl":"wm"}`:                                           "Windmill: the URL must begin with http:// or https:// and name a host, for example http://host:3200.",
		`{"baselineWindow":"soon"}`:                                      `The baseline window "soon" is not a duration: write for example 24h or 7d.`,
		`{"baselineWindow":"-1h"}`:                                       `The baseline window "-1h" is not a duration: write for example 24h or 7d.`,
		`{"loki":{"url":"http://l","timeout":-1}}`:                       "Loki: the timeout must be a number of seconds from 1 to 3600.",
		`{"loki":{"url":"http://l","timeout":"NaN"}}`:                    "Loki: the timeout must be a number of seconds from 1 to 3600.",
		`{"prometheus":{"timeInterval":"15"}}`:                           `Prometheus: the scrape interval "15" must be a duration from 1s to 5m: write for example 15s.`,
		`{"prometheus":{"timeInterval":"6m"}}`:                           `Prometheus: the scrape interval "6m" must be a duration from 1s to 5m: write for example 15s.`,
		`{"prometheus":{"timeInterval":"500ms"}}`:                        `Prometheus: the scrape interval "500ms" must be a duration from 1s to 5m: write for example 15s.`,
		`{"prometheus":{"timeInterval":15}}`:                             `Prometheus: the settings cannot be read: "timeInterval" must be of another type than number.`,
		`{"loki":{"streamSelector":"app=x"}}`:                            `Loki: the stream selector must be one LogQL selector and nothing else, for example {service_name="windmill"}.`,
		`{"loki":{"streamSelector":["{a=1}"]}}`:                          `Loki: the settings cannot be read: "streamSelector" must be of another type than array.`,
		`{"prometheus":{"url":"http://p","basicAuth":true}}`:             "Prometheus: basic authentication is on, but the user is missing.",
		`{"prometheus":{"url":"http://p","tlsAuth":true}}`:               "Prometheus: TLS client authentication is on, but the client certificate or its key is missing.",
		`{"prometheus":{"url":"http://p","tlsAuthWithCACert":true}}`:     "Prometheus: a CA certificate is to be used, but it is missing.",
		`{"prometheus":{"url":"http://p","httpHeaderName1":"bad name"}}`: `Prometheus: "bad name" cannot be the name of an HTTP header.`,
		`{"tempo":{"url":"http://t"},"oauthPassThru":"secret-in-the-wrong-place"}`: `The data source's settings (jsonData) cannot be read: "oauthPassThru" must be of another type than string.`,
	} {
		_, err := load(jsonData, nil)
		if assert.Error(t, err, jsonData) {
			assert.Equal(t, want, err.Error(), jsonData)
			assert.True(t, backend.IsDownstreamError(err))
		}
	}
}

var secrets = map[string]string{
	"tempo.basicAuthPassword": "password-s3cret", "tempo.bearerToken": "token-s3cret", "tempo.httpHeaderValue1": "header1-s3cret",
	"tempo.httpHeaderValue3": "header3-s3cret", "prometheus.bearerToken": "other-s3cret",
}

// TestCredentialsArrive lets the server repeat what it got, first in a good answer and then in an error.
func TestCredentialsArrive(t *testing.T) {
	var got http.Header
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Clone()
		_, password, _ := r.BasicAuth()
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, password, r.Header)
	}))
	defer server.Close()
	headers := `"httpHeaderName1":"X-One","httpHeaderName2":"X-Unset","httpHeaderName3":"X-Three","tenant":"team-a"`
	for name, tt := range map[string]struct{ block, authorization string }{
		"basic":  {`"basicAuth":true,"basicAuthUser":"ann",` + headers, "Basic YW5uOnBhc3N3b3JkLXMzY3JldA=="},
		"bearer": {headers, "Bearer token-s3cret"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := load(`{"tempo":{"url":"`+server.URL+`",`+tt.block+`}}`, secrets)
			require.NoError(t, err)
			c, err := s.Tempo.Client()
			require.NoError(t, err)
			defer c.Close()
			status = http.StatusOK
			_, _, err = c.Get(context.Background(), "/", nil, "*/*")
			require.NoError(t, err)
			assert.Equal(t, tt.authorization, got.Get("Authorization"))
			assert.Equal(t, "header1-s3cret", got.Get("X-One"))
			assert.Equal(t, "header3-s3cret", got.Get("X-Three"))
			assert.Equal(t, "team-a", got.Get("X-Scope-OrgID"))
			assert.NotContains(t, got, "X-Unset")

			for _, status = range []int{400, 401, 404, 429, 500} {
				_, _, err = c.Get(context.Background(), "/", nil, "*/*")
				require.Error(t, err)
				assertNoSecret(t, fmt.Sprintf("%v %+v %#v", err, err, err.Error()))
			}
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x", "%q"} {
				assertNoSecret(t, fmt.Sprintf(verb, s))
				assertNoSecret(t, fmt.Sprintf(verb, &s.Tempo))
			}
			raw, err := json.Marshal(s)
			require.NoError(t, err)
			assertNoSecret(t, string(raw))
		})
	}
}

func TestBrokenSecretsAreNotRepeated(t *testing.T) {
	for _, block := range []string{`"tlsAuth":true`, `"tlsAuthWithCACert":true`, `"tenant":"x"`} {
		s, err := load(`{"tempo":{"url":"https://t",`+block+`}}`, map[string]string{
			"tempo.tlsCACert": "ca-s3cret", "tempo.tlsClientCert": "cert-s3cret", "tempo.tlsClientKey": "key-s3cret", "tempo.bearerToken": "a\nb-s3cret",
		})
		if err == nil {
			_, err = s.Tempo.Client()
		}
		require.Error(t, err)
		assertNoSecret(t, err.Error())
	}
}

func TestTLS(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "{}") }))
	defer server.Close()
	ca := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	for name, tt := range map[string]struct {
		block string
		fails string
	}{
		"CA":            {`"tlsAuthWithCACert":true`, ""},
		"skip verify":   {`"tlsSkipVerify":true`, ""},
		"server name":   {`"tlsAuthWithCACert":true,"serverName":"example.com"`, ""},
		"another name":  {`"tlsAuthWithCACert":true,"serverName":"windmill.dev"`, "its certificate is for another host name"},
		"nothing given": {`"timeout":5`, "signed by an authority that is not known here"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := load(`{"tempo":{"url":"`+server.URL+`",`+tt.block+`}}`, map[string]string{"tempo.tlsCACert": ca})
			require.NoError(t, err)
			c, err := s.Tempo.Client()
			require.NoError(t, err)
			defer c.Close()
			_, _, err = c.Get(context.Background(), "/", nil, "*/*")
			if tt.fails == "" {
				assert.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, tt.fails)
		})
	}
}

func TestPassThroughAndProxy(t *testing.T) {
	s, err := load(`{"tempo":{"url":"http://t"},"oauthPassThru":true,"enableSecureSocksProxy":true}`, nil)
	require.NoError(t, err)
	assert.True(t, s.Tempo.options.ForwardHTTPHeaders)
	require.NotNil(t, s.Tempo.options.ProxyOptions)
	assert.True(t, s.Tempo.options.ProxyOptions.Enabled)
}

func assertNoSecret(t *testing.T, text string) {
	t.Helper()
	for _, s := range []string{"s3cret", "YW5uOnBhc3N3b3JkLXMzY3JldA", "6333637265"} { // plain, basic authentication, %x
		if strings.Contains(text, s) {
			t.Errorf("a secret in %q", text)
		}
	}
}
