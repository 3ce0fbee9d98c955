package auth_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// A stored token is given at once, by any spelling of its name, with all that a
// program needs to send it.
func TestHandOut_Stored(t *testing.T) {
	scheduled(t, func(b *bubble) {
		id := b.put(7001, func(r *auth.Record) {
			left(b.now(), 30*time.Minute)(r)
			r.Authorization.Name, r.Status.Granted = "Graph mail, Résumé", []string{"mail", "files"}
		})
		for _, name := range []string{"Graph mail, Résumé", " GRAPH MAIL, RE\u0301SUME\u0301 "} {
			got, err := b.engine.HandOut(b.Context(), asking(name, forHost("API.example.com:443")))
			require.NoError(t, err)
			assert.Equal(t, "access", got.Access.Reveal())
			assert.Equal(t, "Bearer access", got.Value.Reveal())
			got.Access, got.Value = auth.Secret{}, auth.Secret{}
			assert.Equal(t, auth.HandedOut{
				ID: id, Name: "Graph mail, Résumé", TokenType: "Bearer", Header: "Authorization", Expiry: b.row(id).Status.Expiry, Scopes: []string{"mail", "files"},
			}, got)
		}
		assert.Empty(t, b.net.got(0))
		require.Len(t, b.entries(), 1, "two equal ones of one process within a batch")
		e := b.entries()[0]
		assert.Equal(t, report, e.Asker)
		assert.Equal(t, 2, e.Count)
		assert.Equal(t, []any{auth.PurposeToken, auth.OutcomeOK, "stored anyone", "api.example.com", 30 * time.Minute, []string{"mail", "files"}, id},
			[]any{e.Purpose, e.Outcome, e.Detail, e.Host, e.Left, e.Scopes, e.AuthorizationID})
		assert.Equal(t, e.At, b.row(id).Status.LastUsedAt, "last used goes with the batch")
		assert.Zero(t, b.store.Calls("Touch"), "a hand-out commits nothing of its own")
	})
}

// T53: never a token with less left than was asked for.
func TestHandOut_ClockMatrix(t *testing.T) {
	type outcome struct {
		code  string // "": a token
		posts int
	}
	stored, renewed := outcome{}, outcome{posts: 1}
	for name, c := range map[string]struct {
		left     time.Duration // of an hour
		min      time.Duration // 0: the default
		edit     func(*auth.Record)
		shift    time.Duration // of the wall clock, after the token was issued
		lifetime string        // of a new one; "": an hour
		want     outcome
	}{
		"half an hour":                {left: 30 * time.Minute, want: stored},
		"a minute":                    {left: time.Minute, want: stored},
		"less than a minute":          {left: time.Minute - time.Millisecond, want: renewed},
		"over":                        {left: -time.Minute, want: renewed},
		"more than it has":            {left: 30 * time.Minute, min: 31 * time.Minute, want: renewed},
		"less than it has":            {left: 5 * time.Second, min: 4 * time.Second, want: stored},
		"longer than any":             {left: 50 * time.Minute, min: 2 * time.Hour, want: outcome{code: auth.CodeTooShort}},
		"longer than an old one":      {left: 10 * time.Minute, min: 2 * time.Hour, want: outcome{code: auth.CodeTooShort, posts: 1}},
		"a new one that is short":     {left: -time.Minute, lifetime: "30", want: outcome{code: auth.CodeTooShort, posts: 1}},
		"a new one that is dead":      {left: -time.Minute, lifetime: "0", want: outcome{code: auth.CodeTooShort, posts: 1}},
		"clock set forward":           {left: 30 * time.Minute, shift: 29*time.Minute + time.Second, want: renewed},
		"clock set far forward":       {left: 30 * time.Minute, shift: 1000 * time.Hour, want: renewed},
		"clock set back":              {left: 30 * time.Minute, shift: -2 * time.Hour, want: renewed},
		"clock corrected a little":    {left: 59 * time.Minute, shift: -2 * time.Minute, want: stored},
		"never ends":                  {edit: ends(auth.ExpiryNever, 0), want: stored},
		"never ends, long wanted":     {edit: ends(auth.ExpiryNever, 0), min: 1000 * time.Hour, want: stored},
		"not known":                   {edit: ends(auth.ExpiryNotReported, 30*time.Minute), want: stored},
		"not known, long wanted":      {edit: ends(auth.ExpiryNotReported, 30*time.Minute), min: 2 * time.Hour, want: stored},
		"not known, hour over":        {edit: ends(auth.ExpiryNotReported, -time.Minute), want: renewed},
		"not known, nothing to renew": {edit: both(ends(auth.ExpiryNotReported, -time.Minute), noRefresh), want: stored},
		"learnt, nothing to renew":    {edit: both(ends(auth.ExpiryNotReported, -time.Minute), learnt, noRefresh), want: outcome{code: auth.CodeNoRefreshToken}},
		"over, nothing to renew":      {left: -time.Minute, edit: noRefresh, want: outcome{code: auth.CodeNoRefreshToken}},
		"no access token":             {left: 30 * time.Minute, edit: func(r *auth.Record) { r.Tokens.Access = auth.Secret{} }, want: renewed},
		"refreshing":                  {left: 30 * time.Minute, edit: inState(auth.StateRefreshing), want: stored},
		"outcome unknown":             {left: 30 * time.Minute, edit: inState(auth.StateUnknown), want: stored},
	} {
		t.Run(name, func(t *testing.T) {
			scheduled(t, func(b *bubble) {
				if c.lifetime != "" {
					b.net.at(7001, func(p post) answer { return granted(p, c.lifetime) })
				}
				id := b.put(7001, func(r *auth.Record) {
					left(b.now(), c.left)(r)
					if c.edit != nil {
						c.edit(r)
					}
				})
				b.shift(c.shift)
				got, err := b.ask(id, forMin(c.min))
				assert.Len(t, b.net.got(0), c.want.posts)
				if c.want.code != "" {
					assert.Equal(t, c.want.code, b.code(err))
					assert.True(t, got.Access.Empty())
					return
				}
				require.NoError(t, err)
				assert.Equal(t, c.want.posts > 0, got.Renewed)
				assert.Equal(t, got.Renewed, got.Access.Reveal() != "access")
				if e := got.Expiry; e.Rule == auth.ExpiryReported {
					assert.GreaterOrEqual(t, e.At.Sub(b.now()), max(c.min, min(time.Minute, c.min)))
				}
			})
		})
	}
}

