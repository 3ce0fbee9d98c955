package localserver

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"

	"tokenwell/auth"
)

// Clients implements auth.LocalRegistry.
func (r Registry) Clients(ctx context.Context) ([]auth.LocalClient, error) {
	if err := r.ready(ctx); err != nil {
		return nil, err
	}
	return r.server.store.Clients(ctx, r.server.now())
}

// NewClient implements auth.LocalRegistry.
func (r Registry) NewClient() auth.LocalClient {
	return auth.LocalClient{
		Version:       "1.0",
		RedirectURIs:  []string{"http://127.0.0.1/callback"},
		Grants:        []auth.LocalGrant{auth.LocalGrantCode},
		AccessSeconds: int64(time.Hour / time.Second),
		RefreshCount:  auth.LocalUnlimited,
		Scopes:        []string{oidc.ScopeOpenID, oidc.ScopeProfile, oidc.ScopeEmail, oidc.ScopeOfflineAccess},
		Active:        true,
	}
}

// SaveClient implements auth.LocalRegistry. The type may change: a client that
// becomes public loses its secret, one that becomes confidential gets one.
func (r Registry) SaveClient(ctx context.Context, c auth.LocalClient) (auth.LocalClient, error) {
	r.server.editing.Lock()
	defer r.server.editing.Unlock()
	known, err := r.Scopes(ctx)
	if err != nil {
		return c, err
	}
	if c.ID == "" {
		if found := checkClient(&c, known); len(found) > 0 {
			return c, found.err()
		}
		return r.addClient(ctx, c)
	}
	stored, err := r.server.store.Client(ctx, c.ID)
	if err != nil {
		return c, gone("client", err)
	}
	found := checkClient(&c, known)
	if c.Name != stored.Name {
		found.add("client.name", complaint("The name can't be changed after saving"))
	}
	if c.Version != stored.Version {
		found.add("client.version", complaint("The version can't be changed after saving; duplicate the client for another one"))
	}
	if len(found) > 0 {
		return c, found.err()
	}
	c.Secret, c.OldSecret, c.OldSecretEnds = stored.Secret, stored.OldSecret, stored.OldSecretEnds
	c.Active, c.Practice, c.Created, c.Tokens = stored.Active, stored.Practice, stored.Created, 0
	giveSecret(&c)
	return c, r.updateClient(ctx, c)
}

// giveSecret makes the secret fit the type.
func giveSecret(c *Client) {
	switch {
	case c.Public:
		c.Secret, c.OldSecret, c.OldSecretEnds = auth.Secret{}, auth.Secret{}, time.Time{}
	case c.Secret.Empty():
		c.Secret = auth.NewSecret(randomValue(secretPrefix))
	}
}

func (r Registry) addClient(ctx context.Context, c Client) (Client, error) {
	c.ID, c.Secret, c.OldSecret, c.OldSecretEnds = newClientID(), auth.Secret{}, auth.Secret{}, time.Time{}
	c.Active, c.Practice, c.Created, c.Tokens = true, false, r.server.now(), 0
	giveSecret(&c)
	err := r.server.store.AddClient(ctx, c)
	if errors.Is(err, ErrTaken) {
		return c, oneFault("client.name", "There is a client of this name and version already")
	}
	return c, r.done(err)
}

func (r Registry) updateClient(ctx context.Context, c Client) error {
	err := gone("client", r.server.store.UpdateClient(ctx, c, r.server.now()))
	if p := r.server.current(); p != nil && err == nil && !c.Active {
		p.clientOff(c.ID)
	}
	if c.Practice {
		return r.renew(ctx, err)
	}
	return r.done(err)
}

// SetClientActive implements auth.LocalRegistry.
func (r Registry) SetClientActive(ctx context.Context, id string, active bool) error {
	r.server.editing.Lock()
	defer r.server.editing.Unlock()
	c, err := r.server.store.Client(ctx, id)
	if err != nil {
		return gone("client", err)
	}
	if c.Active == active {
		return nil
	}
	c.Active = active
	return r.updateClient(ctx, c)
}

// NewSecret implements auth.LocalRegistry. An overlap lasts 30 days at most.
func (r Registry) NewSecret(ctx context.Context, id string, overlap time.Duration) (auth.LocalClient, error) {
	r.server.editing.Lock()
	defer r.server.editing.Unlock()
	c, err := r.server.store.Client(ctx, id)
	switch {
	case err != nil:
		return auth.LocalClient{}, gone("client", err)
	case c.Public:
		return auth.LocalClient{}, errors.New("a public client has no secret")
	case overlap < 0 || overlap > maxOverlap:
		return auth.LocalClient{}, errors.New("the old secret can go on to work for 30 days at most")
	}
	c.OldSecret, c.OldSecretEnds = auth.Secret{}, time.Time{}
	if overlap > 0 {
		c.OldSecret, c.OldSecretEnds = c.Secret, r.server.now().Add(overlap)
	}
	c.Secret = auth.NewSecret(randomValue(secretPrefix))
	return c, r.updateClient(ctx, c)
}

// DeleteClient implements auth.LocalRegistry. The practice client stays: the
// forms offer it.
func (r Registry) DeleteClient(ctx context.Context, id string) error {
	r.server.editing.Lock()
	defer r.server.editing.Unlock()
	c, err := r.server.store.Client(ctx, id)
	if err != nil && !errors.Is(err, ErrNotFound) && !errors.Is(err, auth.ErrChangedOutside) {
		return err
	}
	if c.Practice {
		return fmt.Errorf("%s can't be deleted, because the form for the local server offers it; switch it off instead", clientTitle(c))
	}
	return r.done(r.server.store.DeleteClient(ctx, id))
}
