package loki

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// queryAnswer is Loki's answer to one log query.
type queryAnswer struct {
	lines    []Line // in Loki's order within a stream, streams sorted
	warnings []string
	stats    Stats
	cutAt    int // lines: Loki gives no more at once; 0: there was room
}

type wireAnswer struct {
	Status   string   `json:"status"`
	Warnings []string `json:"warnings"`
	Data     struct {
		ResultType string       `json:"resultType"`
		Result     []wireStream `json:"result"`
		Stats      wireStats    `json:"stats"`
	} `json:"data"`
}

// wireStats is what an answer took.
type wireStats struct {
	Summary struct {
		Bytes int64   `json:"totalBytesProcessed"`
		Lines int64   `json:"totalLinesProcessed"`
		Time  float64 `json:"execTime"`
	} `json:"summary"`
}

func (w wireStats) stats() Stats {
	return Stats{Bytes: w.Summary.Bytes, Lines: w.Summary.Lines, Time: time.Duration(w.Summary.Time * float64(time.Second))}
}

// wireStream holds lines with the same labels, structured metadata among them.
type wireStream struct {
	Stream map[string]string   `json:"stream"`
	Values [][]json.RawMessage `json:"values"`
}

func decodeAnswer(body []byte) (queryAnswer, error) {
	var w wireAnswer
	if err := json.Unmarshal(body, &w); err != nil {
		return queryAnswer{}, err
	}
	if w.Status != "success" || w.Data.ResultType != "streams" {
		return queryAnswer{}, fmt.Errorf("status %q, result %q", w.Status, w.Data.ResultType)
	}
	// The order of streams is not Loki's to promise, and answers should be repeatable.
	slices.SortStableFunc(w.Data.Result, func(a, b wireStream) int { return strings.Compare(labelText(a.Stream), labelText(b.Stream)) })
	out := queryAnswer{warnings: w.Warnings, stats: w.Data.Stats.stats()}
	for _, s := range w.Data.Result {
		for _, v := range s.Values {
			line, err := decodeLine(s.Stream, v)
			if err != nil {
				return queryAnswer{}, err
			}
			out.lines = append(out.lines, line)
		}
	}
	return out, nil
}

func decodeLine(labels map[string]string, value []json.RawMessage) (Line, error) {
	if len(value) < 2 {
		return Line{}, fmt.Errorf("a line has %d parts", len(value))
	}
	var stamp, text string
	if err := json.Unmarshal(value[0], &stamp); err != nil {
		return Line{}, err
	}
	if err := json.Unmarshal(value[1], &text); err != nil {
		return Line{}, err
	}
	ns, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return Line{}, err
	}
	dropPrivate(labels)
	return Line{Time: time.Unix(0, ns).UTC(), Body: text, Level: level(labels), Labels: labels}, nil
}

// dropPrivate leaves out what is nobody's business: Windmill's records name people by their email.
func dropPrivate(labels map[string]string) {
	delete(labels, "email")
	delete(labels, "permissioned_as_email")
}

// labelText is a text by which sets of labels can be compared.
func labelText(labels map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		b.WriteString(name)
		b.WriteByte(0)
		b.WriteString(labels[name])
		b.WriteByte(0)
	}
	return b.String()
}

// level reads a line's level from what OTLP, Loki or Windmill's JSON call it.
func level(labels map[string]string) string {
	for _, name := range []string{"severity_text", "level", "detected_level"} {
		switch strings.ToLower(labels[name]) {
		case "fatal", "critical", "crit", "emerg", "alert":
			return "critical"
		case "error", "err":
			return "error"
		case "warn", "warning":
			return "warning"
		case "info", "information", "informational", "notice":
			return "info"
		case "debug", "dbug":
			return "debug"
		case "trace":
			return "trace"
		}
	}
	return ""
}
