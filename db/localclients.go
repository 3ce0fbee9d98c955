package db

import (
	"context"
	"database/sql"
	"time"

	"tokenwell/auth"
	"tokenwell/auth/localstore"
)

// sealedLocalClient is what is sealed of a client.
type sealedLocalClient struct {
	Description   string                 `json:"description,omitempty"`
	Public        bool                   `json:"public"`
	Secret        string                 `json:"secret"`
	OldSecret     string                 `json:"old_secret,omitempty"`
	OldSecretEnds int64                  `json:"old_secret_ends,omitempty"`
	RedirectURIs  []string               `json:"redirect_uris"`
	Grants        []auth.LocalGrant      `json:"grants"`
	AccessSeconds int64                  `json:"access_seconds"`
	RefreshCount  int                    `json:"refresh_count"`
	RefreshForAll bool                   `json:"refresh_for_all,omitempty"`
	Scopes        []string               `json:"scopes"`
	ClientAuth    auth.ClientAuth        `json:"client_auth,omitempty"`
	Keys          string                 `json:"keys,omitempty"`
	Misbehave     auth.LocalMisbehaviour `json:"misbehave"`
}

const selectLocalClient = `SELECT id, name_key, name, version, active, practice, created_at, sealed FROM local_clients `

// keyMark stands between name and version in a client's key: no name has it.
const keyMark = "\x1f"

func localClientKey(c localstore.Client) string {
	return auth.FoldName(c.Name) + keyMark + auth.FoldName(c.Version)
}

func boundLocalClient(c localstore.Client, key string) []string {
	return []string{key, c.Name, c.Version, text(flag(c.Active)), text(flag(c.Practice)), text(millis(c.Created))}
}

func (s LocalStore) sealClient(c localstore.Client) ([]byte, error) {
	return s.sealJSON(tableLocalClients, c.ID, sealedLocalClient{
		Description: c.Description, Public: c.Public, Secret: c.Secret.Reveal(),
		OldSecret: c.OldSecret.Reveal(), OldSecretEnds: millis(c.OldSecretEnds),
		RedirectURIs: c.RedirectURIs, Grants: c.Grants, AccessSeconds: c.AccessSeconds,
		RefreshCount: c.RefreshCount, RefreshForAll: c.RefreshForAll, Scopes: c.Scopes,
		ClientAuth: c.ClientAuth, Keys: c.Keys, Misbehave: c.Misbehave,
	}, boundLocalClient(c, localClientKey(c)))
}

func (s LocalStore) scanClient(row scanner) (localstore.Client, error) {
	var (
		c       localstore.Client
		key     string
		created int64
		sealed  []byte
		rest    sealedLocalClient
	)
	if err := row.Scan(&c.ID, &key, &c.Name, &c.Version, &c.Active, &c.Practice, &created, &sealed); err != nil {
		return localstore.Client{}, localError(err)
	}
	c.Created = fromMillis(created)
	if err := s.unsealJSON(tableLocalClients, c.ID, sealed, &rest, boundLocalClient(c, key)); err != nil {
		return localstore.Client{}, err
	}
	c.Description, c.Public, c.Secret = rest.Description, rest.Public, auth.NewSecret(rest.Secret)
	c.OldSecret, c.OldSecretEnds = auth.NewSecret(rest.OldSecret), fromMillis(rest.OldSecretEnds)
	c.RedirectURIs, c.Grants, c.Scopes = rest.RedirectURIs, rest.Grants, rest.Scopes
	c.AccessSeconds, c.RefreshCount, c.RefreshForAll = rest.AccessSeconds, rest.RefreshCount, rest.RefreshForAll
	c.ClientAuth, c.Keys, c.Misbehave = rest.ClientAuth, rest.Keys, rest.Misbehave
	return c, nil
}

// AddClient implements localstore.Store.
func (s LocalStore) AddClient(ctx context.Context, c localstore.Client) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	sealed, err := s.sealClient(c)
	if err != nil {
		return err
	}
	return s.exec(ctx, statement{
		`INSERT INTO local_clients (id, name_key, name, version, active, practice, created_at, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		[]any{c.ID, localClientKey(c), c.Name, c.Version, flag(c.Active), flag(c.Practice), millis(c.Created), sealed},
	})
}

// Clients implements localstore.Store.
func (s LocalStore) Clients(ctx context.Context, now time.Time) ([]localstore.Client, error) {
	if err := s.ready(ctx); err != nil {
		return nil, err
	}
	clients, err := localRows(ctx, s, s.scanClient, selectLocalClient+`ORDER BY name_key, id`)
	if err != nil {
		return nil, err
	}
	type count struct {
		client string
		tokens int
	}
	counts, err := localRows(ctx, s, func(row scanner) (c count, err error) {
		err = row.Scan(&c.client, &c.tokens)
		return c, err
	}, `SELECT g.client_id, count(*) FROM local_grants g WHERE `+grantInForce+` GROUP BY g.client_id`, sql.Named("now", millis(now)))
	if err != nil {
		return nil, err
	}
	for i := range clients {
		for _, c := range counts {
			if c.client == clients[i].ID {
				clients[i].Tokens = c.tokens
			}
		}
	}
	return clients, nil
}

// Client implements localstore.Store.
func (s LocalStore) Client(ctx context.Context, id string) (localstore.Client, error) {
	return s.client(ctx, `WHERE id = ?`, id)
}

// PracticeClient implements localstore.Store.
func (s LocalStore) PracticeClient(ctx context.Context) (localstore.Client, error) {
	return s.client(ctx, `WHERE practice = ?`, 1)
}

func (s LocalStore) client(ctx context.Context, where string, key any) (localstore.Client, error) {
	if err := s.ready(ctx); err != nil {
		return localstore.Client{}, err
	}
	return s.scanClient(s.db.Reader().QueryRowContext(ctx, selectLocalClient+where, key))
}

// UpdateClient implements localstore.Store.
func (s LocalStore) UpdateClient(ctx context.Context, c localstore.Client, at time.Time) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	sealed, err := s.sealClient(c)
	if err != nil {
		return err
	}
	return s.db.writeBeside(ctx, func(tx *sql.Tx) error {
		err := updateOne(ctx, tx, `UPDATE local_clients
			SET name_key = ?, name = ?, version = ?, active = ?, practice = ?, created_at = ?, sealed = ? WHERE id = ?`,
			localClientKey(c), c.Name, c.Version, flag(c.Active), flag(c.Practice), millis(c.Created), sealed, c.ID)
		if err != nil || c.Active {
			return err
		}
		return s.revokeGrants(ctx, tx, at, `WHERE client_id = ?`, c.ID)
	})
}

// DeleteClient implements localstore.Store.
func (s LocalStore) DeleteClient(ctx context.Context, id string) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	return s.exec(ctx,
		statement{`DELETE FROM local_grants WHERE client_id = ?`, []any{id}},
		statement{`DELETE FROM local_consents WHERE client_id = ?`, []any{id}},
		statement{`DELETE FROM local_clients WHERE id = ?`, []any{id}})
}
