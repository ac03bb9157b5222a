//go:build unix && !linux

package servers

import "syscall"

// processAttributes cannot ask for a death signal outside Linux: there a killed parent leaves its
// children behind, an interrupted one does not.
func processAttributes(syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}

func onSpawnThread(start func() error) error { return start() }
