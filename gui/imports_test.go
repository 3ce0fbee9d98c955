package gui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// barred are packages that no screen may import: the window talks to the
// engine only, and stays free of cgo.
var barred = []string{
	"tokenwell/db", "tokenwell/auth/localserver", "database/sql", "net/http", "golang.org/x/oauth2",
	"github.com/zalando/go-keyring", "modernc.org/sqlite", "fyne.io/fyne/v2/app",
}

// sources are this package's files and those of its widgets, without tests.
func sources(t *testing.T) map[string]*ast.File {
	t.Helper()
	out := map[string]*ast.File{}
	for _, folder := range []string{".", "widgets", "guitest"} {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || (d.IsDir() && path != folder) {
				return filepath.SkipDir
			}
			if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
				file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
				require.NoError(t, err)
				out[path] = file
			}
			return nil
		})
		require.NoError(t, err)
	}
	require.NotEmpty(t, out)
	return out
}

func TestImports(t *testing.T) {
	for path, file := range sources(t) {
		for _, spec := range file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			for _, bad := range barred {
				assert.False(t, name == bad || strings.HasPrefix(name, bad+"/"), "%s imports %s", path, name)
			}
			if strings.HasPrefix(path, "widgets") {
				assert.False(t, strings.HasPrefix(name, "tokenwell/auth"), "%s: widgets know Fyne only, not %s", path, name)
			}
		}
	}
}

// TestOnlyTheRunnerLeavesTheUIThread holds the rule that makes every screen
// safe: one place starts goroutines and hops back, and nothing waits.
func TestOnlyTheRunnerLeavesTheUIThread(t *testing.T) {
	for path, file := range sources(t) {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				assert.Equal(t, "async.go", path, "%s has a go statement", path)
			case *ast.SelectorExpr:
				pkg, ok := n.X.(*ast.Ident)
				if !ok {
					return true
				}
				switch pkg.Name + "." + n.Sel.Name {
				case "fyne.DoAndWait":
					t.Errorf("%s waits for the UI thread", path)
				case "fyne.Do", "time.AfterFunc", "time.NewTimer", "time.NewTicker", "time.Tick":
					assert.Equal(t, "async.go", path, "%s uses %s.%s", path, pkg.Name, n.Sel.Name)
				case "time.Sleep":
					t.Errorf("%s sleeps", path)
				}
			}
			return true
		})
	}
}
