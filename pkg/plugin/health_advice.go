package plugin

import (
	"fmt"
	"slices"
	"strings"

	"github.com/flowsteps/windmill-datasource/pkg/spanmetrics"
)

// wantedTags are the dimensions that the plugin can use.
var wantedTags = []string{"workspace_id", "step_path", "flow_step_id", "language", "tag", "job_kind"}

// endlessTags have a new value for each job: as dimensions they make new series for ever.
var endlessTags = []string{"job_id", "parent_job", "root_job"}

func adviseWindmill() advice {
	return advice{
		Title: "No spans of Windmill were found in Tempo in the last hour",
		Text: "If flows have run since: turn on tracing in Windmill's instance settings (OpenTelemetry, an Enterprise feature), " +
			"send it to Tempo or to the collector, and leave RUST_LOG at info, because spans are dropped at warn and error.",
		Lines: []string{},
	}
}

// adviseMetrics says what to change so that baselines are right and cheap, the most urgent first.
// instead is what stands in where there are none of Windmill.
func adviseMetrics(shape spanmetrics.Shape, cost spanmetrics.Cost, instead standIn) []advice {
	if !shape.Exists {
		return []advice{adviseGenerator(instead), adviseCollector()}
	}
	if !shape.Windmill {
		return []advice{{
			Title: "The span metrics in Prometheus hold no spans of Windmill from the last 24 hours",
			Text: "If flows have run since, see that Tempo's metrics generator gets Windmill's spans: spans older than " +
				"metrics_ingestion_time_range_slack (30 s by default) make no metrics. " + instead.text,
			Lines: []string{},
		}}
	}
	var out []advice
	missing := missingTags(shape)
	noPath := slices.Contains(missing, "step_path")
	if cost.Iterations {
		out = append(out, adviseIterations(shape, cost))
		missing = slices.DeleteFunc(missing, func(tag string) bool { return tag == "step_path" }) // said just now
	}
	if len(missing) > 0 {
		out = append(out, adviseDimensions(shape, missing))
	}
	if noPath {
		out = append(out, adviseCollector())
	}
	if endless := endlessOf(shape); len(endless) > 0 {
		out = append(out, advice{
			Title: fmt.Sprintf("Dimensions with a new value for every job (%s) make series without end", list(endless)),
			Text:  "Take them out of the dimensions in Tempo's configuration: Prometheus keeps series of their own for each job otherwise.",
			Lines: dimensionLines(shape),
		})
	}
	if shape.Histogram == spanmetrics.HistogramNone {
		out = append(out, advice{
			Title: "The span metrics have no latency histogram",
			Text:  "Turn on the latency part of Tempo's span metrics, and see that nothing drops traces_spanmetrics_latency on its way to Prometheus.",
			Lines: []string{
				"# tempo.yaml",
				"overrides:",
				"  defaults:",
				"    metrics_generator:",
				"      processors: [span-metrics]   # not only span-metrics-count or span-metrics-size",
			},
		})
	}
	return out
}

// adviseSampling warns of a setting that is not what the samples show. A measurement may be off by a sample.
func adviseSampling(s spanmetrics.Sampling) []advice {
	low, high := min(s.Set, s.Measured), max(s.Set, s.Measured)
	if low == 0 || high.Seconds() <= 1.25*low.Seconds() {
		return nil
	}
	effect := "Points and heatmaps are coarser than they could be."
	if s.Set < s.Measured {
		effect = "Points and cells of a heatmap are empty now and then, and hold what ran before with the next."
	}
	return []advice{{
		Title: fmt.Sprintf("The scrape interval is set to %s, but the samples of the span metrics are %s apart", seconds(s.Set), seconds(s.Measured)),
		Text:  effect + " Leave the setting empty, then it is measured, or set it to the collection_interval of Tempo's metrics generator.",
		Lines: []string{"# tempo.yaml", "metrics_generator:", "  registry:", "    collection_interval: " + s.Set.String() + "   # to have what is set"},
	}}
}

