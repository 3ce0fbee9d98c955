package localserver

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"tokenwell/auth"
)

func TestPasswordHashes(t *testing.T) {
	hash := hashPassword(auth.NewSecret("correct horse"))
	assert.Regexp(t, `^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`, hash)
	assert.NotEqual(t, hash, hashPassword(auth.NewSecret("correct horse")), "salted")
	assert.True(t, matchesHash(hash, auth.NewSecret("correct horse")))
	assert.False(t, matchesHash(hash, auth.NewSecret("correct horsf")))
	assert.False(t, matchesHash(hash, auth.Secret{}))
	for _, broken := range []string{
		"", "$", strings.Replace(hash, "argon2id", "argon2i", 1), strings.Replace(hash, "t=2", "t=0", 1),
		strings.Replace(hash, "p=1", "p=0", 1), strings.Replace(hash, "v=19", "v=16", 1), hash[:len(hash)-1], hash + "$",
		strings.Join(strings.Split(hash, "$")[:5], "$") + "$",
	} {
		assert.False(t, matchesHash(broken, auth.NewSecret("correct horse")), broken)
		assert.False(t, matchesHash(broken, auth.Secret{}), broken)
	}
}

func TestAUserMatchesByTheKeptOrTheHashedPassword(t *testing.T) {
	typed, other := auth.NewSecret("typed"), auth.NewSecret("other")
	for name, u := range map[string]User{"kept": {Password: typed}, "hashed": {Hash: hashPassword(typed)}} {
		assert.True(t, matches(u, typed), name)
		assert.False(t, matches(u, other), name)
		assert.False(t, matches(u, auth.Secret{}), name)
	}
	assert.False(t, matches(User{}, typed))
	assert.False(t, matches(User{}, auth.Secret{}), "nobody has the empty password")
}
