package tempo

import "fmt"

// codec writes and reads Tempo's messages with the methods that were generated for them: they are of another generator
// than gRPC's own, whose codec fails on their times.
type codec struct{}

// Name is the content type's: the bytes are protobuf as any other.
func (codec) Name() string { return "proto" }

func (codec) Marshal(v any) ([]byte, error) {
	m, ok := v.(interface{ Marshal() ([]byte, error) })
	if !ok {
		return nil, fmt.Errorf("%T cannot be written as protobuf", v)
	}
	return m.Marshal()
}

func (codec) Unmarshal(raw []byte, v any) error {
	m, ok := v.(interface{ Unmarshal([]byte) error })
	if !ok {
		return fmt.Errorf("%T cannot be read from protobuf", v)
	}
	return m.Unmarshal(raw)
}
