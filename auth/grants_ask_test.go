package auth_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// grantDraft is one that can be saved, for another grant.
func (r *rig) grantDraft(g auth.Grant, values map[auth.Field]string) auth.Draft {
	d := r.draft("Sales")
	d.Grant, d.Values = g, auth.Values{}
	for f, value := range values {
		d.Values.Set(f, auth.NewSecret(value))
	}
	return d
}

// direct saves a draft whose grant asks nothing of the user and waits for its end.
func (r *rig) direct(d auth.Draft) (auth.Detail, string, error) {
	r.Helper()
	s, err := r.engine.Authorize(background(), d)
	require.NoError(r, err)
	assert.Equal(r, auth.PromptNone, s.Kind())
	assert.Empty(r, s.URL())
	assert.Empty(r, s.RedirectURI())
	require.ErrorIs(r, s.Paste("https://x.example/?code=1"), auth.ErrCancelled)
	require.ErrorIs(r, s.OpenBrowser(background()), auth.ErrCancelled)
	detail, err := s.Wait(background())
	return detail, s.ID(), err
}

// newKey makes a private key and its PEM form.
func newKey(t *testing.T) (*ecdsa.PrivateKey, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return key, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// askGrant is a grant that is asked again, ready to be saved.
type askGrant struct {
	params authtest.EvilasParams
	draft  func(r *rig) auth.Draft
	form   map[string]string // what the request has to present
}

func askGrants(t *testing.T) map[auth.Grant]askGrant {
	key, pem := newKey(t)
	secret := authtest.Sentinel + "secret-0"
	return map[auth.Grant]askGrant{
		auth.GrantClientCredentials: {
			params: authtest.EvilasParams{ClientID: authtest.ClientID, ClientSecret: secret},
			draft: func(r *rig) auth.Draft {
				d := r.grantDraft(auth.GrantClientCredentials, nil)
				d.TokenParams = []auth.Pair{{Name: "scope", Value: auth.NewSecret("https://graph.example/.default")}}
				return d
			},
			form: map[string]string{"grant_type": "client_credentials", "scope": "https://graph.example/.default"},
		},
		auth.GrantPassword: {
			params: authtest.EvilasParams{User: "ana", Password: authtest.Sentinel + " pass word "},
			draft: func(r *rig) auth.Draft {
				d := r.grantDraft(auth.GrantPassword, map[auth.Field]string{
					auth.FieldUserName: " ana ", auth.FieldPassword: authtest.Sentinel + " pass word ",
					auth.FieldPayload: `{"client_id": "app", "client_secret": "in the body", "audience": "a b", "claims": {"x": [1, true]}, "n": 5}`,
				})
				d.ClientID, d.ClientSecret, d.Confirmation = "", auth.Secret{}, auth.Secret{}
				return d
			},
			form: map[string]string{
				"grant_type": "password", "username": "ana", "password": authtest.Sentinel + " pass word ", "client_id": "app",
				"client_secret": "in the body", "audience": "a b", "claims": `{"x":[1,true]}`, "n": "5",
			},
		},
		auth.GrantJWTBearer: {
			params: authtest.EvilasParams{AssertionKey: &key.PublicKey},
			draft: func(r *rig) auth.Draft {
				d := r.grantDraft(auth.GrantJWTBearer, map[auth.Field]string{
					auth.FieldPrivateKey: pem, auth.FieldJWTIssuer: "svc@example.test", auth.FieldJWTSubject: "ana",
					auth.FieldJWTAudience: r.server.URL(), auth.FieldJWTHeader: `{"kid": "key-1"}`, auth.FieldPayload: `{"scope": "read"}`,
				})
				d.ClientID, d.ClientSecret, d.Confirmation = "", auth.Secret{}, auth.Secret{}
				return d
			},
			form: map[string]string{"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer"},
		},
	}
}

// Each of these grants gets its token by itself and simply asks again.
func TestAskingGrantsGetTokensAndAskAgain(t *testing.T) {
	for grant, test := range askGrants(t) {
		t.Run(string(grant), func(t *testing.T) {
			r := newRig(t, test.params)
			detail, id, err := r.direct(test.draft(r))
			require.NoError(t, err)
			assert.Equal(t, auth.StateActive, detail.Status.State)
			require.Equal(t, 1, r.posts())
			got := r.server.Requests(authtest.PathToken)[0]
			for name, value := range test.form {
				assert.Equal(t, []string{value}, got.Form[name], name)
			}
			assert.Equal(t, "application/x-www-form-urlencoded", got.Header.Get("Content-Type"))
			if grant != auth.GrantPassword {
				assert.False(t, got.Form.Has("client_id"), "no client is named twice, nor an empty one")
			}
			assert.Zero(t, detail.Status.Refreshes)

			first := r.row(id).Tokens.Access
			again, err := r.engine.Refresh(background(), id)
			require.NoError(t, err)
			assert.Equal(t, 1, again.Status.Refreshes)
			assert.Equal(t, 2, r.posts())
			assert.NotEqual(t, first, r.row(id).Tokens.Access)
			assert.Empty(t, r.store.Revocations(), "nothing that was only asked for is revoked")

			s, err := r.engine.Reauthorize(background(), id, auth.ReauthorizeOptions{Consent: true})
			require.NoError(t, err)
			signed, err := s.Wait(background())
			require.NoError(t, err)
			assert.Zero(t, signed.Status.Refreshes, "counted from the last sign-in")
		})
	}
}

// An assertion is signed anew for each request: no ID twice, the times of now.
func TestJWTBearerSignsAnewEachTime(t *testing.T) {
	test := askGrants(t)[auth.GrantJWTBearer]
	r := newRig(t, test.params)
	_, id, err := r.direct(test.draft(r))
	require.NoError(t, err)
	_, err = r.engine.Refresh(background(), id)
	require.NoError(t, err)
	seen := map[any]bool{}
	for _, request := range r.server.Requests(authtest.PathToken) {
		header, claims := assertionOf(t, request.Form.Get("assertion"))
		assert.Equal(t, map[string]any{"alg": "ES256", "typ": "JWT", "kid": "key-1"}, header)
		assert.Equal(t, "svc@example.test", claims["iss"])
		assert.Equal(t, "ana", claims["sub"])
		assert.Equal(t, r.server.URL(), claims["aud"], "one text, no list (T37)")
		assert.Equal(t, "read", claims["scope"])
		assert.InDelta(t, 300, claims["exp"].(float64)-claims["iat"].(float64), 0.1)
		assert.InDelta(t, time.Now().Unix(), claims["iat"].(float64), 60)
		assert.False(t, seen[claims["jti"]])
		seen[claims["jti"]] = true
	}
	assert.Len(t, seen, 2)
}

func assertionOf(t *testing.T, assertion string) (header, claims map[string]any) {
	t.Helper()
	parts := strings.Split(assertion, ".")
	require.Len(t, parts, 3)
	for i, to := range []*map[string]any{&header, &claims} {
		plain, err := base64.RawURLEncoding.DecodeString(parts[i])
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(plain, to))
	}
	return header, claims
}

