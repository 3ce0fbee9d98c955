//go:build !windows

package auth

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fakeOpener puts a script first, and alone, on PATH. It records its arguments
// before it does what body says.
func fakeOpener(t *testing.T, name, body string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	script := "#!/bin/sh\nprintf '%s\\n' \"$@\" > '" + dir + "/argv.new'\n/bin/mv '" + dir + "/argv.new' '" + dir + "/argv'\n" + body + "\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(script), 0o700)) //nolint:gosec // a program has to be executable
	t.Setenv("PATH", dir)
	t.Setenv("BROWSER", "")
	return dir
}

// argv returns what the script was given; nil when it was not started.
func argv(t *testing.T, dir string) []string {
	t.Helper()
	recorded, err := os.ReadFile(filepath.Join(dir, "argv"))
	if os.IsNotExist(err) {
		return nil
	}
	require.NoError(t, err)
	return strings.Split(strings.TrimSuffix(string(recorded), "\n"), "\n")
}

// T23: only a checked address reaches a program, as one argument.
func TestBrowserRefusesLinks(t *testing.T) {
	dir := fakeOpener(t, "xdg-open", "")
	canary := filepath.Join(dir, "canary")
	for _, link := range []string{
		"", "file:///etc/passwd", "javascript:alert(1)", "--upload-pack=x", "-a Calculator", "$(touch " + canary + ")", "`touch " + canary + "`",
		"https://as.example/$(touch " + canary + ")", "https://as.example/?a=;touch " + canary, "https://as.example/\"&calc&\"", `\\host\share`, "smb://host/share",
		"https://as.example/\n--flag", "https://as.example/\x00", "https://as.example/ x", "https://as.example/'x'", "https://user@as.example/", "https://user:pass@as.example/",
		"https://", "https:///path", "https:as.example", "http://as.example/", "http://localhost:1/", "http://127.0.0.1.evil.example/", "HTTPS://", "ms-appinstaller:?source=x",
		"https://as.example/#fragment", "https://as.example/#", "https://as.example/?" + strings.Repeat("x", 100<<10), "https://as.example:x/", "https://as.example/\u202e",
	} {
		err := SystemBrowser().Open(t.Context(), link)
		assert.Equal(t, CodeAddressRefused, codeOf(t, err), "%.60q", link)
	}
	assert.Nil(t, argv(t, dir), "no program was started")
	assert.NoFileExists(t, canary)
}

func TestBrowserOpensLinks(t *testing.T) {
	for given, want := range map[string]string{
		"https://as.example/authorize?a=b&c=%24%28x%29": "https://as.example/authorize?a=b&c=%24%28x%29",
		"http://127.0.0.1:17655/authorize?a=b":          "http://127.0.0.1:17655/authorize?a=b",
		"http://[::1]:17655/":                           "http://[::1]:17655/",
		"HTTPS://as.example/ü":                          "https://as.example/%C3%BC",
	} {
		dir := fakeOpener(t, "xdg-open", "")
		require.NoError(t, SystemBrowser().Open(t.Context(), given))
		assert.Equal(t, []string{want}, argv(t, dir))
	}
}

// BROWSER is read here: a list, %s for the link, no shell. What it names is
// what is used, the next entry when the first fails, nothing else.
func TestBrowserVariable(t *testing.T) {
	const link = "https://as.example/?a=%24%28touch+x%29&b=1"
	dir := fakeOpener(t, "mine", "")
	t.Setenv("BROWSER", "missing-browser:mine --new --url=%s -- $(touch canary) ;:never")
	require.NoError(t, SystemBrowser().Open(t.Context(), link))
	assert.Equal(t, []string{"--new", "--url=" + link, "--", "$(touch", "canary)", ";"}, argv(t, dir))

	dir = fakeOpener(t, "xdg-open", "")
	t.Setenv("BROWSER", "missing-browser")
	err := SystemBrowser().Open(t.Context(), link)
	assert.Equal(t, CodeBrowserNotOpened, codeOf(t, err))
	assert.Nil(t, argv(t, dir), "another browser may be signed in as someone else")

	assert.Equal(t, [][]string{{"xdg-open", link}}, browserCommands(" : ", "linux", link))
	assert.Equal(t, [][]string{{"/usr/bin/open", link}}, browserCommands("", "darwin", link))
	assert.Equal(t, []string{"url.dll,FileProtocolHandler", link}, browserCommands("", "windows", link)[0][1:])
}

// R32: a missing opener and a bad exit are told, without the link: errors go
// to the log.
func TestBrowserFails(t *testing.T) {
	const link = "https://as.example/?state=TWSENT"
	fakeOpener(t, "xdg-open", "exit 3")
	err := SystemBrowser().Open(t.Context(), link)
	assert.Equal(t, CodeBrowserNotOpened, codeOf(t, err))
	var coded *CodedError
	require.ErrorAs(t, err, &coded)
	require.ErrorContains(t, coded.Cause, "status 3")
	assert.NotContains(t, coded.Cause.Error(), "TWSENT")

	t.Setenv("PATH", t.TempDir())
	assert.Equal(t, CodeBrowserNotOpened, codeOf(t, SystemBrowser().Open(t.Context(), link)))

	failure := Explain(err, ExplainContext{Host: "as.example"})
	assert.Equal(t, ActionCopyLink, failure.Action)
	assert.NotEmpty(t, failure.Steps)
}

// R32: a program that goes on running has opened the link. It is a session of
// its own, gets none of this program's variables or files, outlives the call
// and leaves no zombie.
func TestBrowserOutlivesTheCall(t *testing.T) {
	t.Setenv("TOKENWELL_TEST", "own")
	dir := fakeOpener(t, "xdg-open", `until [ -e "$0.go" ]; do /bin/sleep 0.01; done
/usr/bin/env > "$0.env"
/bin/cat /proc/$$/stat > "$0.stat"
/bin/readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2 > "$0.fds"
exec /bin/sleep 60`)
	assert.Equal(t, 5*time.Second, SystemBrowser().(*systemBrowser).patience)
	ctx, cancel := context.WithCancel(t.Context())
	b := &systemBrowser{patience: 100 * time.Millisecond}
	require.NoError(t, b.Open(ctx, "https://as.example/"))
	cancel() // the script goes on only after the call, and its context, have ended
	require.NoError(t, os.WriteFile(filepath.Join(dir, "xdg-open.go"), nil, 0o600))
	var stat []string
	require.Eventually(t, func() bool {
		content, err := os.ReadFile(filepath.Join(dir, "xdg-open.stat"))
		stat = strings.Fields(string(content))
		fds, fdsErr := os.ReadFile(filepath.Join(dir, "xdg-open.fds"))
		return err == nil && fdsErr == nil && len(stat) > 6 && strings.Count(string(fds), "\n") == 3
	}, 10*time.Second, 10*time.Millisecond)
	pid, err := strconv.Atoi(stat[0])
	require.NoError(t, err)
	require.NoError(t, syscall.Kill(pid, 0), "it still runs")
	assert.Equal(t, stat[0], stat[5], "its own session")
	environment, err := os.ReadFile(filepath.Join(dir, "xdg-open.env"))
	require.NoError(t, err)
	assert.NotContains(t, string(environment), "TOKENWELL_")
	fds, err := os.ReadFile(filepath.Join(dir, "xdg-open.fds"))
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(string(fds), "/dev/null\n"), string(fds))

	require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
	b.running.Wait()
	require.ErrorIs(t, syscall.Kill(pid, 0), syscall.ESRCH, "collected, no zombie")
}
