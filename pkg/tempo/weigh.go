package tempo

import (
	"errors"
	"fmt"
	"unsafe"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
	"github.com/grafana/tempo/pkg/tempopb"
	common "github.com/grafana/tempo/pkg/tempopb/common/v1"
	trace "github.com/grafana/tempo/pkg/tempopb/trace/v1"
	"google.golang.org/protobuf/encoding/protowire"
)

// deepestMessage is how deep messages are nested at most. Values of attributes may hold lists of values: the generated
// decoder calls itself for each level, and a stack that overflows ends the process.
const deepestMessage = 64

var errTooDeep = errors.New("nested too deep")

// shape is what is known of a kind of message: which fields hold messages, and what one takes in memory.
type shape struct {
	size   int64
	fields map[protowire.Number]*shape
}

// The shapes of answers, as far as messages in them come in numbers.
var (
	valueShape    = &shape{size: sizeOf(common.AnyValue{}) + sizeOf(common.AnyValue_StringValue{}) + pointer}
	listShape     = &shape{size: sizeOf(common.ArrayValue{}), fields: fields{1: valueShape}}
	keyValueShape = &shape{size: sizeOf(common.KeyValue{}) + pointer, fields: fields{2: valueShape}}
	keyListShape  = &shape{size: sizeOf(common.KeyValueList{}), fields: fields{1: keyValueShape}}

	withAttributes = fields{1: keyValueShape}
	eventShape     = &shape{size: sizeOf(trace.Span_Event{}) + pointer, fields: fields{3: keyValueShape}}
	linkShape      = &shape{size: sizeOf(trace.Span_Link{}) + pointer, fields: fields{4: keyValueShape}}
	spanShape      = &shape{
		size:   sizeOf(trace.Span{}) + sizeOf(windmill.Span{}) + pointer,
		fields: fields{9: keyValueShape, 11: eventShape, 13: linkShape, 15: {size: sizeOf(trace.Status{})}},
	}
	scopeShape     = &shape{size: sizeOf(trace.ScopeSpans{}) + pointer, fields: fields{1: {fields: fields{3: keyValueShape}}, 2: spanShape}}
	resourceShape  = &shape{size: sizeOf(trace.ResourceSpans{}) + pointer, fields: fields{1: {fields: withAttributes}, 2: scopeShape}}
	traceShape     = &shape{fields: fields{1: resourceShape}}
	traceByIDShape = &shape{fields: fields{1: traceShape}}

	foundSpanShape  = &shape{size: sizeOf(tempopb.Span{}) + 2*sizeOf(windmill.Span{}) + pointer, fields: fields{5: keyValueShape}}
	spanSetShape    = &shape{size: sizeOf(tempopb.SpanSet{}) + pointer, fields: fields{1: foundSpanShape, 3: keyValueShape}}
	serviceShape    = &shape{size: 2*sizeOf(tempopb.ServiceStats{}) + 4*pointer}
	foundTraceShape = &shape{
		size:   sizeOf(tempopb.TraceSearchMetadata{}) + pointer,
		fields: fields{6: spanSetShape, 7: spanSetShape, 8: serviceShape},
	}
	searchShape = &shape{fields: fields{1: foundTraceShape}}
)

func init() { valueShape.fields = fields{5: listShape, 6: keyListShape} } // values within values

type fields = map[protowire.Number]*shape

const pointer = int64(unsafe.Sizeof(uintptr(0)))

func sizeOf[T any](message T) int64 { return int64(unsafe.Sizeof(message)) }

// weigh looks through a message before it is decoded: it must not be nested too deep, and what it takes in memory
// beyond the bytes that were received is charged.
func weigh(message []byte, s *shape, charge func(int64) error) error {
	bytes, err := s.weigh(message, 0)
	if err != nil {
		return err
	}
	if more := bytes - int64(len(message)); more > 0 {
		return charge(more)
	}
	return nil
}

func (s *shape) weigh(message []byte, depth int) (bytes int64, err error) {
	if depth > deepestMessage {
		return 0, errTooDeep
	}
	bytes = s.size
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return 0, fmt.Errorf("malformed message: %w", protowire.ParseError(n))
		}
		message = message[n:]
		within := s.fields[number]
		if n = protowire.ConsumeFieldValue(number, kind, message); n < 0 {
			return 0, fmt.Errorf("malformed message: %w", protowire.ParseError(n))
		}
		if within != nil && kind == protowire.BytesType {
			held, _ := protowire.ConsumeBytes(message[:n])
			more, err := within.weigh(held, depth+1)
			if err != nil {
				return 0, err
			}
			bytes += more
		}
		message = message[n:]
	}
	return bytes, nil
}
