package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"tokenwell/auth"
)

// Where sealed values stand. Part of the file format.
const (
	tableConfigs  = "authorization_configs"
	tableStatus   = "authorization_status"
	tableTokens   = "tokens"
	tableAttempts = "refresh_attempts"
	tableRevoke   = "revoke_queue"
	tableSpill    = "spill"
)

// sealedConfig is the secret part of a configuration.
type sealedConfig struct {
	ClientSecret string                `json:"client_secret,omitempty"`
	AuthParams   map[string]string     `json:"auth_params,omitempty"`
	TokenParams  map[string]string     `json:"token_params,omitempty"`
	Values       map[auth.Field]string `json:"values,omitempty"`
	Headers      map[string]string     `json:"headers,omitempty"`
	OmitHeaders  []string              `json:"omit_headers,omitempty"`
	OmitFields   []string              `json:"omit_fields,omitempty"`
}

// sealedTokens are the tokens of one generation.
type sealedTokens struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token,omitempty"`
	ID      string `json:"id_token,omitempty"`

	Facts map[string]string `json:"facts,omitempty"`
}

func (t sealedTokens) tokens() auth.Tokens {
	return auth.Tokens{Access: auth.NewSecret(t.Access), Refresh: auth.NewSecret(t.Refresh), ID: auth.NewSecret(t.ID), Facts: t.Facts}
}

func tokensToSeal(t auth.Tokens) sealedTokens {
	return sealedTokens{Access: t.Access.Reveal(), Refresh: t.Refresh.Reveal(), ID: t.ID.Reveal(), Facts: t.Facts}
}

func configToSeal(a auth.Authorization) sealedConfig {
	return sealedConfig{
		ClientSecret: a.ClientSecret.Reveal(), AuthParams: a.AuthParams, TokenParams: a.TokenParams,
		Values: revealed(a.Values), Headers: a.Headers, OmitHeaders: a.OmitHeaders, OmitFields: a.OmitFields,
	}
}

// into puts the secret part back into a configuration.
func (c sealedConfig) into(a *auth.Authorization) {
	a.ClientSecret = auth.NewSecret(c.ClientSecret)
	a.AuthParams, a.TokenParams = c.AuthParams, c.TokenParams
	a.Values, a.Headers = hidden(c.Values), c.Headers
	a.OmitHeaders, a.OmitFields = c.OmitHeaders, c.OmitFields
}

// revealed is the values as they go into JSON that will be sealed.
func revealed(values auth.Values) map[auth.Field]string {
	if len(values) == 0 {
		return nil
	}
	plain := make(map[auth.Field]string, len(values))
	for field, value := range values {
		plain[field] = value.Reveal()
	}
	return plain
}

// hidden is the reverse of revealed.
func hidden(plain map[auth.Field]string) auth.Values {
	if len(plain) == 0 {
		return nil
	}
	values := make(auth.Values, len(plain))
	for field, value := range plain {
		values[field] = auth.NewSecret(value)
	}
	return values
}

// sealJSON seals v as JSON.
func (d *DB) sealJSON(table, column, id string, generation int64, v any, bound ...string) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", auth.ErrStorage, err)
	}
	defer clear(plain)
	return d.Seal(table, column, id, generation, plain, bound...)
}

// unsealJSON opens what sealJSON sealed.
func (d *DB) unsealJSON(table, column, id string, generation int64, sealed []byte, v any, bound ...string) error {
	plain, err := d.Unseal(table, column, id, generation, sealed, bound...)
	if err != nil {
		return err
	}
	defer clear(plain)
	return readSealed(plain, v)
}

func readSealed(plain []byte, v any) error {
	if err := json.Unmarshal(plain, v); err != nil {
		return fmt.Errorf("%w: the sealed value is not understood", auth.ErrStorage)
	}
	return nil
}

func (d *DB) sealConfig(r *row, c sealedConfig) (err error) {
	r.configSealed, err = d.sealJSON(tableConfigs, "sealed", r.id, 0, c, r.boundConfig()...)
	return err
}

func (d *DB) sealStatus(r *row) (err error) {
	r.statusSeal, err = d.Seal(tableStatus, "seal", r.id, r.generation, nil, r.boundStatus()...)
	return err
}

