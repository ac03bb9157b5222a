package tempo

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// decodeSearch reads the JSON of a search answer while it arrives. jsonpb knows it all, but parses each level of
// nesting anew, five MB/s; and a tree of the answer of a large run (30 MB) would need many times its memory.
func decodeSearch(r io.Reader, limit, spansPerTrace int) (SearchResult, error) {
	d := &searchDecoder{scanner: newScanner(r), spansPerTrace: spansPerTrace, charge: func(bytes int64) error { return upstream.Charge(r, bytes) }}
	if c := d.peek(); c != '{' && d.err == nil {
		return SearchResult{}, fmt.Errorf("%q where a JSON object is expected", c)
	}
	known := false
	d.object(func(key []byte) {
		switch string(key) {
		case "traces":
			known = true
			d.array(d.trace)
		case "metrics":
			known = true
			d.metrics()
		default:
			d.skip()
		}
	})
	if !known && d.err == nil {
		return SearchResult{}, errForeign
	}
	d.out.Spans = d.spans.take()
	d.out.Truncated = d.out.Truncated || d.out.Traces >= limit
	return d.out, d.err
}

// searchDecoder turns an answer into spans.
type searchDecoder struct {
	*scanner
	charge        func(bytes int64) error
	charged       int64
	spansPerTrace int
	words         words
	spans         spanList
	seen          map[string]struct{} // spans of the trace that is read
	set           []byte              // its spanSet as it stands, if that was in the buffer from end to end
	out           SearchResult
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
	id, first := padHex("", 32), d.spans.n
	d.seen, d.set = emptied(d.seen), d.set[:0]
	d.object(func(key []byte) {
		switch string(key) {
		case "traceID":
			id = padHex(string(d.text()), 32)
		case "spanSet":
			d.rememberSet()
		case "spanSets":
			d.array(d.nextSet)
		default:
			d.skip()
		}
	})
	d.out.Traces++
	for i := first; i < d.spans.n; i++ {
		d.spans.at(i).TraceID = id // it may stand behind the spans
	}
}

// rememberSet reads a set that will come again.
func (d *searchDecoder) rememberSet() {
	d.peek()
	from, reads := d.pos, d.reads
	d.spanSet()
	if d.reads == reads && d.err == nil {
		d.set = append(d.set, d.buf[from:d.pos]...)
	}
}

// nextSet passes over the one that was read before: in most traces of a search each set is one span.
func (d *searchDecoder) nextSet() {
	d.peek()
	if again := d.set; len(again) > 0 && bytes.HasPrefix(d.buf[d.pos:d.end], again) {
		d.pos += len(again)
		return
	}
	d.spanSet()
}

func (d *searchDecoder) spanSet() {
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
				d.newSpan()
			})
		case "attributes": // of the set
			d.array(func() { d.attribute() })
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

// newSpan reads a span, and keeps it unless the trace had it before.
func (d *searchDecoder) newSpan() {
	if d.spans.full() {
		d.weigh()
	}
	s := d.spans.add()
	d.span(s)
	if _, again := d.seen[s.SpanID]; again {
		d.spans.drop()
		return
	}
	d.seen[s.SpanID] = struct{}{}
}

// weigh reserves what the spans take beyond the bytes that they came in: a span that is written in two bytes takes
// hundreds.
func (d *searchDecoder) weigh() {
	more := d.spans.inMemory() - d.received - d.charged
	if more <= 0 {
		return
	}
	d.charged += more
	if err := d.charge(more); err != nil {
		d.fail(err)
	}
}

func (d *searchDecoder) span(out *windmill.Span) {
	out.SpanID, out.Start = padHex("", 16), unixNano(0)
	var named string
	d.object(func(key []byte) {
		switch string(key) {
		case "spanID":
			out.SpanID = padHex(string(d.text()), 16)
		case "name":
			out.Name = d.words.of(d.text())
		case "startTimeUnixNano":
			out.Start = unixNano(d.number(d.scalar()))
		case "durationNanos":
			out.Duration = time.Duration(min(d.number(d.scalar()), math.MaxInt64))
		case "attributes":
			d.array(func() {
				if key, value := d.attribute(); string(key) == "name" {
					named = d.words.of(value)
				} else {
					setSearchTag(out, string(key), d.words.of(value))
				}
			})
		default:
			d.skip()
		}
	})
	if out.Name == "" {
		out.Name = named
	}
}

// attribute reads one attribute with its value as text, see text. Both are valid until the next read.
func (d *searchDecoder) attribute() (key, value []byte) {
	if key, value, ok := d.plainAttribute(); ok {
		return key, value
	}
	if d.null() {
		return nil, nil
	}
	d.object(func(member []byte) {
		switch string(member) {
		case "key":
			key = bytes.Clone(d.text())
		case "value":
			d.object(func(kind []byte) { value = bytes.Clone(d.value(string(kind))) })
		default:
			d.skip()
		}
	})
	return key, value
}

// plainAttribute reads an attribute that looks like nearly all do, in a fraction of the time: a string without escapes,
// written without spaces, which is in the buffer from end to end. Of any other it reads nothing.
func (d *searchDecoder) plainAttribute() (key, value []byte, ok bool) {
	rest := d.buf[d.pos:d.end]
	if rest, ok = after(rest, `{"key":"`); !ok {
		return nil, nil, false
	}
	if key, rest, ok = cutPlain(rest); !ok {
		return nil, nil, false
	}
	if rest, ok = after(rest, `,"value":{"stringValue":"`); !ok {
		return nil, nil, false
	}
	if value, rest, ok = cutPlain(rest); !ok {
		return nil, nil, false
	}
	if rest, ok = after(rest, `}}`); !ok {
		return nil, nil, false
	}
	d.pos = d.end - len(rest)
	return key, value, true
}

// after takes what b must begin with off.
func after(b []byte, prefix string) (rest []byte, ok bool) {
	if len(b) < len(prefix) || string(b[:len(prefix)]) != prefix {
		return nil, false
	}
	return b[len(prefix):], true
}

func (d *searchDecoder) value(kind string) []byte {
	switch kind {
	case "stringValue":
		if d.null() {
			return nil
		}
		return d.text()
	case "boolValue", "intValue":
		return d.scalar()
	case "doubleValue":
		f, err := strconv.ParseFloat(string(d.scalar()), 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return nil // unknown
		}
		return strconv.AppendFloat(nil, f, 'g', -1, 64)
	}
	d.skip()
	return nil
}

// emptied gives an empty set: the same, unless it has grown large, since emptying takes as long as it once was.
func emptied(set map[string]struct{}) map[string]struct{} {
	if set == nil || len(set) > 64 {
		return map[string]struct{}{}
	}
	clear(set)
	return set
}
