package db

import (
	"context"

	"tokenwell/auth"
)

var _ auth.HandOutStore = (*DB)(nil)

const selectID = "SELECT id FROM authorizations WHERE name_key = ? AND purge_at = 0"

// IDOf implements auth.HandOutStore.
func (d *DB) IDOf(ctx context.Context, name string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	version := d.loads.recent() // who loads the row sees whether it has changed
	if id := d.loads.id(version, name); id != "" {
		return id, nil
	}
	var id string
	err := d.stmts.selectID.QueryRowContext(context.WithoutCancel(ctx), auth.FoldName(name)).Scan(&id)
	if err != nil {
		return "", storageError(err)
	}
	d.loads.keepID(version, name, id)
	return id, nil
}

// Peek implements auth.HandOutStore.
func (d *DB) Peek(ctx context.Context, id string) (auth.Record, error) {
	if err := ctx.Err(); err != nil {
		return auth.Record{}, err
	}
	version := d.loads.recent()
	if l := d.loads.row(version, id); l != nil {
		return d.peekedRecord(l)
	}
	place := d.rows.reading(id)
	r, err := d.loadRow(ctx, id, d.loads.now(), place)
	if err == nil {
		sealedConfig{}.into(&r.Authorization)
	}
	return r, err
}

// SetHandOutRule implements auth.HandOutStore.
func (d *DB) SetHandOutRule(ctx context.Context, id string, rule auth.HandOutRule) error {
	return d.update(ctx, "set_hand_out_rule", id, anyGeneration, func(_ querier, r *row) error {
		was, err := d.record(r)
		if err != nil {
			return err
		}
		if err := r.setRule(rule); err != nil {
			return err
		}
		if err := d.sealConfig(r, configToSeal(was.Authorization)); err != nil {
			return err
		}
		if err := d.exec("UPDATE authorization_configs SET handout = ?, sealed = ? WHERE id = ?", r.rule, r.configSealed, r.id); err != nil {
			return err
		}
		return d.happened(r, auth.WordPrograms, auth.OutcomeOK)
	})
}

// HandOutHosts implements auth.HandOutStore. A rule that can't be read names no
// hosts: loading its row tells why.
func (d *DB) HandOutHosts(ctx context.Context) (map[string][]string, error) {
	found, err := d.reader.QueryContext(ctx, `SELECT a.id, c.handout FROM authorization_configs c JOIN authorizations a ON a.id = c.id
		WHERE c.handout <> '' AND a.purge_at = 0`)
	if err != nil {
		return nil, storageError(err)
	}
	defer func() { _ = found.Close() }()
	hosts := map[string][]string{}
	for found.Next() {
		r := &row{}
		if err := found.Scan(&r.id, &r.rule); err != nil {
			return nil, storageError(err)
		}
		if rule, err := r.handOutRule(); err == nil && len(rule.Hosts) > 0 {
			hosts[r.id] = rule.Hosts
		}
	}
	return hosts, storageError(found.Err())
}