func adviseGenerator(instead standIn) advice {
	title := "There are no span metrics in Prometheus, so there are no baselines"
	if instead.works {
		title = "There are no span metrics in Prometheus, so TraceQL metrics are used"
	}
	return advice{
		Title: title,
		Text: instead.text + " Turn on Tempo's metrics generator and let it write to Prometheus, which must accept it " +
			"(--web.enable-remote-write-receiver). Put your own address of Prometheus in.",
		Lines: slices.Concat([]string{
			"# tempo.yaml",
			"metrics_generator:",
			"  storage:",
			"    path: /var/tempo/generator/wal",
			"    remote_write:",
			"      - url: http://prometheus:9090/api/v1/write",
			"        send_exemplars: true",
		}, processorLines(wantedTags), []string{
			"overrides:",
			"  defaults:",
			"    metrics_generator:",
			"      processors: [span-metrics]",
		}),
	}
}

func adviseDimensions(shape spanmetrics.Shape, missing []string) advice {
	text := "Baselines mix what these labels would tell apart."
	if shape.StepLabel == "" {
		text = "Without the path of the step, baselines are by span name alone: `job a` mixes the step a of every flow."
	}
	return advice{
		Title: fmt.Sprintf("The span metrics lack %s", list(missing)),
		Text:  text + " Add the dimensions to Tempo's configuration; baselines become right as new spans arrive.",
		Lines: dimensionLines(shape),
	}
}

// adviseCollector derives step_path, which no part of Windmill or Tempo does.
func adviseCollector() advice {
	return advice{
		Title: "The label step_path comes from an OpenTelemetry collector in front of Tempo",
		Text: "It is script_path up to the first loop or branch, so it stays small however often a loop runs. " +
			"Add the processor to the collector's configuration and name it in the traces pipeline.",
		Lines: []string{
			"# collector",
			"processors:",
			"  attributes/step_path:",
			"    actions:",
			"      - key: script_path",
			"        action: extract",
			`        pattern: '^(?P<step_path>.*?)(?:/(?:forloop|loop|branchone|branchall)-\d+.*)?$'`,
			"service:",
			"  pipelines:",
			"    traces:",
			"      processors: [attributes/step_path]   # beside those that are there",
		},
	}
}

func adviseIterations(shape spanmetrics.Shape, cost spanmetrics.Cost) advice {
	price := "Every iteration of a loop makes series of its own."
	if n := cost.IterationSeries; n != nil && *n > 0 {
		price = fmt.Sprintf("Every iteration of a loop makes series of its own: %.0f series now carry the number of an iteration", *n)
		if cost.Series != nil {
			price += fmt.Sprintf(", of %.0f in all", *cost.Series)
		}
		price += "."
	}
	return advice{
		Title: "The dimension script_path holds the numbers of loop iterations",
		Text: price + " Take step_path in its place, which the collector derives." +
			" Until then the plugin folds the iterations, which costs time.",
		Lines: dimensionLines(shape),
	}
}

// dimensionLines are the dimensions to have: the wanted ones and those of the user's own that do no harm.
func dimensionLines(shape spanmetrics.Shape) []string {
	dimensions := slices.Clone(wantedTags)
	for _, tag := range shape.Tags {
		harmful := tag == "script_path" || slices.Contains(endlessTags, tag)
		if !harmful && !slices.Contains(dimensions, tag) {
			dimensions = append(dimensions, tag)
		}
	}
	return slices.Concat([]string{"# tempo.yaml", "metrics_generator:"}, processorLines(dimensions))
}

func processorLines(dimensions []string) []string {
	return []string{
		"  processor:",
		"    span_metrics:",
		"      dimensions: [" + strings.Join(dimensions, ", ") + "]",
	}
}

func endlessOf(shape spanmetrics.Shape) []string {
	var out []string
	for _, tag := range endlessTags {
		if slices.Contains(shape.Tags, tag) {
			out = append(out, tag)
		}
	}
	return out
}

// list writes names as people do: "a", "a and b", "a, b and c".
func list(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
