package workbench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/gtime"
	"github.com/grafana/grafana-plugin-sdk-go/backend/useragent"
	"github.com/grafana/grafana-plugin-sdk-go/config"
)

// grafanaVersion is the version that the plugin is told, that of the UI packages which the page is built with.
const grafanaVersion = "13.2.2"

// maxBody bounds a request body in bytes.
const maxBody = 16 << 20

// forwardedHeaders are those that Grafana hands on to a plugin as HTTP headers of a query.
var forwardedHeaders = []string{
	"X-Dashboard-Uid", "X-Dashboard-Title", "X-Panel-Id", "X-Panel-Title", "X-Panel-Plugin-Id",
	"X-Datasource-Uid", "X-Query-Group-Id", "X-Grafana-From-Expr",
}

const (
	// fromAlert is the header that marks a query of an alert rule. It goes under its own name.
	fromAlert = "FromAlert"
	// cacheSkip goes under its own name too, but only with rules.
	cacheSkip = "X-Cache-Skip"
)

// pluginContext is who asks, for which data source, in what kind of Grafana.
func (h *host) pluginContext(source DataSource) (backend.PluginContext, error) {
	settings, err := source.settings()
	if err != nil {
		return backend.PluginContext{}, err
	}
	agent, err := useragent.New(grafanaVersion, "linux", "amd64")
	if err != nil {
		return backend.PluginContext{}, err
	}
	return backend.PluginContext{
		PluginID: h.state.plugin.ID, PluginVersion: h.state.plugin.Version,
		User:                       &backend.User{Login: "workbench", Name: "Workbench", Email: "workbench@localhost", Role: "Admin"},
		DataSourceInstanceSettings: settings,
		GrafanaConfig: config.NewGrafanaCfg(map[string]string{
			config.AppURL: h.appURL, config.ConcurrentQueryCount: "10",
			config.UserFacingDefaultError: "An error occurred within the plugin",
			config.SQLRowLimit:            "1000000", config.SQLMaxOpenConnsDefault: "100",
			config.SQLMaxIdleConnsDefault: "100", config.SQLMaxConnLifetimeSecondsDefault: "14400",
		}),
		UserAgent: agent,
	}, nil
}

// own finds a data source of the plugin that runs here, or says why there is none, with its HTTP status.
func (h *host) own(uid string) (DataSource, int, error) {
	source, ok := h.state.sources.get(uid)
	if !ok {
		return DataSource{}, http.StatusNotFound, fmt.Errorf("no data source has the uid %q", uid)
	}
	if source.Type != h.state.plugin.ID {
		return DataSource{}, http.StatusNotImplemented,
			fmt.Errorf("data source %q is of type %q, which only Grafana runs: the workbench runs %s alone", source.Name, source.Type, h.state.plugin.ID)
	}
	return source, http.StatusOK, nil
}

// queryRequest is the body of POST /api/ds/query. from and to are epoch milliseconds or relative, as in "now-1h".
type queryRequest struct {
	Queries []json.RawMessage `json:"queries"`
	From    string            `json:"from"`
	To      string            `json:"to"`
}

// queryHead is what Grafana itself reads of a query.
type queryHead struct {
	RefID         string `json:"refId"`
	QueryType     string `json:"queryType"`
	MaxDataPoints int64  `json:"maxDataPoints"`
	IntervalMS    int64  `json:"intervalMs"`
	Hide          bool   `json:"hide"`
	Datasource    struct {
		UID string `json:"uid"`
	} `json:"datasource"`
	TimeRange *struct {
		From string `json:"from"`
		To   string `json:"to"`
	} `json:"timeRange"`
}

func (h *host) queryData(w http.ResponseWriter, r *http.Request) {
	var body queryRequest
	if err := readJSON(w, r, &body); err != nil {
		writeMessage(w, http.StatusBadRequest, err.Error())
		return
	}
	uid, queries, err := parseQueries(body, time.Now())
	if err != nil {
		writeMessage(w, http.StatusBadRequest, err.Error())
		return
	}
	source, status, err := h.own(uid)
	if err != nil {
		writeMessage(w, status, err.Error())
		return
	}
	pluginContext, err := h.pluginContext(source)
	if err != nil {
		writeMessage(w, http.StatusInternalServerError, err.Error())
		return
	}
	req := &backend.QueryDataRequest{PluginContext: pluginContext, Headers: map[string]string{}, Queries: queries}
	forwardHeaders(r, source, req)
	response, err := h.plugin.QueryData(r.Context(), req)
	if err != nil {
		h.writeCallError(r.Context(), w, err)
		return
	}
	writeJSON(w, queryStatus(response), response)
}

// parseQueries reads the queries of a batch, which must all ask the same data source.
func parseQueries(body queryRequest, now time.Time) (uid string, queries []backend.DataQuery, err error) {
	for i, raw := range body.Queries {
		var head queryHead
		if err := json.Unmarshal(raw, &head); err != nil {
			return "", nil, fmt.Errorf("query %d can't be read: %w", i+1, err)
		}
		if uid == "" {
			uid = head.Datasource.UID
		}
		if head.Datasource.UID == "" || head.Datasource.UID != uid {
			return "", nil, errors.New("every query needs the uid of one and the same data source")
		}
		if head.Hide {
			continue
		}
		from, to := body.From, body.To
		if head.TimeRange != nil {
			from, to = head.TimeRange.From, head.TimeRange.To
		}
		timeRange, err := parseTimeRange(from, to, now)
		if err != nil {
			return "", nil, err
		}
		queries = append(queries, backend.DataQuery{
			RefID: orDefault(head.RefID, "A"), QueryType: head.QueryType,
			MaxDataPoints: orDefault(head.MaxDataPoints, 100), Interval: orDefault(time.Duration(head.IntervalMS)*time.Millisecond, time.Second),
			TimeRange: timeRange, JSON: raw,
		})
	}
	if len(queries) == 0 {
		return "", nil, errors.New("there is no query in the request")
	}
	return uid, queries, nil
}

