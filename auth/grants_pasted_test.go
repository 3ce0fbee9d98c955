package auth_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

func (r *rig) pasteDraft(token string) auth.Draft {
	return r.grantDraft(auth.GrantRefreshToken, map[auth.Field]string{auth.FieldRefreshToken: " " + token + "\n"})
}

func TestPastedRefreshTokenIsPresentedOnce(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
	token := r.server.Grant("read")
	detail, id, err := r.direct(r.pasteDraft(token))
	require.NoError(t, err)
	assert.Equal(t, auth.StateActive, detail.Status.State)
	assert.Zero(t, detail.Status.Refreshes, "the first tokens are a sign-in, not a refresh")
	assert.Equal(t, []string{"read"}, detail.Status.Granted)
	assert.Equal(t, "ana@example.test", detail.Status.SignedInAs)
	assert.Equal(t, 1, r.server.Shown(token))
	assert.NotEqual(t, token, r.row(id).Tokens.Refresh.Reveal(), "rotated")
	assert.Empty(t, r.row(id).Authorization.Values, "the token is kept as a token alone")
	detail, err = r.engine.Refresh(background(), id)
	require.NoError(t, err)
	assert.Equal(t, 1, detail.Status.Refreshes)
	assert.Equal(t, 1, r.server.MostShown("refresh"))
}

// What the user typed is never lost, whatever becomes of the request; and how
// often it was presented is known.
func TestPastedRefreshTokenIsKeptWhateverHappens(t *testing.T) {
	for name, test := range map[string]struct {
		answer authtest.Answer
		state  auth.State
		shown  int // after another try
	}{
		"cut off":         {authtest.Answer{NoAnswer: true}, auth.StateUnknown, 2},
		"wrong secret":    {authtest.JSON(401, `{"error":"invalid_client"}`), auth.StateNeedsAttention, 2},
		"service is down": {authtest.JSON(503, ``), auth.StateNeverAuthorized, 2},
		"refused":         {authtest.JSON(400, `{"error":"invalid_grant"}`), auth.StateNeedsSignIn, 2},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{})
			token := r.server.Grant("read")
			r.server.Script(authtest.PathToken, test.answer)
			_, id, err := r.direct(r.pasteDraft(token))
			assert.Equal(t, test.state, asFailure(t, err).State)
			after := r.row(id)
			assert.Equal(t, test.state, after.Status.State)
			assert.Equal(t, token, after.Tokens.Refresh.Reveal())
			assert.True(t, after.Tokens.Access.Empty())
			_, err = r.engine.AccessToken(background(), id)
			require.Error(t, err, "there is none")

			_, err = r.engine.Refresh(background(), id)
			require.NoError(t, err)
			assert.Equal(t, auth.StateActive, r.row(id).Status.State)
			assert.Equal(t, test.shown, r.server.Shown(token))
		})
	}
}

// A corrected setting goes with the token that is kept; it is stored only with
// the tokens that come.
func TestPastedRefreshTokenWithACorrectedSecret(t *testing.T) {
	secret := authtest.Sentinel + "secret-0"
	r := newRig(t, authtest.EvilasParams{ClientID: authtest.ClientID, ClientSecret: secret})
	token := r.server.Grant("read")
	d := r.pasteDraft(token)
	d.ClientSecret = auth.NewSecret(authtest.Sentinel + "wrong")
	d.Confirmation = d.ClientSecret
	_, id, err := r.direct(d)
	assert.Equal(t, "invalid_client", asFailure(t, err).Code)

	d, err = r.engine.DraftOf(background(), id, false)
	require.NoError(t, err)
	assert.True(t, d.Values[auth.FieldRefreshToken].Empty())
	d.ClientSecret, d.Confirmation = auth.NewSecret(secret), auth.NewSecret(secret)
	_, _, err = r.direct(d)
	require.NoError(t, err)
	assert.Equal(t, secret, r.row(id).Authorization.ClientSecret.Reveal())
}

// Beside working tokens a newly pasted one replaces nothing until it has worked.
func TestPastedRefreshTokenBesideWorkingTokens(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	_, id, err := r.direct(r.pasteDraft(r.server.Grant("read")))
	require.NoError(t, err)
	before := r.row(id)
	d, err := r.engine.DraftOf(background(), id, false)
	require.NoError(t, err)
	d.Values.Set(auth.FieldRefreshToken, auth.NewSecret(authtest.Sentinel+"refresh-of-nobody"))
	_, _, err = r.direct(d)
	assert.Equal(t, "invalid_grant", asFailure(t, err).Code)
	after := r.row(id)
	assert.Equal(t, before.Tokens, after.Tokens)
	assert.Equal(t, auth.StateActive, after.Status.State)
	assert.Equal(t, before.Status.Generation, after.Status.Generation)

	second := r.server.Grant("read")
	d.Values.Set(auth.FieldRefreshToken, auth.NewSecret(second))
	_, _, err = r.direct(d)
	require.NoError(t, err)
	assert.Equal(t, second, r.row(id).Tokens.Refresh.Reveal())
	assert.Empty(t, r.store.Revocations(), "what the user pasted may be in use elsewhere")
}

