package auth

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"tokenwell/assets"
)

// Catalog holds the services that the program knows: those that come with it,
// which never change after LoadCatalog, and the user's own. It is safe for
// concurrent use. The zero Catalog is empty.
type Catalog struct {
	shipped []Service
	files   *files // those of OpenCatalog; nil: shipped has them all
	now     atomic.Pointer[services]
	loading sync.Mutex // over what reads the own ones from a store, so that an older state never replaces a newer
}

// services is what a Catalog holds at one time. It never changes.
type services struct {
	all  []Service // in the order of the form's list
	byID map[string]int
}

// ShippedServices are the files of the services that the program brings along, for
// LoadCatalog and OpenCatalog.
func ShippedServices() fs.FS {
	services, err := fs.Sub(assets.Services, "services")
	if err != nil {
		panic(err) // the name is no path
	}
	return services
}

// LoadCatalog reads every *.json file at the root of fsys and checks it whole:
// a file that the program could not act on as it stands is an error, never a
// service with a part missing.
func LoadCatalog(fsys fs.FS) (*Catalog, error) {
	names, err := fs.Glob(fsys, "*.json")
	if err != nil {
		return nil, fmt.Errorf("list the services: %w", err)
	}
	if len(names) == 0 {
		return nil, errors.New("the catalog holds no service")
	}
	catalog, named := &Catalog{}, map[string]string{}
	for _, name := range names {
		service, err := readFile(fsys, name)
		folded := FoldName(service.Name)
		switch {
		case err != nil:
			return nil, fmt.Errorf("service %s: %w", name, err)
		case named[folded] != "":
			return nil, fmt.Errorf("service %s: %s has the name %q too", name, named[folded], service.Name)
		}
		named[folded] = name
		catalog.shipped = append(catalog.shipped, service)
	}
	catalog.setOwn(nil)
	return catalog, nil
}

// readFile reads and checks one file.
func readFile(fsys fs.FS, name string) (Service, error) {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return Service{}, err
	}
	service, err := readService(data)
	if err == nil {
		err = checkService(service, strings.TrimSuffix(name, ".json"))
	}
	if err == nil && service.IsOwn() {
		err = fmt.Errorf("id %q begins like one of the user's own", service.ID)
	}
	if err != nil {
		return Service{}, err
	}
	return service, nil
}

// setOwn replaces the user's own services. None takes the place of one that
// comes with the program.
func (c *Catalog) setOwn(own []Service) {
	now := services{all: slices.Clone(c.shipped), byID: map[string]int{}}
	for _, s := range own {
		if s.IsOwn() {
			now.all = append(now.all, s)
		}
	}
	slices.SortStableFunc(now.all, compareServices)
	for i, s := range now.all {
		now.byID[s.ID] = i
	}
	c.now.Store(&now)
}

// current is what c holds now.
func (c *Catalog) current() *services {
	if now := c.now.Load(); now != nil {
		return now
	}
	return &services{}
}

// All returns the services in the order of the form's list: the local server,
// the named services by name, the user's own among them, then those that the
// user describes anew each time.
func (c *Catalog) All() []Service {
	all := c.current().all
	if c.files != nil {
		return c.files.with(all)
	}
	return slices.Clone(all)
}

// Get returns the service with that ID.
func (c *Catalog) Get(id string) (Service, bool) {
	now := c.current()
	i, ok := now.byID[id]
	if !ok {
		return c.files.get(id)
	}
	return now.all[i], true
}

// sample returns the service of that ID that comes with the program.
func (c *Catalog) sample(id string) (Service, bool) {
	s, ok := c.Get(id)
	return s, ok && !s.IsOwn()
}

// readService decodes one file; a field that the format does not know is an
// error, because it would silently do nothing.
func readService(data []byte) (Service, error) {
	var s Service
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&s); err != nil {
		return Service{}, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Service{}, errors.New("something follows the service")
	}
	return s, nil
}

// compareServices orders services as All says.
func compareServices(a, b Service) int {
	place := func(s Service) int {
		switch s.ID {
		case LocalServiceID:
			return 0
		case OIDCServiceID:
			return 2
		case OtherServiceID:
			return 3
		default:
			return 1
		}
	}
	if by := place(a) - place(b); by != 0 {
		return by
	}
	return strings.Compare(FoldName(a.Name), FoldName(b.Name))
}
