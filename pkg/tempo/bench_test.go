package tempo

import (
	"bytes"
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
