package tempo

import (
	"fmt"

	"github.com/flowsteps/windmill-datasource/pkg/upstream"
)

// codec writes and reads Tempo's messages with the methods that were generated for them: they are of another generator
// than gRPC's own, whose codec fails on their times. What comes counts for the size of the answer before it is decoded.
type codec struct{ size upstream.Size }

// Name is the content type's: the bytes are protobuf as any other.
func (codec) Name() string { return "proto" }

func (codec) Marshal(v any) ([]byte, error) {
	m, ok := v.(interface{ Marshal() ([]byte, error) })
	if !ok {
		return nil, fmt.Errorf("%T cannot be written as protobuf", v)
	}
	return m.Marshal()
}

func (c codec) Unmarshal(raw []byte, v any) error {
	m, ok := v.(interface{ Unmarshal([]byte) error })
	if !ok {
		return fmt.Errorf("%T cannot be read from protobuf", v)
	}
	if err := c.size.Receive(int64(len(raw))); err != nil {
		return err
	}
	if err := weigh(raw, searchShape, c.size.Charge); err != nil {
		return err
	}
	return m.Unmarshal(raw)
}
