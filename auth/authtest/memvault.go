package authtest

import (
	"context"

	"tokenwell/auth"
)

// MemVault is the vault of a MemStore.
type MemVault struct{ store *MemStore }

// Vault returns the store's vault.
func (m *MemStore) Vault() *MemVault { return &MemVault{store: m} }

// NewVault forgets that there is a vault, as on a first run.
func (m *MemStore) NewVault() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.exists, m.open = false, false
}

// Status implements auth.Vault.
func (v *MemVault) Status(context.Context) (auth.VaultStatus, error) {
	m := v.store
	m.mu.Lock()
	defer m.mu.Unlock()
	byPassphrase := !m.passphrase.Empty()
	return auth.VaultStatus{Exists: m.exists, Open: m.open, HasKeyring: m.exists && !byPassphrase, HasPassphrase: byPassphrase}, nil
}

// ProbeKeyring implements auth.Vault.
func (v *MemVault) ProbeKeyring(context.Context) error { return nil }

// Create implements auth.Vault.
func (v *MemVault) Create(_ context.Context, passphrase auth.Secret) error {
	m := v.store
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.exists {
		return auth.ErrVaultKey
	}
	m.exists, m.open, m.passphrase = true, true, passphrase
	return nil
}

// Unlock implements auth.Vault.
func (v *MemVault) Unlock(_ context.Context, passphrase auth.Secret) error {
	m := v.store
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case !m.exists:
		return auth.ErrVaultMissing
	case !m.passphrase.Equal(passphrase):
		return auth.ErrVaultKey
	}
	m.open = true
	return nil
}

// Lock implements auth.Vault.
func (v *MemVault) Lock() {
	v.store.mu.Lock()
	defer v.store.mu.Unlock()
	v.store.open = false
}
