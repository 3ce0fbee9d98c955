package handout

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"tokenwell/auth"
)

// hidden tells whether other processes can't look into this one.
func hidden() bool {
	dumpable, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
	var core unix.Rlimit
	return err == nil && dumpable == 0 && unix.Getrlimit(unix.RLIMIT_CORE, &core) == nil && core.Cur == 0
}

// waiting starts a command that waits for its input until the test ends; the
// program says "ready".
func waiting(t *testing.T, cmd *exec.Cmd) int {
	t.Helper()
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		in.Close()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "ready\n", line)
	return cmd.Process.Pid
}

// tool is the file that a command is in the end; the test is skipped without it.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.EvalSymlinks("/usr/bin/" + name) // what PATH names may be a wrapper
	if err != nil {
		t.Skip(name + " is not installed")
	}
	return path
}

func TestAskerOfAScript(t *testing.T) {
	scripts := map[string]string{
		"bash":    "echo ready; read -r x",
		"python3": "import sys\nprint('ready', flush=True)\nsys.stdin.read(1)",
		"perl":    "$| = 1; print \"ready\\n\"; <STDIN>;",
		"node":    "console.log('ready'); process.stdin.on('data', () => {})",
	}
	for name, text := range scripts {
		t.Run(name, func(t *testing.T) {
			path := tool(t, name)
			dir, err := filepath.EvalSymlinks(t.TempDir())
			require.NoError(t, err)
			file := filepath.Join(dir, "report 1.x")
			require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
			cmd := exec.CommandContext(t.Context(), path, "./report 1.x", "--flag")
			cmd.Dir = dir
			pid := waiting(t, cmd)
			self, err := os.Executable()
			require.NoError(t, err)
			want := auth.Asker{PID: pid, User: userName(), Path: path, Script: file, Parent: filepath.Base(self)}
			assert.Equal(t, want, AskerOf(pid))
			assert.Equal(t, "report 1.x", want.Name())
		})
	}
}

// A program whose file is gone could be any: its path is not told.
func TestAskerWhoseFileIsGone(t *testing.T) {
	data, err := os.ReadFile(tool(t, "bash"))
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "bash")
	require.NoError(t, os.WriteFile(file, data, 0o700))
	pid := waiting(t, exec.CommandContext(t.Context(), file, "-c", "echo ready; read -r x"))
	assert.Equal(t, file, AskerOf(pid).Path)
	require.NoError(t, os.Remove(file))
	assert.Empty(t, AskerOf(pid).Path)
	require.NoError(t, os.WriteFile(file, []byte("another"), 0o700))
	assert.Empty(t, AskerOf(pid).Path, "another file has its place")
}

// A program that hides its memory hides what it is, too.
func TestAskerThatHides(t *testing.T) {
	as := asHelper
	if os.Geteuid() == 0 { // from whom nothing can be hidden
		as = asSomebody
	}
	look := func(program *exec.Cmd) string {
		out, err := as(t, "asker", strconv.Itoa(waiting(t, program))).Output()
		require.NoError(t, err)
		return string(out)
	}
	file := filepath.Join(reachable(t), "program") // where that user can find it
	data, err := os.ReadFile("/proc/self/exe")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, data, 0o755))
	for verb, want := range map[string]string{"shown": "known\n", "hidden": "unknown\n"} {
		program := as(t, verb, "-")
		program.Path = file
		assert.Equal(t, want, look(program), verb)
	}
}

// What a hardened process starts may raise its limit for core files again.
func TestHardenedChildrenMayLeaveCores(t *testing.T) {
	var ours, theirs unix.Rlimit
	require.NoError(t, unix.Getrlimit(unix.RLIMIT_CORE, &ours))
	pid := waiting(t, asHelper(t, "hidden", ""))
	require.NoError(t, unix.Prlimit(pid, unix.RLIMIT_CORE, nil, &theirs))
	assert.Equal(t, unix.Rlimit{Cur: 0, Max: ours.Max}, theirs)
}

func TestAskerOfNobody(t *testing.T) {
	for _, pid := range []int{-1, 0, 1 << 30} {
		assert.Equal(t, auth.Asker{PID: pid, User: userName()}, AskerOf(pid))
	}
}