// The stored token that an edit keeps is the one that stands there when it is
// presented: a refresh may have replaced it since the form was sent off.
func TestKeptRefreshTokenIsTheOneThatIsStored(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
	_, id, err := r.direct(r.pasteDraft(r.server.Grant("read")))
	require.NoError(t, err)
	d, err := r.engine.DraftOf(background(), id, false)
	require.NoError(t, err)
	another := r.another(authtest.BrowserIgnore)
	var signedIn atomic.Bool
	r.store.Fault = func(method string) error {
		if method == "Lock" && signedIn.CompareAndSwap(false, true) { // the lock of the refresh passes
			_, err := another.Refresh(background(), id)
			assert.NoError(t, err)
		}
		return nil
	}
	_, _, err = r.direct(d)
	require.NoError(t, err)
	assert.Equal(t, 1, r.server.MostShown("refresh"))
	_, err = r.engine.Refresh(background(), id)
	require.NoError(t, err, "the family is alive")
}

// A duplicate needs a token of its own: two rows with one would end each other.
func TestDuplicateTakesNoPastedToken(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	_, id, err := r.direct(r.pasteDraft(r.server.Grant("read")))
	require.NoError(t, err)
	d, err := r.engine.DraftOf(background(), id, true)
	require.NoError(t, err)
	_, err = r.engine.Authorize(background(), d)
	var wrong auth.FieldErrors
	require.ErrorAs(t, err, &wrong)
	assert.Equal(t, auth.FieldRefreshToken, wrong[0].Field)
	assert.Equal(t, 1, r.posts())
}

// T34: the end of a pasted access token is what the user says, else not known.
func TestPastedAccessToken(t *testing.T) {
	now := time.Now().Truncate(time.Minute)
	typed := func(at time.Time) string { return at.Local().Format("2006-01-02 15:04") }
	for name, test := range map[string]struct {
		values map[auth.Field]string
		state  auth.State
		expiry auth.ExpiryRule
		at     time.Time
		given  bool
	}{
		"nothing said": {nil, auth.StateActive, auth.ExpiryNotReported, time.Time{}, true},
		"in an hour":   {map[auth.Field]string{auth.FieldTokenExpiry: typed(now.Add(time.Hour))}, auth.StateActive, auth.ExpiryReported, now.Add(time.Hour), true},
		"yesterday":    {map[auth.Field]string{auth.FieldTokenExpiry: typed(now.Add(-24 * time.Hour))}, auth.StateExpired, auth.ExpiryReported, now.Add(-24 * time.Hour), true},
		"other prefix": {map[auth.Field]string{auth.FieldTokenPrefix: "DPoP"}, auth.StateActive, auth.ExpiryNotReported, time.Time{}, false},
		"lower case":   {map[auth.Field]string{auth.FieldTokenPrefix: "bearer"}, auth.StateActive, auth.ExpiryNotReported, time.Time{}, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{})
			if test.values == nil {
				test.values = map[auth.Field]string{}
			}
			test.values[auth.FieldAccessToken] = " " + authtest.Sentinel + "access-mine\n"
			d := r.grantDraft(auth.GrantAccessToken, test.values)
			d.ClientID, d.ClientSecret, d.Confirmation, d.Scopes = "", auth.Secret{}, auth.Secret{}, nil
			detail, id, err := r.direct(d)
			require.NoError(t, err)
			assert.Empty(t, r.server.Requests(""), "no request at all")
			assert.Equal(t, test.state, detail.Status.Effective(time.Now()))
			assert.Equal(t, test.expiry, detail.Status.Expiry.Rule)
			assert.True(t, test.at.Equal(detail.Status.Expiry.At), detail.Status.Expiry.At)
			assert.Equal(t, test.given, detail.Status.HandOut)
			assert.Equal(t, authtest.Sentinel+"access-mine", r.row(id).Tokens.Access.Reveal())
			assert.Equal(t, auth.ClientAuthNone, r.row(id).Authorization.ClientAuth)
			assert.False(t, detail.CanRefresh)
			assert.NotEmpty(t, detail.WhyNotRefresh)
			_, err = r.engine.Refresh(background(), id)
			asFailure(t, err)
			_, err = r.engine.Reauthorize(background(), id, auth.ReauthorizeOptions{})
			assert.Equal(t, auth.ActionEdit, asFailure(t, err).Action)

			edit, err := r.engine.DraftOf(background(), id, false)
			require.NoError(t, err)
			assert.Equal(t, test.values[auth.FieldTokenExpiry], edit.Values.Text(auth.FieldTokenExpiry))
			edit.Values.Set(auth.FieldTokenExpiry, auth.Secret{})
			kept, _, err := r.direct(edit)
			require.NoError(t, err)
			assert.Equal(t, auth.ExpiryNotReported, kept.Status.Expiry.Rule, "the end can be emptied again")
			assert.Equal(t, detail.Status.IssuedAt, kept.Status.IssuedAt)
			assert.Equal(t, authtest.Sentinel+"access-mine", r.row(id).Tokens.Access.Reveal())
		})
	}
}
