// Package demo is the whole plugin at work on one machine, without Docker: it builds and starts the real
// servers, the simulator, the plugin's own binary and the workbench, waits until a run can be queried,
// prints that run's steps with their baselines, and runs until it is told to stop.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/flowsteps/windmill-datasource/stack/build"
	"github.com/flowsteps/windmill-datasource/stack/progress"
	"github.com/flowsteps/windmill-datasource/stack/servers"
)

const (
	leastSpace = 2 << 30 // bytes, for the demo's data and the built programs
	history    = time.Hour
)

// Options of a demo. The zero value is the default demo.
type Options struct {
	Full bool      // collector, Loki, Tempo and Prometheus as processes of their own
	Once bool      // print the table and end
	Port int       // the preferred port of the pages; 0 means 3000. A free one is taken if it is in use
	Out  io.Writer // progress and table; nil: standard output

	// Workbench shows the plugin in the workbench, also where Grafana is installed.
	Workbench bool

	// Name is the directory below .demo for the data; empty: embedded or full. Demos of different names
	// can run at the same time.
	Name string
	// Use, if it is set, gets the address of the workbench or of Grafana when the table was printed; the demo ends with
	// it.
	Use func(ctx context.Context, address string) error
}

// AnyPort as Options.Port takes a free port and says nothing about it.
const AnyPort = -1

// demo is a demo under way.
type demo struct {
	Options
	root     string
	dir      string // data, logs and truth
	report   *progress.Reporter
	programs programs
	grafana  *Grafana // nil: the workbench shows the plugin
	stack    *servers.Stack
	children []*servers.Process // what was started after the servers

	backfilled time.Time // when the history was seen to be complete; zero: not yet
}

// programs are the paths of what the demo runs besides the servers.
type programs struct{ plugin, workbench, simulator string }

// Run runs a demo until ctx ends or, with Once, until the table is printed. Everything that it started
// is gone when it returns.
func Run(ctx context.Context, opts Options) error {
	if opts.Out == nil {
		opts.Out = os.Stdout
	}
	d := &demo{Options: opts, report: progress.New(opts.Out)}
	err := d.run(ctx)
	if ctx.Err() != nil {
		return nil // asked to stop, which is how a demo ends
	}
	return err
}

func (d *demo) run(ctx context.Context) error {
	if err := d.prepare(); err != nil {
		return err
	}
	release, err := build.TryLock(d.dir + ".lock")
	if err != nil {
		return fmt.Errorf("another demo has %s: end that one first (%w)", d.dir, err)
	}
	defer release()
	if err := d.build(ctx); err != nil {
		return err
	}
	defer d.stop()
	if err := d.startServers(ctx); err != nil {
		return err
	}
	if err := d.startSimulator(); err != nil {
		return err
	}
	address, err := d.startPages(ctx)
	if err != nil {
		return err
	}
	if err := d.showLatestRun(ctx, address); err != nil {
		return err
	}
	d.sayWhereToLook(address)
	if d.Use != nil {
		return d.Use(ctx, address)
	}
	if d.Once {
		return nil
	}
	return d.waitForTheEnd(ctx)
}

// startPages starts what shows the plugin: an installed Grafana, else the workbench.
func (d *demo) startPages(ctx context.Context) (address string, err error) {
	if d.grafana != nil {
		return d.startGrafana(ctx, d.grafana)
	}
	if !d.Workbench {
		d.report.Note("No Grafana is installed (GRAFANA_HOME is not set and grafana is not on the PATH): " +
			"the workbench shows the plugin.")
	}
	return d.startWorkbench(ctx)
}

func (d *demo) prepare() (err error) {
	if !d.Workbench {
		if d.grafana, err = FindGrafana(); err != nil {
			return err
		}
	}
	root, err := build.Root()
	if err != nil {
		return err
	}
	if d.Name == "" {
		d.Name = d.variant()
	}
	d.root, d.dir = root, filepath.Join(root, ".demo", d.Name)
	if err := build.EnsureSpace(root, leastSpace); err != nil {
		return fmt.Errorf("the demo cannot start: %w", err)
	}
	return nil
}

func (d *demo) variant() string {
	if d.Full {
		return "full"
	}
	return "embedded"
}

// build makes everything that the demo runs.
func (d *demo) build(ctx context.Context) (err error) {
	for _, make := range []func(context.Context, *progress.Reporter) error{build.NodeModules, build.Frontend} {
		if err := make(ctx, d.report); err != nil {
			return err
		}
	}
	if d.programs.plugin, err = build.PluginBinary(ctx, d.report); err != nil {
		return err
	}
	if d.grafana == nil {
		if err := build.WorkbenchPage(ctx, d.report); err != nil {
			return err
		}
		if d.programs.workbench, err = build.Program(ctx, "workbench", d.report); err != nil {
			return err
		}
	}
	if d.programs.simulator, err = build.Program(ctx, "simulator", d.report); err != nil {
		return err
	}
	for _, name := range servers.Names(d.Full) {
		if _, err := servers.Build(ctx, name, d.report); err != nil {
			return err
		}
	}
	return nil
}

