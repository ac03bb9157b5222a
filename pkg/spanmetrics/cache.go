package spanmetrics

import (
	"container/list"
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// baselinesLifetime is how long baselines are kept. They are taken over hours, so a minute changes little.
	baselinesLifetime = time.Minute
	// mostKept bounds the memory of what is kept, in steps: each takes about 300 bytes.
	mostKept = 20_000
)

// Baselines finds what steps usually take. The number of PromQL queries does not grow with the number of keys
// (up to thousands of them). An answer is kept for a minute, and used for the same steps and window at any time of the
// same minute: the panels of a dashboard, and its next refresh, ask for the same again. Answers that depend on the user
// are not kept. The maps of the answer must not be changed.
func (c *Client) Baselines(ctx context.Context, r BaselineRequest) (Baselines, error) {
	if c.up.PerUser() {
		return c.findBaselines(ctx, r)
	}
	return c.kept.Find(ctx, r, c.findBaselines)
}

// cacheKey is equal for requests that get the same answer from the cache.
func (r BaselineRequest) cacheKey() string {
	parts := make([]string, 0, len(r.Keys))
	for _, k := range r.Keys {
		parts = append(parts, strconv.Quote(k.Workspace)+strconv.Quote(k.StepPath)+strconv.Quote(k.Step)+strconv.FormatBool(k.Script))
	}
	slices.Sort(parts)
	return strconv.FormatInt(r.At.Unix()/int64(baselinesLifetime.Seconds()), 10) + " " + r.Window.String() + " " + strings.Join(parts, "")
}

// BaselineCache keeps answers for baselinesLifetime, the oldest of them give way to new ones beyond mostKept steps. It
// is safe for concurrent use.
type BaselineCache struct {
	mu      sync.Mutex
	entries map[string]*list.Element
	order   *list.List // of *keptBaselines, oldest first
	steps   int
}

type keptBaselines struct {
	key   string
	found Baselines
	steps int
	at    time.Time
}

// NewBaselineCache makes an empty one.
func NewBaselineCache() *BaselineCache {
	return &BaselineCache{entries: map[string]*list.Element{}, order: list.New()}
}

// Find gives what is kept of a request, or finds and keeps it.
func (c *BaselineCache) Find(ctx context.Context, r BaselineRequest, find func(context.Context, BaselineRequest) (Baselines, error)) (Baselines, error) {
	key := r.cacheKey()
	if found, ok := c.get(key, time.Now()); ok {
		return found, nil
	}
	found, err := find(ctx, r)
	if err == nil {
		c.put(key, found, len(r.Keys), time.Now())
	}
	return found, err
}

func (c *BaselineCache) get(key string, now time.Time) (Baselines, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.expire(now)
	e := c.entries[key]
	if e == nil {
		return Baselines{}, false
	}
	return e.Value.(*keptBaselines).found, true
}

func (c *BaselineCache) put(key string, found Baselines, steps int, now time.Time) {
	if steps > mostKept {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop(c.entries[key])
	c.expire(now)
	for c.steps+steps > mostKept {
		c.drop(c.order.Front())
	}
	c.entries[key] = c.order.PushBack(&keptBaselines{key, found, steps, now})
	c.steps += steps
}

func (c *BaselineCache) expire(now time.Time) {
	for e := c.order.Front(); e != nil && now.Sub(e.Value.(*keptBaselines).at) >= baselinesLifetime; e = c.order.Front() {
		c.drop(e)
	}
}

func (c *BaselineCache) drop(e *list.Element) {
	if e == nil {
		return
	}
	old := c.order.Remove(e).(*keptBaselines)
	delete(c.entries, old.key)
	c.steps -= old.steps
}