// A first try that fails leaves a row to try again; the same draft under its ID
// takes the values that the form never shows from the vault.
func TestAskingGrantThatFailsFirstCanBeTriedAgain(t *testing.T) {
	for grant, test := range askGrants(t) {
		t.Run(string(grant), func(t *testing.T) {
			r := newRig(t, test.params)
			r.server.Script(authtest.PathToken, authtest.JSON(400, `{"error":"invalid_grant"}`))
			_, id, err := r.direct(test.draft(r))
			assert.Equal(t, "invalid_grant", asFailure(t, err).Code)
			after := r.row(id)
			assert.Equal(t, auth.StateNeverAuthorized, after.Status.State)
			assert.Equal(t, "invalid_grant", after.Status.LastOutcome)

			d, err := r.engine.DraftOf(background(), id, false)
			require.NoError(t, err)
			assert.True(t, d.Values[auth.FieldPassword].Empty())
			assert.True(t, d.Values[auth.FieldPrivateKey].Empty())
			_, again, err := r.direct(d)
			require.NoError(t, err)
			assert.Equal(t, id, again)
			assert.Equal(t, auth.StateActive, r.row(id).Status.State)
			assert.Equal(t, after.Authorization.Values, r.row(id).Authorization.Values)
		})
	}
}

// Nothing is used up by asking: an end that is not known leaves the tokens in
// force, and the next try asks once more.
func TestAskingAgainSurvivesALostAnswer(t *testing.T) {
	test := askGrants(t)[auth.GrantClientCredentials]
	r := newRig(t, test.params)
	_, id, err := r.direct(test.draft(r))
	require.NoError(t, err)
	before := r.row(id)
	r.server.Script(authtest.PathToken, authtest.Answer{Apply: true, CutAt: 1})
	_, err = r.engine.Refresh(background(), id)
	assert.Equal(t, auth.StateActive, asFailure(t, err).State)
	after := r.row(id)
	assert.Equal(t, auth.StateActive, after.Status.State)
	assert.Equal(t, auth.CodeCutOff, after.Status.LastOutcome)
	assert.Equal(t, 1, after.Status.Failures)
	assert.Equal(t, before.Tokens, after.Tokens)
	_, open, err := r.store.OpenAttempt(background(), id)
	require.NoError(t, err)
	assert.False(t, open)
	_, err = r.engine.Refresh(background(), id)
	require.NoError(t, err)
}

