package windmill_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/flowsteps/windmill-datasource/pkg/windmill"
)

// FuzzBuild makes spans out of bytes: every parent, kind, path, time and outcome is possible, cycles and nonsense too.
func FuzzBuild(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("0123456789abcdefghijklmnopqrstuvwxyz0123456789"))
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 1, 0, 2, 3, 4, 5, 6, 7, 2, 1, 9, 9, 9, 9, 9, 9})
	names := []string{"job", "job a", "job_postprocessing a", "job postprocessing", "full_job", "request", ""}
	paths := []string{"", "f/x", "f/x/a", "f/x/loop-1", "f/x/loop-1/c", "f/x/forloop-2", "f/x/branchall-0", "f/x/a/tools/t"}
	kinds := []string{"", "flow", "flownode", "flowscript", "script", "identity", "aiagent", "flowpreview"}
	steps := []string{"", "a", "b", "failure", "preprocessor"}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var spans []windmill.Span
		for ; len(raw) >= 8 && len(spans) < 2000; raw = raw[8:] {
			s := windmill.Span{
				TraceID: "0", SpanID: fmt.Sprint(len(spans)), JobID: id(raw[0] % 16), ParentJob: id(raw[1] % 17),
				RootJob: id(raw[2] % 17), Name: names[int(raw[3])%len(names)], ScriptPath: paths[int(raw[4])%len(paths)],
				JobKind: kinds[int(raw[5])%len(kinds)], Step: steps[int(raw[6])%len(steps)],
				Start: base.Add(time.Duration(raw[7]) * time.Millisecond), Duration: time.Duration(int8(raw[6])) * time.Millisecond,
				Failed: raw[3]%5 == 0, Success: []string{"", "true", "false"}[raw[2]%3],
			}
			spans = append(spans, s)
		}
		check(t, windmill.Build(id(0), spans), windmill.Evidence{Spans: spans})
	})
}

// id gives one of 16 job ids whose times lie around base; 16 is none.
func id(n byte) string {
	if n == 16 {
		return ""
	}
	ms := base.UnixMilli() + int64(n)*3 - 20
	return fmt.Sprintf("%08x-%04x-7000-8000-0000000000%02x", ms>>16, ms&0xffff, n)
}
