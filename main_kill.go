//go:build killpoints

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"tokenwell/auth"
	"tokenwell/db"
	"tokenwell/db/keyring"
)

// The program of the kill tests is the program itself, with this file in it.
func init() {
	job := killJob(os.Getenv(killJobEnv))
	if job == "" {
		return
	}
	if err := runKillJob(job); err != nil {
		fmt.Fprintln(os.Stderr, "kill job:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// runKillJob opens the data folder, lets the engine recover, tells what it
// found and does the job.
func runKillJob(job killJob) error {
	ctx := context.Background()
	dir := os.Getenv(killDirEnv)
	if job == killFlight {
		return fly(ctx, dir, os.Getenv(killRowEnv))
	}
	release, err := db.Own(dir)
	if err != nil {
		return err
	}
	defer release()
	store, err := db.Open(ctx, db.Params{Dir: dir, Keyring: killKeyring{dir}})
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	if job == killOpen {
		return look(ctx, store)
	}
	now, err := killClock()
	if err != nil {
		return err
	}
	e, err := killEngine(store, now)
	if err != nil {
		return err
	}
	defer e.Close()
	status, err := e.VaultStatus(ctx)
	if err != nil {
		return err
	}
	open := e.Unlock
	if !status.Exists {
		open = e.CreateVault
	}
	if err := open(ctx, auth.Secret{}); err != nil {
		return err
	}
	rows, err := recovered(ctx, store)
	if err != nil {
		return err
	}
	say(killLine{Event: "recovered", Rows: rows})
	if job == killOwn {
		return own(ctx, store, os.Getenv(killRowEnv), now())
	}
	return doKillJob(ctx, e, job, os.Getenv(killRowEnv))
}

// killClock is the clock of the program.
func killClock() (func() time.Time, error) {
	text := os.Getenv(killAheadEnv)
	if text == "" {
		return time.Now, nil
	}
	ahead, err := time.ParseDuration(text)
	return func() time.Time { return time.Now().Add(ahead) }, err
}

// own waits until the scheduler has refreshed the row, which was due at the
// start, and then until the program is told to end.
func own(ctx context.Context, store *db.DB, id string, start time.Time) error {
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(time.Millisecond) {
		r, err := store.Load(ctx, id)
		if err != nil {
			return err
		}
		if r.Status.IssuedAt.After(start.Add(-time.Hour)) {
			say(killLine{Event: "refreshed", ID: id, Generation: r.Status.Generation})
			break
		}
		if time.Now().After(end) {
			return fmt.Errorf("not refreshed: %+v", r.Status)
		}
	}
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}

// look tells what is in an old database once it is up to date.
func look(ctx context.Context, store *db.DB) error {
	if err := store.Vault().Unlock(ctx, auth.Secret{}); err != nil {
		return err
	}
	rows, err := found(ctx, store)
	say(killLine{Event: "recovered", Rows: rows})
	return err
}

func killEngine(store *db.DB, now func() time.Time) (*auth.Engine, error) {
	catalog, err := auth.LoadCatalog(auth.ShippedServices())
	if err != nil {
		return nil, err
	}
	return auth.New(auth.Params{
		Store: store, Vault: store.Vault(), Catalog: catalog, Wire: auth.NewWire(auth.WireParams{Now: now}), Browser: killBrowser{},
		Now: now,
	})
}

// recovered waits until nothing is left in the middle of something.
func recovered(ctx context.Context, store *db.DB) (map[string]killRow, error) {
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(time.Millisecond) {
		left, err := store.Interrupted(ctx)
		if err != nil {
			return nil, err
		}
		if len(left) == 0 {
			break
		}
		if time.Now().After(end) {
			return nil, fmt.Errorf("not recovered: %v", left)
		}
	}
	return found(ctx, store)
}

// found loads every row of the list.
func found(ctx context.Context, store *db.DB) (map[string]killRow, error) {
	page, err := store.List(ctx, auth.Query{Sort: auth.ColumnName, Limit: 1 << 20})
	if err != nil {
		return nil, err
	}
	rows := make(map[string]killRow, len(page.Rows))
	for _, row := range page.Rows {
		record, err := store.Load(ctx, row.ID)
		if errors.Is(err, auth.ErrChangedOutside) {
			rows[row.ID] = killRow{Name: row.Name, State: auth.StateChangedOutside}
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", row.Name, err)
		}
		rows[row.ID] = killRow{Name: row.Name, State: record.Status.State, Generation: record.Status.Generation}
	}
	return rows, nil
}

func doKillJob(ctx context.Context, e *auth.Engine, job killJob, row string) error {
	switch job {
	case killSettle:
		return nil
	case killRefresh:
		d, err := e.Refresh(ctx, row)
		if err == nil {
			say(killLine{Event: "refreshed", ID: row, Generation: d.Status.Generation})
		}
		return err
	case killReauthorize:
		s, err := e.Reauthorize(ctx, row, auth.ReauthorizeOptions{})
		if err != nil {
			return err
		}
		return consent(ctx, s)
	}
	draft, err := killDraft(e, row)
	if err != nil {
		return err
	}
	s, err := e.Authorize(ctx, draft)
	if err != nil {
		return err
	}
	say(killLine{Event: "saved", ID: s.ID()})
	if job == killSave {
		s.Cancel()
		return nil
	}
	return consent(ctx, s)
}

func killDraft(e *auth.Engine, name string) (auth.Draft, error) {
	port, err := strconv.Atoi(os.Getenv(killPortEnv))
	if err != nil {
		return auth.Draft{}, err
	}
	d := e.DraftFor(auth.OIDCServiceID)
	d.Name, d.ClientID, d.Port = name, "client", port
	d.Params["issuer"] = os.Getenv(killIssuerEnv)
	d.Scopes = append(d.Scopes, "offline_access")
	d.ClientSecret = auth.NewSecret("TWSENT-secret-0")
	d.Confirmation = d.ClientSecret
	return d, nil
}

// consent is a user who agrees to everything, in a browser that begins only
// when it is known to be open: so each point stands at one place in time.
func consent(ctx context.Context, s *auth.SignIn) error {
	if err := s.OpenBrowser(ctx); err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL(), nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	d, err := s.Wait(ctx)
	if err == nil {
		say(killLine{Event: "granted", ID: s.ID(), Generation: d.Status.Generation})
	}
	return err
}

// say prints a line at once: what was said before the kill counts.
func say(line killLine) {
	text, err := json.Marshal(line)
	if err != nil {
		panic(err)
	}
	_, _ = os.Stdout.Write(append(text, '\n'))
}

// killBrowser opens nothing; consent does.
type killBrowser struct{}

// Open implements auth.Browser.
func (killBrowser) Open(context.Context, string) error { return nil }

// killKeyring keeps the vault's key in a file beside the data, so that
// thousands of starts need neither a desktop nor a passphrase's key derivation.
type killKeyring struct{ dir string }

func (k killKeyring) path(name string) string {
	return filepath.Join(k.dir, filepath.Base(name)+".key")
}

// Probe implements db.Keyring.
func (killKeyring) Probe(context.Context) error { return nil }

// Set implements db.Keyring.
func (k killKeyring) Set(_ context.Context, name, text string) error {
	return os.WriteFile(k.path(name), []byte(text), 0o600)
}

// Get implements db.Keyring.
func (k killKeyring) Get(_ context.Context, name string) (string, error) {
	text, err := os.ReadFile(k.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return "", keyring.ErrMissing
	}
	return string(text), err
}

// Delete implements db.Keyring.
func (k killKeyring) Delete(_ context.Context, name string) error { return os.Remove(k.path(name)) }
