//go:build integration

package quoting_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/pkg/loki"
	"github.com/flowsteps/windmill-datasource/stack/build"
)

// Loki's parser is in a module that cannot be shared with this one, so it is asked as a program (stack/backends/loki).

type logQLQuestion struct {
	Query []byte
	Lines []logLine
}

type logLine struct {
	Text     []byte
	Metadata map[string][]byte
}

type logQLAnswer struct {
	Error   string
	Streams []logQLMatcher
	Texts   [][]byte
	Filters []logQLMatcher
	Matches []bool
}

type logQLMatcher struct {
	Name, Op string
	Value    []byte
}

const (
	logQLInputs = 20_000
	specials    = "\"'`\\|{}()[]=~!.*+?^$#,/\n\r\t\x00 abAB01_-"
)

// askLoki gives the answers of Loki's parser and pipeline to all questions.
func askLoki(t *testing.T, questions []logQLQuestion) []logQLAnswer {
	t.Helper()
	root, err := build.Root()
	require.NoError(t, err)
	program := filepath.Join(t.TempDir(), "logqlcheck")
	compile := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./logqlcheck")
	compile.Dir, compile.Env = filepath.Join(root, "stack", "backends", "loki"), append(os.Environ(), "GOWORK=off")
	text, err := compile.CombinedOutput()
	require.NoError(t, err, string(text))

	var in bytes.Buffer
	encoder := json.NewEncoder(&in)
	for _, q := range questions {
		require.NoError(t, encoder.Encode(q))
	}
	run := exec.CommandContext(t.Context(), program)
	run.Stdin, run.Stderr = &in, os.Stderr
	out, err := run.Output()
	require.NoError(t, err)
	answers := make([]logQLAnswer, 0, len(questions))
	decoder := json.NewDecoder(bufio.NewReader(bytes.NewReader(out)))
	for range questions {
		var a logQLAnswer
		require.NoError(t, decoder.Decode(&a))
		answers = append(answers, a)
	}
	return answers
}

// nasty makes texts of what parsers stumble over.
type nasty struct{ *rand.Rand }

func newNasty(t *testing.T) nasty {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	return nasty{rand.New(rand.NewPCG(seed, 1))}
}

func (n nasty) text() string {
	if n.IntN(8) == 0 {
		return seeds[n.IntN(len(seeds))]
	}
	var b strings.Builder
	for range 1 + n.IntN(12) {
		switch n.IntN(6) {
		case 0:
			b.WriteByte(byte(n.IntN(256)))
		case 1:
			b.WriteRune(rune(n.IntN(utf8.MaxRune + 1)))
		case 2:
			b.WriteString(seeds[n.IntN(len(seeds))])
		default:
			b.WriteByte(specials[n.IntN(len(specials))])
		}
	}
	return b.String()
}

func (n nasty) texts(most int) []string {
	var list []string
	for range 1 + n.IntN(most) {
		list = append(list, n.text())
	}
	return list
}

// TestLogQLQuote: what is quoted is what Loki reads, in a stream selector, a line filter and a label filter.
func TestLogQLQuote(t *testing.T) {
	n, values := newNasty(t), slices.Clone(seeds)
	for len(values) < logQLInputs {
		values = append(values, n.text())
	}
	var questions []logQLQuestion
	for _, v := range values {
		q := loki.Quote(v)
		questions = append(questions, logQLQuestion{Query: []byte(`{a="b", x=` + q + `} ` + loki.Contains(v) + " | " + loki.AnyOf("x", []string{v}))})
	}
	for i, a := range askLoki(t, questions) {
		v := []byte(values[i])
		require.Empty(t, a.Error, "%s", questions[i].Query)
		require.Equal(t, []logQLMatcher{{"a", "=", []byte("b")}, {"x", "=", v}}, a.Streams, "%q", v)
		require.Equal(t, [][]byte{v}, a.Texts, "%q", v)
		require.Equal(t, []logQLMatcher{{"x", "=", v}}, a.Filters, "%q", v)
	}
}

