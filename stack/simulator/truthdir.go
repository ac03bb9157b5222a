package simulator

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// TruthDir is a directory of truth files: {run_id}.json for each run, and a line in index.jsonl.
type TruthDir string

// indexEntry is a line of index.jsonl.
type indexEntry struct {
	RunID      string    `json:"run_id"`
	Workspace  string    `json:"workspace"`
	Flow       string    `json:"flow"`
	Start      time.Time `json:"start"`
	End        time.Time `json:"end"`
	DurationNS int64     `json:"duration_ns"`
	Outcome    string    `json:"outcome"`
	Jobs       int       `json:"jobs"`
	File       string    `json:"file"`
}

// Write adds runs. A run's file appears at once and whole, before its line in the index.
func (d TruthDir) Write(runs []Run) error {
	if len(runs) == 0 {
		return nil
	}
	if err := os.MkdirAll(string(d), 0o755); err != nil {
		return fmt.Errorf("the directory of truth files cannot be made: %w", err)
	}
	var index []byte
	for i := range runs {
		line, err := d.writeRun(&runs[i])
		if err != nil {
			return fmt.Errorf("the truth of run %s cannot be written: %w", runs[i].RunID, err)
		}
		index = append(append(index, line...), '\n')
	}
	return d.appendTo("index.jsonl", index)
}

func (d TruthDir) writeRun(run *Run) (line []byte, err error) {
	content, err := json.MarshalIndent(run, "", " ")
	if err != nil {
		return nil, err
	}
	name := run.RunID + ".json"
	temporary := filepath.Join(string(d), "."+name)
	if err := os.WriteFile(temporary, content, 0o644); err != nil {
		return nil, err
	}
	if err := os.Rename(temporary, filepath.Join(string(d), name)); err != nil {
		return nil, err
	}
	return json.Marshal(indexEntry{
		RunID: run.RunID, Workspace: run.Workspace, Flow: run.Flow, Start: run.Start, End: run.End,
		DurationNS: run.DurationNS, Outcome: run.Outcome, Jobs: len(run.Jobs), File: name,
	})
}

// WriteDeployments adds deployments to deployments.jsonl, a line each.
func (d TruthDir) WriteDeployments(list []Deployment) error {
	return appendLines(d, "deployments.jsonl", list)
}

// WriteDamage adds what was done to spans to damage.jsonl, a line each.
func (d TruthDir) WriteDamage(list []Harm) error { return appendLines(d, "damage.jsonl", list) }

func appendLines[T any](d TruthDir, name string, list []T) error {
	var lines []byte
	for i := range list {
		line, err := json.Marshal(&list[i])
		if err != nil {
			return err
		}
		lines = append(append(lines, line...), '\n')
	}
	return d.appendTo(name, lines)
}

// WriteInFlight writes the runs that have not ended at the time given to in_flight.json.
func (d TruthDir) WriteInFlight(at time.Time, runs []InFlight) error {
	content, err := json.MarshalIndent(struct {
		Time time.Time  `json:"time"`
		Runs []InFlight `json:"runs"`
	}{at, runs}, "", " ")
	if err == nil {
		err = os.MkdirAll(string(d), 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(string(d), "in_flight.json"), content, 0o644)
	}
	if err != nil {
		return fmt.Errorf("the truth of the runs in flight cannot be written: %w", err)
	}
	return nil
}

func (d TruthDir) appendTo(name string, lines []byte) error {
	if len(lines) == 0 {
		return nil
	}
	if err := os.MkdirAll(string(d), 0o755); err != nil {
		return fmt.Errorf("the directory of truth files cannot be made: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(string(d), name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("%s of the truth cannot be opened: %w", name, err)
	}
	_, err = file.Write(lines)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("%s of the truth cannot be written: %w", name, err)
	}
	return nil
}
