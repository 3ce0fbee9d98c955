package keyring

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func needSecretService(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		t.Skip("the keyring of this system needs no bus")
	}
}

// R13: without a session bus the answer comes at once and nothing is started.
func TestNoBusNoProcess(t *testing.T) {
	needSecretService(t)
	empty := t.TempDir()
	notASocket := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(notASocket, "bus"), nil, 0o600))
	for name, env := range map[string][2]string{
		"nothing":      {"", ""},
		"no socket":    {"", empty},
		"not a socket": {"", notASocket},
		"switched off": {"disabled:", empty},
		"autolaunch":   {"autolaunch:", empty},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("DBUS_SESSION_BUS_ADDRESS", env[0])
			t.Setenv("XDG_RUNTIME_DIR", env[1])
			_, ok := busEnvironment()
			require.False(t, ok)
			k := New()
			start := time.Now()
			require.ErrorIs(t, k.Probe(context.Background()), ErrUnavailable)
			require.ErrorIs(t, k.Set(context.Background(), "name", "text"), ErrUnavailable)
			_, err := k.Get(context.Background(), "name")
			require.ErrorIs(t, err, ErrUnavailable)
			require.ErrorIs(t, k.Delete(context.Background(), "name"), ErrUnavailable)
			assert.Less(t, time.Since(start), time.Second)
		})
	}
}

// A bus that accepts and never answers costs a probe one second, a call its
// deadline, and leaves no process behind.
func TestSilentBus(t *testing.T) {
	needSecretService(t)
	socket := filepath.Join(t.TempDir(), "bus")
	listener, err := net.Listen("unix", socket)
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+socket)
	start := time.Now()
	require.ErrorIs(t, New().Probe(context.Background()), ErrUnavailable)
	assert.Less(t, time.Since(start), 3*time.Second)
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	_, err = New().Get(ctx, "name")
	require.ErrorIs(t, err, ErrTimeout)
	assertNoChildren(t)
}

// assertNoChildren fails when this process has a child left, dead or alive.
func assertNoChildren(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		return
	}
	found, err := filepath.Glob("/proc/self/task/*/children")
	require.NoError(t, err)
	for _, file := range found {
		content, err := os.ReadFile(file)
		if os.IsNotExist(err) { // the thread has ended
			continue
		}
		require.NoError(t, err)
		assert.Empty(t, strings.TrimSpace(string(content)), file)
	}
}

func TestHelperNeedsItsGuard(t *testing.T) {
	assert.True(t, asked([]string{"program", helperArg}, []string{"A=b", helperGuard}))
	assert.False(t, asked([]string{"program", helperArg}, []string{"A=b"}))
	assert.False(t, asked([]string{"program"}, []string{helperGuard}), "the guard is inherited by what the helper starts")
	assert.False(t, asked([]string{"program", helperArg, "more"}, []string{helperGuard}))
}

func TestHelperAnswersOneLine(t *testing.T) {
	in, parent := io.Pipe()
	var out bytes.Buffer
	go func() { _, _ = parent.Write([]byte(`{"Op":"unheard of"}` + "\n")) }()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
	orphaned := make(chan struct{})
	require.NoError(t, serve(in, &out, func() { close(orphaned) }))
	var answer reply
	require.NoError(t, json.Unmarshal(out.Bytes(), &answer))
	assert.Equal(t, resultUnavailable, answer.Result)
	require.NoError(t, parent.Close())
	<-orphaned
}

func TestRepliesThatAreNotUnderstood(t *testing.T) {
	for _, text := range []string{"", "\n", "panic: runtime error\n", `{"Result":"other"}` + "\n", `{"Result":"ok"`} {
		_, err := readReply(bytes.NewBufferString(text))
		require.ErrorIs(t, err, ErrUnavailable, text)
	}
	got, err := readReply(bytes.NewBufferString(`{"Result":"ok","Text":"key"}` + "\n"))
	require.NoError(t, err)
	assert.Equal(t, "key", got)
}
