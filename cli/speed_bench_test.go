//go:build bench && linux

package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tokenwell/db/keyring"
)

// What the console command and the agent are held to.
const (
	speedRows   = 1000 // authorizations stored
	speedStarts = 500  // of each program, in turns
	aloneStarts = 60

	startRatioBar = 2.5                   // times oidc-token, median
	startBar      = 20 * time.Millisecond // 99th percentile
	aloneBar      = 60 * time.Millisecond // median; nobody serves, the keyring opens the vault
	memoryBar     = 40 << 20
	settling      = 20 * time.Second // after the start: rows are checked, garbage is given back
)

// BenchmarkHandOut measures the shipped console command and agent from outside,
// beside Debian's oidc-agent.
func BenchmarkHandOut(b *testing.B) {
	theirs := startOIDCAgent(b)
	withPassphrase, withKeyring := newHome(b), newHomeAt(b, startKeyring(b))
	withPassphrase.keepMany(speedRows)
	withKeyring.keepMany(speedRows)
	b.Run("alone", func(b *testing.B) { measureAlone(b, withKeyring) })
	ours, other := withPassphrase.agent(), withKeyring.agent()
	b.Run("memory", func(b *testing.B) { measureMemory(b, ours, other, theirs) })
	b.Run("start", func(b *testing.B) { measureStarts(b, withPassphrase, theirs) })
	b.Run("rate", func(b *testing.B) { measureRate(b, withPassphrase, theirs) })
	tellMemory(b, "after that", ours, other, theirs)
}

// startKeyring starts a keyring on a session bus of its own, for this process
// too, and returns the address of the bus.
func startKeyring(b *testing.B) (bus string) {
	b.Helper()
	for _, name := range []string{"HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"} {
		b.Setenv(name, b.TempDir())
	}
	daemon := exec.Command("dbus-daemon", "--session", "--nofork", "--nopidfile", "--nosyslog", "--print-address")
	out, err := daemon.StdoutPipe()
	require.NoError(b, err)
	ofBenchmark(b, daemon)
	bus, err = bufio.NewReader(out).ReadString('\n')
	require.NoError(b, err)
	bus = strings.TrimSpace(bus)
	b.Setenv("DBUS_SESSION_BUS_ADDRESS", bus)
	daemon = exec.Command("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
	daemon.Stdin = strings.NewReader("a password")
	ofBenchmark(b, daemon)
	require.Eventually(b, func() bool { return keyring.New().Probe(context.Background()) == nil }, homeWait, 50*time.Millisecond)
	return bus
}

// ofBenchmark starts a program that ends with the benchmark, however that ends.
func ofBenchmark(b *testing.B, c *exec.Cmd) {
	b.Helper()
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	require.NoError(b, c.Start(), "make setup-test installs it")
	b.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
}

// start is a program that is started again and again.
type start struct {
	argv, env []string
}

// tokenCommand prints a stored token of the user's.
func (h *home) tokenCommand() start {
	return start{[]string{binary(), "token", fmt.Sprintf("Name %d", speedRows/2)}, h.env()}
}

// took starts it and waits for its end. It costs this process as little as can
// be: no goroutine, no pipe, no copy of its memory.
func (s start) took(b *testing.B, output *os.File) time.Duration {
	files := []uintptr{output.Fd(), output.Fd(), os.Stderr.Fd()}
	begun := time.Now()
	pid, err := syscall.ForkExec(s.argv[0], s.argv, &syscall.ProcAttr{Env: s.env, Files: files})
	var status syscall.WaitStatus
	if err == nil {
		_, err = syscall.Wait4(pid, &status, 0, nil)
	}
	passed := time.Since(begun)
	if err != nil || status != 0 {
		b.Fatalf("%s: %v, status %d", s.argv, err, status)
	}
	return passed
}

// inTurns starts programs so many times each, so that the machine's moods hit
// all alike, and returns how long each took, sorted.
func inTurns(b *testing.B, times int, programs ...start) [][]time.Duration {
	b.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	require.NoError(b, err)
	defer null.Close()
	took := make([][]time.Duration, len(programs))
	for round := -times / 10; round < times; round++ { // the first ones warm up
		for i, p := range programs {
			if passed := p.took(b, null); round >= 0 {
				took[i] = append(took[i], passed)
			}
		}
	}
	for _, t := range took {
		slices.Sort(t)
	}
	return took
}

// measureStarts compares the whole commands that print a stored token.
func measureStarts(b *testing.B, h *home, theirs *oidcAgent) {
	oidcToken, err := exec.LookPath("oidc-token")
	require.NoError(b, err)
	took := inTurns(b, speedStarts, h.tokenCommand(), start{[]string{oidcToken, rivalAccount}, theirs.env})
	own, their := took[0], took[1]
	ratio := float64(middle(own)) / float64(middle(their))
	high := own[len(own)*99/100-1]
	fmt.Printf("tokenwell token with %d authorizations stored: %s, oidc-token: %s; %.2f times (bar %.1f); 99th percentile %s (bar %s), oidc-token %s\n",
		speedRows, inMS(middle(own)), inMS(middle(their)), ratio, startRatioBar, inMS(high), inMS(startBar), inMS(their[len(their)*99/100-1]))
	b.ReportMetric(ratio, "start-ratio")
	b.ReportMetric(float64(high.Microseconds())/1000, "start-ms-p99")
	if ratio > startRatioBar || high > startBar {
		b.Errorf("a start takes %.2f times what oidc-token takes, in 1 of 100 cases %s", ratio, inMS(high))
	}
}

// measureAlone has the command open the vault itself.
func measureAlone(b *testing.B, h *home) {
	took := middle(inTurns(b, aloneStarts, h.tokenCommand())[0])
	fmt.Printf("tokenwell token with nobody serving, %d authorizations, vault opened by the keyring: %s (bar %s)\n", speedRows, inMS(took), inMS(aloneBar))
	b.ReportMetric(float64(took.Microseconds())/1000, "alone-ms")
	if took > aloneBar {
		b.Errorf("without a running program a start takes %s", inMS(took))
	}
}

// measureMemory reads what the agents have in memory when they have settled.
func measureMemory(b *testing.B, ours, other int, theirs *oidcAgent) {
	file, err := os.Stat(binary())
	require.NoError(b, err)
	fmt.Printf("console command, stripped: %.1f MB\n", float64(file.Size())/1e6)
	b.ReportMetric(float64(file.Size())/1e6, "binary-MB")
	time.Sleep(settling)
	passphrase, keyring := tellMemory(b, "settled", ours, other, theirs)
	b.ReportMetric(inMB(max(passphrase, keyring)), "agent-MB")
	if max(passphrase, keyring) > memoryBar {
		b.Errorf("the agent has more than %.0f MB in memory", inMB(memoryBar))
	}
}

func tellMemory(b *testing.B, when string, ours, other int, theirs *oidcAgent) (passphrase, keyring int64) {
	passphrase, keyring = residentMemory(b, ours), residentMemory(b, other)
	fmt.Printf("resident memory of the agent with %d authorizations, %s: %.1f MB with a passphrase, %.1f MB with a keyring (bar %.0f MB); oidc-agent with one account: %.1f MB\n",
		speedRows, when, inMB(passphrase), inMB(keyring), inMB(memoryBar), inMB(theirs.memory()))
	return passphrase, keyring
}

func middle[T cmp.Ordered](sorted []T) T { return sorted[len(sorted)/2] }

func inMS(d time.Duration) string {
	return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
}

func inMB(bytes int64) float64 { return float64(bytes) / (1 << 20) }

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}
