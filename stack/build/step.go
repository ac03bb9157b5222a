package build

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strings"

	"github.com/flowsteps/windmill-datasource/stack/progress"
)

// step is one build whose result is kept: it runs again only when the content of an input, its recipe
// or the platform has changed, or when an output is missing.
type step struct {
	name    string   // names the stage and the stamp file
	root    string   // the repository; all paths are relative to it
	inputs  []string // files and directories; a directory stands for every file below it
	skip    func(path string) bool
	recipe  string   // whatever else decides the result: flags, versions
	outputs []string // files that must be there afterwards
	needs   need
	run     func(ctx context.Context, stage *progress.Stage) error
}

// do runs the step if it has to, and says so to the reporter only then. Two processes never build the
// same thing at once: the second waits for the first and then finds it built.
func (s step) do(ctx context.Context, report *progress.Reporter) (err error) {
	stamp := filepath.Join(s.root, "bin", "."+strings.ReplaceAll(s.name, " ", "-")+".stamp")
	key, err := s.key()
	if err != nil {
		return err
	}
	if s.upToDate(stamp, key) {
		return nil
	}
	unlock, err := lock(ctx, stamp+".lock")
	if err != nil {
		return err
	}
	defer unlock()
	if s.upToDate(stamp, key) {
		return nil
	}
	if err := s.needs.check(s.root); err != nil {
		return fmt.Errorf("cannot start %s: %w", s.name, err)
	}
	stage := report.Start(s.name)
	defer func() { stage.Done(err) }()
	if err := os.Remove(stamp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := s.run(ctx, stage); err != nil {
		return err
	}
	if missing := s.missingOutput(); missing != "" {
		return fmt.Errorf("%s ended without an error but did not write %s", s.name, missing)
	}
	return os.WriteFile(stamp, []byte(key), 0o644)
}

func (s step) upToDate(stamp, key string) bool {
	was, err := os.ReadFile(stamp)
	return err == nil && string(was) == key && s.missingOutput() == ""
}

func (s step) missingOutput() string {
	for _, output := range s.outputs {
		if _, err := os.Stat(filepath.Join(s.root, output)); err != nil {
			return output
		}
	}
	return ""
}

// key is a hash over the inputs' names and contents, the recipe and the platform.
func (s step) key() (string, error) {
	hash := sha256.New()
	_, _ = fmt.Fprintln(hash, s.name, s.recipe, runtime.GOOS, runtime.GOARCH) // a hash takes every write
	for _, input := range s.inputs {
		files, err := filesBelow(filepath.Join(s.root, input), s.skip)
		if err != nil {
			return "", fmt.Errorf("cannot read the inputs of %s: %w", s.name, err)
		}
		for _, file := range files {
			if err := hashFile(hash, s.root, file); err != nil {
				return "", fmt.Errorf("cannot read the inputs of %s: %w", s.name, err)
			}
		}
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

func hashFile(hash io.Writer, root, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	name, err := filepath.Rel(root, file)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(hash, "%s %d\n", filepath.ToSlash(name), info.Size()); err != nil {
		return err
	}
	_, err = io.Copy(hash, f)
	return err
}

// filesBelow lists the regular files at or below path, sorted. A path that does not exist has none.
func filesBelow(path string, skip func(string) bool) ([]string, error) {
	var files []string
	err := filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // not there, or gone since the directory was read
		case err != nil:
			return err
		case skip != nil && skip(file):
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case !entry.IsDir():
			if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
				files = append(files, file)
			}
		}
		return nil
	})
	sort.Strings(files)
	return files, err
}
