package demo

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

const none = "-" // what is not known

// renderSteps writes a flow-steps frame as text: a heading and a line for each step, indented as in the
// tree. Times are local, durations in seconds to the microsecond.
func renderSteps(frame *data.Frame) (string, error) {
	var out strings.Builder
	if err := writeHeading(&out, frame); err != nil {
		return "", err
	}
	table := tabwriter.NewWriter(&out, 0, 0, 2, ' ', tabwriter.AlignRight)
	rows := [][]string{{"start", "duration", "wait", "outcome", "baseline p50", "baseline p95", "ratio", "contribution"}}
	names := []string{"step"}
	for row := range frame.Rows() {
		name, cells, err := stepCells(frame, row)
		if err != nil {
			return "", err
		}
		names, rows = append(names, name), append(rows, cells)
	}
	// The first column is aligned to the left, which a tab writer cannot do for one column only.
	for i, name := range padRight(names) {
		if _, err := fmt.Fprintf(table, "%s\t%s\t\n", name, strings.Join(rows[i], "\t")); err != nil {
			return "", err
		}
	}
	err := table.Flush()
	return out.String(), err
}

func writeHeading(out *strings.Builder, frame *data.Frame) error {
	runID, err := text(frame, "run_id", 0)
	if err != nil {
		return err
	}
	flow, err := text(frame, "script_path", 0)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "The latest finished run: %s of %s. Durations are in seconds.\n\n", runID, flow)
	return nil
}

// stepCells is a line of the table: the name of the step and the other columns.
func stepCells(frame *data.Frame, row int) (name string, cells []string, err error) {
	depth, err := number(frame, "depth", row)
	if err != nil || depth == nil {
		return "", nil, fmt.Errorf("row %d of the frame has no depth: %w", row, err)
	}
	path, err := text(frame, "path", row)
	if err != nil {
		return "", nil, err
	}
	if path == "" { // the run itself
		if path, err = text(frame, "script_path", row); err != nil {
			return "", nil, err
		}
	} else {
		path = path[strings.LastIndex(path, "/")+1:]
	}
	start, err := clock(frame, "start", row)
	if err != nil {
		return "", nil, err
	}
	outcome, err := text(frame, "outcome", row)
	if err != nil {
		return "", nil, err
	}
	cells = []string{start}
	for _, column := range []struct {
		field, format string
		scale         float64
	}{
		{"duration", "%.6f", 1}, {"wait", "%.6f", 1}, {"", outcome, 0},
		{"baseline_p50", "%.3f", 1}, {"baseline_p95", "%.3f", 1}, {"ratio", "%.2f", 1}, {"contribution", "%.1f%%", 100},
	} {
		if column.field == "" {
			cells = append(cells, column.format)
			continue
		}
		value, err := number(frame, column.field, row)
		if err != nil {
			return "", nil, err
		}
		cells = append(cells, formatNumber(value, column.format, column.scale))
	}
	return strings.Repeat("  ", int(*depth)) + path, cells, nil
}

func formatNumber(value *float64, format string, scale float64) string {
	if value == nil {
		return none
	}
	return fmt.Sprintf(format, *value*scale)
}

func padRight(names []string) []string {
	widest := 0
	for _, name := range names {
		widest = max(widest, len([]rune(name)))
	}
	padded := make([]string, len(names))
	for i, name := range names {
		padded[i] = name + strings.Repeat(" ", widest-len([]rune(name)))
	}
	return padded
}

func field(frame *data.Frame, name string) (*data.Field, error) {
	found, index := frame.FieldByName(name)
	if index < 0 {
		return nil, fmt.Errorf("the frame %q has no field %q", frame.Name, name)
	}
	return found, nil
}

// text is a string value; null is "".
func text(frame *data.Frame, name string, row int) (string, error) {
	f, err := field(frame, name)
	if err != nil {
		return "", err
	}
	value, ok := f.ConcreteAt(row)
	if !ok {
		return "", nil
	}
	s, ok := value.(string)
	if !ok {
		return "", fmt.Errorf("field %q of the frame is not text", name)
	}
	return s, nil
}

// number is a numeric value; null is nil.
func number(frame *data.Frame, name string, row int) (*float64, error) {
	f, err := field(frame, name)
	if err != nil {
		return nil, err
	}
	if _, known := f.ConcreteAt(row); !known {
		return nil, nil
	}
	value, err := f.FloatAt(row)
	if err != nil {
		return nil, fmt.Errorf("field %q of the frame is not a number: %w", name, err)
	}
	return &value, nil
}

func clock(frame *data.Frame, name string, row int) (string, error) {
	f, err := field(frame, name)
	if err != nil {
		return "", err
	}
	value, ok := f.ConcreteAt(row)
	if !ok {
		return none, nil
	}
	at, ok := value.(time.Time)
	if !ok {
		return "", fmt.Errorf("field %q of the frame is not a time", name)
	}
	return at.Local().Format("15:04:05.000"), nil
}
