//go:build unix

package build

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// freeBytes is the space that an ordinary user may still write on the file system of the nearest
// existing directory at or above path.
func freeBytes(path string) (uint64, error) {
	for {
		if _, err := os.Stat(path); err == nil {
			break
		}
		parent := filepath.Dir(path)
		if parent == path {
			break
		}
		path = parent
	}
	var stat syscall.Statfs_t
	if err := syscall.Statfs(path, &stat); err != nil {
		return 0, fmt.Errorf("cannot tell the free disk space at %s: %w", path, err)
	}
	return uint64(stat.Bavail) * uint64(stat.Bsize), nil
}
