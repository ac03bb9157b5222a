package tempo

import (
	"slices"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// chunk is how many spans are allocated at a time. A slice that grows would copy a large run's several times.
const chunk = 256

// spanList gathers spans whose number is not known before. Its zero value is empty.
type spanList struct {
	chunks [][]windmill.Span
	n      int
}

// add gives a new span to fill in.
func (l *spanList) add() *windmill.Span {
	if l.n == chunk*len(l.chunks) {
		l.chunks = append(l.chunks, make([]windmill.Span, chunk))
	}
	l.n++
	return l.at(l.n - 1)
}

func (l *spanList) at(i int) *windmill.Span { return &l.chunks[i/chunk][i%chunk] }

// drop takes the last span back.
func (l *spanList) drop() {
	*l.at(l.n - 1) = windmill.Span{}
	l.n--
}

// joined gives all of them.
func (l *spanList) joined() []windmill.Span {
	return slices.Concat(l.chunks...)[:l.n:l.n]
}
