//go:build e2e && linux

package main

import (
	"bufio"
	"context"
	"encoding/json"
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

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
	"tokenwell/auth/handout"
	"tokenwell/db"
)

// takeOver is how long programs may be without anyone who serves (R18).
const takeOver = 2 * time.Second

// agentProcess is the shipped agent.
type agentProcess struct {
	*exec.Cmd
	lines chan string // of standard error; closed when it has ended
}

// startAgent starts the agent, or whatever command line change makes of it.
func (h *home) startAgent(passphrase string, change ...func(*exec.Cmd)) *agentProcess {
	h.Helper()
	c := h.command(binary(), "agent")
	if passphrase != "" {
		read, write, err := os.Pipe()
		require.NoError(h, err)
		_, err = write.WriteString(passphrase + "\n")
		require.NoError(h, errors.Join(err, write.Close()))
		h.Cleanup(func() { _ = read.Close() })
		c.ExtraFiles = []*os.File{read}
		c.Args = append(c.Args, "--passphrase-fd", "3")
	}
	for _, f := range change {
		f(c)
	}
	says, err := c.StderrPipe()
	require.NoError(h, err)
	require.NoError(h, c.Start())
	a := &agentProcess{Cmd: c, lines: make(chan string, 100)}
	go func() {
		defer close(a.lines)
		for in := bufio.NewScanner(says); in.Scan(); {
			a.lines <- in.Text()
		}
	}()
	h.Cleanup(func() { _ = c.Process.Kill() })
	return a
}

// heard waits until the agent says something with this in it.
func (h *home) heard(a *agentProcess, part string) {
	h.Helper()
	var all []string
	for late := time.After(homeWait); ; {
		select {
		case line, more := <-a.lines:
			require.True(h, more, "the agent has ended, it said: %s", strings.Join(all, "\n"))
			if all = append(all, line); strings.Contains(line, part) {
				return
			}
		case <-late:
			h.Fatalf("the agent does not say %q, but %s", part, strings.Join(all, "\n"))
		}
	}
}

// ended waits for the end and returns the exit code.
func (h *home) ended(a *agentProcess) int {
	h.Helper()
	for range a.lines { //nolint:revive // it ends with the process
	}
	err := a.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		require.NoError(h, err)
	}
	return a.ProcessState.ExitCode()
}

// served asks until a process with this number serves; 0: any.
func (h *home) served(pid int) *handout.Client {
	h.Helper()
	ctx, cancel := context.WithTimeout(h.Context(), homeWait)
	defer cancel()
	for {
		client, err := handout.Dial(ctx, h.place().Socket())
		if err == nil {
			var status handout.Status
			if status, err = client.Status(ctx); err == nil && (pid == 0 || status.PID == pid) {
				return client
			}
			_ = client.Close()
		}
		require.NoError(h, ctx.Err(), "nobody serves: %v", err)
		<-time.After(5 * time.Millisecond)
	}
}

