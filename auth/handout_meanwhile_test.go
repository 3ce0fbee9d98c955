package auth_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// meanwhile are things that happen while a program waits for a token for
// api.example.com, and what it is told then.
var meanwhile = map[string]struct {
	do   func(b *bubble, id string) error
	code string
}{
	"paused":  {func(b *bubble, id string) error { return b.engine.Pause(b.Context(), id) }, auth.CodePaused},
	"deleted": {func(b *bubble, id string) error { _, err := b.engine.Delete(b.Context(), id, false); return err }, auth.CodeNotFoundHere},
	"not on the list": {func(b *bubble, id string) error {
		return b.engine.SetHandOutRule(b.Context(), id, auth.HandOutRule{Mode: auth.HandOutListed})
	}, auth.CodeDeniedByRule},
	"another host": {func(b *bubble, id string) error {
		return b.engine.SetHandOutRule(b.Context(), id, auth.HandOutRule{Hosts: []string{"other.example.com"}})
	}, auth.CodeHostNotAllowed},
	"signed in again": {func(b *bubble, id string) error {
		r := b.row(id)
		left(b.now(), time.Hour)(&r)
		r.Rule.Mode, r.Status.Generation, r.Tokens.Access = auth.HandOutAsk, 2, auth.NewSecret("newer")
		b.store.Put(r)
		return nil
	}, "ok"},
	"ended": {func(b *bubble, id string) error {
		r := b.row(id)
		r.Status.State = auth.StateRevoked
		b.store.Put(r)
		return nil
	}, auth.CodeNoAccessToken},
}

// What is true when the token is given away counts, not what was when the user
// was asked.
func TestConsent_Meanwhile(t *testing.T) {
	for name, c := range meanwhile {
		t.Run(name, func(t *testing.T) {
			scheduled(t, func(b *bubble) {
				defer b.engine.OfferConsent()()
				id := b.askable()
				a := b.askInBackground(b.Context(), id, forHost("api.example.com"))
				require.NoError(t, c.do(b, id))
				b.answer(auth.AllowOnce)
				require.Equal(t, c.code, b.outcome(a))
				if c.code == "ok" {
					assert.Equal(t, "newer", a.got.Access.Reveal())
					assert.Equal(t, "renewed once", b.entries()[0].Detail)
				}
			})
		})
	}
}

// Nor what was when the service was asked for a new one.
func TestHandOut_MeanwhileRefreshed(t *testing.T) {
	for _, name := range []string{"not on the list", "another host"} {
		t.Run(name, func(t *testing.T) {
			scheduled(t, func(b *bubble) {
				b.net.at(7001, func(p post) answer { a := granted(p, "3600"); a.After = 5 * time.Second; return a })
				id := b.put(7001, left(b.now(), -time.Minute))
				a := b.askInBackground(b.Context(), id, forHost("api.example.com"))
				require.Len(t, b.net.got(0), 1)
				require.NoError(t, meanwhile[name].do(b, id))
				b.pass(5 * time.Second)
				assert.Equal(t, meanwhile[name].code, b.outcome(a))
			})
		})
	}
}

// A rule that has come to ask, asks.
func TestHandOut_AsksAfterAll(t *testing.T) {
	scheduled(t, func(b *bubble) {
		defer b.engine.OfferConsent()()
		b.net.at(7001, func(p post) answer { a := granted(p, "3600"); a.After = 5 * time.Second; return a })
		id := b.put(7001, left(b.now(), -time.Minute))
		a := b.askInBackground(b.Context(), id, rejected)
		require.NoError(t, b.engine.SetHandOutRule(b.Context(), id, auth.HandOutRule{}))
		b.pass(5 * time.Second)
		require.Equal(t, "waits", b.outcome(a))
		b.pass(30 * time.Second)
		b.answer(auth.AllowOnce)
		synctest.Wait()
		assert.Equal(t, "ok", b.outcome(a))
		assert.Len(t, b.net.got(0), 1, "the token that was refused is not the one that is there now")
	})
}

// Two authorizations that change names are not taken for each other.
func TestHandOut_NamesSwapped(t *testing.T) {
	scheduled(t, func(b *bubble) {
		id, other := b.put(7001, left(b.now(), time.Hour)), b.put(7001, left(b.now(), time.Hour))
		name := b.row(id).Authorization.Name
		swapped := false
		b.store.Fault = func(method string) error {
			if method == "Peek" && !swapped {
				swapped = true
				first, second := b.row(id), b.row(other)
				first.Authorization.Name, second.Authorization.Name = second.Authorization.Name, first.Authorization.Name
				second.Tokens.Access = auth.NewSecret("the other's")
				b.store.Put(first)
				b.store.Put(second)
			}
			return nil
		}
		got, err := b.engine.HandOut(b.Context(), asking(name))
		require.NoError(t, err)
		assert.Equal(t, name, got.Name)
		assert.Equal(t, "the other's", got.Access.Reveal())
	})
}
