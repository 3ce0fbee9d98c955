//go:build e2e

package keyring

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/db/keyring/fakesecret"
)

const fakeEnv = "TOKENWELL_FAKE_SECRET_SERVICE"

// runFakeIfAsked turns the test program into the fake secret service.
func runFakeIfAsked() {
	if mode := os.Getenv(fakeEnv); mode != "" && len(os.Args) == 1 {
		if err := fakesecret.Serve(mode, func() { fmt.Println("ready") }); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// startBus starts a session bus for this test and points the environment to it.
func startBus(t *testing.T) *exec.Cmd {
	t.Helper()
	bus := exec.Command("dbus-daemon", "--session", "--nofork", "--print-address")
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", startLine(t, bus))
	return bus
}

// startLine starts a program that is ended with the test and returns the first
// line that it prints.
func startLine(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start(), "the end-to-end tests need %s", cmd.Path)
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	return strings.TrimSpace(line)
}

func startFake(t *testing.T, mode string) {
	t.Helper()
	startBus(t)
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), fakeEnv+"="+mode)
	require.Equal(t, "ready", startLine(t, cmd))
}

// within is a context for calls that must not need it.
func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

func roundTrip(t *testing.T) {
	t.Helper()
	ctx, k := within(t, 30*time.Second), New()
	require.NoError(t, k.Probe(ctx))
	_, err := k.Get(ctx, "kek-1")
	require.ErrorIs(t, err, ErrMissing)
	require.NoError(t, k.Set(ctx, "kek-1", "TWSENT-key-1"))
	got, err := k.Get(ctx, "kek-1")
	require.NoError(t, err)
	assert.Equal(t, "TWSENT-key-1", got)
	_, err = k.Get(ctx, "kek-2")
	require.ErrorIs(t, err, ErrMissing)
	require.NoError(t, k.Delete(ctx, "kek-1"))
	require.ErrorIs(t, k.Delete(ctx, "kek-1"), ErrMissing)
}

func TestFakeServiceThatWorks(t *testing.T) {
	for _, mode := range []string{fakesecret.OK, fakesecret.Locked} {
		t.Run(mode, func(t *testing.T) {
			startFake(t, mode)
			roundTrip(t)
		})
	}
}

// A locked collection is told at once, and no prompt is opened: in this mode it
// would be granted, and the collection open.
func TestQuietKeyringOpensNoPrompt(t *testing.T) {
	for _, mode := range []string{fakesecret.Locked, fakesecret.Hang} {
		t.Run(mode, func(t *testing.T) {
			startFake(t, mode)
			for range 2 {
				start := time.Now()
				_, err := Quiet().Get(within(t, 30*time.Second), "kek-1")
				require.ErrorIs(t, err, ErrLocked)
				assert.Less(t, time.Since(start), 2*time.Second)
			}
		})
	}
	t.Run("open", func(t *testing.T) {
		startFake(t, fakesecret.OK)
		ctx := within(t, 30*time.Second)
		_, err := Quiet().Get(ctx, "kek-1")
		require.ErrorIs(t, err, ErrMissing)
		require.NoError(t, New().Set(ctx, "kek-1", "TWSENT-key-1"))
		got, err := Quiet().Get(ctx, "kek-1")
		require.NoError(t, err)
		assert.Equal(t, "TWSENT-key-1", got)
	})
}

// R14-R16: what the library takes for success, for ever or for a reason to
// panic becomes an error of its own here.
func TestFakeServiceThatDoesNot(t *testing.T) {
	for mode, want := range map[string][2]error{ // of Set, of Get
		fakesecret.Dismiss: {ErrDenied, ErrMissing},
		fakesecret.Refuse:  {ErrDenied, ErrDenied},
		fakesecret.Hang:    {ErrTimeout, ErrTimeout},
		fakesecret.Die:     {ErrTimeout, ErrUnavailable},
		fakesecret.Altered: {ErrDenied, nil},
	} {
		t.Run(mode, func(t *testing.T) {
			startFake(t, mode)
			require.NoError(t, New().Probe(context.Background()))
			err := New().Set(within(t, Unattended), "kek-1", "TWSENT-key-1")
			if mode != fakesecret.Die || !errors.Is(err, ErrUnavailable) { // its end may come before its last answer
				require.ErrorIs(t, err, want[0])
			}
			assert.NotContains(t, err.Error(), "TWSENT")
			got, err := New().Get(within(t, Unattended), "kek-1")
			require.ErrorIs(t, err, want[1])
			assert.NotEqual(t, "TWSENT-key-1", got)
		})
	}
}

