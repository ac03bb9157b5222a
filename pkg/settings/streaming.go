package settings

import (
	"bytes"
	"encoding/json"

	"github.com/flowsteps/windmill-datasource/pkg/upstream"
)

// Streaming says whether Tempo's searches are streamed over gRPC, so that what is found is seen while it comes.
type Streaming struct {
	Enabled bool
	GRPCURL string // http(s) URL of Tempo's gRPC port; "" is Tempo's own URL, which serves gRPC with stream_over_http_enabled
}

// loadStreaming reads tempo.streaming: true, or {"enabled": true, "grpcUrl": "http://tempo:9095"}.
func loadStreaming(tempo json.RawMessage) (Streaming, error) {
	var holder struct {
		Streaming json.RawMessage `json:"streaming"`
	}
	if len(tempo) == 0 || string(tempo) == "null" {
		return Streaming{}, nil
	}
	if err := json.Unmarshal(tempo, &holder); err != nil {
		return Streaming{}, mistake("Tempo: the settings cannot be read: %s.", jsonReason(err))
	}
	raw := bytes.TrimSpace(holder.Streaming)
	if len(raw) == 0 || string(raw) == "null" {
		return Streaming{}, nil
	}
	var enabled bool
	if json.Unmarshal(raw, &enabled) == nil {
		return Streaming{Enabled: enabled}, nil
	}
	var m struct {
		Enabled bool   `json:"enabled"`
		GRPCURL string `json:"grpcUrl"`
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return Streaming{}, mistake(`Tempo: streaming must be true, false or {"enabled": true, "grpcUrl": "http://tempo:9095"}.`)
	}
	grpcURL, err := checkURL("Tempo's gRPC", m.GRPCURL)
	return Streaming{Enabled: m.Enabled, GRPCURL: grpcURL}, err
}

// Conn prepares a gRPC connection to the upstream of a client that Client built, with the same credentials and bounds.
// grpcURL may be empty: the upstream's own URL.
func (u Upstream) Conn(up *upstream.Client, grpcURL string) (*upstream.Conn, error) {
	return upstream.Dial(up, upstream.Options{Name: u.Name, URL: u.URL, HTTP: u.options}, grpcURL)
}
