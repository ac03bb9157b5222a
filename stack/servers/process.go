package servers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	readyTimeout = 90 * time.Second // a server that replays a large log on a busy machine takes its time
	readyPoll    = 50 * time.Millisecond
	logTailLines = 15
	logTailBytes = 16 << 10
)

// ProcessOptions say what to run and how.
type ProcessOptions struct {
	Name string   // for messages, e.g. "Tempo"
	Path string   // the binary
	Args []string // without the program's name
	Env  []string // in addition to the environment
	Dir  string   // working directory; empty: the current one
	Log  string   // file that takes standard output and standard error; an older one is replaced

	// DeathSignal is what the kernel sends it when this process dies without stopping it (Linux only).
	// Zero means SIGKILL; a program with children of its own wants SIGTERM, to end them.
	DeathSignal syscall.Signal
	// Grace is how long Stop waits after SIGTERM before it kills. Zero kills at once, which is right for
	// Tempo, whose own shutdown now and then hangs.
	Grace time.Duration
}

// Process is a running program with its children, in a process group of its own, so that a Ctrl-C on
// the terminal does not reach it before its owner has decided what to end first.
type Process struct {
	opts ProcessOptions
	cmd  *exec.Cmd
	done chan struct{} // closed after the program has ended and was reaped
	err  error         // how it ended; read after done
}

// StartProcess starts a program. It runs until it ends by itself or Stop is called; the end of this
// process ends it too.
func StartProcess(opts ProcessOptions) (*Process, error) {
	if err := os.MkdirAll(filepath.Dir(opts.Log), 0o755); err != nil {
		return nil, fmt.Errorf("cannot make the directory for the log of %s: %w", opts.Name, err)
	}
	log, err := os.Create(opts.Log)
	if err != nil {
		return nil, fmt.Errorf("cannot write the log of %s: %w", opts.Name, err)
	}
	defer func() { _ = log.Close() }() // the child keeps its own handle
	if opts.DeathSignal == 0 {
		opts.DeathSignal = syscall.SIGKILL
	}
	cmd := exec.Command(opts.Path, opts.Args...)
	cmd.Dir = opts.Dir
	cmd.Env = append(os.Environ(), opts.Env...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = processAttributes(opts.DeathSignal)
	if err := onSpawnThread(cmd.Start); err != nil {
		return nil, fmt.Errorf("cannot start %s: %w", opts.Name, err)
	}
	p := &Process{opts: opts, cmd: cmd, done: make(chan struct{})}
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// Exited is closed when the program has ended.
func (p *Process) Exited() <-chan struct{} { return p.done }

// ExitError says in one sentence that the program ended, with its last log lines. Call it after Exited.
func (p *Process) ExitError() error {
	tail := p.LogTail()
	if strings.Contains(tail, "address already in use") {
		return fmt.Errorf("%s could not start: %w; its last log lines:\n%s", p.opts.Name, errPortInUse, tail)
	}
	if strings.Contains(tail, "no space left on device") {
		return fmt.Errorf("%s stopped: no disk space is left at %s", p.opts.Name, filepath.Dir(p.opts.Log))
	}
	how := "it ended by itself"
	if p.err != nil {
		how = p.err.Error()
	}
	return fmt.Errorf("%s stopped early (%s); its last log lines, from %s:\n%s", p.opts.Name, how, p.opts.Log, tail)
}

// Stop ends the program and everything that it started, and waits until it is gone.
func (p *Process) Stop() {
	if p.opts.Grace > 0 {
		p.signal(syscall.SIGTERM)
		select {
		case <-p.done:
		case <-time.After(p.opts.Grace):
		}
	}
	p.signal(syscall.SIGKILL) // also what the program left behind in its group
	<-p.done
}

// signal reaches the whole process group. A group that is gone already is what was wanted.
func (p *Process) signal(sig syscall.Signal) {
	_ = syscall.Kill(-p.cmd.Process.Pid, sig)
}

// LogTail is the end of the program's log.
func (p *Process) LogTail() string {
	text, err := readTail(p.opts.Log, logTailBytes)
	if err != nil {
		return "(" + err.Error() + ")"
	}
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if len(lines) > logTailLines {
		lines = lines[len(lines)-logTailLines:]
	}
	return strings.Join(lines, "\n")
}

func readTail(file string, size int64) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	var text bytes.Buffer
	_, err = io.Copy(&text, io.NewSectionReader(f, max(0, info.Size()-size), size))
	return text.String(), err
}

// ready says whether an HTTP answer means that a server can be used.
type ready func(status int) bool

func answersOK(status int) bool    { return status == http.StatusOK }
func answersAtAll(status int) bool { return status != 0 }

// waitReady polls a URL until the answer means ready. It fails as soon as the program ends.
func (p *Process) waitReady(ctx context.Context, url string, isReady ready) error {
	deadline := time.NewTimer(readyTimeout)
	defer deadline.Stop()
	for {
		status := httpStatus(ctx, url)
		select {
		case <-p.done: // whatever answered, it was not this one
			return p.ExitError()
		case <-ctx.Done():
			return ctx.Err()
		case <-deadline.C:
			return fmt.Errorf("%s did not get ready within %s (%s); its last log lines:\n%s", p.opts.Name, readyTimeout, url, p.LogTail())
		case <-time.After(readyPoll):
		}
		if isReady(status) {
			return nil
		}
	}
}

// httpStatus is 0 when there is no answer.
func httpStatus(ctx context.Context, url string) int {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	_ = res.Body.Close()
	return res.StatusCode
}

var errPortInUse = errors.New("a port that it needs is in use by another program")
