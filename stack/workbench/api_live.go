package workbench

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// runStream stands in for a subscription of Grafana Live, whose websocket has a protocol of its own. The body is the
// data of the subscription; the answer has one line of JSON for each packet, the first an empty one when the
// subscription is accepted. Unlike Grafana it does not share a channel between subscribers.
func (h *host) runStream(w http.ResponseWriter, r *http.Request) {
	pluginContext, body, ok := h.received(w, r)
	if !ok {
		return
	}
	path := r.PathValue("path")
	subscribed, err := h.plugin.SubscribeStream(r.Context(), &backend.SubscribeStreamRequest{PluginContext: pluginContext, Path: path, Data: body})
	if err != nil {
		h.writeCallError(r.Context(), w, err)
		return
	}
	switch subscribed.Status {
	case backend.SubscribeStreamStatusNotFound:
		writeMessage(w, http.StatusNotFound, "the plugin has no channel "+path)
		return
	case backend.SubscribeStreamStatusPermissionDenied:
		writeMessage(w, http.StatusForbidden, "the plugin does not let you subscribe to "+path)
		return
	}
	lines := &lineWriter{w: w}
	w.Header().Set("Content-Type", "application/x-ndjson")
	if err := lines.write([]byte("{}")); err != nil {
		return // the browser left
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	go func() {
		select {
		case <-h.ending:
			cancel()
		case <-ctx.Done():
		}
	}()
	err = h.plugin.RunStream(ctx, &backend.RunStreamRequest{PluginContext: pluginContext, Path: path, Data: body},
		func(packet *backend.StreamPacket) error { return lines.write(packet.Data) })
	if err != nil && ctx.Err() == nil {
		h.logger.Error(err.Error())
	}
}

// lineWriter writes one JSON value a line, and does not hold it back.
type lineWriter struct{ w http.ResponseWriter }

func (l *lineWriter) write(value []byte) error {
	var line bytes.Buffer
	if err := json.Compact(&line, value); err != nil {
		return err
	}
	line.WriteByte('\n')
	if _, err := l.w.Write(line.Bytes()); err != nil {
		return err
	}
	return http.NewResponseController(l.w).Flush()
}