// ends makes the end of the token one by another rule.
func ends(rule auth.ExpiryRule, in time.Duration) func(*auth.Record) {
	return func(r *auth.Record) {
		now := r.Status.IssuedAt.Add(time.Hour) // left was 0
		r.Status.Expiry = auth.Expiry{Rule: rule}
		if rule != auth.ExpiryNever {
			r.Status.Expiry.At, r.Status.Expiry.Lifetime, r.Status.IssuedAt = now.Add(in), time.Hour, now.Add(in-time.Hour)
		}
	}
}

func both(edits ...func(*auth.Record)) func(*auth.Record) {
	return func(r *auth.Record) {
		for _, edit := range edits {
			edit(r)
		}
	}
}

func noRefresh(r *auth.Record) { r.Tokens.Refresh, r.Status.HasRefresh = auth.Secret{}, false }

// learnt is what a refusal of the token has taught.
func learnt(r *auth.Record) { r.Status.Expiry.Lifetime = 20 * time.Minute }

func inState(s auth.State) func(*auth.Record) { return func(r *auth.Record) { r.Status.State = s } }

// What an authorization is in decides, before anybody is asked and without a
// request.
func TestHandOut_States(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(*auth.Record)
		code string
		end  auth.HandOutEnd
	}{
		{"paused", inState(auth.StatePaused), auth.CodePaused, auth.EndDenied},
		{"never authorized", inState(auth.StateNeverAuthorized), auth.CodeNoAccessToken, auth.EndNeedsSignIn},
		{"waiting", inState(auth.StateWaiting), auth.CodeNoAccessToken, auth.EndNeedsSignIn},
		{"revoked", inState(auth.StateRevoked), auth.CodeNoAccessToken, auth.EndNeedsSignIn},
		{"refused", both(inState(auth.StateNeedsSignIn), lastOutcome("invalid_grant")), "invalid_grant", auth.EndNeedsSignIn},
		{"refused twice", both(inState(auth.StateNeedsSignIn), lastOutcome(auth.CodeRefusedTwice)), auth.CodeRefusedTwice, auth.EndNeedsSignIn},
		{"over, last try in vain", both(inState(auth.StateNeedsSignIn), lastOutcome(auth.CodeDNS)), auth.CodeNoAccessToken, auth.EndNeedsSignIn},
		{"settings", both(inState(auth.StateNeedsAttention), lastOutcome("invalid_client")), "invalid_client", auth.EndOther},
		{"no bearer token", func(r *auth.Record) { r.Status.HandOut = false }, auth.CodeNotHandedOut, auth.EndOther},
	} {
		t.Run(c.name, func(t *testing.T) {
			scheduled(t, func(b *bubble) {
				defer b.engine.OfferConsent()()
				id := b.put(7001, func(r *auth.Record) {
					left(b.now(), 30*time.Minute)(r)
					r.Rule.Mode = auth.HandOutAsk // nobody is asked about what can't be had
					c.edit(r)
				})
				got, err := b.ask(id)
				assert.Equal(t, c.code, b.code(err))
				assert.Equal(t, c.end, auth.EndOf(err))
				assert.Zero(t, got)
				assert.Empty(t, b.net.got(0))
				assert.Zero(t, b.seen(auth.EventConsent))
				require.Len(t, b.entries(), 1)
				assert.Equal(t, c.code, b.entries()[0].Outcome)
				assert.Zero(t, b.row(id).Status.LastUsedAt)
			})
		})
	}
}

func lastOutcome(code string) func(*auth.Record) {
	return func(r *auth.Record) { r.Status.LastOutcome = code }
}