// TestLogQLFilter tries whole filters on lines, which Loki's pipeline must let through exactly when a plain reading of
// the filter does.
func TestLogQLFilter(t *testing.T) {
	n := newNasty(t)
	var questions []logQLQuestion
	var wanted [][]bool
	for range logQLInputs / 2 {
		f := loki.Filter{Steps: valid(n.texts(3)), Search: storable(n.text())}
		if n.IntN(2) == 0 {
			f.Messages = valid(n.texts(2))
		}
		if n.IntN(2) == 0 {
			f.Flows = valid(n.texts(2))
		}
		lines := n.linesFor(f)
		metadata, asJSON := logQLQuestion{Query: []byte(f.LogQL(`{service_name="x"}`, loki.FormMetadata))}, logQLQuestion{Query: []byte(f.LogQL(`{service_name="x"}`, loki.FormJSON))}
		var want []bool
		for _, l := range lines {
			want = append(want, l.wanted(f))
			metadata.Lines = append(metadata.Lines, logLine{Text: []byte(l.body), Metadata: map[string][]byte{"job_id": []byte("j"), "flow_step_id": []byte(l.step), "script_path": []byte(l.path)}})
			asJSON.Lines = append(asJSON.Lines, logLine{Text: l.json(t, n.IntN(2) == 0)})
		}
		questions = append(questions, metadata, asJSON)
		wanted = append(wanted, want, want)
	}
	yes := 0
	for i, a := range askLoki(t, questions) {
		require.Empty(t, a.Error, "%s", questions[i].Query)
		for j, want := range wanted[i] {
			require.Equal(t, want, a.Matches[j], "%s\non %q %q", questions[i].Query, questions[i].Lines[j].Text, questions[i].Lines[j].Metadata)
			if want {
				yes++
			}
		}
	}
	require.Greater(t, yes, logQLInputs/4, "enough lines match")
}

type sampleLine struct{ body, step, path string }

// linesFor makes lines that match a filter, or nearly do.
func (n nasty) linesFor(f loki.Filter) []sampleLine {
	var out []sampleLine
	for range 6 {
		l := sampleLine{body: n.text() + f.Search + n.text(), step: f.Steps[n.IntN(len(f.Steps))], path: "f/x"}
		if len(f.Messages) > 0 {
			l.body += f.Messages[n.IntN(len(f.Messages))]
		}
		if len(f.Flows) > 0 {
			l.path = f.Flows[n.IntN(len(f.Flows))] + []string{"", "/a", "/loop-1/b", "x"}[n.IntN(4)]
		}
		switch n.IntN(4) {
		case 0:
			l.body = n.text()
		case 1:
			l.step += n.text()
		}
		l.body, l.step, l.path = storable(l.body), storable(l.step), storable(l.path)
		out = append(out, l)
	}
	return out
}

// wanted reads a filter plainly.
func (l sampleLine) wanted(f loki.Filter) bool {
	contains := func(text string) bool { return strings.Contains(l.body, text) }
	below := func(flow string) bool { return l.path == flow || strings.HasPrefix(l.path, flow+"/") }
	return contains(f.Search) && slices.Contains(f.Steps, l.step) &&
		(len(f.Messages) == 0 || slices.ContainsFunc(f.Messages, contains)) &&
		(len(f.Flows) == 0 || slices.ContainsFunc(f.Flows, below))
}

// json is the line as a worker prints it, with the tags in the event or in the span around it.
func (l sampleLine) json(t *testing.T, inSpan bool) []byte {
	t.Helper()
	tags := map[string]any{"job_id": "j", "flow_step_id": l.step, "script_path": l.path}
	event := tags
	if inSpan {
		event = map[string]any{"span": tags}
	}
	event["message"] = l.body
	text, err := json.Marshal(event)
	require.NoError(t, err)
	return text
}

// valid keeps texts as Loki can store them. The empty one is no filter.
func valid(list []string) []string {
	var out []string
	for _, v := range list {
		if v = storable(v); v != "" {
			out = append(out, v)
		}
	}
	if len(out) == 0 {
		return []string{"a"}
	}
	return out
}

// storable leaves out what no label has: bytes that are no UTF-8, and the replacement character, which Loki drops from
// values that it reads from JSON.
func storable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "?"), string(utf8.RuneError), "?")
}
