package servers

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// helperEnv makes the test binary itself a parent that starts a child and then waits to be killed.
const helperEnv = "SERVERS_TEST_PARENT_LOG"

func TestMain(m *testing.M) {
	if log := os.Getenv(helperEnv); log != "" {
		parentOfASleeper(log)
		return
	}
	os.Exit(m.Run())
}

func parentOfASleeper(log string) {
	p, err := StartProcess(ProcessOptions{Name: "sleeper", Path: "sleep", Args: []string{"300"}, Log: log})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(p.cmd.Process.Pid)
	time.Sleep(time.Minute)
}

func shell(t *testing.T, script string) *Process {
	t.Helper()
	p, err := StartProcess(ProcessOptions{Name: "the server", Path: "sh", Args: []string{"-c", script}, Log: filepath.Join(t.TempDir(), "logs", "server.log")})
	require.NoError(t, err)
	t.Cleanup(p.Stop)
	return p
}

func alive(pid int) bool { return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }

func TestAServerThatExitsIsReportedWithItsLastLines(t *testing.T) {
	p := shell(t, "echo starting; echo cannot read configuration >&2; exit 3")
	err := p.waitReady(t.Context(), "http://127.0.0.1:1/ready", answersOK)
	require.ErrorContains(t, err, "the server stopped early (exit status 3)")
	require.ErrorContains(t, err, "starting\ncannot read configuration")
}

func TestAServerThatLosesItsPortIsReportedAsThat(t *testing.T) {
	p := shell(t, "echo 'listen tcp 127.0.0.1:3200: bind: address already in use'; exit 1")
	err := p.waitReady(t.Context(), "http://127.0.0.1:1/ready", answersOK)
	require.ErrorIs(t, err, errPortInUse)
}

func TestAnotherProgramsAnswerIsNotReadiness(t *testing.T) {
	other, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, other.Close()) }()
	p := shell(t, "exit 1")
	<-p.Exited()
	require.Error(t, p.waitReady(t.Context(), "http://"+other.Addr().String(), answersAtAll))
}

func TestStopEndsTheWholeGroupAtOnce(t *testing.T) {
	dir := t.TempDir()
	pidFile := filepath.Join(dir, "pid")
	p := shell(t, "trap '' TERM; sleep 300 & echo $! > "+pidFile+".new; mv "+pidFile+".new "+pidFile+"; wait; wait")
	var grandchild int
	require.Eventually(t, func() bool {
		text, err := os.ReadFile(pidFile)
		if err != nil {
			return false
		}
		grandchild, err = strconv.Atoi(strings.TrimSpace(string(text)))
		return err == nil
	}, 10*time.Second, 10*time.Millisecond)

	start := time.Now()
	p.Stop()
	p.Stop() // a second time is harmless
	require.Less(t, time.Since(start), 5*time.Second)
	require.Eventually(t, func() bool { return !alive(grandchild) }, 5*time.Second, 10*time.Millisecond)
}

func TestChildrenDieWithAKilledParent(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("the death signal exists on Linux only")
	}
	parent := exec.Command(os.Args[0], "-test.run=^$")
	parent.Env = append(os.Environ(), helperEnv+"="+filepath.Join(t.TempDir(), "sleeper.log"))
	out, err := parent.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, parent.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	child, err := strconv.Atoi(strings.TrimSpace(line))
	require.NoError(t, err, line)
	require.True(t, alive(child))

	require.NoError(t, parent.Process.Kill())
	_ = parent.Wait() // it was killed, so this is an error
	require.Eventually(t, func() bool { return !alive(child) }, 10*time.Second, 20*time.Millisecond)
}

func TestPortsAreFreeAndDifferent(t *testing.T) {
	var ports Ports
	require.NoError(t, ports.fill())
	seen := map[int]bool{}
	for _, port := range ports.named() {
		require.NotZero(t, *port.number, port.purpose)
		require.False(t, seen[*port.number], port.purpose)
		seen[*port.number] = true
	}
}

func TestAGivenPortInUseIsSaidInOneSentence(t *testing.T) {
	other, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, other.Close()) }()
	number := other.Addr().(*net.TCPAddr).Port
	ports := Ports{Prometheus: number}
	require.EqualError(t, ports.fill(), fmt.Sprintf("port %d for Prometheus is in use by another program: stop that or choose another port", number))
}

func TestADirectoryIsRequired(t *testing.T) {
	_, err := StartEmbedded(t.Context(), Options{})
	require.ErrorContains(t, err, "Dir is empty")
}