// The bus goes away while a prompt is open, as at the end of a session.
func TestBusDiesDuringAPrompt(t *testing.T) {
	bus := startBus(t)
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), fakeEnv+"="+fakesecret.Hang)
	require.Equal(t, "ready", startLine(t, cmd))
	done := make(chan error, 1)
	go func() {
		_, err := New().Get(within(t, 30*time.Second), "kek-1")
		done <- err
	}()
	require.Eventually(t, func() bool {
		out, _ := exec.Command("pgrep", "-P", fmt.Sprint(os.Getpid()), "-f", helperArg).Output()
		return len(out) > 0
	}, 5*time.Second, 10*time.Millisecond)
	select {
	case err := <-done:
		require.Fail(t, "the call ended before the bus did", "%v", err)
	case <-time.After(500 * time.Millisecond):
	}
	require.NoError(t, bus.Process.Kill())
	require.ErrorIs(t, <-done, ErrUnavailable)
}

// The secret is never an argument of a process, and no helper outlives its parent.
func TestHelperEndsWithItsParent(t *testing.T) {
	startFake(t, fakesecret.Hang)
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self, helperArg)
	cmd.Env = append(os.Environ(), helperGuard)
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	_, err = in.Write([]byte(`{"Op":"set","Name":"kek-1","Text":"TWSENT-key-1"}` + "\n"))
	require.NoError(t, err)
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", cmd.Process.Pid))
	require.NoError(t, err)
	assert.NotContains(t, string(line), "TWSENT")
	require.NoError(t, in.Close())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		var exit *exec.ExitError
		require.True(t, errors.As(err, &exit))
		assert.Equal(t, 1, exit.ExitCode())
	case <-time.After(10 * time.Second):
		require.NoError(t, cmd.Process.Kill())
		require.Fail(t, "the helper waits without a parent")
	}
}

// The real thing.
func TestGnomeKeyring(t *testing.T) {
	startBus(t)
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_DATA_HOME", t.TempDir())
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	daemon := exec.Command("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
	daemon.Stdin = strings.NewReader("a password")
	daemon.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	require.NoError(t, daemon.Start(), "the end-to-end tests need gnome-keyring")
	t.Cleanup(func() {
		_ = daemon.Process.Kill()
		_ = daemon.Wait()
	})
	bus, err := dbus.ConnectSessionBus()
	require.NoError(t, err)
	defer func() { _ = bus.Close() }()
	require.Eventually(t, func() bool { // Probe is content with a keyring that the bus can start: a second one
		var runs bool
		return bus.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, secretService).Store(&runs) == nil && runs
	}, 10*time.Second, 50*time.Millisecond)
	roundTrip(t)

	ctx := within(t, 30*time.Second)
	require.NoError(t, New().Set(ctx, "kek-1", "TWSENT-key-1"))
	got, err := Quiet().Get(ctx, "kek-1")
	require.NoError(t, err)
	assert.Equal(t, "TWSENT-key-1", got)
	_, err = Quiet().Get(ctx, "kek-2")
	require.ErrorIs(t, err, ErrMissing)
	lock := bus.Object(secretService, secretServicePath).Call("org.freedesktop.Secret.Service.Lock", 0, []dbus.ObjectPath{loginCollection})
	require.NoError(t, lock.Err)
	_, err = Quiet().Get(ctx, "kek-1")
	require.ErrorIs(t, err, ErrLocked)
}