// TestKillAgent kills the agent that serves, again and again: the one that
// stands by serves within two seconds, with tokens that work, and no refresh
// token is ever presented twice (R18).
func TestKillAgent(t *testing.T) {
	h := newHome(t)
	h.keep("Sales", auth.HandOutRule{Mode: auth.HandOutAnyone})
	rounds := 20
	if text := os.Getenv("TOKENWELL_KILLS"); text != "" { // make soak
		var err error
		rounds, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	serving := h.startAgent(homePassphrase)
	h.heard(serving, "serving at")
	var slowest time.Duration
	for round := range rounds {
		next := h.startAgent(homePassphrase)
		h.heard(next, "standing by")
		client := h.served(serving.Process.Pid)
		_, err := client.Refresh(t.Context(), "Sales")
		require.NoError(t, err)
		require.NoError(t, client.Close())

		require.NoError(t, serving.Process.Kill())
		killed := time.Now()
		client = h.served(next.Process.Pid)
		token, err := client.Token(t.Context(), handout.TokenRequest{Name: "Sales"})
		slowest = max(slowest, time.Since(killed))
		require.NoError(t, err)
		require.NoError(t, client.Close())
		assert.Equal(t, "Sales", token.Name)
		assert.Equal(t, 1, h.server.MostShown("refresh"), "round %d: a refresh token was presented twice", round)
		h.ended(serving)
		serving = next
	}
	assert.Less(t, slowest, takeOver)
	t.Logf("%d kills, slowest take-over: %v", rounds, slowest)
}

// TestAgentYields lets another program have the data folder and takes it back
// when that ends.
func TestAgentYields(t *testing.T) {
	h := newHome(t)
	h.keep("Sales", auth.HandOutRule{Mode: auth.HandOutAnyone})
	agent := h.startAgent(homePassphrase)
	h.heard(agent, "serving at")
	for range 3 {
		client := h.served(agent.Process.Pid)
		asked := time.Now()
		require.NoError(t, client.Yield(t.Context()))
		_ = client.Close()
		release, err := db.Own(h.data())
		for errors.Is(err, db.ErrOwned) && time.Since(asked) < takeOver {
			<-time.After(time.Millisecond)
			release, err = db.Own(h.data())
		}
		require.NoError(t, err, "the agent has not given the folder up")
		store := h.open() // nobody else writes meanwhile
		require.NoError(t, store.Close())
		_, err = handout.Dial(t.Context(), h.place().Socket())
		require.ErrorIs(t, err, handout.ErrNoServer)
		h.heard(agent, "standing by")
		release()
		ended := time.Now()
		_ = h.served(agent.Process.Pid).Close()
		assert.Less(t, time.Since(ended), takeOver)
		h.heard(agent, "serving at")
	}
	require.NoError(t, agent.Process.Signal(syscall.SIGTERM))
	assert.Zero(t, h.ended(agent))
	assert.NoFileExists(t, h.place().Socket())
}

// TestAgentOpensTheVault gives the passphrase in every way there is.
func TestAgentOpensTheVault(t *testing.T) {
	h := newHome(t)
	credentials := t.TempDir()
	credential := filepath.Join(credentials, auth.PassphraseCredential)
	withCredential := func(c *exec.Cmd) { c.Env = append(c.Env, "CREDENTIALS_DIRECTORY="+credentials) }

	assert.Equal(t, 5, h.ended(h.startAgent("not the passphrase")), "a wrong passphrase")
	assert.Equal(t, 5, h.ended(h.startAgent("")), "none, and no keyring")
	assert.Equal(t, 5, h.ended(h.startAgent("", withCredential)), "no such credential")
	assert.Equal(t, 2, h.ended(h.startAgent("", func(c *exec.Cmd) { c.Args = append(c.Args, "--passphrase-fd", "1") })))
	assert.Equal(t, 5, h.ended(h.startAgent(homePassphrase, func(c *exec.Cmd) {
		c.Args = append(c.Args, "--data-dir", t.TempDir())
	})), "a vault is not made")

	first := h.startAgent(homePassphrase)
	h.heard(first, "serving at")
	assert.Equal(t, 5, h.ended(h.startAgent("not the passphrase")), "a wrong one is not found out in the night, when it takes over")
	require.NoError(t, first.Process.Signal(os.Interrupt))
	assert.Zero(t, h.ended(first))

	require.NoError(t, os.WriteFile(credential, []byte(homePassphrase), 0o400))
	for _, end := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		agent := h.startAgent("", withCredential)
		h.heard(agent, "serving at "+h.place().Socket())
		require.NoError(t, agent.Process.Signal(end))
		assert.Zero(t, h.ended(agent), "being told to end is no failure")
	}
	log, err := os.ReadFile(filepath.Join(h.dir, "state", "tokenwell", "agent.log"))
	require.NoError(t, err)
	assert.Contains(t, string(log), `"serving"`)
	assert.NotContains(t, string(log), homePassphrase)
}

// TestAgentTellsSystemd listens as the service manager does.
func TestAgentTellsSystemd(t *testing.T) {
	h := newHome(t)
	socket := filepath.Join(t.TempDir(), "notify")
	manager, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	require.NoError(t, err)
	defer manager.Close()
	require.NoError(t, manager.SetReadDeadline(time.Now().Add(homeWait)))
	said := func() string {
		text := make([]byte, 4096)
		n, err := manager.Read(text)
		require.NoError(t, err)
		return string(text[:n])
	}
	agent := h.startAgent(homePassphrase, func(c *exec.Cmd) { c.Env = append(c.Env, "NOTIFY_SOCKET="+socket) })
	assert.Equal(t, "READY=1\nSTATUS=Serving at "+h.place().Socket(), said())
	_ = h.served(agent.Process.Pid).Close() // ready means that it serves
	require.NoError(t, agent.Process.Signal(syscall.SIGTERM))
	assert.Equal(t, "STOPPING=1", said())
	assert.Zero(t, h.ended(agent))
}

