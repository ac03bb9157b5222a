// Package group runs work side by side and turns a panic of any of it into an error. A panic in a goroutine of its own
// would end the plugin for everybody, because nothing that started it can recover it.
package group

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"golang.org/x/sync/errgroup"
)

// Panic is the error of work that panicked. Its text is for users; the value and the stack are in Grafana's log.
type Panic struct{ Value any }

func (*Panic) Error() string {
	return "The plugin failed because of a bug: Grafana's log has the details."
}

// Group is an errgroup.Group whose goroutines do not end the process when they panic. Its zero value is ready, and
// nothing is canceled with it.
type Group struct {
	ctx       context.Context
	canceling *errgroup.Group // of WithContext
	plain     errgroup.Group
}

// WithContext gives a group and a context that is canceled when work of the group fails, or when all is done.
func WithContext(ctx context.Context) (*Group, context.Context) {
	work, ctx := errgroup.WithContext(ctx)
	return &Group{ctx: ctx, canceling: work}, ctx
}

func (g *Group) work() *errgroup.Group {
	if g.canceling != nil {
		return g.canceling
	}
	return &g.plain
}

// SetLimit bounds how much work runs at a time.
func (g *Group) SetLimit(n int) { g.work().SetLimit(n) }

// Go starts work. It blocks while as much runs as SetLimit allows.
func (g *Group) Go(work func() error) {
	ctx := g.ctx
	if ctx == nil {
		ctx = context.Background()
	}
	g.work().Go(func() error { return Guard(ctx, work) })
}

// Wait waits for all work and gives the first error of it, a *Panic if that work panicked.
func (g *Group) Wait() error { return g.work().Wait() }

// Guard runs work and turns its panic into a *Panic, which it logs.
func Guard(ctx context.Context, work func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = Recovered(ctx, value)
		}
	}()
	return work()
}

// Recovered logs what recover gave and makes the error of it.
func Recovered(ctx context.Context, value any) *Panic {
	log := backend.Logger.FromContext(ctx)
	log.Error("A part of the plugin panicked", "panic", fmt.Sprint(value), "stack", string(debug.Stack()))
	return &Panic{Value: value}
}