// T46: a name is looked up and nothing else.
func TestHandOut_UnknownNames(t *testing.T) {
	scheduled(t, func(b *bubble) {
		b.put(7001, anyone)
		for _, name := range []string{"", " ", "../x", "-x", "a\nb", "a\x00b", string(make([]byte, 10<<10)), "\xff", "Sales\u200b", "no such"} {
			_, err := b.engine.HandOut(b.Context(), asking(name))
			assert.Equal(t, auth.CodeUnknownName, b.code(err), "%q", name)
			assert.Equal(t, auth.EndUnknownName, auth.EndOf(err))
			assert.NotContains(t, asFailure(t, err).Happened, "\x00")
			_, err = b.engine.IDOf(b.Context(), name)
			assert.Equal(t, auth.CodeUnknownName, b.code(err))
		}
		for _, e := range b.entries() {
			assert.Contains(t, []string{"", "../x", "no such"}, e.Name, "what is no name stands nowhere")
		}
	})
}

func TestHandOut_Locked(t *testing.T) {
	scheduled(t, func(b *bubble) {
		id := b.put(7001, both(left(b.now(), time.Hour), anyone))
		b.store.Vault().Lock()
		_, err := b.ask(id)
		assert.Equal(t, auth.EndLocked, auth.EndOf(err))
		require.Len(t, b.entries(), 1, "that it was asked for is on record all the same")
		assert.Equal(t, id, b.entries()[0].AuthorizationID)
		list, err := b.engine.HandOutList(b.Context())
		require.NoError(t, err)
		assert.Len(t, list, 1)
	})
}

// What programs see of all authorizations: more than a page of the store, by name.
func TestHandOutList(t *testing.T) {
	scheduled(t, func(b *bubble) {
		for i := range 1003 {
			b.put(7000+i%3, func(r *auth.Record) {
				r.Authorization.Name = numbered("n", 10_000+i)
				if i == 7 {
					r.Authorization.ServiceID, r.Rule.Hosts = auth.LocalServiceID, []string{"127.0.0.1:17655"}
				}
			})
		}
		list, err := b.engine.HandOutList(b.Context())
		require.NoError(t, err)
		require.Len(t, list, 1003)
		for i, l := range list {
			assert.Equal(t, numbered("n", 10_000+i), l.Name)
		}
		assert.True(t, list[7].Local)
		assert.Equal(t, []string{"127.0.0.1:17655"}, list[7].Hosts)
		assert.False(t, list[8].Local)
		assert.Equal(t, auth.StateExpiring, list[8].State)
	})
}

// A server's 401 brings a new token, once for all who got it; one that was just
// issued is not the one that was refused.
func TestHandOut_Rejected(t *testing.T) {
	scheduled(t, func(b *bubble) {
		id := b.put(7001, left(b.now(), 30*time.Minute))
		first, err := b.ask(id, rejected)
		require.NoError(t, err)
		assert.True(t, first.Renewed)
		b.pass(4900 * time.Millisecond)
		second, err := b.ask(id, rejected)
		require.NoError(t, err)
		assert.False(t, second.Renewed)
		assert.True(t, first.Access.Equal(second.Access))
		assert.Len(t, b.net.got(0), 1)
		b.pass(100 * time.Millisecond)
		third, err := b.ask(id, rejected)
		require.NoError(t, err)
		assert.True(t, third.Renewed)
		assert.Len(t, b.net.got(0), 2)

		b.shift(-time.Hour) // the stored one seems to come from the future
		_, err = b.ask(id, rejected)
		require.NoError(t, err)
		assert.Len(t, b.net.got(0), 3)
	})
}

// A pasted token that has run out is the user's to replace.
func TestHandOut_Pasted(t *testing.T) {
	scheduled(t, func(b *bubble) {
		id := b.put(7001, func(r *auth.Record) {
			left(b.now(), -time.Minute)(r)
			r.Authorization.Grant = auth.GrantAccessToken
			noRefresh(r)
		})
		_, err := b.ask(id, interactive)
		assert.Equal(t, auth.EndNeedsSignIn, auth.EndOf(err))
		assert.Contains(t, asFailure(t, err).Title, "pasted")
	})
}

// A token goes out as the service's API wants it.
func TestHandOut_TokenUse(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	service := authtest.Service()
	service.Use = auth.TokenUse{Header: "X-Token", Scheme: "-"}
	catalog, err := authtest.CatalogOf(service)
	require.NoError(t, err)
	e, err := auth.New(auth.Params{
		Store: r.store, Vault: r.store.Vault(), Catalog: catalog, Wire: auth.NewWire(auth.WireParams{}), Browser: authtest.NewBrowser(t, authtest.BrowserIgnore, nil),
	})
	require.NoError(t, err)
	t.Cleanup(e.Close)
	r.stored(anyone)
	got, err := e.HandOut(background(), asking("sales"))
	require.NoError(t, err)
	assert.Equal(t, http.CanonicalHeaderKey("x-token"), got.Header)
	assert.Equal(t, got.Access.Reveal(), got.Value.Reveal())
}
