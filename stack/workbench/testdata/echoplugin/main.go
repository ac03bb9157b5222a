// Command echoplugin is a Grafana data source plugin that answers with what it was asked, for the workbench's tests.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/datasource"
	"github.com/grafana/grafana-plugin-sdk-go/backend/instancemgmt"
	"github.com/grafana/grafana-plugin-sdk-go/config"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// echo is one instance; made counts from the settings' own time of change.
type echo struct {
	settings backend.DataSourceInstanceSettings
}

func main() {
	err := datasource.Manage("echo-datasource", func(_ context.Context, s backend.DataSourceInstanceSettings) (instancemgmt.Instance, error) {
		return &echo{settings: s}, nil
	}, datasource.ManageOpts{})
	if err != nil {
		backend.Logger.Error(err.Error())
		os.Exit(1)
	}
}

// seen is what arrived of the host's side.
func (e *echo) seen(pluginContext backend.PluginContext) map[string]any {
	_, fromHost := os.LookupEnv("WORKBENCH_TEST_HOST_ENV")
	return map[string]any{
		"jsonData": json.RawMessage(e.settings.JSONData), "secrets": e.settings.DecryptedSecureJSONData,
		"url": e.settings.URL, "uid": e.settings.UID, "user": pluginContext.User.Login,
		"version": pluginContext.PluginVersion, "hostEnvironment": fromHost,
	}
}

// handed is what the host makes of a query and of its own settings, for the comparison of hosts.
func handed(query backend.DataQuery, pluginContext backend.PluginContext) map[string]any {
	settings := map[string]bool{}
	for _, key := range []string{
		config.AppURL, config.ConcurrentQueryCount, config.UserFacingDefaultError, config.SQLRowLimit,
		config.SQLMaxOpenConnsDefault, config.SQLMaxIdleConnsDefault, config.SQLMaxConnLifetimeSecondsDefault,
	} {
		settings[key] = pluginContext.GrafanaConfig.Get(key) != ""
	}
	return map[string]any{
		"refId": query.RefID, "queryType": query.QueryType, "json": json.RawMessage(query.JSON),
		"interval": query.Interval.String(), "maxDataPoints": query.MaxDataPoints, "namespace": pluginContext.Namespace,
		"pluginId": pluginContext.PluginID, "hasUser": pluginContext.User != nil, "settings": settings,
		"seconds": query.TimeRange.To.Sub(query.TimeRange.From).Seconds(),
	}
}

// QueryData answers each query with its own JSON, time range and headers, and fails the ones of type "fail" and "tell".
func (e *echo) QueryData(_ context.Context, req *backend.QueryDataRequest) (*backend.QueryDataResponse, error) {
	response := backend.NewQueryDataResponse()
	for _, query := range req.Queries {
		if query.QueryType == "fail" {
			response.Responses[query.RefID] = backend.ErrDataResponseWithSource(backend.StatusBadRequest, backend.ErrorSourceDownstream, "asked to fail")
			continue
		}
		if query.QueryType == "tell" { // in an error, because Grafana's ruler hands on nothing else of an answer
			told, err := json.Marshal(map[string]any{"headers": req.Headers, "handed": handed(query, req.PluginContext)})
			if err != nil {
				return nil, err
			}
			response.Responses[query.RefID] = backend.ErrDataResponse(backend.StatusBadRequest, string(told))
			continue
		}
		frame := data.NewFrame("echo",
			data.NewField("from", nil, []int64{query.TimeRange.From.UnixMilli()}),
			data.NewField("to", nil, []int64{query.TimeRange.To.UnixMilli()}),
			data.NewField("json", nil, []string{string(query.JSON)}))
		frame.Meta = &data.FrameMeta{Custom: map[string]any{
			"headers": req.Headers, "seen": e.seen(req.PluginContext), "handed": handed(query, req.PluginContext),
		}}
		response.Responses[query.RefID] = backend.DataResponse{Frames: data.Frames{frame}}
	}
	return response, nil
}

// CheckHealth is fine unless jsonData says {"healthy": false}.
func (e *echo) CheckHealth(_ context.Context, req *backend.CheckHealthRequest) (*backend.CheckHealthResult, error) {
	var settings struct{ Healthy *bool }
	if err := json.Unmarshal(e.settings.JSONData, &settings); err != nil {
		return nil, err
	}
	details, err := json.Marshal(e.seen(req.PluginContext))
	if err != nil {
		return nil, err
	}
	if settings.Healthy != nil && !*settings.Healthy {
		return &backend.CheckHealthResult{Status: backend.HealthStatusError, Message: "not healthy", JSONDetails: details}, nil
	}
	return &backend.CheckHealthResult{Status: backend.HealthStatusOk, Message: "healthy", JSONDetails: details}, nil
}

// CallResource answers in two parts; "exit" ends the process.
func (e *echo) CallResource(_ context.Context, req *backend.CallResourceRequest, sender backend.CallResourceResponseSender) error {
	if req.Path == "exit" {
		os.Exit(3)
	}
	if req.Path == "fail" {
		return errors.New("asked to fail")
	}
	head, err := json.Marshal(map[string]string{"method": req.Method, "path": req.Path, "url": req.URL, "body": string(req.Body)})
	if err != nil {
		return err
	}
	if err := sender.Send(&backend.CallResourceResponse{
		Status: http.StatusAccepted, Headers: map[string][]string{"Content-Type": {"application/x-ndjson"}}, Body: append(head, '\n'),
	}); err != nil {
		return err
	}
	return sender.Send(&backend.CallResourceResponse{Body: []byte("{}\n")})
}

// SubscribeStream admits to every channel but "secret" and "missing".
func (e *echo) SubscribeStream(_ context.Context, req *backend.SubscribeStreamRequest) (*backend.SubscribeStreamResponse, error) {
	status := map[string]backend.SubscribeStreamStatus{
		"secret": backend.SubscribeStreamStatusPermissionDenied, "missing": backend.SubscribeStreamStatusNotFound,
	}[req.Path]
	return &backend.SubscribeStreamResponse{Status: status}, nil
}

// PublishStream refuses.
func (e *echo) PublishStream(context.Context, *backend.PublishStreamRequest) (*backend.PublishStreamResponse, error) {
	return &backend.PublishStreamResponse{Status: backend.PublishStreamStatusPermissionDenied}, nil
}

// RunStream sends two packets; on a channel below "endless" it waits for the subscriber to leave in between, and leaves
// a mark in the log then.
func (e *echo) RunStream(ctx context.Context, req *backend.RunStreamRequest, sender *backend.StreamSender) error {
	head, err := json.Marshal(map[string]any{"path": req.Path, "data": req.Data, "uid": e.settings.UID})
	if err != nil {
		return err
	}
	if err := sender.SendJSON(head); err != nil {
		return err
	}
	if req.Path == "endless/channel" {
		<-ctx.Done()
		backend.Logger.Info("the subscriber left")
		return nil
	}
	return sender.SendJSON([]byte(`{"end":true}`))
}
