package auth

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sources parses the files of this package, tests left out.
func sources(t *testing.T) map[string]*ast.File {
	t.Helper()
	names, err := filepath.Glob("*.go")
	require.NoError(t, err)
	files := map[string]*ast.File{}
	for _, name := range names {
		if !strings.HasSuffix(name, "_test.go") {
			files[name], err = parser.ParseFile(token.NewFileSet(), name, nil, 0)
			require.NoError(t, err)
		}
	}
	require.NotEmpty(t, files)
	return files
}

// The engine knows no window, no database and no keyring, in any folder below
// it; what tests need stays out of the program.
func TestImports(t *testing.T) {
	banned := []string{
		"tokenwell/gui", "tokenwell/db", "tokenwell/auth/authtest", "fyne.io/", "database/sql", "modernc.org/", "github.com/mattn/go-sqlite3",
		"github.com/zalando/go-keyring", "github.com/godbus/", "testing",
	}
	seen := 0
	require.NoError(t, filepath.WalkDir(".", func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") || filepath.Dir(path) == "authtest" {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		seen++
		for _, spec := range file.Imports {
			imported := strings.Trim(spec.Path.Value, `"`)
			for _, prefix := range banned {
				within := imported == strings.TrimSuffix(prefix, "/") || strings.HasPrefix(imported, strings.TrimSuffix(prefix, "/")+"/")
				assert.False(t, within, "%s imports %s", path, imported)
			}
		}
		return nil
	}))
	assert.Greater(t, seen, 20)
}

// Only the wire makes requests, and nothing of golang.org/x/oauth2 that does so
// is used: it repeats a token request, follows redirects and quotes the answer.
func TestOnlyTheWireMakesRequests(t *testing.T) {
	banned := map[string][]string{
		"http":   {"Get", "Head", "Post", "PostForm", "Client", "DefaultClient", "DefaultTransport", "Transport", "NewRequest", "NewRequestWithContext"},
		"oauth2": {"NewClient", "HTTPClient", "ReuseTokenSource", "StaticTokenSource", "Transport", "RetrieveError"},
	}
	requesting := []string{"Exchange", "TokenSource", "DeviceAuth", "DeviceAccessToken", "PasswordCredentialsToken"}
	for name, file := range sources(t) {
		if strings.HasPrefix(name, "wire") {
			continue
		}
		methods := requesting
		if !slices.ContainsFunc(file.Imports, func(s *ast.ImportSpec) bool { return s.Path.Value == `"golang.org/x/oauth2"` }) {
			methods = nil
		}
		ast.Inspect(file, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if from, ok := selector.X.(*ast.Ident); ok {
				assert.NotContains(t, banned[from.Name], selector.Sel.Name, "%s uses %s.%s", name, from.Name, selector.Sel.Name)
			}
			assert.NotContains(t, methods, selector.Sel.Name, "%s calls %s", name, selector.Sel.Name)
			return true
		})
	}
}
