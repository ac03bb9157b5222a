package build

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/flowsteps/windmill-datasource/stack/progress"
)

const oldestNode = 20

// NodeModules installs the npm packages with npm ci, unless what is installed is what package-lock.json
// asks for.
func NodeModules(ctx context.Context, report *progress.Reporter) (err error) {
	root, err := Root()
	if err != nil {
		return err
	}
	unlock, err := lock(ctx, filepath.Join(root, "bin", ".npm.lock"))
	if err != nil {
		return err
	}
	defer unlock()
	if current, err := installed(root); err != nil || current {
		return err
	}
	if err := nodeVersion(); err != nil {
		return err
	}
	if err := EnsureSpace(root, 2*gigabyte); err != nil {
		return fmt.Errorf("cannot install the npm packages: %w", err)
	}
	stage := report.Start("installing npm packages")
	defer func() { stage.Done(err) }()
	install := command{
		dir: root, first: true,
		quiet:  func(line string) bool { return strings.HasPrefix(line, "npm warn") },
		onLine: func(line string) { stage.Detail("%s", shorten(line)) },
	}
	return install.run(ctx, "npm", "ci", "--no-audit", "--no-fund")
}

// lockedPackage is what identifies an installed package in a lock file.
type lockedPackage struct {
	Version   string `json:"version"`
	Integrity string `json:"integrity"`
	Optional  bool   `json:"optional"`
}

// installed compares package-lock.json with the copy that npm leaves in node_modules when it is done.
// Optional packages may be missing: they are for other platforms.
func installed(root string) (bool, error) {
	wanted, err := lockedPackages(filepath.Join(root, "package-lock.json"))
	if err != nil {
		return false, fmt.Errorf("cannot tell which npm packages are needed: %w", err)
	}
	have, err := lockedPackages(filepath.Join(root, "node_modules", ".package-lock.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, nil //nolint:nilerr // an installation that cannot be read is one to replace
	}
	for path, pkg := range wanted {
		found, ok := have[path]
		switch {
		case path == "": // the repository itself
		case !ok && !pkg.Optional:
			return false, nil
		case ok && (found.Version != pkg.Version || found.Integrity != pkg.Integrity):
			return false, nil
		}
	}
	return true, nil
}

func lockedPackages(file string) (map[string]lockedPackage, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var lock struct {
		Packages map[string]lockedPackage `json:"packages"`
	}
	if err := json.Unmarshal(text, &lock); err != nil {
		return nil, fmt.Errorf("cannot parse %s: %w", file, err)
	}
	return lock.Packages, nil
}

// nodeVersion fails with one sentence unless Node is there and new enough.
func nodeVersion() error {
	out, err := exec.Command("node", "--version").Output()
	if err != nil {
		return fmt.Errorf("node is not installed or does not run: install Node %d or newer", oldestNode)
	}
	version := strings.TrimSpace(string(out))
	major, _, _ := strings.Cut(strings.TrimPrefix(version, "v"), ".")
	if n, err := strconv.Atoi(major); err != nil || n < oldestNode {
		return fmt.Errorf("the installed node %s is too old: install Node %d or newer", version, oldestNode)
	}
	return nil
}

// shorten keeps a line of a program's output within a line of the terminal.
func shorten(line string) string {
	const longest = 70
	if runes := []rune(line); len(runes) > longest {
		return string(runes[:longest-3]) + "..."
	}
	return line
}
