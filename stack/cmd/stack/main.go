// Command stack builds, runs and tests the plugin's development stack. The targets of Magefile.go call it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/flowsteps/windmill-datasource/stack/bench"
	"github.com/flowsteps/windmill-datasource/stack/build"
	"github.com/flowsteps/windmill-datasource/stack/demo"
	"github.com/flowsteps/windmill-datasource/stack/progress"
	"github.com/flowsteps/windmill-datasource/stack/suite"
)

const usage = `usage: stack COMMAND

  demo [-full] [-once] [-port N]   run the demo until Ctrl-C: servers, simulator, plugin, and Grafana or the workbench
  build [NAME...]                  build the real servers (%s)
  plugin                           build the plugin into dist/: its pages and, for this machine, its backend
  pages                            build the plugin's pages into dist/
  package                          pack what is in dist/ as archives of the two plugins, in artifacts/
  record [PREFIX]                  record the golden cases whose folder begins with PREFIX from real servers
  bench [PART...]                  measure the plugin against the real servers, a line for each figure (%s)
  bench-panel                      measure the panel in Chromium, against a demo of its own
  test-grafana [ARG...]            run tests/grafana in the Grafana at GRAFANA_URL, or in an installed one
  test [PART...]                   run every check and test, or the given parts (%s)
`

// parentPoll is how often the command looks whether the program that started it is still there.
const parentPoll = time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), stopSignals()...)
	go stopWithParent(stop)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(os.Stderr, "stack: %v\n", err)
		os.Exit(1)
	}
}

// stopSignals are what asks the command to end. A hang-up is left ignored under nohup.
func stopSignals() []os.Signal {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}

// stopWithParent ends the command when its parent has died without passing a signal on, as mage does when
// it is terminated: otherwise servers would go on running unseen.
func stopWithParent(stop func()) {
	parent := os.Getppid()
	for os.Getppid() == parent {
		time.Sleep(parentPoll)
	}
	stop()
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		printUsage(os.Stderr)
		return errors.New("no command is given")
	}
	report := progress.New(os.Stdout)
	switch command, args := args[0], args[1:]; command {
	case "demo":
		opts, err := demoOptions(args)
		if err != nil {
			return err
		}
		return demo.Run(ctx, opts)
	case "build":
		return buildServers(ctx, report, args)
	case "plugin":
		if err := buildPages(ctx, report); err != nil {
			return err
		}
		_, err := build.PluginBinary(ctx, report)
		return err
	case "pages":
		return buildPages(ctx, report)
	case "package":
		archives, err := build.Package(ctx, report)
		for _, archive := range archives {
			report.Note("%s", archive)
		}
		return err
	case "record":
		return suite.Record(ctx, os.Stdout, strings.Join(args, ""))
	case "bench":
		return bench.Run(ctx, os.Stdout, args...)
	case "bench-panel":
		return suite.BenchPanel(ctx, os.Stdout)
	case "test-grafana":
		return suite.Grafana(ctx, os.Stdout, args...)
	case "test":
		return suite.Run(ctx, os.Stdout, args...)
	case "help", "-h", "-help", "--help":
		printUsage(os.Stdout)
		return nil
	default:
		printUsage(os.Stderr)
		return fmt.Errorf("there is no command %q", command)
	}
}

func printUsage(out io.Writer) {
	_, _ = fmt.Fprintf(out, usage, strings.Join(build.Servers(), ", "), strings.Join(bench.Parts(), ", "), strings.Join(suite.Parts(), ", "))
}

func demoOptions(args []string) (demo.Options, error) {
	var opts demo.Options
	flags := flag.NewFlagSet("stack demo", flag.ContinueOnError)
	flags.BoolVar(&opts.Full, "full", false, "run the collector, Loki, Tempo and Prometheus as processes of their own")
	flags.BoolVar(&opts.Once, "once", os.Getenv("DEMO_ONCE") != "", "print the table and end (or set DEMO_ONCE)")
	flags.IntVar(&opts.Port, "port", 0, "the port of the pages, if it is free (default 3000)")
	if err := flags.Parse(args); err != nil {
		return opts, err
	}
	if flags.NArg() > 0 {
		return opts, fmt.Errorf("stack demo takes no argument %q", flags.Arg(0))
	}
	return opts, nil
}

func buildServers(ctx context.Context, report *progress.Reporter, names []string) error {
	if len(names) == 0 {
		names = build.Servers()
	}
	for _, name := range names {
		path, err := build.Server(ctx, name, report)
		if err != nil {
			return err
		}
		report.Note("%s is %s", name, path)
	}
	return nil
}

func buildPages(ctx context.Context, report *progress.Reporter) error {
	if err := build.NodeModules(ctx, report); err != nil {
		return err
	}
	return build.Frontend(ctx, report)
}
