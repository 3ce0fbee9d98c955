package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// oddNames are what a program may write in the place of a name (T46).
var oddNames = []string{
	"../x", "../../etc/passwd", "/etc/passwd", "a/b", `..\x`, "C:\\x", "x\x00y", "x\ny", "\n", "x\ry", "x\x1b[31m", "", " ", "-x", "--json",
	"$(id)", "`id`", "a;b", "a|b", "a&b", "'a'", `"a"`, "a*b", "~", "%n", strings.Repeat("x", 10<<10), "x\u202ey", "x\u200by", "\xff\xfe",
	"Graph mail", "GRAPH MAIL", "Grаph mail" /* a Cyrillic a */, "Ｇraph mail", "é", "e\u0301", "名前", "😀",
}

// A name is handed on as it is, or refused: never changed, never taken for a
// file, an option or a word of a shell.
func TestOddNames(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	data := filepath.Join(dir, "data")
	for _, name := range oddNames {
		for _, command := range []string{"token", "header", "refresh", "revoke", "test", "authorize"} {
			s := &script{}
			got := console(t, s, command, "--data-dir", data, "--", name)
			if auth.CheckName(name) != nil {
				assert.Equal(t, 3, got.code, "%s %q", command, name)
				assert.Empty(t, s.names, "%s %q", command, name)
				assert.Empty(t, got.out)
				assert.Less(t, len(got.errOut), 1000, "%q", name)
			} else {
				assert.Zero(t, got.code, "%s %q", command, name)
				assert.Equal(t, []string{name}, s.names, command)
			}
			fitForTerminal(t, got.errOut)
		}
	}
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, left, "something was made")
}

func fitForTerminal(t *testing.T, text string) {
	t.Helper()
	assert.True(t, utf8.ValidString(text))
	for _, bad := range []string{"\x1b", "\x00", "\u202e", "\u200b", "\r"} {
		assert.NotContains(t, text, bad)
	}
}

func FuzzName(f *testing.F) {
	for _, name := range oddNames {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		s := &script{}
		got := console(t, s, "token", "--", name)
		fitForTerminal(t, got.errOut)
		if auth.CheckName(name) != nil {
			assert.Equal(t, 3, got.code)
			assert.Empty(t, s.names)
			assert.Empty(t, got.out)
			return
		}
		assert.Equal(t, []string{name}, s.names)
		assert.Equal(t, accessToken+"\n", got.out)
	})
}
