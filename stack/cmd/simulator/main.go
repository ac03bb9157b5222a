// Command simulator sends the telemetry of a simulated Windmill instance to Tempo, Prometheus and Loki, or to a
// collector in front of them. See stack/simulator/README.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/flowsteps/windmill-datasource/stack/simulator"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "simulator:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	session, err := parse(args)
	if err != nil {
		return err
	}
	session.Report = func(format string, args ...any) { fmt.Printf("simulator: "+format+"\n", args...) }
	return session.Run(ctx)
}

// parse reads the command line and the flows that it names.
func parse(args []string) (*simulator.Session, error) {
	s := &simulator.Session{}
	flags := flag.NewFlagSet("simulator", flag.ExitOnError)
	flags.Uint64Var(&s.Seed, "seed", 1, "seed: the same one makes the same runs")
	flows := flags.String("flows", "", "directory of flows in YAML, or shapes: a flow for each shape of telemetry (default: the flows of the demo)")
	without := flags.String("without", "", "what an older Windmill does not emit, separated by commas: job_kind, status, full_job, traceparent, log_trace, race_fix")
	flags.StringVar(&s.Version.Service, "service-name", "", "resource attribute service.name (default windmill-worker)")
	flags.Float64Var(&s.Foreign.UserSpans, "user-spans", 0, "share of scripts (0 to 1) that make a span of their own")
	flags.BoolVar(&s.Foreign.Requests, "request-spans", false, "add the spans of callers and of Windmill's API server")
	flags.StringVar(&s.Traces, "otlp", "", "base URL of an OTLP/HTTP receiver for spans, such as http://127.0.0.1:4318")
	flags.StringVar(&s.Logs, "logs", "", "base URL of an OTLP/HTTP receiver for logs, such as http://127.0.0.1:3100/otlp")
	flags.StringVar(&s.RemoteWrite, "remote-write", "", "URL to which the span metrics of the backfill are written, such as http://127.0.0.1:9090/api/v1/write")
	flags.DurationVar(&s.Backfill, "backfill", 0, "history to make before anything else, such as 1h")
	flags.BoolVar(&s.Live, "live", false, "go on in real time until stopped")
	flags.Float64Var(&s.Speed, "speed", 1, "divides every duration and interval of the flows")
	flags.BoolVar(&s.StepPath, "step-path", false, "add the attribute step_path, as the stack's collector does; for use without a collector")
	flags.Float64Var(&s.Damage.DropSpans, "drop-spans", 0, "share of spans (0 to 1) that get lost")
	flags.Float64Var(&s.Damage.DropTraces, "drop-traces", 0, "share of traces that get lost as a whole")
	flags.Float64Var(&s.Damage.DropParents, "drop-parents", 0, "share of flow-like jobs of which no span arrives")
	flags.Float64Var(&s.Damage.Duplicate, "duplicate-spans", 0, "share of spans that arrive twice")
	flags.Float64Var(&s.Damage.Late, "late-spans", 0, "share of spans that arrive late")
	flags.DurationVar(&s.Damage.LateBy, "late-by", time.Minute, "how late those are")
	flags.DurationVar(&s.Damage.ClockSkew, "clock-skew", 0, "how far the clocks of the workers' hosts are off at most")
	flags.IntVar(&s.Damage.CutTraces, "cut-traces", 0, "how many spans of a trace are kept; 0 for all")
	flags.Float64Var(&s.Damage.Cycles, "cycles", 0, "share of flow-like jobs whose parent_job names a job that they pushed")
	truth := flags.String("truth", "", "directory for the truth of each run, as JSON")
	dimensions := flags.String("metrics-dimensions", strings.Join(simulator.DefaultDimensions(), ","), "span attributes that are labels of the span metrics, as in Tempo's configuration")
	flags.BoolVar(&s.Metrics.TargetInfo, "metrics-target-info", true, "add the label job to the span metrics, as Tempo's enable_target_info does")
	flags.DurationVar(&s.MetricsSlack, "metrics-slack", 30*time.Second, "Tempo's metrics_ingestion_time_range_slack")
	flags.DurationVar(&s.RetryFor, "retry-for", 2*time.Minute, "how long to retry a request that a server does not take")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 {
		return nil, fmt.Errorf("unknown argument %q; see simulator -help", flags.Arg(0))
	}
	if err := s.Version.Without(*without); err != nil {
		return nil, err
	}
	s.Damage.Seed = s.Seed
	s.Truth = simulator.TruthDir(*truth)
	s.Metrics.Labels = map[string]string{"source": "simulator"}
	if *dimensions != "" {
		s.Metrics.Dimensions = strings.Split(*dimensions, ",")
	}
	switch *flows {
	case "":
		return s, load(s, simulator.ShippedFlows(), simulator.ShippedFlows())
	case "shapes":
		return s, load(s, simulator.ShapeFlows(), simulator.ShippedFlows())
	}
	return s, load(s, os.DirFS(*flows), os.DirFS(*flows))
}

func load(s *simulator.Session, flows, workers fs.FS) (err error) {
	if s.Flows, err = simulator.Load(flows); err != nil {
		return fmt.Errorf("the flows cannot be used:\n%w", err)
	}
	if s.Workers, err = simulator.LoadWorkers(workers); err != nil {
		return fmt.Errorf("the workers cannot be used: %w", err)
	}
	return nil
}