// Credentials that the service refuses are settings to correct, not a sign-in
// that is over.
func TestRefusedCredentialsNeedAttention(t *testing.T) {
	test := askGrants(t)[auth.GrantPassword]
	r := newRig(t, test.params)
	_, id, err := r.direct(test.draft(r))
	require.NoError(t, err)
	for range 3 {
		r.server.Script(authtest.PathToken, authtest.JSON(400, `{"error":"invalid_grant"}`))
		_, err = r.engine.Refresh(background(), id)
		assert.Equal(t, auth.StateNeedsAttention, asFailure(t, err).State)
		assert.Equal(t, auth.StateNeedsAttention, r.row(id).Status.State)
	}
	_, err = r.engine.Refresh(background(), id)
	require.NoError(t, err, "the user can always ask again")
}

// A crash between intent and answer is no sign-in lost.
func TestInterruptedAskIsRestored(t *testing.T) {
	test := askGrants(t)[auth.GrantClientCredentials]
	for name, has := range map[string]bool{"tokens": true, "none yet": false} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, test.params)
			record := r.stored(func(rec *auth.Record) {
				rec.Authorization.Grant, rec.Status.State = auth.GrantClientCredentials, auth.StateRefreshing
				rec.Tokens.Refresh = auth.Secret{}
				if !has {
					rec.Status.Generation, rec.Tokens = 0, auth.Tokens{}
				}
			})
			id := record.Authorization.ID
			r.store.PutAttempt(id, auth.Attempt{ID: "1", Kind: auth.AttemptAsk, StartedAt: time.Now(), Presented: 1})
			changed := r.events(r.engine, auth.EventList, id)
			require.NoError(t, r.engine.Start(background()))
			<-changed
			want := auth.StateNeverAuthorized
			if has {
				want = auth.StateActive
			}
			assert.Equal(t, want, r.row(id).Status.State)
			assert.Zero(t, r.posts(), "nothing is sent without being asked for")
		})
	}
}

// The limit counts refreshes, of every kind, until the next sign-in.
func TestRefreshLimit(t *testing.T) {
	test := askGrants(t)[auth.GrantClientCredentials]
	r := newRig(t, test.params)
	d := test.draft(r)
	d.RefreshLimit = 1
	_, id, err := r.direct(d)
	require.NoError(t, err)
	detail, err := r.engine.Refresh(background(), id)
	require.NoError(t, err)
	assert.Zero(t, detail.RefreshesLeft)
	assert.False(t, detail.CanRefresh)
	_, err = r.engine.Refresh(background(), id)
	assert.Equal(t, auth.CodeLimitUsed, asFailure(t, err).Code)
	assert.Equal(t, 2, r.posts())
	s, err := r.engine.Reauthorize(background(), id, auth.ReauthorizeOptions{})
	require.NoError(t, err)
	detail, err = s.Wait(background())
	require.NoError(t, err)
	assert.Equal(t, 1, detail.RefreshesLeft)
}
