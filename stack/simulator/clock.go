package simulator

import (
	"container/heap"
	"time"
)

// clock is virtual time: a queue of things to do, done in the order of their times. What is due at one time is done in
// the order in which it was planned, so that a seed repeats everything.
type clock struct {
	now     time.Time
	planned eventQueue
	counter uint64
}

type event struct {
	at    time.Time
	order uint64
	do    func()
}

// at plans something. A time that has passed already means now.
func (c *clock) at(t time.Time, do func()) {
	if t.Before(c.now) {
		t = c.now
	}
	c.counter++
	heap.Push(&c.planned, event{at: t, order: c.counter, do: do})
}

// next is the time of the next thing to do; false when nothing is planned.
func (c *clock) next() (time.Time, bool) {
	if len(c.planned) == 0 {
		return time.Time{}, false
	}
	return c.planned[0].at, true
}

// advance does everything that is due up to and including the given time.
func (c *clock) advance(until time.Time) {
	for {
		t, ok := c.next()
		if !ok || t.After(until) {
			break
		}
		next := heap.Pop(&c.planned).(event)
		c.now = next.at
		next.do()
	}
	if until.After(c.now) {
		c.now = until
	}
}

type eventQueue []event

func (q eventQueue) Len() int { return len(q) }
func (q eventQueue) Less(i, j int) bool {
	if !q[i].at.Equal(q[j].at) {
		return q[i].at.Before(q[j].at)
	}
	return q[i].order < q[j].order
}
func (q eventQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *eventQueue) Push(x any)   { *q = append(*q, x.(event)) }
func (q *eventQueue) Pop() any {
	old := *q
	last := old[len(old)-1]
	old[len(old)-1] = event{}
	*q = old[:len(old)-1]
	return last
}
