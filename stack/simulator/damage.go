package simulator

import (
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	commonv1 "go.opentelemetry.io/proto/otlp/common/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// Damage is what happens to spans between the workers and whoever reads them. The zero value leaves all as they are.
// Whether something is hit depends on the seed and its ids alone, not on how the spans are batched.
type Damage struct {
	Seed uint64
	// Shares between 0 and 1: of spans that get lost, of traces that get lost as a whole, of spans that arrive twice,
	// and of spans that arrive LateBy later than they should.
	DropSpans, DropTraces, Duplicate, Late float64
	LateBy                                 time.Duration
	// ClockSkew is how far the clocks of the workers' hosts are off at most, either way.
	ClockSkew time.Duration
	// CutTraces is how many spans of a trace are kept, the first ones to arrive; 0 for all.
	CutTraces int
	// DropParents is the share of flow-like jobs of which no span arrives.
	DropParents float64
	// Cycles is the share of flow-like jobs whose parent_job names a job that they pushed.
	Cycles float64
}

// Kinds of harm.
const (
	HarmDropped   = "dropped"
	HarmTrace     = "trace dropped"
	HarmDuplicate = "duplicate"
	HarmLate      = "late"
	HarmSkew      = "clock skew" // of a host
	HarmCut       = "trace cut"
	HarmParent    = "parent dropped"
	HarmCycle     = "cycle"
)

// Harm is one thing that was done: the truth of the damage.
type Harm struct {
	Kind    string        `json:"kind"`
	Host    string        `json:"host"`
	TraceID string        `json:"trace_id"`
	SpanID  string        `json:"span_id"`
	JobID   string        `json:"job_id"`
	By      time.Duration `json:"by_ns"` // of a delay or a skew
}

// Active says whether anything is damaged at all.
func (d Damage) Active() bool {
	d.Seed, d.LateBy = 0, 0
	return d != Damage{}
}

// Clock is how far the clock of a host is off, see Options.
func (d Damage) Clock(host string) time.Duration {
	return time.Duration((2*d.share("skew", host) - 1) * float64(d.ClockSkew))
}

// Damager does damage to batches of spans.
type Damager struct {
	damage Damage
	kept   map[string]int  // spans of each trace so far
	skewed map[string]bool // hosts whose skew was told
	late   []lateSpan
	harms  []Harm
}

type lateSpan struct {
	at   time.Time
	span Span
}

// NewDamager checks what is asked for.
func NewDamager(d Damage) (*Damager, error) {
	if slices.ContainsFunc([]float64{d.DropSpans, d.DropTraces, d.Duplicate, d.Late, d.DropParents, d.Cycles}, notAShare) {
		return nil, errors.New("the shares of damaged spans lie between 0 and 1")
	}
	if d.LateBy < 0 || d.ClockSkew < 0 || d.CutTraces < 0 || d.Late > 0 && d.LateBy == 0 {
		return nil, errors.New("late spans need a delay, and no value of the damage is negative")
	}
	return &Damager{damage: d, kept: map[string]int{}, skewed: map[string]bool{}}, nil
}

// Apply gives the spans that arrive by the time given, and what was done to those in the batch. Spans that are changed
// are copies.
func (d *Damager) Apply(until time.Time, spans []Span) ([]Span, []Harm) {
	d.harms = nil
	var out []Span
	for _, span := range spans {
		span = d.skew(d.cycle(span))
		kind := d.lost(span)
		if kind != "" {
			d.harm(kind, span, 0)
			continue
		}
		if d.hit("late", span.id(), d.damage.Late) {
			d.harm(HarmLate, span, d.damage.LateBy)
			d.late = append(d.late, lateSpan{span.End().Add(d.damage.LateBy), span})
			continue
		}
		out = append(out, span)
		if d.hit("duplicate", span.id(), d.damage.Duplicate) {
			d.harm(HarmDuplicate, span, 0)
			out = append(out, span)
		}
	}
	d.late = slices.DeleteFunc(d.late, func(l lateSpan) bool {
		if l.at.After(until) {
			return false
		}
		out = append(out, l.span)
		return true
	})
	return out, d.harms
}

// lost says how a span gets lost; empty when it does not.
func (d *Damager) lost(span Span) string {
	trace := hex.EncodeToString(span.TraceId)
	switch {
	case d.hit("trace", trace, d.damage.DropTraces):
		return HarmTrace
	case span.isFlow() && d.hit("parent", span.Attribute("job_id"), d.damage.DropParents):
		return HarmParent
	case d.hit("span", span.id(), d.damage.DropSpans):
		return HarmDropped
	}
	d.kept[trace]++
	if d.damage.CutTraces > 0 && d.kept[trace] > d.damage.CutTraces {
		return HarmCut
	}
	return ""
}

// skew moves a span by what the clock of its host is off.
func (d *Damager) skew(span Span) Span {
	if d.damage.ClockSkew == 0 {
		return span
	}
	by := d.damage.Clock(span.Host)
	if !d.skewed[span.Host] {
		d.skewed[span.Host] = true
		d.harms = append(d.harms, Harm{Kind: HarmSkew, Host: span.Host, By: by})
	}
	span = span.clone()
	span.StartTimeUnixNano = uint64(int64(span.StartTimeUnixNano) + int64(by))
	span.EndTimeUnixNano = uint64(int64(span.EndTimeUnixNano) + int64(by))
	return span
}

// cycle makes a flow's parent_job the first of the jobs that it pushed.
func (d *Damager) cycle(span Span) Span {
	if !span.isFlow() || !d.hit("cycle", span.Attribute("job_id"), d.damage.Cycles) {
		return span
	}
	child := span.firstPushed()
	if child == "" {
		return span
	}
	span = span.clone()
	a := attributes(slices.Clone(span.Attributes))
	a = slices.DeleteFunc(a, func(kv *commonv1.KeyValue) bool { return kv.Key == "parent_job" })
	a.add("parent_job", child)
	span.Attributes = a
	d.harm(HarmCycle, span, 0)
	return span
}

func (d *Damager) harm(kind string, span Span, by time.Duration) {
	d.harms = append(d.harms, Harm{
		Kind: kind, Host: span.Host, TraceID: hex.EncodeToString(span.TraceId), SpanID: hex.EncodeToString(span.SpanId),
		JobID: span.Attribute("job_id"), By: by,
	})
}

// hit decides by lot whether something is hit.
func (d *Damager) hit(what, id string, share float64) bool {
	return share > 0 && d.damage.share(what, id) < share
}

// share is a number between 0 and 1 that what happens to an id depends on.
func (d Damage) share(what, id string) float64 {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%d %s %s", d.Seed, what, id) // never fails
	x := h.Sum64()
	x ^= x >> 33 // FNV's high bits hardly depend on the last characters
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	return float64(x>>11) / (1 << 53)
}

func (s Span) id() string { return hex.EncodeToString(s.TraceId) + hex.EncodeToString(s.SpanId) }

func (s Span) clone() Span {
	if copied, ok := proto.Clone(s.Span).(*tracev1.Span); ok {
		s.Span = copied
	}
	return s
}

// isFlow says whether the span is one of a flow-like job.
func (s Span) isFlow() bool {
	return s.Name == "full_job" || windmill.IsFlowKind(s.Attribute("job_kind"))
}

// firstPushed is the first job that the span's own job pushed, as an event of the span tells. A flow that ends in
// its pull has events of what the flow around it pushed, too.
func (s Span) firstPushed() string {
	for _, event := range s.Events {
		if list, ok := strings.CutPrefix(event.Name, pushedMessage); ok && attribute(event.Attributes, "id") == s.Attribute("job_id") {
			first, _, _ := strings.Cut(strings.Trim(list, "[]"), ",")
			return first
		}
	}
	return ""
}
