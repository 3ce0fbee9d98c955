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
)

// Catalog holds the services that the program knows. It never changes after
// LoadCatalog and is safe for concurrent use.
type Catalog struct {
	services []Service
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
	catalog := &Catalog{}
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read the service %s: %w", name, err)
		}
		service, err := readService(data)
		if err == nil {
			err = checkService(service, strings.TrimSuffix(name, ".json"))
		}
		if err != nil {
			return nil, fmt.Errorf("service %s: %w", name, err)
		}
		catalog.services = append(catalog.services, service)
	}
	slices.SortStableFunc(catalog.services, compareServices)
	return catalog, nil
}

// All returns the services in the order of the form's list: the local server,
// the named services by name, then those that the user describes.
func (c *Catalog) All() []Service { return slices.Clone(c.services) }

// Get returns the service with that ID.
func (c *Catalog) Get(id string) (Service, bool) {
	for _, s := range c.services {
		if s.ID == id {
			return s, true
		}
	}
	return Service{}, false
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
