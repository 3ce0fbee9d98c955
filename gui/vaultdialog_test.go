package gui

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"github.com/stretchr/testify/assert"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// vaultBench is a window whose vault is in the given state; opened counts how
// often the window was told that it is open.
func vaultBench(t *testing.T, status auth.VaultStatus) (b *bench, created *[]string, opened *int) {
	b = newBench(t, themeLight, standard)
	created, opened = new([]string), new(int)
	b.engine.Vault = status
	b.engine.OnCreateVault = func(p auth.Secret) error {
		*created = append(*created, p.Reveal())
		return nil
	}
	return b, created, opened
}

func TestVault_KeyringIsUsedSilently(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, created, opened := vaultBench(t, auth.VaultStatus{})
		b.u.openVault(func() { *opened++ })
		assert.Equal(t, []string{""}, *created)
		assert.Equal(t, 1, *opened)
		assert.Nil(t, b.canvas.Overlays().Top(), "nothing is asked")
	})
}

func TestVault_WithoutKeyringAPassphraseIsChosen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, created, opened := vaultBench(t, auth.VaultStatus{})
		b.engine.OnProbeKeyring = func() error { return errors.New("no session bus was found") }
		b.u.openVault(func() { *opened++ })
		assert.True(t, b.shows("No session bus was found."), "the reason is told")
		assert.Empty(t, *created, "nothing is made before the user has chosen")

		b.fill("Passphrase", "too short")
		b.fill("Passphrase again", "too short")
		assert.True(t, b.button("Create the vault").Disabled())
		b.fill("Passphrase", "long enough words")
		b.fill("Passphrase again", "something else")
		assert.True(t, b.shows("The two passphrases do not match."))
		assert.True(t, b.button("Create the vault").Disabled())
		b.fill("Passphrase again", "long enough words")
		b.tap("Create the vault")
		assert.Equal(t, []string{"long enough words"}, *created)
		assert.Equal(t, 1, *opened)
		assert.Nil(t, b.canvas.Overlays().Top())
	})
}

func TestVault_ATooShortPassphraseIsSaid(t *testing.T) {
	open := func(t *testing.T) (*bench, *[]string) {
		b, created, opened := vaultBench(t, auth.VaultStatus{})
		b.engine.OnProbeKeyring = func() error { return errors.New("none") }
		b.u.openVault(func() { *opened++ })
		return b, created
	}
	red := func(b *bench) bool { // the hint says the same, in grey
		bad := widgets.Color(b.entry("Passphrase"), widgets.ColorNameBad)
		_, ok := shown(b.canvas.Overlays().Top(), func(text *canvas.Text) bool {
			return strings.HasPrefix(text.Text, "At least 12 characters") && text.Color == bad
		})
		return ok
	}
	synctest.Test(t, func(t *testing.T) {
		b, created := open(t)
		b.canvas.Focus(b.entry("Passphrase").Focusable())
		b.fill("Passphrase", "short")
		assert.False(t, red(b), "it is still being typed")
		b.canvas.Focus(b.entry("Passphrase again").Focusable())
		assert.True(t, red(b))
		b.fill("Passphrase again", "short")
		b.key(fyne.KeyReturn)
		assert.True(t, b.canvas.Focused() == b.entry("Passphrase").Focusable())
		assert.Empty(t, *created)
		b.fill("Passphrase", "long enough words")
		assert.False(t, red(b))
	})
	synctest.Test(t, func(t *testing.T) {
		b, _ := open(t)
		b.canvas.Focus(b.entry("Passphrase again").Focusable())
		assert.False(t, red(b), "nothing was typed")
		b.canvas.Focus(b.entry("Passphrase").Focusable())
		b.key(fyne.KeyReturn)
		assert.True(t, red(b))
		b.fill("Passphrase", "long enough words")
		b.fill("Passphrase again", "long")
		assert.False(t, b.shows("do not match"), "it may still be typed to its end")
		b.canvas.Focus(b.entry("Passphrase again").Focusable())
		b.key(fyne.KeyReturn)
		assert.True(t, b.shows("The two passphrases do not match."))
	})
}

func TestVault_NotNowStoresNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, created, opened := vaultBench(t, auth.VaultStatus{})
		b.engine.OnProbeKeyring = func() error { return errors.New("none") }
		b.u.openVault(func() { *opened++ })
		b.key(fyne.KeyEscape)
		assert.Nil(t, b.canvas.Overlays().Top())
		assert.Empty(t, *created)
		assert.Zero(t, *opened)
	})
}

func TestVault_PassphraseIsAskedAgainWhenWrong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _, opened := vaultBench(t, auth.VaultStatus{Exists: true, HasPassphrase: true})
		b.engine.OnUnlock = func(p auth.Secret) error {
			if p.Reveal() != "long enough words" {
				return auth.ErrVaultKey
			}
			return nil
		}
		b.u.openVault(func() { *opened++ })
		b.fill("Passphrase", "wrong")
		b.tap("Unlock")
		assert.True(t, b.shows("This passphrase does not open the vault."))
		assert.Zero(t, *opened)
		assert.Same(t, b.entry("Passphrase").Focusable(), b.canvas.Focused())
		b.fill("Passphrase", "long enough words")
		assert.False(t, b.shows("does not open the vault"))
		b.key(fyne.KeyReturn)
		assert.Equal(t, 1, *opened)
		assert.Nil(t, b.canvas.Overlays().Top())
	})
}

// A vault whose key is gone must never be given a new one: what is sealed would
// be lost.
func TestVault_MissingKeyNeverMakesANewOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, created, opened := vaultBench(t, auth.VaultStatus{Exists: true, HasKeyring: true})
		found := false
		b.engine.OnUnlock = func(auth.Secret) error {
			if !found {
				return auth.ErrVaultKey
			}
			return nil
		}
		b.u.openVault(func() { *opened++ })
		assert.True(t, b.shows("The key to your stored tokens was not found"))
		assert.False(t, b.shows("Use the passphrase"), "there is no passphrase slot")
		b.tap("Try again")
		assert.True(t, b.shows("The key to your stored tokens was not found"))
		found = true
		b.tap("Try again")
		assert.Equal(t, 1, *opened)
		assert.Empty(t, *created)
	})
}

func TestVault_PassphraseSlotOpensWhereTheKeyringCannot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _, opened := vaultBench(t, auth.VaultStatus{Exists: true, HasKeyring: true, HasPassphrase: true})
		b.engine.OnUnlock = func(p auth.Secret) error {
			if p.Empty() {
				return errors.New("the keyring did not answer in time")
			}
			return nil
		}
		b.u.openVault(func() { *opened++ })
		assert.True(t, b.shows("The keyring did not answer in time."))
		b.tap("Use the passphrase")
		b.fill("Passphrase", "long enough words")
		b.tap("Unlock")
		assert.Equal(t, 1, *opened)
	})
}

func TestVault_OpenVaultAsksNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, created, opened := vaultBench(t, auth.VaultStatus{Exists: true, Open: true})
		b.u.openVault(func() { *opened++ })
		assert.Equal(t, 1, *opened)
		assert.Empty(t, *created)
	})
}