func parseTimeRange(from, to string, now time.Time) (backend.TimeRange, error) {
	parser := gtime.NewTimeRange(from, to)
	start, err := parser.ParseFrom(gtime.WithNow(now))
	if err != nil {
		return backend.TimeRange{}, fmt.Errorf("the time range's from %q is neither epoch milliseconds nor relative like now-1h", from)
	}
	end, err := parser.ParseTo(gtime.WithNow(now))
	if err != nil {
		return backend.TimeRange{}, fmt.Errorf("the time range's to %q is neither epoch milliseconds nor relative like now", to)
	}
	return backend.TimeRange{From: start, To: end}, nil
}

func orDefault[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}

// forwardHeaders hands on what Grafana would, the user's token only where the data source asks for it.
func forwardHeaders(r *http.Request, source DataSource, req *backend.QueryDataRequest) {
	if value := r.Header.Get(fromAlert); value != "" {
		req.Headers[fromAlert] = value
		if skip := r.Header.Get(cacheSkip); skip != "" {
			req.Headers[cacheSkip] = skip
		}
	}
	for _, name := range forwardedHeaders {
		if value := r.Header.Get(name); value != "" {
			req.SetHTTPHeader(name, value)
		}
	}
	if passThrough, _ := source.JSONData["oauthPassThru"].(bool); passThrough {
		if token := r.Header.Get("Authorization"); token != "" {
			req.SetHTTPHeader("Authorization", token)
		}
	}
}

// queryStatus is Grafana's: 400 as soon as one query failed.
func queryStatus(response *backend.QueryDataResponse) int {
	for _, one := range response.Responses {
		if one.Error != nil {
			return http.StatusBadRequest
		}
	}
	return http.StatusOK
}

func (h *host) checkHealth(w http.ResponseWriter, r *http.Request) {
	source, status, err := h.own(r.PathValue("uid"))
	if err != nil {
		writeMessage(w, status, err.Error())
		return
	}
	pluginContext, err := h.pluginContext(source)
	if err != nil {
		writeMessage(w, http.StatusInternalServerError, err.Error())
		return
	}
	result, err := h.plugin.CheckHealth(r.Context(), &backend.CheckHealthRequest{PluginContext: pluginContext})
	if err != nil {
		h.writeCallError(r.Context(), w, err)
		return
	}
	answer := map[string]any{"status": result.Status.String(), "message": result.Message}
	if len(result.JSONDetails) > 0 {
		answer["details"] = json.RawMessage(result.JSONDetails)
	}
	if result.Status != backend.HealthStatusOk {
		writeJSON(w, http.StatusBadRequest, answer)
		return
	}
	writeJSON(w, http.StatusOK, answer)
}

// received is what a request about one of the plugin's data sources brings. Not ok: it was refused, and the answer
// is written.
func (h *host) received(w http.ResponseWriter, r *http.Request) (context backend.PluginContext, body []byte, ok bool) {
	source, status, err := h.own(r.PathValue("uid"))
	if err != nil {
		writeMessage(w, status, err.Error())
		return context, nil, false
	}
	context, err = h.pluginContext(source)
	if err != nil {
		writeMessage(w, http.StatusInternalServerError, err.Error())
		return context, nil, false
	}
	body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		writeMessage(w, http.StatusRequestEntityTooLarge, "the request's body is longer than "+strconv.Itoa(maxBody)+" bytes")
		return context, nil, false
	}
	return context, body, true
}

func (h *host) callResource(w http.ResponseWriter, r *http.Request) {
	pluginContext, body, ok := h.received(w, r)
	if !ok {
		return
	}
	resource := r.PathValue("path")
	url := resource
	if r.URL.RawQuery != "" {
		url += "?" + r.URL.RawQuery
	}
	headers := r.Header.Clone()
	for _, name := range []string{"Cookie", "Authorization", "Connection", "Origin", "Referer"} {
		headers.Del(name)
	}
	begun := false
	err := h.plugin.CallResource(r.Context(), &backend.CallResourceRequest{
		PluginContext: pluginContext, Path: resource, Method: r.Method, URL: url, Headers: headers, Body: body,
	}, func(part *backend.CallResourceResponse) error {
		defer func() { begun = true }()
		return writeResourcePart(w, part, begun)
	})
	if err != nil && !begun {
		h.writeCallError(r.Context(), w, err)
	}
}

// writeResourcePart writes status and headers with the first part, and the body of each.
func writeResourcePart(w http.ResponseWriter, part *backend.CallResourceResponse, begun bool) error {
	if !begun {
		for name, values := range part.Headers {
			if !slices.Contains([]string{"set-cookie", "connection", "transfer-encoding"}, strings.ToLower(name)) {
				w.Header()[http.CanonicalHeaderKey(name)] = values
			}
		}
		w.WriteHeader(orDefault(part.Status, http.StatusOK))
	}
	if _, err := w.Write(part.Body); err != nil {
		return err
	}
	return http.NewResponseController(w).Flush()
}

// writeCallError answers for a plugin that gave no answer. A request that the browser took back needs none.
func (h *host) writeCallError(ctx context.Context, w http.ResponseWriter, err error) {
	if ctx.Err() != nil {
		return
	}
	h.logger.Error(err.Error())
	writeMessage(w, http.StatusBadGateway, err.Error())
}

func readJSON(w http.ResponseWriter, r *http.Request, into any) error {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("the request's body is not JSON that can be read: %w", err)
	}
	return nil
}
