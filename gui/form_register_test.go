package gui

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"tokenwell/auth"
)

// What was typed while the service made a client stays.
func TestRegisteringTakesThePlaceOfNothingTyped(t *testing.T) {
	var meanwhile func()
	prepare := func(e *formEngine) auth.Draft {
		e.OnCanRegister = func(auth.Draft) bool { return true }
		e.OnRegister = func(auth.Draft) (auth.Registered, error) {
			meanwhile()
			return auth.Registered{ClientID: "made-for-you", ClientSecret: auth.NewSecret("made-secret"), ClientAuth: auth.ClientAuthPost}, nil
		}
		return e.DraftFor("github")
	}
	atForm(t, prepare, func(b *bench) {
		meanwhile = func() { b.fill("Client ID", "typed") }
		b.tap("Register this app at the service")
		b.rest()
		assert.Equal(t, "typed", b.entry("Client ID").Text())
		assert.True(t, b.shows("The form has changed since"))
	})
}

// A client belongs to the server that made it.
func TestRegisteredClientBelongsToItsServer(t *testing.T) {
	asked := auth.Draft{ServiceID: "a", Params: map[string]string{"issuer": "https://a.example"}, Grant: auth.GrantAuthorizationCode}
	now := asked
	now.Name = "Reports"
	assert.True(t, sameClientPlace(asked, now))
	for name, change := range map[string]func(*auth.Draft){
		"service":   func(d *auth.Draft) { d.ServiceID = "b" },
		"parameter": func(d *auth.Draft) { d.Params = map[string]string{"issuer": "https://b.example"} },
		"grant":     func(d *auth.Draft) { d.Grant = auth.GrantClientCredentials },
		"secret":    func(d *auth.Draft) { d.ClientSecret = auth.NewSecret("typed") },
	} {
		now := asked
		change(&now)
		assert.False(t, sameClientPlace(asked, now), name)
	}
}