// startServers starts from nothing: the simulator writes an hour of history at each start, and two
// histories of the same series cannot be told apart.
func (d *demo) startServers(ctx context.Context) (err error) {
	if err := os.RemoveAll(d.dir); err != nil {
		return fmt.Errorf("cannot remove the data of the last demo: %w", err)
	}
	start := servers.StartEmbedded
	if d.Full {
		start = servers.StartFull
	}
	stage := d.report.Start("starting the servers (" + d.variant() + ")")
	d.stack, err = start(ctx, servers.Options{Dir: d.dir, Progress: d.report})
	stage.Done(err)
	return err
}

func (d *demo) startSimulator() error {
	args := []string{
		"-otlp", d.stack.OTLP, "-remote-write", d.stack.Prometheus + "/api/v1/write",
		"-backfill", history.String(), "-live", "-speed", "1", "-seed", "1", "-truth", d.truthDir(),
		// For the span metrics of the backfill, which pass no collector. On spans the collector of the
		// full stack derives the same once more.
		"-step-path",
	}
	if d.Full {
		args = append(args, "-logs", d.stack.OTLP)
	}
	return d.start(servers.ProcessOptions{Name: "the simulator", Path: d.programs.simulator, Args: args, Log: d.log("simulator")})
}

func (d *demo) truthDir() string { return filepath.Join(d.dir, "truth") }

func (d *demo) log(name string) string { return filepath.Join(d.dir, "logs", name+".log") }

func (d *demo) start(opts servers.ProcessOptions) error {
	process, err := servers.StartProcess(opts)
	if err == nil {
		d.children = append(d.children, process)
	}
	return err
}

// stop ends what was started, the newest first.
func (d *demo) stop() {
	for i := len(d.children) - 1; i >= 0; i-- {
		d.children[i].Stop()
	}
	if d.stack != nil {
		d.stack.Stop()
	}
}

// processes are all that must not end before the demo does.
func (d *demo) processes() []*servers.Process {
	return append(d.stack.Processes(), d.children...)
}

// firstExit returns the error of a process that has ended, or nil while all run.
func (d *demo) firstExit() error {
	for _, process := range d.processes() {
		select {
		case <-process.Exited():
			return process.ExitError()
		default:
		}
	}
	return nil
}

// waitForTheEnd returns when ctx ends, or with an error when one of the processes does.
func (d *demo) waitForTheEnd(ctx context.Context) error {
	all := d.processes()
	cases := []reflect.SelectCase{{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(ctx.Done())}}
	for _, process := range all {
		cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(process.Exited())})
	}
	chosen, _, _ := reflect.Select(cases)
	if chosen == 0 {
		d.report.Note("stopping")
		return nil
	}
	return all[chosen-1].ExitError()
}

func (d *demo) sayWhereToLook(address string) {
	address = strings.Replace(withoutUser(address), "127.0.0.1", "localhost", 1)
	if d.grafana != nil {
		d.report.Note("\nGrafana is at %s: sign in as %s with the password %s.", address, GrafanaUser, GrafanaPassword)
	}
	d.report.Note("\nLook at it in a browser:\n  %s/explore\n  %s/d/windmill-flow-steps\n  %s/connections/datasources/edit/%s",
		address, address, address, datasourceUID)
	d.report.Note("The servers behind it:\n  Tempo       %s\n  Prometheus  %s", d.stack.Tempo, d.stack.Prometheus)
	if d.stack.Loki != "" {
		d.report.Note("  Loki        %s\n  Collector   %s (OTLP over HTTP)", d.stack.Loki, d.stack.OTLP)
	}
	d.report.Note("Logs and data: %s\nWhat really happened in each run, as JSON: %s", d.dir, d.truthDir())
	if !d.Once && d.Use == nil {
		d.report.Note("\nNew runs arrive all the time. Press Ctrl-C to stop everything.")
	}
}

var errNoFreePort = errors.New("there is no free port on 127.0.0.1")

// pickPort prefers the given port and takes a free one if another program has it.
func pickPort(preferred int) (port int, preferredWasTaken bool, err error) {
	for _, candidate := range []int{preferred, 0} {
		listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(candidate)))
		if err != nil {
			continue
		}
		port = listener.Addr().(*net.TCPAddr).Port
		return port, candidate != preferred, listener.Close()
	}
	return 0, true, errNoFreePort
}
