package main

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

func TestNamesAreCompleted(t *testing.T) {
	all := someListings()
	for _, command := range []string{"token", "header", "exec", "curl", "refresh", "revoke", "test", "authorize"} {
		got := console(t, &script{all: all}, "__complete", command, "")
		assert.Zero(t, got.code, command)
		assert.Contains(t, got.out, "Graph mail\tMicrosoft\n", command)
		assert.Contains(t, got.out, "名前\tOwn\n", command)
		assert.NotContains(t, got.out, "Sales", "%s: a name that none can have is not put into a shell", command)
		assert.Contains(t, got.out, ":4\n", "no file names")
		got = console(t, &script{all: all}, "__complete", command, "Graph mail", "")
		assert.NotContains(t, got.out, "Graph mail", command)
	}
	got := console(t, failing(auth.EndLocked), "__complete", "token", "")
	assert.Equal(t, ":4\n", got.out, "a failure completes nothing")
}

func TestCompletionScripts(t *testing.T) {
	for shell, check := range map[string][]string{
		"bash": {"bash", "-n"}, "zsh": {"zsh", "-n"}, "fish": {"fish", "-n"},
		"powershell": nil,
	} {
		got := console(t, &script{}, "completion", shell)
		require.Zero(t, got.code, shell)
		assert.Contains(t, got.out, "__complete", shell)
		if check == nil {
			continue
		}
		if _, err := exec.LookPath(check[0]); err != nil {
			continue // its own parser is looked at where it is
		}
		parser := exec.CommandContext(t.Context(), check[0], check[1:]...) //nolint:gosec // as above
		parser.Stdin = strings.NewReader(got.out)
		out, err := parser.CombinedOutput()
		assert.NoError(t, err, "%s: %s", shell, out)
	}
}
