package tempo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/grafana/tempo/pkg/tempopb"
)

// errForeign is an object that has nothing of what Tempo always answers: another service's, such as a proxy's message.
var errForeign = errors.New("no field of Tempo's answers")

// decodeTagValues reads a list of values. One of its two fields is there also when nothing was found.
func decodeTagValues(body []byte) (values []string, err error) {
	if !isObject(body) {
		return nil, errors.New("no JSON object") // null would be an empty answer
	}
	var answer struct {
		TagValues []struct {
			Value string `json:"value"`
		} `json:"tagValues"`
		Metrics json.RawMessage `json:"metrics"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, err
	}
	if answer.TagValues == nil && answer.Metrics == nil {
		return nil, errForeign
	}
	for _, v := range answer.TagValues {
		if v.Value != "" {
			values = append(values, v.Value)
		}
	}
	return values, nil
}

func isObject(body []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) }

func decodeTraceByID(body []byte, charge func(int64) error) (*tempopb.TraceByIDResponse, error) {
	response := &tempopb.TraceByIDResponse{}
	if err := weigh(body, traceByIDShape, charge); err != nil {
		return response, err
	}
	return response, noPanic(func() error { return response.Unmarshal(body) })
}

func decodeTrace(body []byte, charge func(int64) error) (*tempopb.Trace, error) {
	trace := &tempopb.Trace{}
	if err := weigh(body, traceShape, charge); err != nil {
		return trace, err
	}
	return trace, noPanic(func() error { return trace.Unmarshal(body) })
}

// noPanic guards against answers that the generated decoders do not expect.
func noPanic(decode func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("malformed message: %v", p)
		}
	}()
	return decode()
}