// Who started later than the connection was accepted, only has got the number of
// the program that connected.
func TestAskerWithAUsedNumber(t *testing.T) {
	pid := waiting(t, exec.CommandContext(t.Context(), tool(t, "bash"), "-c", "echo ready; read -r x"))
	p, ok := lookUp(pid)
	require.True(t, ok)
	assert.NotEmpty(t, new(askers).at(pid, bootTime()).Path)
	assert.NotEmpty(t, new(askers).at(pid, p.started).Path)
	assert.Equal(t, auth.Asker{PID: pid, User: userName()}, new(askers).at(pid, p.started-1))
}

// A process that becomes another program is another asker, however soon; one
// that stays is known.
func TestAskerThatBecomesAnother(t *testing.T) {
	shell := tool(t, "bash")
	dir := t.TempDir()
	for _, name := range []string{"one.sh", "two.sh"} {
		text := "echo ready; read -r x; exec '" + shell + "' '" + filepath.Join(dir, "two.sh") + "'"
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	cmd := exec.CommandContext(t.Context(), shell, filepath.Join(dir, "one.sh"))
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	said := bufio.NewScanner(out)
	require.True(t, said.Scan())
	var a askers
	first := a.at(cmd.Process.Pid, 0)
	assert.Equal(t, "one.sh", first.Name())
	_, known := a.recall(cmd.Process.Pid)
	assert.True(t, known)
	_, err = in.Write([]byte("\n"))
	require.NoError(t, err)
	require.True(t, said.Scan())
	_, known = a.recall(cmd.Process.Pid)
	assert.False(t, known)
	assert.Equal(t, "two.sh", a.at(cmd.Process.Pid, 0).Name())
	_, known = a.recall(cmd.Process.Pid)
	assert.True(t, known)
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait()
	_, known = a.recall(cmd.Process.Pid)
	assert.False(t, known, "it has ended")
	a.forget()
}

// Who runs the console command is the asker, not the command. The client is
// looked at before it hides, over each connection anew, and is hidden in the end (T62).
func TestAskerBehindTheConsole(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	consoles := []string{"/nowhere/tokenwell", self}
	r := newRig(t, func(p *ServerParams) { p.Console = consoles })
	shell := tool(t, "bash")
	script := filepath.Join(t.TempDir(), "nightly.sh")
	require.NoError(t, os.WriteFile(script, []byte("'"+self+"'\n: done\n"), 0o600))
	cmd := exec.CommandContext(t.Context(), shell, script)
	cmd.Env = append(os.Environ(), helperEnv+"=token "+r.socket)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	assert.Equal(t, "got at-Sales\ngot at-Sales\nhidden true\n", string(out))
	seen := r.seen()
	require.Len(t, seen, 2)
	for _, got := range seen {
		assert.Equal(t, shell, got.Path)
		assert.Equal(t, script, got.Script)
		assert.Equal(t, cmd.Process.Pid, got.PID)
		assert.False(t, got.Own)
	}
	r.params.Console = nil
	require.NoError(t, r.server.Close())
	r.server = r.another()
	require.NoError(t, r.server.Start())
	out, err = asHelper(t, "token", r.socket).CombinedOutput()
	require.NoError(t, err, string(out))
	seen = r.seen()
	last := seen[len(seen)-1]
	assert.Equal(t, self, last.Path, "any other program is the asker itself")
	assert.Equal(t, filepath.Base(self), last.Parent)
}

// A command whose parent has ended is the child of systemd or of process 1: who
// started it is not known. Else whoever lets it be adopted would be what the
// user has allowed to a service.
func TestAskerThatIsAdopted(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	r := newRig(t, func(p *ServerParams) { p.Console = []string{self} })
	shell, err := os.ReadFile(tool(t, "bash"))
	require.NoError(t, err)
	for name, known := range map[string]bool{"systemd": false, "systemd-backup": true} {
		file := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(file, shell, 0o700))
		cmd := exec.CommandContext(t.Context(), file, "-c", "'"+self+"'\n: done\n")
		cmd.Env = append(os.Environ(), helperEnv+"=token "+r.socket)
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		seen := r.seen()
		got := seen[len(seen)-1]
		assert.Equal(t, cmd.Process.Pid, got.PID)
		assert.Equal(t, known, got.Path == file, got.Path)
		assert.Equal(t, known, got.Path != "", got.Path)
	}
	assert.True(t, process{pid: 1, path: "/sbin/init"}.adopts())
}
