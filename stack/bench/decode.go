package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"

	"golang.org/x/sync/errgroup"

	"github.com/flowsteps/windmill-datasource/pkg/tempo"
	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// decoder reads search answers, which come from memory, with the plugin's client of Tempo.
type decoder struct {
	up      *upstream.Client
	client  *tempo.Client
	answers map[string][]byte // by query, see withoutSpaces
}

// anyQuery is the query of a decoder that has one answer alone.
const anyQuery = "{}"

func newDecoder() (*decoder, error) {
	d := &decoder{answers: map[string][]byte{}}
	var err error
	// What is asked for each user is shared with nobody.
	d.up, err = upstream.New(upstream.Options{Name: "Tempo", URL: "http://memory", MaxBody: 1 << 30, HTTP: httpclient.Options{
		ForwardHTTPHeaders: true,
		Middlewares: []httpclient.Middleware{httpclient.MiddlewareFunc(func(httpclient.Options, http.RoundTripper) http.RoundTripper {
			return httpclient.RoundTripperFunc(d.fromMemory)
		})},
	}})
	if err != nil {
		return nil, err
	}
	d.client = tempo.New(d.up)
	return d, nil
}

func (d *decoder) fromMemory(r *http.Request) (*http.Response, error) {
	body := d.answers[withoutSpaces(r.URL.Query().Get("q"))]
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}, nil
}

func (d *decoder) close() { d.up.Close() }

func (d *decoder) answer(body []byte) { d.answers[anyQuery] = body }

// decode gives the spans of each answer; so many answers are read at a time.
func (d *decoder) decode(ctx context.Context, parallel int) ([][]windmill.Span, error) {
	queries := slices.Sorted(maps.Keys(d.answers))
	spans := make([][]windmill.Span, len(queries))
	var g errgroup.Group
	g.SetLimit(parallel)
	for i, q := range queries {
		work := func() error {
			res, err := d.client.Search(ctx, tempo.SearchRequest{Query: q, Limit: 200_000, SpansPerTrace: 100})
			spans[i] = res.Spans
			return err
		}
		g.Go(work)
	}
	return spans, g.Wait()
}

// withoutSpaces names a query. The client puts spaces into long ones, see tempo.Align.
func withoutSpaces(query string) string { return strings.ReplaceAll(query, " ", "") }

// searchAnswer is Tempo's answer to a search that finds these spans, each as a set of its own; the first set of a trace
// comes twice.
func searchAnswer(spans []windmill.Span) []byte {
	var order []string
	sets := map[string][][]byte{} // by trace
	for _, s := range spans {
		if sets[s.TraceID] == nil {
			order = append(order, s.TraceID)
		}
		sets[s.TraceID] = append(sets[s.TraceID], spanSet(s))
	}
	var b bytes.Buffer
	b.WriteString(`{"traces":[`)
	for i, id := range order {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"traceID":%q,"rootServiceName":"windmill-worker","rootTraceName":"full_job","durationMs":1,"spanSet":%s,"spanSets":[%s]}`,
			strings.TrimLeft(id, "0"), sets[id][0], bytes.Join(sets[id], []byte{','}))
	}
	b.WriteString(`]}`)
	return b.Bytes()
}

func spanSet(s windmill.Span) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"spans":[{"spanID":%q,"name":%q,"startTimeUnixNano":"%d","durationNanos":"%d","attributes":[`,
		s.SpanID, s.Name, s.Start.UnixNano(), s.Duration.Nanoseconds())
	attribute(&b, "status", map[bool]string{false: "unset", true: "error"}[s.Failed])
	for _, a := range [][2]string{
		{"statusMessage", s.StatusMessage}, {"service.name", s.Service}, {"job_id", s.JobID}, {"parent_job", s.ParentJob}, {"root_job", s.RootJob},
		{"flow_step_id", s.Step}, {"script_path", s.ScriptPath}, {"workspace_id", s.Workspace}, {"worker", s.Worker}, {"language", s.Language},
		{"tag", s.Tag}, {"job_kind", s.JobKind}, {"script_hash", s.ScriptHash}, {"created_by", s.CreatedBy}, {"success", s.Success},
	} {
		if a[1] != "" || a[0] == "statusMessage" {
			b.WriteByte(',')
			attribute(&b, a[0], a[1])
		}
	}
	fmt.Fprintf(&b, `]}],"matched":1,"attributes":[{"key":"by(span:id)","value":{"stringValue":%q}}]}`, s.SpanID)
	return b.Bytes()
}

func attribute(b *bytes.Buffer, key, value string) {
	b.WriteString(`{"key":"` + key + `","value":{"stringValue":`)
	b.WriteString(strconv.Quote(value))
	b.WriteString(`}}`)
}

// decode measures the decoding of the large run's search answers.
func (b *bench) decode(ctx context.Context) error {
	d, err := newDecoder()
	if err != nil {
		return err
	}
	defer d.close()
	size := 0
	for _, c := range b.calls {
		u, err := url.Parse(c.uri)
		if err != nil || u.Path != "/api/search" {
			continue
		}
		body, err := fetch(ctx, c.target+c.uri)
		if err != nil {
			return err
		}
		d.answers[withoutSpaces(u.Query().Get("q"))] = body
		size += len(body)
	}
	if len(d.answers) == 0 {
		return errors.New("the large run made no search")
	}
	var answers [][]windmill.Span
	var failed error
	c := measure(rounds, func() { answers, failed = d.decode(ctx, 1) })
	if failed != nil {
		return failed
	}
	spans := 0
	for _, a := range answers {
		spans += len(a)
	}
	if spans < len(b.run.Jobs) {
		return fmt.Errorf("the answers have %d spans of %d jobs", spans, len(b.run.Jobs))
	}
	b.figures.plain("decode_10000_size", float64(size)/1e6, "MB")
	b.figures.plain("decode_10000_spans", float64(spans), "spans")
	b.figures.plain("decode_10000_time", c.ms, "ms")
	b.figures.plain("decode_10000_alloc", c.megabytes, "MB")
	return nil
}
