package db_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The storage knows neither the window nor the network.
func TestImports(t *testing.T) {
	forbidden := []string{"fyne.io/", "tokenwell/gui", "net/http"}
	files := 0
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files++
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			for _, f := range forbidden {
				assert.False(t, strings.HasPrefix(strings.Trim(spec.Path.Value, `"`), f), "%s imports %s", path, spec.Path.Value)
			}
		}
		return nil
	})
	require.NoError(t, err)
	assert.Greater(t, files, 10)
}
