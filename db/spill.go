package db

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"tokenwell/auth"
)

// sealedSpill is a grant as a spill file holds it.
type sealedSpill struct {
	Tokens sealedTokens   `json:"tokens"`
	Status auth.Status    `json:"status"`
	Config *spilledConfig `json:"config,omitempty"`
	// DropRefresh as in auth.Grantee.
	DropRefresh bool `json:"drop_refresh,omitempty"`
	// Facts are those of Tokens: here null, which keeps the stored ones, is not
	// the same as none.
	Facts map[string]string `json:"facts"`
}

// spilledConfig is a configuration with its secrets in the clear, to be sealed:
// these fields stand before those of the same name, which do not go into JSON.
type spilledConfig struct {
	auth.Authorization
	ClientSecret string
	Values       map[auth.Field]string
}

// A spill file is named <authorization>.<generation>.<random>.spill. While it
// is written it ends in .part: such a file was never complete.
const (
	spillEnd = ".spill"
	partEnd  = ".part"
)

// Spill implements auth.AttemptStore.
func (d *DB) Spill(_ context.Context, id string, gen int64, g auth.Grantee) error {
	if _, err := uuid.Parse(id); err != nil {
		return auth.ErrNotFound // an ID becomes a file name: nothing else may
	}
	s := sealedSpill{Tokens: tokensToSeal(g.Tokens), Status: g.Status, DropRefresh: g.DropRefresh, Facts: g.Tokens.Facts}
	if g.Config != nil {
		s.Config = &spilledConfig{
			Authorization: *g.Config, ClientSecret: g.Config.ClientSecret.Reveal(), Values: revealed(g.Config.Values),
		}
	}
	sealed, err := d.sealJSON(tableSpill, "file", id, gen, s)
	if err != nil {
		return err
	}
	name := id + "." + strconv.FormatInt(gen, 10) + "." + uuid.NewString()
	if err := writeDurably(SpillDir(d.dir), name+partEnd, name+spillEnd, sealed); err != nil {
		return fmt.Errorf("%w: the spill file: %w", auth.ErrStorage, err)
	}
	return nil
}

// writeDurably writes a new private file under a passing name and gives it its
// own when all of it is on the disk.
func writeDurably(dir, passing, name string, data []byte) error {
	path := filepath.Join(dir, passing)
	f, err := createPrivate(path)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(path, filepath.Join(dir, name))
	}
	if err != nil {
		_ = os.Remove(path)
		return err
	}
	return syncDir(dir)
}

// DrainSpills implements auth.AttemptStore. A file that can't be opened stays
// where it is. It takes no locks of authorizations: a caller may hold one, and
// the generation decides.
func (d *DB) DrainSpills(ctx context.Context) ([]string, error) {
	if !d.open() {
		return nil, auth.ErrVaultLocked
	}
	d.draining.Lock()
	defer d.draining.Unlock()
	entries, err := os.ReadDir(SpillDir(d.dir))
	if err != nil {
		return nil, fmt.Errorf("%w: the spill folder: %w", auth.ErrStorage, err)
	}
	var stored []string
	for _, entry := range entries {
		id, gen, ok := parseSpillName(entry.Name())
		if !ok {
			continue
		}
		path := filepath.Join(SpillDir(d.dir), entry.Name())
		committed, err := d.drain(ctx, path, id, gen)
		switch {
		case errors.Is(err, fs.ErrNotExist): // another process was quicker
			continue
		case errors.Is(err, auth.ErrChangedOutside):
			d.log.Warn("a spill file, or its authorization, was changed outside the app and is not used", "authorization", id)
			continue
		case err != nil:
			return stored, err
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return stored, fmt.Errorf("%w: the spill file: %w", auth.ErrStorage, err)
		}
		if committed {
			stored = append(stored, id)
		}
	}
	return stored, nil
}

func parseSpillName(name string) (id string, gen int64, ok bool) {
	parts := strings.Split(name, ".")
	if len(parts) != 4 || "."+parts[3] != spillEnd || uuid.Validate(parts[0]) != nil {
		return "", 0, false
	}
	gen, err := strconv.ParseInt(parts[1], 10, 64)
	return parts[0], gen, err == nil
}

// drain stores one spilled grant, or queues its tokens for revocation when
// newer ones are stored or the authorization is gone.
func (d *DB) drain(ctx context.Context, path, id string, gen int64) (committed bool, err error) {
	if err := checkPrivate(path); err != nil {
		return false, err
	}
	sealed, err := os.ReadFile(path) //nolint:gosec // a file of our own folder
	if err != nil {
		return false, err
	}
	var s sealedSpill
	if err := d.unsealJSON(tableSpill, "file", id, gen, sealed, &s); err != nil {
		return false, err
	}
	g := auth.Grantee{Tokens: s.Tokens.tokens(), Status: s.Status, DropRefresh: s.DropRefresh}
	g.Tokens.Facts = s.Facts
	if s.Config != nil {
		config := s.Config.Authorization
		config.ClientSecret, config.Values = auth.NewSecret(s.Config.ClientSecret), hidden(s.Config.Values)
		g.Config = &config
	}
	err = d.CommitGrant(ctx, id, gen, g)
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, auth.ErrNameTaken): // the tokens matter more than the new name
		old, err := d.Load(ctx, id)
		if err != nil {
			return false, err
		}
		g.Config.Name = old.Authorization.Name
		return true, d.CommitGrant(ctx, id, gen, g)
	case errors.Is(err, auth.ErrStale):
		return false, d.revokeLate(ctx, id, g)
	}
	return false, err
}

// revokeLate queues tokens that nobody will use. Beside newer ones that are in
// use they are left to run out: most services end all that a user granted with
// any token of it. Without a configuration it is not known where they can be
// revoked.
func (d *DB) revokeLate(ctx context.Context, id string, g auth.Grantee) error {
	late := auth.Record{Tokens: g.Tokens}
	r, err := d.readRow(ctx, id) // a deleted row serves too
	switch {
	case errors.Is(err, auth.ErrNotFound):
		if g.Config == nil {
			return nil
		}
	case err != nil:
		return err
	default:
		was, err := d.record(r)
		if err != nil {
			return err
		}
		if r.purgeAt == 0 && was.Status.State != auth.StateRevoked && was.Status.State != auth.StateNeedsSignIn {
			d.log.Warn("spilled tokens are dropped: newer ones are stored", "authorization", id)
			return nil
		}
		late.Authorization = was.Authorization
	}
	if g.Config != nil {
		late.Authorization = *g.Config
	}
	for _, revocation := range auth.RevocationsOf(late, time.Now().UTC()) {
		if err := d.QueueRevocation(ctx, revocation); err != nil {
			return err
		}
	}
	return nil
}
