package servers

import (
	"runtime"
	"sync"
	"syscall"
)

func processAttributes(death syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: death}
}

// spawns carries the starts of children to the one thread that makes them.
var spawns = sync.OnceValue(func() chan func() {
	queue := make(chan func())
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread lives as long as the process
		for start := range queue {
			start()
		}
	}()
	return queue
})

// onSpawnThread runs the start of a child on a thread that stays. The kernel sends the death signal when
// the thread that started a child ends, and Go's threads come and go.
func onSpawnThread(start func() error) error {
	result := make(chan error)
	spawns() <- func() { result <- start() }
	return <-result
}
