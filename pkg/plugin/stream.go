package plugin

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/group"
	"github.com/flowsteps/windmill-datasource/pkg/query"
	"github.com/flowsteps/windmill-datasource/pkg/runs"
	"github.com/flowsteps/windmill-datasource/pkg/upstream"
	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// A channel is of one subscriber: its path ends with a key that the browser has drawn by lot, so that nobody gets what
// another one asked for, and a stream ends with its only subscriber.
var channelKey = regexp.MustCompile(`^[0-9A-Za-z-]{16,64}$`)

// streamData is what the browser sends along with a subscription: a query as QueryData gets it, and its time range.
type streamData struct {
	Query         json.RawMessage `json:"query"`
	From          int64           `json:"from"` // Unix milliseconds
	To            int64           `json:"to"`
	Sliding       bool            `json:"sliding"` // the range ends now, whenever that is
	IntervalMS    float64         `json:"intervalMs"`
	MaxDataPoints int64           `json:"maxDataPoints"`
}

// stream is one subscription that is being served.
type stream struct {
	d       *Datasource
	out     *outlet
	asked   request
	sliding bool
}

// SubscribeStream admits a browser to a channel. Grafana has checked that the user may query the data source.
func (d *Datasource) SubscribeStream(_ context.Context, req *backend.SubscribeStreamRequest) (*backend.SubscribeStreamResponse, error) {
	kind, key, _ := strings.Cut(req.Path, "/")
	switch {
	case !slices.Contains(query.Types(), query.Type(kind)) || !channelKey.MatchString(key):
		return &backend.SubscribeStreamResponse{Status: backend.SubscribeStreamStatusNotFound}, nil
	case d.perUser():
		// A stream does not carry the headers of the user who asks, so it would ask as nobody.
		return &backend.SubscribeStreamResponse{Status: backend.SubscribeStreamStatusPermissionDenied}, nil
	}
	return &backend.SubscribeStreamResponse{Status: backend.SubscribeStreamStatusOK}, nil
}

// PublishStream refuses: only the backend writes to a channel.
func (d *Datasource) PublishStream(context.Context, *backend.PublishStreamRequest) (*backend.PublishStreamResponse, error) {
	return &backend.PublishStreamResponse{Status: backend.PublishStreamStatusPermissionDenied}, nil
}

// RunStream answers a query bit by bit until it is answered, or, when it follows, until there is nothing to come.
// Failures are told to the browser and are no error here: for an error Grafana starts the stream anew.
func (d *Datasource) RunStream(ctx context.Context, req *backend.RunStreamRequest, sender *backend.StreamSender) (err error) {
	out := newOutlet(sender)
	defer func() {
		if bug := recover(); bug != nil {
			err = out.fail(ctx, group.Recovered(ctx, bug))
		}
	}()
	s, err := d.newStream(req, out)
	if err != nil {
		return out.fail(ctx, err)
	}
	defer out.keepAlive(ctx)()
	if s.asked.Follow {
		return s.follow(ctx, defaultPace)
	}
	return s.search(ctx)
}

func (d *Datasource) newStream(req *backend.RunStreamRequest, out *outlet) (*stream, error) {
	var m streamData
	if err := json.Unmarshal(req.Data, &m); err != nil {
		return nil, &query.Error{Message: "The stream cannot be started: what the browser sent is no valid JSON object."}
	}
	var head struct {
		RefID string `json:"refId"`
	}
	_ = json.Unmarshal(m.Query, &head) // Parse says what is wrong
	out.refID = head.RefID
	kind, _, _ := strings.Cut(req.Path, "/")
	parsed, err := query.Parse(m.Query, kind)
	if err != nil {
		return nil, err
	}
	if m.To <= m.From {
		return nil, &query.Error{Message: "The time range is empty: its end must be after its start."}
	}
	return &stream{d: d, out: out, sliding: m.Sliding, asked: request{
		Query:  parsed,
		within: runs.Range{From: time.UnixMilli(m.From), To: time.UnixMilli(m.To)},
		step:   time.Duration(m.IntervalMS * float64(time.Millisecond)),
		points: m.MaxDataPoints,
	}}, nil
}

// request is what is asked now.
func (s *stream) request() request {
	r := s.asked
	if s.sliding {
		r.within.To = s.d.now()
		r.within.From = r.within.To.Add(s.asked.within.From.Sub(s.asked.within.To))
	}
	return r
}

// perUser says that the upstreams are asked in the name of the user.
func (d *Datasource) perUser() bool { return slices.ContainsFunc(d.open, (*upstream.Client).PerUser) }
