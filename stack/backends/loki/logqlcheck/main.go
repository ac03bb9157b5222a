// Command logqlcheck lets a test ask Loki's own parser and pipeline about LogQL, without a server: each line of JSON on
// standard input is a question, each on standard output the answer. It is here because Loki and the plugin cannot share
// a module.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"github.com/grafana/loki/v3/pkg/logql/log"
	"github.com/grafana/loki/v3/pkg/logql/syntax"
	"github.com/prometheus/prometheus/model/labels"
)

// question is a query and log lines to try it on. Texts are []byte, which JSON holds whatever bytes they have.
type question struct {
	Query []byte
	Lines []line
}

type line struct {
	Text     []byte
	Metadata map[string][]byte // structured metadata
}

// answer is what Loki read in the query and which of the lines it lets through.
type answer struct {
	Error   string
	Streams []matcher // of the stream selector
	Texts   [][]byte  // of line filters
	Filters []matcher // of label filters
	Matches []bool
}

type matcher struct {
	Name, Op string
	Value    []byte
}

func main() {
	in, out := bufio.NewReaderSize(os.Stdin, 1<<20), bufio.NewWriter(os.Stdout)
	decoder, encoder := json.NewDecoder(in), json.NewEncoder(out)
	for {
		var q question
		if err := decoder.Decode(&q); err != nil {
			return // the end of the input
		}
		a, err := answerTo(q)
		if err != nil {
			a = answer{Error: err.Error()}
		}
		if err := encoder.Encode(a); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if in.Buffered() == 0 {
			_ = out.Flush()
		}
	}
}

func answerTo(q question) (answer, error) {
	expr, err := syntax.ParseExpr(string(q.Query))
	if err != nil {
		return answer{}, err
	}
	selector, ok := expr.(syntax.LogSelectorExpr)
	if !ok {
		return answer{}, fmt.Errorf("%T is no log query", expr)
	}
	var a answer
	for _, m := range selector.Matchers() {
		a.Streams = append(a.Streams, matcherOf(m))
	}
	expr.Accept(&syntax.DepthFirstTraversal{
		VisitLineFilterFn: func(_ syntax.RootVisitor, e *syntax.LineFilterExpr) {
			for ; e != nil; e = e.Left {
				a.Texts = append(a.Texts, []byte(e.Match))
			}
		},
		VisitLabelFilterFn: func(_ syntax.RootVisitor, e *syntax.LabelFilterExpr) { a.addFilter(e.LabelFilterer) },
	})
	slices.Reverse(a.Texts)
	pipeline, err := selector.Pipeline()
	if err != nil {
		return answer{}, err
	}
	stream := pipeline.ForStream(labels.FromStrings("service_name", "x"))
	for _, l := range q.Lines {
		metadata := map[string]string{}
		for name, value := range l.Metadata {
			metadata[name] = string(value)
		}
		_, _, matches := stream.ProcessString(0, string(l.Text), labels.FromMap(metadata))
		a.Matches = append(a.Matches, matches)
	}
	return a, nil
}

func (a *answer) addFilter(f log.LabelFilterer) {
	switch f := f.(type) {
	case *log.BinaryLabelFilter:
		a.addFilter(f.Left)
		a.addFilter(f.Right)
	case *log.StringLabelFilter:
		a.Filters = append(a.Filters, matcherOf(f.Matcher))
	case *log.LineFilterLabelFilter:
		a.Filters = append(a.Filters, matcherOf(f.Matcher))
	case *log.NoopLabelFilter:
		if f.Matcher != nil {
			a.Filters = append(a.Filters, matcherOf(f.Matcher))
		}
	default:
		a.Filters = append(a.Filters, matcher{Op: fmt.Sprintf("%T", f)})
	}
}

func matcherOf(m *labels.Matcher) matcher {
	return matcher{Name: m.Name, Op: m.Type.String(), Value: []byte(m.Value)}
}
