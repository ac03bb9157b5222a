package build

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

const gigabyte = 1 << 30

// need is how much disk space a build takes, in bytes.
type need struct {
	warm   uint64 // when its modules and compiled packages are in Go's caches already
	cold   uint64 // when they are not
	module string // the extracted module that tells which: a pattern below the module cache
}

// check fails with one sentence if the disks do not have the space.
func (n need) check(root string) error {
	if n.warm == 0 {
		return nil
	}
	if err := EnsureSpace(root, n.warm); err != nil {
		return err
	}
	caches, err := goCaches()
	if err != nil {
		return err
	}
	required := n.warm
	if found, _ := filepath.Glob(filepath.Join(caches.modules, n.module)); n.module != "" && len(found) == 0 {
		required = n.cold
	}
	for _, dir := range []string{caches.modules, caches.builds} {
		if err := EnsureSpace(dir, required); err != nil {
			return err
		}
	}
	return nil
}

// EnsureSpace fails with one sentence if fewer than the given number of bytes are free at dir.
func EnsureSpace(dir string, bytes uint64) error {
	free, err := freeBytes(dir)
	if err != nil {
		return err
	}
	if free < bytes {
		return fmt.Errorf("not enough disk space: %.1f GB are needed at %s and %.1f GB are free", float64(bytes)/gigabyte, dir, float64(free)/gigabyte)
	}
	return nil
}

type cacheDirs struct{ modules, builds string }

func goCaches() (cacheDirs, error) {
	out, err := exec.Command("go", "env", "GOMODCACHE", "GOCACHE").Output()
	if err != nil {
		return cacheDirs{}, fmt.Errorf("cannot run the go command, which is needed to build: %w", err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != 2 {
		return cacheDirs{}, fmt.Errorf("the go command does not say where its caches are: %q", out)
	}
	return cacheDirs{modules: lines[0], builds: lines[1]}, nil
}