// TestAgentFinishesWhatIsUnderWay ends the agent while a service has a refresh
// token in hand: the new tokens are stored, and who asked gets an answer.
func TestAgentFinishesWhatIsUnderWay(t *testing.T) {
	h := newHome(t)
	record := h.keep("Sales", auth.HandOutRule{Mode: auth.HandOutAnyone})
	agent := h.startAgent(homePassphrase)
	h.heard(agent, "serving at")
	client := h.served(agent.Process.Pid)
	defer client.Close()
	answer := make(chan struct{})
	h.server.Script(authtest.PathToken, authtest.Answer{Apply: true, Hold: answer})
	refreshed := make(chan error, 1)
	go func() {
		_, err := client.Refresh(t.Context(), "Sales")
		refreshed <- err
	}()
	require.Eventually(t, func() bool { return len(h.server.Requests(authtest.PathToken)) == 1 }, homeWait, time.Millisecond)
	require.NoError(t, agent.Process.Signal(syscall.SIGTERM))
	<-time.After(100 * time.Millisecond) // it is ending
	close(answer)
	assert.Zero(t, h.ended(agent))
	require.NoError(t, <-refreshed)

	store := h.open()
	defer store.Close()
	require.NoError(t, store.Vault().Unlock(t.Context(), auth.NewSecret(homePassphrase)))
	now, err := store.Load(t.Context(), record.Authorization.ID)
	require.NoError(t, err)
	assert.Equal(t, record.Status.Generation+1, now.Status.Generation)
	assert.True(t, h.server.Alive(now.Tokens.Refresh.Reveal()), "the token that is stored is the one in force")
}

// TestDoctorBesideAnAgent finds it, and all else in order.
func TestDoctorBesideAnAgent(t *testing.T) {
	h := newHome(t)
	h.keep("Sales", auth.HandOutRule{})
	examine := func() (r report) {
		text, err := h.command(binary(), "doctor", "--json").Output()
		require.NoError(t, err, "%s", text)
		require.NoError(t, json.Unmarshal(text, &r))
		require.Zero(t, r.Failed)
		return r
	}
	assert.Contains(t, examine().of("vault")[0].Found, "which nobody has given")
	agent := h.startAgent(homePassphrase)
	h.heard(agent, "serving at")
	r := examine()
	for check, found := range map[string]string{
		"owner":  fmt.Sprintf("process %d has the data folder: the agent", agent.Process.Pid),
		"socket": "the agent answers", "vault": "the agent has opened it", "authorizations": "1 active", "network": "HTTP ",
	} {
		require.Len(t, r.of(check), 1, check)
		assert.Equal(t, verdictOK, r.of(check)[0].Verdict)
		assert.Contains(t, r.of(check)[0].Found, found)
	}
}

// TestAgentMemoryBar measures what stays in memory after a key was derived from
// a passphrase, with 1,000 authorizations. What it takes to hand out all of them
// at once is logged: it is garbage, which goes within minutes.
func TestAgentMemoryBar(t *testing.T) {
	const bar = 40 << 20
	h := newHome(t)
	h.keepMany(1000)
	agent := h.startAgent(homePassphrase)
	h.heard(agent, "serving at")
	assert.Less(t, residentMemory(t, agent.Process.Pid), int64(bar), "the memory of the derivation is not given back")
	client := h.served(agent.Process.Pid)
	defer client.Close()
	all, err := client.List(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 1000)
	<-time.After(4 * time.Second) // every row was checked against its seal
	idle := residentMemory(t, agent.Process.Pid)
	assert.Less(t, idle, int64(bar))
	for _, a := range all {
		_, err := client.Token(t.Context(), handout.TokenRequest{Name: a.Name})
		require.NoError(t, err)
	}
	t.Logf("agent with 1,000 authorizations: %.1f MB resident, %.1f MB after 1,000 hand-outs",
		float64(idle)/(1<<20), float64(residentMemory(t, agent.Process.Pid))/(1<<20))
}
