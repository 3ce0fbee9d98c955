package auth

import (
	"io/fs"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/assets"
)

// countedFS counts what is read.
type countedFS struct {
	fs.FS
	mu     sync.Mutex
	opened map[string]int
}

func (c *countedFS) Open(name string) (fs.File, error) {
	c.mu.Lock()
	c.opened[name]++
	c.mu.Unlock()
	return c.FS.Open(name)
}

func TestOpenCatalogReadsWhatIsAskedFor(t *testing.T) {
	services, err := fs.Sub(assets.Services, "services")
	require.NoError(t, err)
	counted := &countedFS{FS: services, opened: map[string]int{}}
	whole, err := LoadCatalog(services)
	require.NoError(t, err)

	few := OpenCatalog(counted)
	for range 2 {
		got, ok := few.Get("github")
		want, _ := whole.Get("github")
		require.True(t, ok)
		assert.Equal(t, want, got)
	}
	assert.Equal(t, map[string]int{"github.json": 1}, counted.opened)
	for _, odd := range []string{"", "nothing", "../services/github", "/etc/passwd", `..\x`, "github.json", "x\x00y"} {
		_, ok := few.Get(odd)
		assert.False(t, ok, "%q", odd)
	}
	own := Service{ID: OwnServicePrefix + "1", Name: "Own"}
	few.setOwn([]Service{own})
	whole.setOwn([]Service{own})
	assert.Equal(t, whole.All(), few.All())
	got, ok := few.Get(own.ID)
	assert.True(t, ok)
	assert.Equal(t, own, got)
}

// A file that the program could not act on is none.
func TestOpenCatalogLeavesOutWhatIsWrong(t *testing.T) {
	few := OpenCatalog(fstest.MapFS{"bad.json": {Data: []byte(`{"id": "bad", "unknown": 1}`)}, "other.json": {Data: []byte(`{"id": "bad"}`)}})
	for _, id := range []string{"bad", "other"} {
		_, ok := few.Get(id)
		assert.False(t, ok, id)
	}
	assert.Empty(t, few.All())
}
