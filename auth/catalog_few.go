package auth

import (
	"io/fs"
	"slices"
	"strings"
	"sync"
)

// files are services that are read when they are first asked for. Safe for
// concurrent use.
type files struct {
	fsys fs.FS
	all  func() []Service // every one of them

	mu   sync.Mutex
	read map[string]Service // by ID; one without an ID is not there
}

// OpenCatalog returns the catalog of LoadCatalog for a program that does one
// thing and ends: a service is read and checked when it is first asked for. A
// file that could not be acted on is as one that is missing.
func OpenCatalog(fsys fs.FS) *Catalog {
	return &Catalog{files: &files{fsys: fsys, read: map[string]Service{}, all: sync.OnceValue(func() []Service {
		whole, err := LoadCatalog(fsys)
		if err != nil {
			return nil
		}
		return whole.shipped
	})}}
}

// get returns the service of a file's name; ok is false for nil too.
func (f *files) get(id string) (Service, bool) {
	if f == nil || strings.ContainsAny(id, `/\`) {
		return Service{}, false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	s, known := f.read[id]
	if !known {
		s, _ = readFile(f.fsys, id+".json")
		f.read[id] = s
	}
	return s, s.ID != ""
}

// with returns own services together with those of the files, as All has them.
func (f *files) with(own []Service) []Service {
	all := slices.Concat(f.all(), own)
	slices.SortStableFunc(all, compareServices)
	return all
}
