// Package dbtest opens real databases for tests and makes the rows that go
// into them. Nothing in it ships.
package dbtest

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db"
	"tokenwell/db/keyring"
)

// Open returns a database in a temporary folder whose vault is open, with a
// keyring in memory. It is closed with the test.
func Open(t testing.TB) *db.DB {
	t.Helper()
	d := OpenIn(t, t.TempDir(), NewKeyring())
	require.NoError(t, d.Vault().Create(context.Background(), auth.Secret{}))
	return d
}

// OpenIn opens a folder and leaves the vault as it is.
func OpenIn(t testing.TB, dir string, k db.Keyring) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), db.Params{Dir: dir, Keyring: k})
	require.NoError(t, err)
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// Keyring is a keyring in memory. It is safe for concurrent use.
type Keyring struct {
	// Fault, when set, runs before each operation ("probe", "set", "get",
	// "delete"); its error is returned in place of the work. Set it before use.
	Fault func(op string) error

	mu    sync.Mutex
	items map[string]string
}

// NewKeyring returns an empty keyring.
func NewKeyring() *Keyring { return &Keyring{items: map[string]string{}} }

func (k *Keyring) enter(op string) error {
	if k.Fault != nil {
		return k.Fault(op)
	}
	return nil
}

// Probe implements db.Keyring.
func (k *Keyring) Probe(context.Context) error { return k.enter("probe") }

// Set implements db.Keyring.
func (k *Keyring) Set(_ context.Context, name, text string) error {
	if err := k.enter("set"); err != nil {
		return err
	}
	k.Put(name, text)
	return nil
}

// Get implements db.Keyring.
func (k *Keyring) Get(_ context.Context, name string) (string, error) {
	if err := k.enter("get"); err != nil {
		return "", err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	text, ok := k.items[name]
	if !ok {
		return "", keyring.ErrMissing
	}
	return text, nil
}

// Delete implements db.Keyring.
func (k *Keyring) Delete(_ context.Context, name string) error {
	if err := k.enter("delete"); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, ok := k.items[name]; !ok {
		return keyring.ErrMissing
	}
	delete(k.items, name)
	return nil
}

// Put changes an item behind the program's back.
func (k *Keyring) Put(name, text string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.items[name] = text
}

// Names lists the items.
func (k *Keyring) Names() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	var names []string
	for name := range k.items {
		names = append(names, name)
	}
	return names
}
