package tempo

import (
	"sync"
	"unsafe"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// chunk is a number of spans that are allocated at a time. A slice that grows would copy a large run's several times.
type chunk [256]windmill.Span

// chunks are empty ones, to be used again.
var chunks = sync.Pool{New: func() any { return new(chunk) }}

// spanList gathers spans whose number is not known before. Its zero value is empty.
type spanList struct {
	chunks []*chunk
	n      int
}

// full says that the next span needs a new chunk.
func (l *spanList) full() bool { return l.n == len(chunk{})*len(l.chunks) }

// inMemory is what the spans take, in bytes, with room for the list that take makes of them.
func (l *spanList) inMemory() int64 { return 2 * int64(len(l.chunks)) * int64(unsafe.Sizeof(chunk{})) }

// add gives a new span to fill in.
func (l *spanList) add() *windmill.Span {
	if l.full() {
		l.chunks = append(l.chunks, chunks.Get().(*chunk))
	}
	l.n++
	return l.at(l.n - 1)
}

func (l *spanList) at(i int) *windmill.Span { return &l.chunks[i/len(chunk{})][i%len(chunk{})] }

// drop takes the last span back.
func (l *spanList) drop() {
	*l.at(l.n - 1) = windmill.Span{}
	l.n--
}

// take gives all spans and leaves none.
func (l *spanList) take() []windmill.Span {
	if l.n == 0 {
		return nil
	}
	all := make([]windmill.Span, 0, l.n)
	for _, c := range l.chunks {
		used := c[:min(l.n-len(all), len(c))]
		all = append(all, used...)
		clear(used) // they hold texts of this answer
		chunks.Put(c)
	}
	*l = spanList{}
	return all
}
