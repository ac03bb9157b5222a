// Package build builds what the development stack runs - the real servers, the plugin, its pages, the
// stack's own programs - each only when one of its inputs has changed, with visible progress, and with
// one clear sentence when it cannot.
package build

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Module is the Go module at the repository's root.
const Module = "github.com/flowsteps/windmill-datasource"

// Root finds the repository's root: the nearest directory at or above the current one whose go.mod
// declares Module. It fails when the current directory is not inside the repository.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("cannot tell the current directory: %w", err)
	}
	for {
		if declaresModule(filepath.Join(dir, "go.mod")) {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("this is not inside the plugin's repository: no go.mod of " + Module + " at or above the current directory")
		}
		dir = parent
	}
}

func declaresModule(file string) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if name, ok := strings.CutPrefix(strings.TrimSpace(lines.Text()), "module "); ok {
			return strings.TrimSpace(name) == Module
		}
	}
	return false
}
