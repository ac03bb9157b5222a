package tempo

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// decodeSearch reads the JSON of a search answer while it arrives. jsonpb knows it all, but parses each level of nesting
// anew, five MB/s; and a tree of the answer of a large run (30 MB) would need many times its memory.
func decodeSearch(r io.Reader, limit, spansPerTrace int) (SearchResult, error) {
	d := &searchDecoder{scanner: newScanner(r), spansPerTrace: spansPerTrace, words: map[string]string{}, seen: map[spanID]struct{}{}}
	if c := d.peek(); c != '{' && d.err == nil {
		return SearchResult{}, fmt.Errorf("%q where a JSON object is expected", c)
	}
	d.object(func(key []byte) {
		switch string(key) {
		case "traces":
			d.array(d.trace)
		case "metrics":
			d.metrics()
		default:
			d.skip()
		}
	})
	d.out.Truncated = d.out.Truncated || d.out.Traces >= limit
	return d.out, d.err
}

type spanID struct{ trace, span string }

// searchDecoder turns an answer into spans. Equal texts are kept once: of a run's many spans only the ids differ.
type searchDecoder struct {
	*scanner
	spansPerTrace int
	words         map[string]string
	seen          map[spanID]struct{}
	out           SearchResult
	spare         []byte // a set that counts only if no others come
}

func (d *searchDecoder) word(b []byte) string {
	if w, ok := d.words[string(b)]; ok {
		return w
	}
	w := string(b)
	d.words[w] = w
	return w
}

func (d *searchDecoder) number(b []byte) uint64 {
	n, err := strconv.ParseUint(string(b), 10, 64)
	if err != nil && d.err == nil {
		d.fail(err)
	}
	return n
}

func (d *searchDecoder) metrics() {
	d.object(func(key []byte) {
		switch string(key) {
		case "inspectedBytes":
			d.out.Stats.InspectedBytes = int64(min(d.number(d.scalar()), math.MaxInt64))
		case "inspectedTraces":
			d.out.Stats.InspectedTraces = int64(min(d.number(d.scalar()), math.MaxInt64))
		default:
			d.skip()
		}
	})
}

// trace reads one trace. spanSet repeats the first of spanSets; old versions of Tempo have it alone.
func (d *searchDecoder) trace() {
	if d.null() {
		return
	}
	id := padHex("", 32)
	sets, first := 0, len(d.out.Spans)
	d.spare = d.spare[:0]
	d.object(func(key []byte) {
		switch string(key) {
		case "traceID":
			id = padHex(string(d.text()), 32)
		case "spanSets":
			d.array(func() {
				sets++
				d.spanSet(id)
			})
		case "spanSet":
			d.spare = d.raw(d.spare[:0])
		default:
			d.skip()
		}
	})
	d.out.Traces++
	if sets == 0 && len(d.spare) > 0 && d.err == nil {
		outer := d.scanner
		d.scanner = newScanner(bytes.NewReader(d.spare))
		d.spanSet(id)
		outer.err, d.scanner = d.err, outer
	}
	for i := first; i < len(d.out.Spans); i++ {
		d.out.Spans[i].TraceID = id // it may stand behind the spans
	}
}

// raw appends the next value as it stands.
func (s *scanner) raw(to []byte) []byte {
	s.peek()
	kept := &keeper{r: s.r, all: append(to, s.buf[s.pos:s.end]...)}
	s.r = kept
	s.skip()
	s.r = kept.r
	if s.err != nil {
		return nil
	}
	return append(kept.all[:len(kept.all)-(s.end-s.pos)], ' ') // a word ends only there
}

// keeper keeps what is read.
type keeper struct {
	r   io.Reader
	all []byte
}

func (k *keeper) Read(p []byte) (int, error) {
	n, err := k.r.Read(p)
	k.all = append(k.all, p[:n]...)
	return n, err
}

// spanSet reads the spans of a set, each once.
func (d *searchDecoder) spanSet(traceID string) {
	if d.null() {
		return
	}
	spans, matched := 0, uint64(0)
	d.object(func(key []byte) {
		switch string(key) {
		case "spans":
			d.array(func() {
				if d.null() {
					return
				}
				spans++
				d.span(traceID)
			})
		case "matched":
			matched = d.number(d.scalar())
		default:
			d.skip()
		}
	})
	if matched > uint64(spans) || (matched == 0 && spans >= d.spansPerTrace) {
		d.out.Truncated = true
	}
}

func (d *searchDecoder) span(traceID string) {
	out := windmill.Span{TraceID: traceID, Start: unixNano(0)}
	var named string
	d.object(func(key []byte) {
		switch string(key) {
		case "spanID":
			out.SpanID = padHex(string(d.text()), 16)
		case "name":
			out.Name = d.word(d.text())
		case "startTimeUnixNano":
			out.Start = unixNano(d.number(d.scalar()))
		case "durationNanos":
			out.Duration = time.Duration(min(d.number(d.scalar()), math.MaxInt64))
		case "attributes":
			d.array(func() {
				if key, value := d.attribute(); key == "name" {
					named = value
				} else {
					setSearchTag(&out, key, value)
				}
			})
		default:
			d.skip()
		}
	})
	if out.Name == "" {
		out.Name = named
	}
	if out.SpanID == "" {
		out.SpanID = padHex("", 16)
	}
	id := spanID{traceID, out.SpanID}
	if _, again := d.seen[id]; again || d.err != nil {
		return
	}
	d.seen[id] = struct{}{}
	d.out.Spans = append(d.out.Spans, out)
}

// attribute reads one attribute with its value as text; see text.
func (d *searchDecoder) attribute() (key, value string) {
	if d.null() {
		return "", ""
	}
	d.object(func(member []byte) {
		switch string(member) {
		case "key":
			key = d.word(d.text())
		case "value":
			d.object(func(kind []byte) { value = d.value(kind) })
		default:
			d.skip()
		}
	})
	return key, value
}

func (d *searchDecoder) value(kind []byte) string {
	if string(kind) == "stringValue" {
		if d.null() {
			return ""
		}
		return d.word(d.text())
	}
	switch string(kind) {
	case "boolValue", "intValue":
		return d.word(d.scalar())
	case "doubleValue":
		f, err := strconv.ParseFloat(string(d.scalar()), 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return "" // unknown
		}
		return strconv.FormatFloat(f, 'g', -1, 64)
	}
	d.skip()
	return ""
}