func (d *DB) sealTokens(r *row, t sealedTokens) (err error) {
	r.tokensSealed, err = d.sealJSON(tableTokens, "sealed", r.id, r.generation, t)
	return err
}

// openedRow is what stood sealed in a row, as JSON.
type openedRow struct{ config, tokens []byte }

func (o openedRow) clear() {
	clear(o.config)
	clear(o.tokens)
}

// unsealRow opens what is secret in a row.
func (d *DB) unsealRow(r *row) (o openedRow, err error) {
	if o.config, err = d.Unseal(tableConfigs, "sealed", r.id, 0, r.configSealed, r.boundConfig()...); err != nil {
		return o, err
	}
	if r.generation > 0 {
		o.tokens, err = d.Unseal(tableTokens, "sealed", r.id, r.generation, r.tokensSealed)
	}
	return o, err
}

// openRow opens a row and checks everything in it against its seals.
// auth.ErrChangedOutside when something differs.
func (d *DB) openRow(r *row) (o openedRow, err error) {
	if o, err = d.unsealRow(r); err != nil {
		return o, err
	}
	if _, err := d.Unseal(tableStatus, "seal", r.id, r.generation, r.statusSeal, r.boundStatus()...); err != nil {
		return o, err
	}
	var scopes []string
	if err := json.Unmarshal([]byte(r.scopes), &scopes); err != nil {
		return o, fmt.Errorf("%w: %w", auth.ErrChangedOutside, err)
	}
	want := *r
	want.derive(scopes)
	if want.nameKey != r.nameKey || want.serviceKey != r.serviceKey || want.search != r.search ||
		want.scopeCount != r.scopeCount || want.refreshesLeft != r.refreshesLeft || (r.generation == 0 && r.tokensSealed != nil) {
		return o, auth.ErrChangedOutside
	}
	ends, err := secretEnds(r, o.config)
	if err == nil && ends != r.secretEndsAt {
		err = auth.ErrChangedOutside
	}
	return o, err
}

// check is record without reading what the row says.
func (d *DB) check(r *row) error {
	o, err := d.openRow(r)
	o.clear()
	return err
}

// record reads a row that matches its seals. auth.ErrChangedOutside when
// something differs.
func (d *DB) record(r *row) (auth.Record, error) {
	o, err := d.openRow(r)
	defer o.clear()
	if err != nil {
		return auth.Record{}, err
	}
	return r.opened(o)
}

// trustedRecord is record for a row that was verified before and has not changed
// since: what was checked then is not checked again.
func (d *DB) trustedRecord(r *row) (auth.Record, error) {
	o, err := d.unsealRow(r)
	defer o.clear()
	if err != nil {
		return auth.Record{}, err
	}
	return r.opened(o)
}

// opened is a row with what stood sealed in it.
func (r *row) opened(o openedRow) (auth.Record, error) {
	var secrets sealedConfig
	if err := readSealed(o.config, &secrets); err != nil {
		return auth.Record{}, err
	}
	a, err := r.config()
	if err != nil {
		return auth.Record{}, err
	}
	secrets.into(&a)
	rule, err := r.handOutRule()
	if err != nil {
		return auth.Record{}, err
	}
	s, err := r.status()
	if err != nil {
		return auth.Record{}, err
	}
	var tokens sealedTokens
	if r.generation > 0 {
		if err := readSealed(o.tokens, &tokens); err != nil {
			return auth.Record{}, err
		}
	}
	return auth.Record{Authorization: a, Rule: rule, Status: s, Tokens: tokens.tokens()}, nil
}

// markChanged remembers that a row does not match its seals, or that it does
// again. A row that was only hidden from outside comes back into view.
func (d *DB) markChanged(ctx context.Context, tx *sql.Tx, r *row, changed bool) error {
	hidden := false
	if changed && r.purgeAt != 0 {
		seen := *r
		seen.purgeAt = 0
		_, err := d.record(&seen)
		hidden = err == nil
	}
	if hidden {
		_, err := tx.ExecContext(ctx, "UPDATE authorizations SET purge_at = 0 WHERE seq = ?", r.seq)
		return storageError(err)
	}
	if flag(changed) == r.changed {
		return nil
	}
	_, err := tx.ExecContext(ctx, "UPDATE authorizations SET changed_outside = ? WHERE seq = ?", flag(changed), r.seq)
	return storageError(err)
}
