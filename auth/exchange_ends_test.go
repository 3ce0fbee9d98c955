package auth

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// Until when a sign-in lasts: as the reply says, else by the service's data.
func TestSignInEnds(t *testing.T) {
	const day = 24 * time.Hour
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	stored := at.Add(2 * day)
	week := LifetimeWhen{Parameter: "status", Value: "testing", Lifetime: Lifetime{Seconds: 7 * 86400, Rule: "fixed"}}
	for name, test := range map[string]struct {
		life    Lifetime
		when    []LifetimeWhen
		params  map[string]string
		grant   Grant
		said    time.Duration
		signIn  time.Time // after a sign-in
		refresh time.Time // after a refresh
	}{
		"fixed: from the sign-in on":           {life: Lifetime{Seconds: 86400, Rule: "fixed"}, signIn: at.Add(day), refresh: stored},
		"sliding: from each use on":            {life: Lifetime{Seconds: 86400, Rule: "sliding"}, signIn: at.Add(day), refresh: at.Add(day)},
		"varies, with a length that is common": {life: Lifetime{Seconds: 86400, Rule: "varies"}, signIn: at.Add(day), refresh: stored},
		"varies":                               {life: Lifetime{Rule: "varies"}, refresh: stored},
		"not known":                            {life: Lifetime{Rule: "unknown"}, refresh: stored},
		"never":                                {life: Lifetime{Rule: "never"}},
		"the reply comes first":                {life: Lifetime{Seconds: 86400, Rule: "fixed"}, said: time.Hour, signIn: at.Add(time.Hour), refresh: at.Add(time.Hour)},
		"the reply comes first, even where nothing ends": {life: Lifetime{Rule: "never"}, said: time.Hour, signIn: at.Add(time.Hour), refresh: at.Add(time.Hour)},
		"while the app is being tested":                  {life: Lifetime{Rule: "never"}, when: []LifetimeWhen{week}, params: map[string]string{"status": "testing"}, signIn: at.Add(7 * day), refresh: stored},
		"when it no longer is":                           {life: Lifetime{Rule: "never"}, when: []LifetimeWhen{week}, params: map[string]string{"status": "published"}},
		"by the parameter's default":                     {life: Lifetime{Rule: "never"}, when: []LifetimeWhen{{Parameter: "status", Value: "published", Lifetime: Lifetime{Seconds: 86400, Rule: "sliding"}}}, signIn: at.Add(day), refresh: at.Add(day)},
		"a pasted token is of a time unknown":            {life: Lifetime{Seconds: 86400, Rule: "fixed"}, grant: GrantRefreshToken, refresh: stored},
	} {
		t.Run(name, func(t *testing.T) {
			svc := Service{Parameters: []Parameter{{Name: "status", Default: "published"}}, Refresh: RefreshRule{Lifetime: test.life, When: test.when}}
			a := Authorization{Params: test.params, Grant: test.grant}
			reply := Reply{At: at, SignInLasts: test.said}
			assert.Equal(t, test.signIn, signInEnds(svc, a, reply, time.Time{}, true), "after a sign-in")
			assert.Equal(t, test.refresh, signInEnds(svc, a, reply, stored, false), "after a refresh")
		})
	}
}

func TestSecretEnds(t *testing.T) {
	a := Authorization{ClientAuth: ClientAuthPost, Values: Values{FieldSecretExpiry: NewSecret("2026-12-31 18:00")}}
	assert.Equal(t, time.Date(2026, 12, 31, 18, 0, 0, 0, time.Local).UTC(), a.SecretEnds())
	a.ClientAuth = ClientAuthNone
	assert.Zero(t, a.SecretEnds(), "there is no secret")
	assert.Zero(t, Authorization{ClientAuth: ClientAuthPost}.SecretEnds())
}
