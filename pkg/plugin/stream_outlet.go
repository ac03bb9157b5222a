package plugin

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/group"
	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

const (
	// settle is how long nothing is sent at the beginning: Grafana starts a stream just before the subscriber can hear it.
	settle = 100 * time.Millisecond
	// aliveEvery is how often something is sent at least; a browser that hears nothing for three times that asks anew.
	aliveEvery = 10 * time.Second
)

// packet is one message to the browser; src/streaming reads it.
type packet struct {
	State  streamState  `json:"state"`
	Frames data.Frames  `json:"frames,omitempty"` // replace those of the packets before; none: they stay
	Error  *streamError `json:"error,omitempty"`
}

// streamState is Grafana's LoadingState.
type streamState string

const (
	stateStreaming streamState = "Streaming"
	stateDone      streamState = "Done"
	stateError     streamState = "Error"
)

type streamError struct {
	Status  int    `json:"status"` // HTTP-like
	Message string `json:"message"`
}

// outlet sends packets. It is safe for concurrent use, which the SDK's sender is not.
type outlet struct {
	sender *backend.StreamSender
	refID  string
	ready  time.Time // not before

	mu   sync.Mutex
	sent time.Time
}

func newOutlet(sender *backend.StreamSender) *outlet {
	return &outlet{sender: sender, ready: time.Now().Add(settle)}
}

// send waits until somebody can hear it. The error is that of the connection; none when the subscriber has left.
func (o *outlet) send(ctx context.Context, p packet) error {
	for _, f := range p.Frames {
		f.RefID = o.refID
	}
	raw, err := json.Marshal(p)
	if err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if !pause(ctx, time.Until(o.ready)) {
		return nil
	}
	o.sent = time.Now()
	if err := o.sender.SendBytes(raw); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

// fail tells why there is no answer, as a query would.
func (o *outlet) fail(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	res := failure(err)
	return o.send(ctx, packet{State: stateError, Error: &streamError{Status: int(res.Status), Message: res.Error.Error()}})
}

// keepAlive sends an empty packet when there was none for a while, until stop is called.
func (o *outlet) keepAlive(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = group.Guard(ctx, func() error { // the stream itself goes on without
			for pause(ctx, aliveEvery/2) {
				if o.silence() > aliveEvery/2 && o.send(ctx, packet{State: stateStreaming}) != nil {
					break
				}
			}
			return nil
		})
	}()
	return func() {
		cancel()
		<-done
	}
}

func (o *outlet) silence() time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	return time.Since(o.sent)
}

// pause waits; false: the context has ended.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
