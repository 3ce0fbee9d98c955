// Package vault is the cryptography of the sealed part of the database: one
// random data key, wrapped in key slots, and values sealed with it.
//
// A sealed value is XChaCha20-Poly1305 over the value padded to steps of 256
// bytes. Its associated data holds the vault, the place (table, column, row),
// the generation and every plain value that is bound to it, each with its
// length before it, so a value opens only where and beside what it was sealed.
// The keys that seal are derived from the data key by HKDF-SHA256 with the
// vault's ID as salt.
//
// The package stores nothing and logs nothing.
package vault
