package localserver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"tokenwell/auth"
)

// Bounds of a file of clients.
const (
	maxClientFile = 256 << 10
	maxClients    = 500
	clientSchema  = 1
)

// clientFile is what ExportClients writes.
type clientFile struct {
	Schema  int          `json:"tokenwell_local_clients"`
	Clients []fileClient `json:"clients"`
}

// fileClient is a client without what belongs to one server: ID, secrets and
// the practice mark.
type fileClient struct {
	Name          string            `json:"name"`
	Version       string            `json:"version"`
	Description   string            `json:"description,omitempty"`
	Public        bool              `json:"public"`
	RedirectURLs  []string          `json:"redirect_urls,omitempty"`
	Grants        []auth.LocalGrant `json:"grants"`
	AccessSeconds int64             `json:"access_token_seconds"` // 0: never expires
	RefreshCount  int               `json:"refresh_count"`        // -1: unlimited
	RefreshForAll bool              `json:"refresh_for_all_grants,omitempty"`
	Scopes        []string          `json:"scopes"`
	ClientAuth    auth.ClientAuth   `json:"client_authentication,omitempty"`
	Keys          string            `json:"public_keys,omitempty"`
	Misbehave     *fileMisbehaviour `json:"misbehave,omitempty"`
}

type fileMisbehaviour struct {
	Slow         int  `json:"slow_seconds,omitempty"`
	TooMany      int  `json:"too_many_retry_after,omitempty"`
	Unavailable  bool `json:"unavailable,omitempty"`
	ExpireAtOnce bool `json:"expire_at_once,omitempty"`
	DropRefresh  bool `json:"drop_refresh_token,omitempty"`
	LieScopes    bool `json:"lie_about_scopes,omitempty"`
}

// ExportClients implements auth.LocalRegistry. Without IDs it takes all clients.
func (r Registry) ExportClients(ctx context.Context, ids ...string) ([]byte, error) {
	clients, err := r.Clients(ctx)
	if err != nil {
		return nil, err
	}
	file := clientFile{Schema: clientSchema}
	for _, c := range clients {
		if len(ids) > 0 && !slices.Contains(ids, c.ID) {
			continue
		}
		one := fileClient{
			Name: c.Name, Version: c.Version, Description: c.Description, Public: c.Public, RedirectURLs: c.RedirectURIs, Grants: c.Grants,
			AccessSeconds: c.AccessSeconds, RefreshCount: c.RefreshCount, RefreshForAll: c.RefreshForAll, Scopes: c.Scopes,
			ClientAuth: c.ClientAuth, Keys: c.Keys,
		}
		if c.Misbehave != (auth.LocalMisbehaviour{}) {
			m := fileMisbehaviour(c.Misbehave)
			one.Misbehave = &m
		}
		file.Clients = append(file.Clients, one)
	}
	if len(file.Clients) == 0 || (len(ids) > 0 && len(file.Clients) != len(ids)) {
		return nil, gone("client", ErrNotFound)
	}
	data, err := json.MarshalIndent(file, "", "  ")
	return append(data, '\n'), err
}

// ImportClients implements auth.LocalRegistry: all clients of the file or none.
func (r Registry) ImportClients(ctx context.Context, data []byte) ([]auth.LocalClient, error) {
	r.server.editing.Lock()
	defer r.server.editing.Unlock()
	read, err := readClientFile(data)
	if err != nil {
		return nil, err
	}
	known, err := r.Scopes(ctx)
	if err != nil {
		return nil, err
	}
	stored, err := r.server.store.Clients(ctx, r.server.now())
	if err != nil {
		return nil, err
	}
	for i := range read {
		c := &read[i]
		if found := checkClient(c, known); len(found) > 0 {
			return nil, fmt.Errorf("the client %s can't be imported: %w", clientTitle(*c), found.err())
		}
		if taken := func(o Client) bool { return sameClient(o, *c) }; slices.ContainsFunc(stored, taken) || slices.ContainsFunc(read[:i], taken) {
			return nil, fmt.Errorf("the client %s can't be imported: there is one of this name and version already", clientTitle(*c))
		}
	}
	made := make([]auth.LocalClient, 0, len(read))
	for _, c := range read {
		c, err := r.addClient(ctx, c)
		if err != nil {
			return nil, errors.Join(err, r.removeAll(context.WithoutCancel(ctx), made))
		}
		made = append(made, c)
	}
	return made, nil
}

// removeAll takes back the beginning of an import that failed.
func (r Registry) removeAll(ctx context.Context, clients []Client) error {
	var errs []error
	for _, c := range clients {
		errs = append(errs, r.server.store.DeleteClient(ctx, c.ID))
	}
	return errors.Join(errs...)
}

func sameClient(a, b Client) bool {
	return auth.FoldName(a.Name) == auth.FoldName(b.Name) && auth.FoldName(a.Version) == auth.FoldName(b.Version)
}

// readClientFile decodes a file that may come from anybody. A field that is not
// known is an error, because it would silently do nothing.
func readClientFile(data []byte) ([]Client, error) {
	if len(data) > maxClientFile {
		return nil, errors.New("the file is too large: at most 256 KiB are read")
	}
	var file clientFile
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		return nil, fmt.Errorf("this is no file of the local server's clients: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("this is no file of the local server's clients: something follows them")
	}
	switch {
	case file.Schema != clientSchema:
		return nil, errors.New("this is no file of the local server's clients, or one of a newer version of the program")
	case len(file.Clients) == 0:
		return nil, errors.New("the file has no clients")
	case len(file.Clients) > maxClients:
		return nil, fmt.Errorf("the file has more than %d clients", maxClients)
	}
	clients := make([]Client, 0, len(file.Clients))
	for _, one := range file.Clients {
		c := Client{
			Name: one.Name, Version: one.Version, Description: one.Description, Public: one.Public, RedirectURIs: one.RedirectURLs, Grants: one.Grants,
			AccessSeconds: one.AccessSeconds, RefreshCount: one.RefreshCount, RefreshForAll: one.RefreshForAll, Scopes: one.Scopes,
			ClientAuth: one.ClientAuth, Keys: one.Keys,
		}
		if one.Misbehave != nil {
			c.Misbehave = auth.LocalMisbehaviour(*one.Misbehave)
		}
		clients = append(clients, c)
	}
	return clients, nil
}
