package workbench

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// QueryData asks the plugin. An error means that the plugin as a whole gave no answer: a failed query is in the
// response.
func (p *Plugin) QueryData(ctx context.Context, req *backend.QueryDataRequest) (*backend.QueryDataResponse, error) {
	services, err := p.services()
	if err != nil {
		return nil, err
	}
	response, err := services.data.QueryData(ctx, backend.ToProto().QueryDataRequest(req))
	if err != nil {
		return nil, callError("the query", err)
	}
	return backend.FromProto().QueryDataResponse(response)
}

// CheckHealth asks the plugin whether the data source of the plugin context works.
func (p *Plugin) CheckHealth(ctx context.Context, req *backend.CheckHealthRequest) (*backend.CheckHealthResult, error) {
	services, err := p.services()
	if err != nil {
		return nil, err
	}
	response, err := services.diagnostics.CheckHealth(ctx, &pluginv2.CheckHealthRequest{
		PluginContext: backend.ToProto().PluginContext(req.PluginContext),
		Headers:       req.Headers,
	})
	if err != nil {
		return nil, callError("the health check", err)
	}
	return backend.FromProto().CheckHealthResponse(response), nil
}

// CallResource asks the plugin and hands on each part of the answer as it comes.
func (p *Plugin) CallResource(ctx context.Context, req *backend.CallResourceRequest, send func(*backend.CallResourceResponse) error) error {
	services, err := p.services()
	if err != nil {
		return err
	}
	stream, err := services.resource.CallResource(ctx, backend.ToProto().CallResourceRequest(req))
	if err != nil {
		return callError("the resource call", err)
	}
	for {
		part, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return callError("the resource call", err)
		}
		if err := send(backend.FromProto().CallResourceResponse(part)); err != nil {
			return err
		}
	}
}

// callError turns a gRPC failure into a sentence.
func callError(what string, err error) error {
	switch status.Code(err) {
	case codes.Unimplemented:
		return fmt.Errorf("the plugin does not serve %s", what)
	case codes.Unavailable:
		return fmt.Errorf("the plugin's process ended during %s; its log says why", what)
	default:
		return fmt.Errorf("the plugin failed on %s: %s", what, status.Convert(err).Message())
	}
}
