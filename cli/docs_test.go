package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The version is said once more where the console command can see it.
func TestVersion(t *testing.T) {
	about, err := os.ReadFile("../FyneApp.toml")
	require.NoError(t, err)
	assert.Contains(t, string(about), "Version = \""+version+"\"")
	assert.Equal(t, said{0, "tokenwell version " + version + "\n", ""}, console(t, &script{}, "--version"))
}

// manDir is where the man pages lie.
const manDir = "../docs/man"

// exitStatus is a section of the man pages.
const exitStatus = `.SH EXIT STATUS
0: what was asked for was done. 1: something else went wrong. 2: the command line makes no sense. 3: no authorization has this name.
4: the user has to sign in. 5: the vault is not open. 6: denied, by the user, by the rule, or because nobody could be asked.
7: the service or the network can't be reached; try again later.
`

// exitStatusOfChild is that of commands that run a program.
const exitStatusOfChild = `.SH EXIT STATUS
That of the program that was run. 125: Tokenwell could not do its part; standard error says why. 126: the program can't be run.
127: the program is not found.
`

// files is a section of the man pages.
const files = `.SH FILES
\fI$XDG_DATA_HOME/tokenwell/tokenwell.db\fP, by default in \fI~/.local/share\fP: the authorizations, sealed.
.PP
\fI$XDG_RUNTIME_DIR/tokenwell/handout.sock\fP: the socket of the Tokenwell that is running. With \fB--data-dir\fP, and where there is no
\fI$XDG_RUNTIME_DIR\fP, it is \fIrun/handout.sock\fP in the data folder.
.PP
\fI$CREDENTIALS_DIRECTORY/tokenwell-passphrase\fP: the vault's passphrase, as a credential of systemd's.
`

// The man pages are written from the commands, and none is left over:
// TOKENWELL_WRITE_DOCS=1 go test ./cli -run TestManPages
func TestManPages(t *testing.T) {
	pages := map[string][]byte{}
	manPages(t, (&env{}).root(), pages)
	if os.Getenv("TOKENWELL_WRITE_DOCS") != "" {
		require.NoError(t, os.MkdirAll(manDir, 0o755)) //nolint:gosec // documents for everybody
		for name, page := range pages {
			require.NoError(t, os.WriteFile(filepath.Join(manDir, name), page, 0o644)) //nolint:gosec // a document for everybody
		}
	}
	there, err := os.ReadDir(manDir)
	require.NoError(t, err)
	for _, file := range there {
		assert.Contains(t, pages, file.Name(), "no command has this page")
	}
	for name, page := range pages {
		is, err := os.ReadFile(filepath.Join(manDir, name))
		require.NoError(t, err)
		assert.Equal(t, string(page), string(is), "to write it: TOKENWELL_WRITE_DOCS=1 go test ./cli -run TestManPages")
		for _, section := range []string{".SH NAME", ".SH SYNOPSIS", ".SH DESCRIPTION", ".SH EXIT STATUS", ".SH FILES", ".SH SEE ALSO"} {
			assert.Contains(t, string(page), section, name)
		}
	}
}

func manPages(t *testing.T, c *cobra.Command, pages map[string][]byte) {
	t.Helper()
	if c.Name() == "help" || c.Name() == "completion" {
		return
	}
	date := time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC)
	c.DisableAutoGenTag = true
	var page bytes.Buffer
	require.NoError(t, doc.GenMan(c, &doc.GenManHeader{Section: "1", Date: &date, Source: "Tokenwell " + version, Manual: "Tokenwell"}, &page))
	codes := exitStatus
	if _, ofChild := c.Annotations[childCode]; ofChild {
		codes = exitStatusOfChild
	}
	text := page.String()
	at := strings.Index(text, ".SH SEE ALSO")
	require.Positive(t, at)
	pages[strings.ReplaceAll(c.CommandPath(), " ", "-")+".1"] = []byte(text[:at] + codes + files + text[at:])
	for _, sub := range c.Commands() {
		manPages(t, sub, pages)
	}
}
