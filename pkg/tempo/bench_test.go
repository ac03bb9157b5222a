package tempo

import (
	"bytes"
	"strings"
	"testing"
)

// BenchmarkDecodeSearch decodes the search answer of a run with 2,500 parallel iterations of three steps.
func BenchmarkDecodeSearch(b *testing.B) {
	body := searchAnswer(2500)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		found, err := decodeSearch(bytes.NewReader(body), 5000, 100)
		if err != nil || len(found.Spans) != 6*2500 {
			b.Fatal(err)
		}
	}
}

// BenchmarkHeapPerByte tells how many bytes of memory the decoders take for each byte that was received, of a large run
// and of the worst that a hostile server can send.
func BenchmarkHeapPerByte(b *testing.B) {
	tiny := nest(bytes.Repeat([]byte{0x12, 0}, 1<<20), 2, 1, 1)
	search := searchAnswer(2500)
	spans := []byte(`{"traces":[` + strings.TrimSuffix(strings.Repeat(`{"spanSets":[{"spans":[{}]}]},`, 1<<17), ",") + `]}`)
	for name, of := range map[string]struct {
		body   []byte
		decode func([]byte) error
	}{
		"run":           {search, func(raw []byte) error { _, err := decodeSearch(bytes.NewReader(raw), 5000, 100); return err }},
		"tiny spans":    {spans, func(raw []byte) error { _, err := decodeSearch(bytes.NewReader(raw), 5000, 100); return err }},
		"tiny protobuf": {tiny, func(raw []byte) error { _, err := decodeTraceByID(raw, free); return err }},
	} {
		b.Run(name, func(b *testing.B) {
			var taken uint64
			for b.Loop() {
				taken += allocated(func() {
					if err := of.decode(of.body); err != nil {
						b.Fatal(err)
					}
				})
			}
			b.ReportMetric(float64(taken)/float64(b.N)/float64(len(of.body)), "heap-B/received-B")
		})
	}
}
