package vault

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func newKey(t *testing.T) *Key {
	t.Helper()
	k, err := NewKey()
	require.NoError(t, err)
	return k
}

func TestSealOpensOnlyInItsPlace(t *testing.T) {
	k := newKey(t)
	place := Place{Table: "tokens", Column: "sealed", RowID: "one", Generation: 3, Bound: []string{"https://a", "b"}}
	sealed, err := k.Seal(place, []byte("TWSENT-token-1"))
	require.NoError(t, err)
	assert.NotContains(t, string(sealed), "TWSENT")
	plain, err := k.Open(place, sealed)
	require.NoError(t, err)
	assert.Equal(t, "TWSENT-token-1", string(plain))

	for name, change := range map[string]func(*Place){
		"table": func(p *Place) { p.Table = "configs" }, "column": func(p *Place) { p.Column = "seal" },
		"row": func(p *Place) { p.RowID = "two" }, "generation": func(p *Place) { p.Generation = 2 },
		"bound":          func(p *Place) { p.Bound = []string{"https://b", "b"} },
		"bound together": func(p *Place) { p.Bound = []string{"https://ab"} },
		"bound order":    func(p *Place) { p.Bound = []string{"b", "https://a"} },
		"column and row": func(p *Place) { p.Column, p.RowID = "sealedo", "ne" },
	} {
		other := place
		change(&other)
		_, err := k.Open(other, sealed)
		assert.ErrorIs(t, err, ErrSeal, name)
	}
	for i := range sealed {
		damaged := bytes.Clone(sealed)
		damaged[i] ^= 1
		_, err := k.Open(place, damaged)
		require.ErrorIs(t, err, ErrSeal, "byte %d", i)
	}
	for n := range sealed {
		_, err := k.Open(place, sealed[:n])
		require.ErrorIs(t, err, ErrSeal, "%d bytes", n)
	}
	_, err = newKey(t).Open(place, sealed)
	assert.ErrorIs(t, err, ErrSeal)
}

// The format is fixed: version, key ID, nonce, then steps of 256 bytes and the tag.
func TestSealHidesLength(t *testing.T) {
	k := newKey(t)
	for n, want := range map[int]int{0: 256, 252: 256, 253: 512, 508: 512, 509: 768} {
		plain := bytes.Repeat([]byte{'x'}, n)
		sealed, err := k.Seal(Place{}, plain)
		require.NoError(t, err)
		assert.Len(t, sealed, want+57, n)
		assert.EqualValues(t, 1, sealed[0])
		back, err := k.Open(Place{}, sealed)
		require.NoError(t, err)
		assert.True(t, bytes.Equal(plain, back))
	}
	a, err := k.Seal(Place{}, nil)
	require.NoError(t, err)
	b, err := k.Seal(Place{}, nil)
	require.NoError(t, err)
	assert.NotEqual(t, a, b, "a nonce is never used twice")
}

func TestSlots(t *testing.T) {
	k := newKey(t)
	sealed, err := k.Seal(Place{RowID: "row"}, []byte("plain"))
	require.NoError(t, err)
	opens := func(k *Key, err error) {
		t.Helper()
		require.NoError(t, err)
		plain, err := k.Open(Place{RowID: "row"}, sealed)
		require.NoError(t, err)
		assert.Equal(t, "plain", string(plain))
	}
	ring, item, err := NewKeyringSlot(k, "kek-1")
	require.NoError(t, err)
	assert.Len(t, item, 44)
	assert.False(t, strings.Contains(string(ring.Wrapped), item))
	opens(ring.OpenWithItem(k.Header(), item))
	_, err = ring.OpenWithItem(k.Header(), "")
	require.ErrorIs(t, err, ErrKey)
	_, otherItem, err := NewKeyringSlot(k, "kek-1")
	require.NoError(t, err)
	_, err = ring.OpenWithItem(k.Header(), otherItem)
	require.ErrorIs(t, err, ErrKey)
	_, err = ring.OpenWithItem(newKey(t).Header(), item)
	require.ErrorIs(t, err, ErrKey, "another vault's header")
	header := k.Header()
	header.Check = make([]byte, len(header.Check))
	_, err = ring.OpenWithItem(header, item)
	require.ErrorIs(t, err, ErrKey, "the key check counts")

	pass, err := NewPassphraseSlot(k, "kek-2", []byte("correct horse"))
	require.NoError(t, err)
	opens(pass.OpenWithPassphrase(k.Header(), []byte("correct horse")))
	_, err = pass.OpenWithPassphrase(k.Header(), []byte("correct horses"))
	require.ErrorIs(t, err, ErrKey)
}

// T68: what a file asks for is capped before any of it is done.
func TestDerivationIsCapped(t *testing.T) {
	k := newKey(t)
	slot, err := NewPassphraseSlot(k, "kek", []byte("correct horse"))
	require.NoError(t, err)
	assert.Equal(t, Derivation{Name: "argon2id", Time: 3, Memory: 65536, Threads: 4}, slot.Derivation)
	for name, change := range map[string]func(*Slot){
		"memory":     func(s *Slot) { s.Derivation.Memory = 1<<20 + 1 },
		"no memory":  func(s *Slot) { s.Derivation.Memory = 0 },
		"time":       func(s *Slot) { s.Derivation.Time = 11 },
		"no time":    func(s *Slot) { s.Derivation.Time = 0 },
		"threads":    func(s *Slot) { s.Derivation.Threads = 17 },
		"no threads": func(s *Slot) { s.Derivation.Threads = 0 },
		"name":       func(s *Slot) { s.Derivation.Name = "none" },
		"salt":       func(s *Slot) { s.Salt = nil },
	} {
		bad := slot
		change(&bad)
		_, err := bad.OpenWithPassphrase(k.Header(), []byte("correct horse"))
		assert.ErrorIs(t, err, ErrDerivation, name)
	}
}

func TestWipe(t *testing.T) {
	k := newKey(t)
	k.Wipe()
	assert.Equal(t, make([]byte, keySize), k.data)
}
