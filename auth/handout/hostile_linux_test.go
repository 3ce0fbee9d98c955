package handout

import (
	"bufio"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// Where programs always lie at the same place of their memory, one that becomes
// another is another asker too.
func TestAskerThatBecomesAnotherInPlace(t *testing.T) {
	setarch, env, shell := tool(t, "setarch"), tool(t, "env"), tool(t, "bash")
	if exec.CommandContext(t.Context(), setarch, "-R", "true").Run() != nil {
		t.Skip("this system lets no program switch address randomization off")
	}
	dir := t.TempDir()
	for _, name := range []string{"one.sh", "two.sh"} {
		text := "echo ready; read -r x; exec -c '" + env + "' A=1 '" + shell + "' '" + filepath.Join(dir, "two.sh") + "'"
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	cmd := exec.CommandContext(t.Context(), setarch, "-R", shell, filepath.Join(dir, "one.sh"))
	cmd.Env = []string{"A=1"} // as long each time
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	said := bufio.NewScanner(out)
	var a askers
	defer a.forget()
	for _, name := range []string{"one.sh", "two.sh", "two.sh"} {
		require.True(t, said.Scan())
		assert.Equal(t, name, a.at(cmd.Process.Pid, 0).Name())
		_, known := a.recall(cmd.Process.Pid)
		assert.True(t, known)
		_, err = in.Write([]byte("\n"))
		require.NoError(t, err)
	}
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait()
}

// Who has started a command is asked anew once that one has ended.
func TestAskerWhoseParentEnds(t *testing.T) {
	parent := exec.CommandContext(t.Context(), tool(t, "bash"), "-c", "'"+tool(t, "sleep")+"' 60 & echo $!; read -r x")
	in, err := parent.StdinPipe()
	require.NoError(t, err)
	out, err := parent.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, parent.Start())
	said := bufio.NewScanner(out)
	require.True(t, said.Scan())
	pid, err := strconv.Atoi(said.Text())
	require.NoError(t, err)
	defer func() { assert.NoError(t, unix.Kill(pid, unix.SIGKILL)) }()
	var a askers
	defer a.forget()
	require.Eventually(t, func() bool { return a.at(pid, 0).Name() == "sleep" }, 10*time.Second, time.Millisecond)
	a.at(pid, 0)
	_, known := a.recall(pid)
	assert.True(t, known)
	require.NoError(t, in.Close())
	_, err = parent.Process.Wait()
	require.NoError(t, err)
	_, known = a.recall(pid)
	assert.False(t, known)
}

// Where the system has no more files, that is not told a hundred times a second,
// and who waits is heard when there are some again.
func TestNoMoreFiles(t *testing.T) {
	r := newRig(t, nil)
	c := r.talk()
	c.say(askFor("one"))
	_, _, _ = c.hear()
	waits, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	require.NoError(t, err)
	defer func() { _ = unix.Close(waits) }()
	none, err := unix.Dup(0)
	require.NoError(t, err)
	require.NoError(t, unix.Close(none))
	var limit unix.Rlimit
	require.NoError(t, unix.Getrlimit(unix.RLIMIT_NOFILE, &limit))
	require.NoError(t, unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: uint64(none), Max: limit.Max}))
	restore := func() { require.NoError(t, unix.Setrlimit(unix.RLIMIT_NOFILE, &limit)) }
	defer restore()
	require.NoError(t, unix.Connect(waits, &unix.SockaddrUnix{Name: r.socket}))
	time.Sleep(500 * time.Millisecond)
	c.say(askFor("two"))
	status, _, _ := c.hear()
	assert.Equal(t, http.StatusOK, status, "who is spoken to already is answered")
	told := strings.Count(r.log.String(), "no connection could be accepted")
	assert.Positive(t, told)
	assert.Less(t, told, 15)
	restore()
	_, err = unix.Write(waits, []byte(askFor("three")))
	require.NoError(t, err)
	answer := make([]byte, 12)
	n, err := unix.Read(waits, answer)
	require.NoError(t, err)
	assert.Equal(t, "HTTP/1.1 200", string(answer[:n]))
}
