// Package frame turns rows into Grafana's data frames. It is the only place that knows the names of fields, which are
// a public contract: order, names, types and units stay; meta.custom.version tells of changes.
package frame

import (
	"slices"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// Version of the frames' fields. docs/frames.md lists what changed with each.
const Version = 2

// PanelID is the panel that draws flow-steps.
const PanelID = "flowsteps-windmill-panel"

// Info is what comes with the rows of a frame.
type Info struct {
	Notices []data.Notice
	Queries []string // TraceQL and PromQL that were asked, a line each
	Stats   []data.QueryStat
	Custom  map[string]any // what was found out on the way, such as the source of baselines
}

// Links says where links can lead. Empty values make no link.
type Links struct {
	SelfUID, SelfType                string // this data source
	TempoUID, PrometheusUID, LokiUID string // the user's own data sources
	WindmillURL                      string // without a trailing slash
	StreamSelector                   string // of the streams with Windmill's logs in Loki; empty: all streams
	HasLogs                          bool   // this data source answers step-logs
	Range                            data.TimeRange
}

// value is any type of a field's values that is used here.
type value interface {
	string | *string | int64 | *int64 | float64 | *float64 | time.Time | *time.Time | bool | *bool
}

// column makes one field with a value of each row.
func column[R any, T value](rows []R, name, display, description string, get func(*R) T, options ...option) *data.Field {
	c := cells[R]{rows: rows}
	f := filled(&c, name, display, description, get, options...)
	c.fill()
	return f
}

// blockOfRows is how many rows stay in the processor's cache while all fields take their values from them.
const blockOfRows = 256

// cells fills many fields from the same rows, a block of rows after another: to go through all rows once for each field
// takes several times as long when there are a hundred thousand.
type cells[R any] struct {
	rows  []R
	takes []func(from, to int)
	ends  []func()
}

// filled makes a field that has its values once cells.fill was called.
func filled[R any, T value](c *cells[R], name, display, description string, get func(*R) T, options ...option) *data.Field {
	values := make([]T, len(c.rows))
	f := &data.Field{}
	config := &data.FieldConfig{DisplayNameFromDS: display, Description: description, NoValue: unknown}
	for _, o := range options {
		o(config)
	}
	c.takes = append(c.takes, func(from, to int) {
		for i := from; i < to; i++ {
			values[i] = get(&c.rows[i])
		}
	})
	c.ends = append(c.ends, func() { // a field copies its values
		*f = *data.NewField(name, nil, values)
		f.Config = config
	})
	return f
}

func (c *cells[R]) fill() {
	for from := 0; from < len(c.rows); from += blockOfRows {
		for _, take := range c.takes {
			take(from, min(from+blockOfRows, len(c.rows)))
		}
	}
	for _, end := range c.ends {
		end()
	}
}

// unknown is what a table shows for null. Without it a cell shows the panel's text for no data.
const unknown = "\u2013"

type option func(*data.FieldConfig)

func unit(u string) option { return func(c *data.FieldConfig) { c.Unit = u } }

// inSeconds is the unit of all durations.
var inSeconds = unit("s")

// inPercent is the unit of shares from 0 to 1.
var inPercent = unit("percentunit")

// known makes what is empty null.
func known(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func decimals(n uint16) option { return func(c *data.FieldConfig) { c.Decimals = &n } }

// noValue is what a table shows in place of an empty text.
func noValue(text string) option { return func(c *data.FieldConfig) { c.NoValue = text } }

// hidden leaves a field out of tables; it is there for links, panels and transformations. Explore's tables and logs
// read custom.hidden, the table panel custom.hideFrom.viz.
func hidden() option {
	return func(c *data.FieldConfig) {
		hiddenInExplore()(c)
		custom("hideFrom", map[string]any{"viz": true})(c)
	}
}

// hiddenInExplore leaves a field out of Explore's tables alone: hideFrom would take it from every visualization.
func hiddenInExplore() option { return custom("hidden", true) }

// width is how many pixels wide a table draws a column, so that what matters is seen on a common screen.
func width(pixels int) option { return custom("width", pixels) }

// custom sets an option of the visualization that draws the field.
func custom(name string, value any) option {
	return func(c *data.FieldConfig) {
		if c.Custom == nil {
			c.Custom = map[string]any{}
		}
		c.Custom[name] = value
	}
}

// text maps a value to the words and the color in which a table shows it.
type text struct{ value, text, color string }

// shownAs maps values to words with colors, and colors the words of the cells.
func shownAs(texts ...text) option {
	return func(c *data.FieldConfig) {
		mapper := data.ValueMapper{}
		for i, t := range texts {
			mapper[t.value] = data.ValueMappingResult{Text: t.text, Color: t.color, Index: i}
		}
		c.Mappings = append(c.Mappings, mapper)
		custom("cellOptions", map[string]any{"type": "color-text"})(c)
	}
}

// outcomes are the words for how a run or a job ended.
func outcomes() option {
	return shownAs(
		text{"ok", "ok", "green"}, text{"error", "error", "red"}, text{"recovered", "recovered", "orange"},
		text{"skipped", "skipped", "text"}, text{"canceled", "canceled", "purple"}, text{"running", "running", "blue"},
	)
}

// verdicts are the words for how a duration compares with its baseline.
func verdicts() option {
	return shownAs(
		text{"slow", "slow", "orange"}, text{"normal", "normal", "green"}, text{"fast", "fast", "blue"}, text{"unknown", "unknown", "text"},
	)
}

func links(list ...data.DataLink) option {
	return func(c *data.FieldConfig) {
		for _, l := range list {
			if l.URL != "" || l.Internal != nil {
				c.Links = append(c.Links, l)
			}
		}
	}
}

// table puts fields together to a frame of that name.
func table(name string, info Info, fields ...*data.Field) *data.Frame {
	f := data.NewFrame(name, fields...)
	f.Meta = meta(name, info)
	f.Meta.PreferredVisualization = data.VisTypeTable
	return f
}

// without takes the fields from a frame without rows: Grafana's table then shows the panel's text for no data in
// place of an empty header.
func without(f *data.Frame) *data.Frame {
	if f.Rows() == 0 {
		f.Fields = nil
	}
	return f
}

func meta(name string, info Info) *data.FrameMeta {
	custom := map[string]any{"frame": name, "version": Version}
	for k, v := range info.Custom {
		custom[k] = v
	}
	if len(info.Notices) > 0 {
		custom["notices"] = info.Notices
	}
	return &data.FrameMeta{
		Custom: custom, Notices: joined(info.Notices), ExecutedQueryString: strings.Join(info.Queries, "\n"), Stats: info.Stats,
	}
}

// joined makes one notice of all those of a severity, in the order of their first: a panel's header shows one a
// severity. The whole list is in meta.custom.notices.
func joined(list []data.Notice) []data.Notice {
	var out []data.Notice
	for _, n := range list {
		i := slices.IndexFunc(out, func(o data.Notice) bool { return o.Severity == n.Severity })
		if i < 0 {
			out = append(out, n)
			continue
		}
		if !strings.HasPrefix(out[i].Text, bullet) {
			out[i].Text = bullet + out[i].Text
		}
		out[i].Text += "\n" + bullet + n.Text
	}
	return out
}

// bullet begins a line of joined notices.
const bullet = "\u2022 "
