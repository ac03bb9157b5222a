// Package progress shows what a long command is doing: a line for each named stage, with the time it
// has taken so far, what it is at, and how it ended.
package progress

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

const (
	terminalTick = time.Second      // how often the line is redrawn on a terminal
	logTick      = 20 * time.Second // how often a stage that still runs is mentioned in a log
)

// Reporter starts stages. Stages may run at the same time; a log shows all, a terminal redraws the
// line of the one that was started last.
type Reporter struct {
	out      io.Writer
	terminal bool
	tick     time.Duration

	mu      sync.Mutex
	active  []*Stage
	dirty   bool // the terminal's current line shows a running stage
	elapsed func(time.Time) time.Duration
}

// New reports to out. A running stage is redrawn each second if out is a terminal; otherwise it gets a
// new line every 20 seconds, so that a log stays readable.
func New(out io.Writer) *Reporter {
	r := &Reporter{out: out, terminal: isTerminal(out), tick: logTick, elapsed: time.Since}
	if r.terminal {
		r.tick = terminalTick
	}
	return r
}

// Discard reports nothing.
func Discard() *Reporter { return New(io.Discard) }

// Stage is one named piece of work.
type Stage struct {
	reporter *Reporter
	name     string
	start    time.Time
	stop     chan struct{}

	mu     sync.Mutex
	detail string
}

// Start begins a stage and shows its name at once. End it with Done.
func (r *Reporter) Start(name string) *Stage {
	s := &Stage{reporter: r, name: name, start: time.Now(), stop: make(chan struct{})}
	r.mu.Lock()
	r.active = append(r.active, s)
	if r.terminal {
		r.redraw(s)
	} else {
		r.printf("... %s\n", name)
	}
	r.mu.Unlock()
	go s.ticking()
	return s
}

// Note prints one line of its own between the stages.
func (r *Reporter) Note(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.clear()
	r.printf(format+"\n", args...)
}

// Detail says what the stage is at now. It is shown with the next tick.
func (s *Stage) Detail(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.detail = fmt.Sprintf(format, args...)
}

// Done ends the stage and prints how: with the time it took, and "failed" if err is not nil.
// The error itself is for the caller to print.
func (s *Stage) Done(err error) {
	s.DoneWith(err, "")
}

// DoneWith is Done with a remark on the result, such as "already built".
func (s *Stage) DoneWith(err error, remark string) {
	close(s.stop)
	r := s.reporter
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, active := range r.active {
		if active == s {
			r.active = append(r.active[:i], r.active[i+1:]...)
			break
		}
	}
	mark := "ok "
	if err != nil {
		mark = "FAILED "
	}
	if remark != "" {
		remark = " (" + remark + ")"
	}
	r.clear()
	r.printf("%s %s, %s%s\n", mark, s.name, format(r.elapsed(s.start)), remark)
}

func (s *Stage) ticking() {
	ticker := time.NewTicker(s.reporter.tick)
	defer ticker.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-ticker.C:
			s.reporter.mu.Lock()
			s.reporter.show(s)
			s.reporter.mu.Unlock()
		}
	}
}

// show mentions a running stage. The caller holds the lock.
func (r *Reporter) show(s *Stage) {
	if !r.terminal {
		r.printf("... %s\n", s.line())
		return
	}
	if len(r.active) > 0 && r.active[len(r.active)-1] == s {
		r.redraw(s)
	}
}

func (r *Reporter) redraw(s *Stage) {
	r.clear()
	r.printf("... %s", s.line())
	r.dirty = true
}

// clear empties the terminal's line, if a running stage stands there.
func (r *Reporter) clear() {
	if r.dirty {
		r.printf("\r\x1b[2K")
		r.dirty = false
	}
}

// printf writes to the output. That progress cannot be shown is no reason to stop the work.
func (r *Reporter) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(r.out, format, args...)
}

func (s *Stage) line() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	line := s.name + ", " + format(s.reporter.elapsed(s.start))
	if s.detail != "" {
		line += ": " + s.detail
	}
	return line
}

// format rounds to what a reader of progress wants to know.
func format(d time.Duration) string {
	if d < 10*time.Second {
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb" && os.Getenv("TERM") != ""
}
