package workbench

import (
	"context"
	"errors"
	"io"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// SubscribeStream asks the plugin whether a channel may be subscribed to.
func (p *Plugin) SubscribeStream(ctx context.Context, req *backend.SubscribeStreamRequest) (*backend.SubscribeStreamResponse, error) {
	services, err := p.services()
	if err != nil {
		return nil, err
	}
	response, err := services.stream.SubscribeStream(ctx, backend.ToProto().SubscribeStreamRequest(req))
	if err != nil {
		return nil, callError("the subscription", err)
	}
	return backend.FromProto().SubscribeStreamResponse(response), nil
}

// RunStream hands on what the plugin sends to a channel, until the plugin ends the stream or ctx does.
func (p *Plugin) RunStream(ctx context.Context, req *backend.RunStreamRequest, send func(*backend.StreamPacket) error) error {
	services, err := p.services()
	if err != nil {
		return err
	}
	stream, err := services.stream.RunStream(ctx, backend.ToProto().RunStreamRequest(req))
	if err != nil {
		return callError("the stream", err)
	}
	for {
		packet, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return callError("the stream", err)
		}
		if err := send(backend.FromProto().StreamPacket(packet)); err != nil {
			return err
		}
	}
}
