package localserver

import (
	"cmp"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/crypto/argon2"

	"tokenwell/auth"
)

// passwordCost is what hashing a password takes: RFC 9106's advice scaled to
// memory that a server may spend at each sign-in (19 MiB, two passes).
const (
	passwordTime    = 2
	passwordMemory  = 19 * 1024 // KiB
	passwordThreads = 1
	passwordKeySize = 32
)

// hashing bounds how many passwords are hashed at once, and so the memory.
var hashing = make(chan struct{}, 2)

// hashPassword returns the Argon2id hash in the form that User.Hash has.
func hashPassword(password auth.Secret) string {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt)
	encode := base64.RawStdEncoding.EncodeToString
	key := argon2Key(password, salt, passwordTime, passwordMemory, passwordThreads, passwordKeySize)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, passwordMemory, passwordTime, passwordThreads, encode(salt), encode(key))
}

func argon2Key(password auth.Secret, salt []byte, time, memory uint32, threads uint8, size uint32) []byte {
	hashing <- struct{}{}
	defer func() { <-hashing }()
	typed := []byte(password.Reveal())
	defer clear(typed)
	return argon2.IDKey(typed, salt, time, memory, threads, size)
}

// matchesHash tells whether password has the hash. A hash that can't be read
// fits no password.
func matchesHash(hash string, password auth.Secret) bool {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return false
	}
	var (
		time, memory uint32
		threads      uint8
	)
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &time, &threads); err != nil || time == 0 || threads == 0 {
		return false
	}
	salt, saltErr := base64.RawStdEncoding.DecodeString(parts[4])
	key, keyErr := base64.RawStdEncoding.DecodeString(parts[5])
	if saltErr != nil || keyErr != nil || len(key) != passwordKeySize {
		return false
	}
	return subtle.ConstantTimeCompare(argon2Key(password, salt, time, memory, threads, passwordKeySize), key) == 1
}

// nobody is the hash that users without one have, so that the time of a refusal
// does not tell which names exist. Nobody knows its password.
var nobody = sync.OnceValue(func() string { return hashPassword(auth.NewSecret(randomValue(""))) })

// matches tells whether password is the user's: of the account of the first run
// the one that is kept, of others the hashed one.
func matches(u User, password auth.Secret) bool {
	if !u.Password.Empty() {
		return u.Password.Equal(password)
	}
	return matchesHash(cmp.Or(u.Hash, nobody()), password)
}
