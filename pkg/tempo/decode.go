package tempo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/gogo/protobuf/jsonpb"
	"github.com/gogo/protobuf/proto"
	"github.com/grafana/tempo/pkg/tempopb"
)

// Newer versions of Tempo may say more than this plugin knows.
var tolerant = jsonpb.Unmarshaler{AllowUnknownFields: true}

func decodeTagValues(body []byte) (*tempopb.SearchTagValuesV2Response, error) {
	response := &tempopb.SearchTagValuesV2Response{}
	if err := hasOne(body, "tagValues", "metrics"); err != nil {
		return response, err
	}
	return response, decodeJSON(body, response)
}

// errForeign is an object that has nothing of what Tempo always answers: another service's, such as a proxy's message.
var errForeign = errors.New("no field of Tempo's answers")

// hasOne wants one of the fields that an answer of Tempo always has, also when nothing was found.
func hasOne(body []byte, fields ...string) error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(body, &object); err != nil {
		return err
	}
	for _, f := range fields {
		if _, ok := object[f]; ok {
			return nil
		}
	}
	return errForeign
}

// decodeJSON wants an object: null would be an empty message.
func decodeJSON(body []byte, into proto.Message) error {
	if !isObject(body) {
		return errors.New("no JSON object")
	}
	return noPanic(func() error {
		return tolerant.UnmarshalNext(json.NewDecoder(bytes.NewReader(body)), into)
	})
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
