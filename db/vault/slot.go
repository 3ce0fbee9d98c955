package vault

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime/debug"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/chacha20poly1305"
)

// Kind is what opens a key slot. The strings are stored.
type Kind string

// The kinds of key slots.
const (
	KindKeyring    Kind = "keyring"
	KindPassphrase Kind = "passphrase"
)

// Derivation is how a slot's key comes from what opens it. The names are stored.
type Derivation struct {
	Name    string // "none" or "argon2id"
	Time    uint32
	Memory  uint32 // KiB
	Threads uint8
}

const (
	deriveNone   = "none"
	deriveArgon2 = "argon2id"
)

// argon2Cost is RFC 9106's second recommended choice for Argon2id.
var argon2Cost = Derivation{Name: deriveArgon2, Time: 3, Memory: 64 * 1024, Threads: 4}

// What a file may ask for at most, so that a planted one can't exhaust the
// machine.
const (
	maxTime    = 10
	maxMemory  = 1024 * 1024
	maxThreads = 16
)

// ErrDerivation says that a slot asks for a derivation that this program does
// not carry out.
var ErrDerivation = errors.New("vault: the key slot asks for an unknown or excessive key derivation")

// Slot is the data key wrapped for one way of opening the vault.
type Slot struct {
	ID         string // for the keyring's slot the name of the keyring item too
	Kind       Kind
	Derivation Derivation
	Salt       []byte
	Wrapped    []byte
}

// NewKeyringSlot wraps k with a new random key and returns that key as the
// text to store in the keyring, 44 characters.
func NewKeyringSlot(k *Key, id string) (Slot, string, error) {
	kek := make([]byte, keySize)
	if _, err := rand.Read(kek); err != nil {
		return Slot{}, "", err
	}
	defer clear(kek)
	s := Slot{ID: id, Kind: KindKeyring, Derivation: Derivation{Name: deriveNone}, Salt: []byte{}}
	err := s.wrap(k, kek)
	return s, base64.StdEncoding.EncodeToString(kek), err
}

// OpenWithItem opens a keyring slot with the text from the keyring.
func (s Slot) OpenWithItem(h Header, item string) (*Key, error) {
	kek, err := base64.StdEncoding.DecodeString(item)
	if err != nil || len(kek) != keySize {
		return nil, ErrKey
	}
	defer clear(kek)
	return s.unwrap(h, kek)
}

// NewPassphraseSlot wraps k with a key derived from a passphrase.
func NewPassphraseSlot(k *Key, id string, passphrase []byte) (Slot, error) {
	s := Slot{ID: id, Kind: KindPassphrase, Derivation: argon2Cost, Salt: make([]byte, 16)}
	if _, err := rand.Read(s.Salt); err != nil {
		return Slot{}, err
	}
	kek := s.derive(passphrase)
	defer clear(kek)
	return s, s.wrap(k, kek)
}

// OpenWithPassphrase opens a passphrase slot. It takes about a quarter of a
// second and 64 MiB.
func (s Slot) OpenWithPassphrase(h Header, passphrase []byte) (*Key, error) {
	d := s.Derivation
	if d.Name != deriveArgon2 || d.Time < 1 || d.Time > maxTime || d.Memory < 8 || d.Memory > maxMemory ||
		d.Threads < 1 || d.Threads > maxThreads || len(s.Salt) < 16 || len(s.Salt) > 64 {
		return nil, ErrDerivation
	}
	kek := s.derive(passphrase)
	defer clear(kek)
	return s.unwrap(h, kek)
}

func (s Slot) derive(passphrase []byte) []byte {
	key := argon2.IDKey(passphrase, s.Salt, s.Derivation.Time, s.Derivation.Memory, s.Derivation.Threads, keySize)
	debug.FreeOSMemory() // Argon2id's working memory would stay with the process for minutes
	return key
}

func (s *Slot) wrap(k *Key, kek []byte) error {
	aead, err := chacha20poly1305.NewX(kek)
	if err != nil {
		return err
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+keySize+aead.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		return err
	}
	s.Wrapped = aead.Seal(nonce, nonce, k.data, s.associated(k.header))
	return nil
}

func (s Slot) unwrap(h Header, kek []byte) (*Key, error) {
	aead, err := chacha20poly1305.NewX(kek)
	if err != nil {
		return nil, err
	}
	if len(s.Wrapped) != aead.NonceSize()+keySize+aead.Overhead() || len(h.VaultID) != IDSize || len(h.KeyID) != IDSize {
		return nil, ErrKey
	}
	data, err := aead.Open(nil, s.Wrapped[:aead.NonceSize()], s.Wrapped[aead.NonceSize():], s.associated(h))
	if err != nil {
		return nil, ErrKey
	}
	k, err := keyFrom(h.VaultID, h.KeyID, data)
	if err != nil {
		return nil, err
	}
	if !k.matches(h) {
		k.Wipe()
		return nil, fmt.Errorf("%w: key check failed", ErrKey)
	}
	return k, nil
}

func (s Slot) associated(h Header) []byte {
	d := s.Derivation
	cost := binary.BigEndian.AppendUint32(nil, d.Time)
	cost = binary.BigEndian.AppendUint32(cost, d.Memory)
	cost = append(cost, d.Threads)
	return joinParts(labelSlot, string(h.VaultID), string(h.KeyID), s.ID, string(s.Kind), d.Name, string(cost), string(s.Salt))
}
