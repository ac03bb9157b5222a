package simulator

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func TestMistakesAreNamedWithFileAndLine(t *testing.T) {
	const head = "path: f/x\nworkspace: w\n"
	step := func(rest string) string { return head + "modules:\n  - id: a\n" + rest }
	for name, c := range map[string]struct{ document, want string }{
		"unknown key":           {head + "pth: x\n", `flow.yaml: line 3: unknown key "pth" in a flow; the keys are: cached, cancel, created_by, deployed_at, failure_module,`},
		"unknown key in module": {step("    rawscript: bun\n    duraton: 1s\n"), `flow.yaml: line 6: unknown key "duraton" in a module`},
		"unknown key in loop":   {step("    forloop:\n      iterations: 2\n      paralel: true\n"), `line 7: unknown key "paralel" in a forloop`},
		"no modules":            {head, "line 1: f/x needs either modules (a flow) or script (a standalone script)"},
		"no path":               {"workspace: w\n", "line 1: a flow needs path and workspace"},
		"empty file":            {"", "flow.yaml: the file is empty"},
		"two documents":         {head + "---\n" + head, "more than one YAML document"},
		"no mapping":            {"- a\n", "line 1: a flow must be a mapping"},
		"broken YAML":           {head + "modules: [\n", "flow.yaml: yaml: line "},
		"wrong type":            {head + "preview: maybe\n", "line 3: cannot unmarshal !!str `maybe` into bool"},
		"no type":               {step("    duration: 1s\n"), `line 4: module "a" needs exactly one of script, rawscript, flow, forloop, whileloop, branchone, branchall, agent and identity; it has none`},
		"two types":             {step("    script: f/y\n    flow: f/z\n"), `it has script and flow`},
		"no id":                 {head + "modules:\n  - rawscript: bun\n", "line 4: a module needs an id"},
		"id twice":              {step("    rawscript: bun\n    duration: 1s\n  - {id: a, identity: true}\n"), `line 7: module id "a" is used twice`},
		"no duration":           {step("    rawscript: bun\n"), "line 4: a script needs language and duration"},
		"bad duration":          {step("    rawscript: bun\n    duration: fast\n"), `line 6: "fast" is not a duration such as 800ms`},
		"number as duration":    {step("    rawscript: bun\n    duration: 5\n"), `line 6: "5" is not a duration`},
		"mixed duration":        {step("    rawscript: bun\n    duration: {p50: 1s, max: 2s}\n"), "line 6: a duration is one of"},
		"half lognormal":        {step("    rawscript: bun\n    duration: {p50: 1s}\n"), "needs 0 < p50 <= p95"},
		"language twice":        {step("    rawscript: bun\n    language: go\n    duration: 1s\n"), "the language of a rawscript is its value"},
		"script keys on loop":   {step("    forloop: {iterations: 1, modules: [{id: b, identity: true}]}\n    duration: 1s\n"), "belong to a script or rawscript"},
		"probability":           {step("    rawscript: bun\n    duration: 1s\n    fail: {probability: 2, message: x}\n"), "line 7: fail needs a probability between 0 and 1"},
		"from alone":            {step("    rawscript: bun\n    duration: 1s\n    fail: {probability: 0.1, message: x, from: 0.5}\n"), "line 7: from, a share of the history, and then, a probability, belong together"},
		"retry of an identity":  {step("    identity: true\n    retry: {attempts: 1}\n"), "line 6: module \"a\": only a script or rawscript can be retried"},
		"approval":              {step("    rawscript: bun\n    duration: 1s\n    approval: {wait: 1s}\n"), "line 7: module \"a\": an approval needs wait and timeout"},
		"slow_from alone":       {step("    rawscript: bun\n    duration: 1s\n    slow_from: 0.5\n"), "slow_from and slow_factor belong together"},
		"iterations":            {step("    forloop: {iterations: {min: 3, max: 2}, modules: [{id: b, identity: true}]}\n"), "line 5: iterations need 0 <= min <= max, got 3 and 2"},
		"iterations no number":  {step("    forloop: {iterations: many, modules: [{id: b, identity: true}]}\n"), `"many" is not a number of iterations`},
		"branchone weights":     {step("    branchone: {branches: [{modules: []}]}\n"), "the weights of a branchone need a sum above zero"},
		"schedule":              {head + "schedule: {every: 1s, per_hour: 3}\n" + "script: {language: bash, duration: 1s}\n", "line 3: a schedule needs either every (a duration) or per_hour"},
		"script with preview":   {head + "preview: true\nscript: {language: bash, duration: 1s}\n", "f/x is a script"},
		"unknown sub-flow":      {step("    flow: f/none\n"), `f/x, line 4: module "a": there is no flow f/none in workspace w`},
		"flow in itself":        {step("    flow: f/x\n"), "f/x contains itself as a sub-flow (f/x > f/x)"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load(fstest.MapFS{"flow.yaml": {Data: []byte(c.document)}})
			require.ErrorContains(t, err, c.want)
			require.NotContains(t, err.Error(), "simulator.", "no names of Go types")
		})
	}
}

func TestEveryMistakenFileIsNamed(t *testing.T) {
	_, err := Load(fstest.MapFS{"one.yaml": {Data: []byte("a: 1")}, "two.yaml": {Data: []byte("b: 1")}})
	require.ErrorContains(t, err, "one.yaml: line 1")
	require.ErrorContains(t, err, "two.yaml: line 1")
	_, err = Load(fstest.MapFS{})
	require.ErrorContains(t, err, "no flows found")
}

func TestFlowsOfOnePathAreRefused(t *testing.T) {
	document := []byte("{path: f/x, workspace: w, script: {language: bash, duration: 1s}}")
	_, err := Load(fstest.MapFS{"one.yaml": {Data: document}, "two.yaml": {Data: document}})
	require.ErrorContains(t, err, "f/x is described twice in workspace w")
}

func TestWorkers(t *testing.T) {
	workers, err := LoadWorkers(fstest.MapFS{})
	require.NoError(t, err)
	require.Equal(t, DefaultWorkers(), workers)
	_, err = LoadWorkers(fstest.MapFS{"workers.yaml": {Data: []byte("workers:\n  - {group: a, hosts: 1, per_host: 0, tags: [x]}\n")}})
	require.ErrorContains(t, err, "workers.yaml: line 2: a group of workers needs")
	_, err = LoadWorkers(fstest.MapFS{"workers.yaml": {Data: []byte("workers:\n  - {grup: a}\n")}})
	require.ErrorContains(t, err, `unknown key "grup"`)
}

func TestWorkersHaveWindmillsNames(t *testing.T) {
	batch := shippedHour(t, 1)
	for _, span := range batch.Spans {
		if span.Attribute("job_id") != "" && span.Name != "full_job" { // processes carry no tags
			require.Regexp(t, `^wk-(default|native|gpu)-[a-z0-9]{5}-[a-z0-9]{4}$`, span.Attribute("worker"))
			require.True(t, strings.HasPrefix(span.Host, "windmill-workers-"))
		}
	}
}
