package auth_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

var wireNow = authtest.GoldenNow

const oldRefresh = authtest.Sentinel + "refresh-77"

func newTestWire(s *authtest.Evilas) *auth.Wire {
	return auth.NewWire(auth.WireParams{RootCAs: s.RootCAs(), Now: func() time.Time { return wireNow }})
}

// refreshRequest is a refresh with a secret in every place that has one.
func refreshRequest(s *authtest.Evilas) auth.TokenRequest {
	return auth.TokenRequest{
		ClientRequest: auth.ClientRequest{
			Endpoint: s.URL() + authtest.PathToken, ClientID: "client", ClientAuth: auth.ClientAuthPost,
			ClientSecret: auth.NewSecret(authtest.Sentinel + "secret-77"),
		},
		Form: url.Values{"grant_type": {"refresh_token"}, "refresh_token": {oldRefresh}},
	}
}

func (g goldenCase) answer() authtest.Answer {
	a := authtest.Answer{Status: g.Status, Body: g.Body, Endless: g.Endless}
	switch g.ContentType {
	case "":
	case "-":
		a.Header = http.Header{"Content-Type": nil}
	default:
		a.Header = http.Header{"Content-Type": {g.ContentType}}
	}
	return a
}

type goldenCase struct{ authtest.GoldenReply }

func TestWire_GoldenReplies(t *testing.T) {
	s := authtest.NewEvilas(t, authtest.EvilasParams{})
	w := newTestWire(s)
	rules := map[string]bool{}
	for _, golden := range authtest.GoldenReplies {
		t.Run(golden.Rule, func(t *testing.T) {
			require.False(t, rules[golden.Rule], "two replies for one rule")
			rules[golden.Rule] = true
			s.Script(authtest.PathToken, goldenCase{golden}.answer())
			r := refreshRequest(s)
			r.Quirks, r.Never = golden.Quirks, golden.Never
			before := s.Shown(oldRefresh)
			reply, err := w.Token(t.Context(), r)
			assert.Equal(t, 1, s.Shown(oldRefresh)-before, "presentations of the refresh token")
			if golden.Want.Phase != "" {
				var failed *auth.WireError
				require.ErrorAs(t, err, &failed)
				assert.Equal(t, golden.Want.Phase, failed.Phase)
				assert.Equal(t, golden.Want.Code, failed.Code)
				assert.Empty(t, reply)
				return
			}
			require.NoError(t, err)
			checkGolden(t, golden.Want, reply)
		})
	}
	assert.GreaterOrEqual(t, len(rules), 60)
}

func checkGolden(t *testing.T, want authtest.GoldenOutcome, got auth.Reply) {
	t.Helper()
	if want.Access == "" {
		want.Access = "A"
	}
	switch want.Type {
	case "":
		want.Type = "Bearer"
	case "-":
		want.Type = ""
	}
	expiry := auth.Expiry{Rule: want.Expiry, Lifetime: want.Lifetime}
	if expiry.Rule == "" {
		expiry.Rule = auth.ExpiryReported
	}
	switch expiry.Lifetime {
	case 0:
		expiry.Lifetime = time.Hour
	case -1:
		expiry.Lifetime = 0
	}
	expiry.At = wireNow.Add(expiry.Lifetime)
	if expiry.Rule == auth.ExpiryNever {
		expiry = auth.Expiry{Rule: auth.ExpiryNever}
	}
	assert.Equal(t, want.Access, got.Tokens.Access.Reveal())
	assert.Equal(t, want.Refresh, got.Tokens.Refresh.Reveal())
	assert.Equal(t, want.ID, got.Tokens.ID.Reveal())
	assert.Equal(t, want.Type, got.TokenType)
	assert.Equal(t, want.Granted, got.Granted)
	assert.Equal(t, !want.NotForHandOut, got.HandOut)
	assert.Equal(t, expiry, got.Expiry)
	assert.Equal(t, want.SignInLasts, got.SignInLasts)
	assert.Equal(t, want.Facts, got.Tokens.Facts)
	assert.Equal(t, wireNow, got.At)
}
