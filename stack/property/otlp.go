package property

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"google.golang.org/protobuf/encoding/protojson"

	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

// WriteOTLP writes spans as a request in OTLP's JSON, from which a recording of a real Tempo can be made:
// curl -H 'Content-Type: application/json' -d @FILE http://127.0.0.1:4318/v1/traces
func WriteOTLP(dir, name string, spans []simulator.Span) (path string, err error) {
	content, err := otlpJSON(spans)
	if err != nil {
		return "", fmt.Errorf("the spans of %s cannot be encoded: %w", name, err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	path = filepath.Join(dir, name+".otlp.json")
	return path, os.WriteFile(path, content, 0o644)
}

// otlpJSON differs from the JSON of Protocol Buffers: ids are hexadecimal, not base64, and enums are numbers.
func otlpJSON(spans []simulator.Span) ([]byte, error) {
	content, err := protojson.MarshalOptions{UseEnumNumbers: true}.Marshal(simulator.TracesRequest(spans))
	if err != nil {
		return nil, err
	}
	var tree any
	if err := json.Unmarshal(content, &tree); err != nil {
		return nil, err
	}
	if err := hexIDs(tree); err != nil {
		return nil, err
	}
	return json.MarshalIndent(tree, "", " ")
}

func hexIDs(tree any) error {
	switch node := tree.(type) {
	case []any:
		for _, child := range node {
			if err := hexIDs(child); err != nil {
				return err
			}
		}
	case map[string]any:
		for key, child := range node {
			text, isText := child.(string)
			if !isText || key != "traceId" && key != "spanId" && key != "parentSpanId" {
				if err := hexIDs(child); err != nil {
					return err
				}
				continue
			}
			raw, err := base64.StdEncoding.DecodeString(text)
			if err != nil {
				return err
			}
			node[key] = hex.EncodeToString(raw)
		}
	}
	return nil
}
