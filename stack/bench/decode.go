package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"

	"github.com/flowsteps/windmill-datasource/pkg/tempo"
	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// decoder reads search answers, which come from memory, with the plugin's client of Tempo.
type decoder struct {
	server  *httptest.Server
	up      *upstream.Client
	client  *tempo.Client
	answers map[string][]byte // by query, see withoutSpaces
}

// anyQuery is the query of a decoder that has one answer alone.
const anyQuery = "{}"

func newDecoder() (*decoder, error) {
	d := &decoder{answers: map[string][]byte{}}
	d.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(d.answers[withoutSpaces(r.URL.Query().Get("q"))])
	}))
	var err error
	// What is asked for each user is shared with nobody, so that it is decoded where it is asked for.
	d.up, err = upstream.New(upstream.Options{Name: "Tempo", URL: d.server.URL, MaxBody: 1 << 30, HTTP: httpclient.Options{ForwardHTTPHeaders: true}})
	if err != nil {
		d.server.Close()
		return nil, err
	}
	d.client = tempo.New(d.up)
	return d, nil
}

func (d *decoder) close() {
	d.up.Close()
	d.server.Close()
}

func (d *decoder) answer(body []byte) { d.answers[anyQuery] = body }

// decode gives the spans of each answer.
func (d *decoder) decode(ctx context.Context) (spans [][]windmill.Span, err error) {
	for q := range d.answers {
		res, err := d.client.Search(ctx, tempo.SearchRequest{Query: q, Limit: 200_000, SpansPerTrace: 100})
		if err != nil {
			return nil, err
		}
		spans = append(spans, res.Spans)
	}
	return spans, nil
}

// withoutSpaces names a query. The client puts spaces into long ones, see tempo.Align.
func withoutSpaces(query string) string { return strings.ReplaceAll(query, " ", "") }

// searchAnswer is Tempo's answer to a search that finds these spans, each as a set of its own.
func searchAnswer(spans []windmill.Span) []byte {
	var b bytes.Buffer
	b.WriteString(`{"traces":[`)
	for i, s := range spans {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"traceID":%q,"spanSets":[{"spans":[{"spanID":%q,"name":%q,"startTimeUnixNano":"%d","durationNanos":"%d","attributes":[`,
			s.TraceID, s.SpanID, s.Name, s.Start.UnixNano(), s.Duration.Nanoseconds())
		attribute(&b, "service.name", s.Service)
		for _, a := range [][2]string{
			{"job_id", s.JobID}, {"parent_job", s.ParentJob}, {"root_job", s.RootJob}, {"flow_step_id", s.Step}, {"script_path", s.ScriptPath},
			{"workspace_id", s.Workspace}, {"worker", s.Worker}, {"language", s.Language}, {"tag", s.Tag}, {"job_kind", s.JobKind},
			{"created_by", s.CreatedBy}, {"success", s.Success},
		} {
			if a[1] != "" {
				b.WriteByte(',')
				attribute(&b, a[0], a[1])
			}
		}
		b.WriteString(`]}],"matched":1}]}`)
	}
	b.WriteString(`]}`)
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
	c := measure(rounds, func() { answers, failed = d.decode(ctx) })
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
