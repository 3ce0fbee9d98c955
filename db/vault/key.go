package vault

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/crypto/chacha20poly1305"
)

// Sizes in bytes.
const (
	IDSize    = 16 // of a vault ID and of a data key ID
	keySize   = 32
	checkSize = 16
)

// Labels of HKDF and of associated data. They are part of the file format.
const (
	labelFormat   = "tokenwell/1"
	labelRecord   = "tokenwell/1/record"
	labelKeyCheck = "tokenwell/1/keycheck"
	labelSlot     = "tokenwell/1/slot"
)

// ErrKey says that a key does not open this vault.
var ErrKey = errors.New("vault: the key does not open this vault")

// ErrSeal says that a sealed value does not match: it was damaged, changed, or
// stands in another place than the one it was sealed for.
var ErrSeal = errors.New("vault: the value does not match its seal")

// Header is the part of a vault that is not secret and tells it from others.
type Header struct {
	VaultID []byte // IDSize random bytes
	KeyID   []byte // IDSize random bytes, of the data key
	Check   []byte // tells a wrong key from a damaged row
}

// Key is the data key of an open vault. It is safe for concurrent use until
// Wipe.
type Key struct {
	header Header
	data   []byte // the data key, locked in memory where the system allows it
	record cipher.AEAD
}

// NewKey makes a data key for a new vault.
func NewKey() (*Key, error) {
	ids, data := make([]byte, 2*IDSize), make([]byte, keySize)
	for _, b := range [][]byte{ids, data} {
		if _, err := rand.Read(b); err != nil {
			return nil, err
		}
	}
	return keyFrom(ids[:IDSize], ids[IDSize:], data)
}

// keyFrom takes over data.
func keyFrom(vaultID, keyID, data []byte) (*Key, error) {
	lockMemory(data)
	record, err := hkdf.Key(sha256.New, data, vaultID, labelRecord, keySize)
	if err != nil {
		return nil, err
	}
	defer clear(record)
	aead, err := chacha20poly1305.NewX(record)
	if err != nil {
		return nil, err
	}
	check, err := hkdf.Key(sha256.New, data, vaultID, labelKeyCheck, checkSize)
	if err != nil {
		return nil, err
	}
	return &Key{header: Header{VaultID: vaultID, KeyID: keyID, Check: check}, data: data, record: aead}, nil
}

// Header is what is stored in the clear.
func (k *Key) Header() Header { return k.header }

// Wipe clears the data key. The key must not be used any more.
func (k *Key) Wipe() {
	k.record = nil
	clear(k.data)
	unlockMemory(k.data)
}

// matches compares with a stored header in constant time.
func (k *Key) matches(h Header) bool {
	return subtle.ConstantTimeCompare(k.header.Check, h.Check) == 1
}

// Place is where a sealed value stands. The value opens nowhere else.
type Place struct {
	Table, Column, RowID string
	// Generation ties the value to one set of tokens, so that an older one
	// can't be put in its place.
	Generation int64
	// Bound are the plain values beside it that must not change, in a fixed order.
	Bound []string
}

// sealVersion is the first byte of every sealed value.
const sealVersion = 1

const sealHead = 1 + IDSize + chacha20poly1305.NonceSizeX

// Seal encrypts plain for a place: version, data key ID, nonce, ciphertext.
func (k *Key) Seal(p Place, plain []byte) ([]byte, error) {
	padded := pad(plain)
	defer clear(padded)
	out := make([]byte, sealHead, sealHead+len(padded)+k.record.Overhead())
	out[0] = sealVersion
	copy(out[1:], k.header.KeyID)
	nonce := out[1+IDSize : sealHead]
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	return k.record.Seal(out, nonce, padded, k.associated(p)), nil
}

// Open decrypts what Seal made for the same place. ErrSeal when anything is
// different.
func (k *Key) Open(p Place, sealed []byte) ([]byte, error) {
	if len(sealed) < sealHead+k.record.Overhead() || sealed[0] != sealVersion {
		return nil, ErrSeal
	}
	if subtle.ConstantTimeCompare(sealed[1:1+IDSize], k.header.KeyID) != 1 {
		return nil, ErrSeal
	}
	padded, err := k.record.Open(nil, sealed[1+IDSize:sealHead], sealed[sealHead:], k.associated(p))
	if err != nil {
		return nil, ErrSeal
	}
	return unpad(padded)
}

func (k *Key) associated(p Place) []byte {
	var generation [8]byte
	binary.BigEndian.PutUint64(generation[:], uint64(p.Generation)) //nolint:gosec // the bits count, not the sign
	parts := make([]string, 0, 7+len(p.Bound))
	parts = append(parts, labelFormat, string(k.header.VaultID), p.Table, p.Column, p.RowID, string(k.header.KeyID), string(generation[:]))
	return joinParts(append(parts, p.Bound...)...)
}

// joinParts puts the length before each part, so that no two lists give the
// same bytes.
func joinParts(parts ...string) []byte {
	size := 0
	for _, p := range parts {
		size += 4 + len(p)
	}
	out := make([]byte, 0, size)
	for _, p := range parts {
		out = binary.BigEndian.AppendUint32(out, uint32(len(p))) //nolint:gosec // rows are far below 4 GiB
		out = append(out, p...)
	}
	return out
}

// padStep hides the length of what is sealed and keeps a row's size steady
// over rotations.
const padStep = 256

func pad(plain []byte) []byte {
	size := (4 + len(plain) + padStep - 1) / padStep * padStep
	out := make([]byte, size)
	binary.BigEndian.PutUint32(out, uint32(len(plain))) //nolint:gosec // as above
	copy(out[4:], plain)
	return out
}

func unpad(padded []byte) ([]byte, error) {
	if len(padded) < 4 {
		return nil, ErrSeal
	}
	n := int64(binary.BigEndian.Uint32(padded))
	if n > int64(len(padded)-4) {
		return nil, fmt.Errorf("%w: bad length", ErrSeal)
	}
	return padded[4 : 4+n : 4+n], nil
}
