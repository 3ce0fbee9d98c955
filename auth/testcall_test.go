package auth_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// lasting makes the stored access token one that lasts that long from now.
func lasting(left time.Duration) func(*auth.Record) {
	return func(rec *auth.Record) { rec.Status.Expiry.At = time.Now().Add(left).UTC() }
}

// A token that rotates is used up only when it has to be.
func TestTestRefreshesOnlyWhatIsAboutToRunOut(t *testing.T) {
	for name, test := range map[string]struct {
		edit    func(*auth.Record)
		renewed bool
	}{
		"an hour left":    {lasting(time.Hour), false},
		"two minutes":     {lasting(2 * time.Minute), false},
		"half a minute":   {lasting(30 * time.Second), true},
		"over":            {lasting(-time.Hour), true},
		"never runs out":  {func(rec *auth.Record) { rec.Status.Expiry = auth.Expiry{Rule: auth.ExpiryNever} }, false},
		"refused, useful": {func(rec *auth.Record) { lasting(-time.Hour)(rec); rec.Status.Failures = 3 }, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
			before := r.stored(test.edit)
			id := before.Authorization.ID
			r.server.Script(authtest.PathUserInfo, authtest.JSON(200, `{"sub":"1"}`))
			result, err := r.engine.Test(background(), id, "")
			require.NoError(t, err)
			assert.Equal(t, test.renewed, result.Renewed)
			assert.Equal(t, test.renewed, r.posts() == 1)
			assert.Equal(t, 200, result.Status)
			assert.JSONEq(t, `{"sub":"1"}`, result.Body)
			assert.EqualValues(t, 11, result.Size)
			assert.Equal(t, "application/json", result.ContentType)
			assert.Equal(t, before.Authorization.Endpoints.UserInfo, result.Address)
			got := r.server.Requests(authtest.PathUserInfo)
			require.Len(t, got, 1)
			assert.Equal(t, "Bearer "+r.row(id).Tokens.Access.Reveal(), got[0].Header.Get("Authorization"))
			events, err := r.engine.History(background(), id)
			require.NoError(t, err)
			require.NotEmpty(t, events)
			assert.Equal(t, auth.WordTest, events[0].Kind)
			assert.Equal(t, auth.OutcomeOK, events[0].Outcome)
		})
	}
}

func TestTestWithoutAnAddress(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	id := r.stored(func(rec *auth.Record) { rec.Authorization.Endpoints.UserInfo = "" }).Authorization.ID
	result, err := r.engine.Test(background(), id, "")
	require.NoError(t, err)
	assert.True(t, result.Renewed)
	assert.Empty(t, result.Address)
	assert.Zero(t, result.Status)
	assert.Len(t, r.server.Requests(""), 1)
}

// The token goes to https addresses only, and nothing is sent before that is known.
func TestTestRefusesAnAddress(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	id := r.stored(nil).Authorization.ID
	for _, address := range []string{
		"http://example.com/me", "http://localhost/me", "ftp://example.com", "example.com", "https://user:pass@example.com/", "https://{tenant}.example.com/", "javascript:alert(1)",
	} {
		_, err := r.engine.Test(background(), id, address)
		f := asFailure(t, err)
		assert.Equal(t, auth.CodeAddressRefused, f.Code, address)
		assert.Equal(t, auth.StateActive, f.State, "nothing is wrong with the settings")
	}
	assert.Empty(t, r.server.Requests(""))
}

func TestTestFollowsNoRedirect(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	thief := authtest.NewEvilas(t, authtest.EvilasParams{})
	id := r.stored(lasting(time.Hour)).Authorization.ID
	r.server.Script("/me", authtest.Redirect(307, thief.URL()+"/me"))
	result, err := r.engine.Test(background(), id, r.server.URL()+"/me")
	require.NoError(t, err)
	assert.Equal(t, 307, result.Status)
	assert.Empty(t, thief.Requests(""))
	events, err := r.engine.History(background(), id)
	require.NoError(t, err)
	assert.Equal(t, auth.CodeRedirectRefused, events[0].Outcome)
}

// An answer of any status is a result; that none came is a failure.
func TestTestOutcomes(t *testing.T) {
	for code, answer := range map[string]authtest.Answer{
		auth.CodeNotFound:    authtest.JSON(404, "{}"),
		auth.CodeServerError: authtest.JSON(503, ""),
		auth.CodeRefused:     authtest.JSON(403, ""),
		auth.CodeCutOff:      {NoAnswer: true},
	} {
		t.Run(code, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{})
			before := r.stored(lasting(time.Hour))
			id := before.Authorization.ID
			r.server.Script("/me", answer)
			result, err := r.engine.Test(background(), id, r.server.URL()+"/me")
			if answer.NoAnswer {
				f := asFailure(t, err)
				assert.Equal(t, code, f.Code)
				assert.Equal(t, auth.StateActive, f.State, "a failed look-up says nothing about the grant")
			} else {
				require.NoError(t, err)
				assert.Equal(t, answer.Status, result.Status)
			}
			assert.Equal(t, before.Status, r.row(id).Status)
			events, err := r.engine.History(background(), id)
			require.NoError(t, err)
			assert.Equal(t, code, events[0].Outcome)
		})
	}
}

// A token call that fails is the outcome of the test: nothing is fetched.
func TestTestEndsWithAFailedTokenCall(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	id := r.stored(nil).Authorization.ID
	r.server.Script(authtest.PathToken, authtest.JSON(400, `{"error":"invalid_grant"}`))
	_, err := r.engine.Test(background(), id, "")
	assert.Equal(t, "invalid_grant", asFailure(t, err).Code)
	assert.Empty(t, r.server.Requests(authtest.PathUserInfo))
	_, err = r.engine.Test(background(), "gone", "")
	assert.Equal(t, auth.CodeNotFoundHere, asFailure(t, err).Code)
}

// T31, T32: a token that is no bearer token is stored and shown, and never sent
// as one.
func TestATokenOfAnotherTypeIsNotSentAsABearerToken(t *testing.T) {
	for _, kind := range []string{"DPoP", "mac", ""} {
		r := newRig(t, authtest.EvilasParams{})
		r.server.Script(authtest.PathToken, authtest.JSON(200,
			`{"access_token":"`+authtest.Sentinel+`odd","token_type":"`+kind+`","expires_in":3600}`))
		id := r.stored(nil).Authorization.ID
		d, err := r.engine.Refresh(background(), id)
		require.NoError(t, err)
		assert.Equal(t, kind, d.Status.TokenType, "the type is shown")
		assert.False(t, d.Status.HandOut)
		_, err = r.engine.Test(background(), id, "")
		assert.Equal(t, auth.CodeNotHandedOut, asFailure(t, err).Code)
		assert.Empty(t, r.server.Requests(authtest.PathUserInfo))
		token, err := r.engine.AccessToken(background(), id)
		require.NoError(t, err)
		assert.Equal(t, authtest.Sentinel+"odd", token.Reveal())
	}
}

// T32: nor is it shown to the service at the end of a sign-in.
func TestASignInSendsNoTokenOfAnotherType(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	r.server.Script(authtest.PathToken, authtest.JSON(200, `{"access_token":"`+authtest.Sentinel+`odd","token_type":"DPoP","expires_in":3600}`))
	s, err := r.engine.Authorize(background(), r.draft("Sales"))
	require.NoError(t, err)
	d, err := r.signIn(s)
	require.NoError(t, err)
	assert.Equal(t, auth.StateActive, d.Status.State)
	assert.Empty(t, d.Status.SignedInAs)
	assert.Empty(t, r.server.Requests(authtest.PathUserInfo))
}

// T34: a lifetime that was not reported is learnt from a 401.
func TestTestLearnsFromA401(t *testing.T) {
	unreported := func(rec *auth.Record) {
		lasting(time.Hour)(rec)
		rec.Status.Expiry.Rule = auth.ExpiryNotReported
	}
	refused := authtest.JSON(401, "{}")
	challenge := authtest.Answer{Status: 401, Header: http.Header{"Www-Authenticate": {`Bearer realm="x", error="invalid_token"`}}}
	for name, test := range map[string]struct {
		edit   func(*auth.Record)
		path   string
		answer authtest.Answer
		learnt bool
	}{
		"the service itself":            {unreported, authtest.PathUserInfo, refused, true},
		"another, which says why":       {unreported, "/api", challenge, true},
		"another, which does not":       {unreported, "/api", refused, false},
		"forbidden":                     {unreported, authtest.PathUserInfo, authtest.JSON(403, ""), false},
		"a lifetime that was reported":  {lasting(time.Hour), authtest.PathUserInfo, refused, false},
		"a token that never runs out":   {func(rec *auth.Record) { rec.Status.Expiry = auth.Expiry{Rule: auth.ExpiryNever} }, authtest.PathUserInfo, refused, false},
		"the service is down meanwhile": {unreported, authtest.PathUserInfo, authtest.JSON(503, ""), false},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{})
			before := r.stored(test.edit)
			id := before.Authorization.ID
			r.server.Script(test.path, test.answer)
			result, err := r.engine.Test(background(), id, r.server.URL()+test.path)
			require.NoError(t, err)
			assert.Equal(t, test.answer.Status, result.Status)
			after := r.row(id)
			assert.Equal(t, before.Tokens, after.Tokens)
			if !test.learnt {
				assert.Equal(t, before.Status.Expiry, after.Status.Expiry)
				return
			}
			assert.Equal(t, auth.ExpiryNotReported, after.Status.Expiry.Rule)
			assert.Equal(t, auth.StateExpired, after.Status.Effective(time.Now()))
			_, err = r.engine.AccessToken(background(), id)
			asFailure(t, err)
			again, err := r.engine.Test(background(), id, "")
			require.NoError(t, err)
			assert.True(t, again.Renewed, "the next test gets a new one")
			assert.Equal(t, 200, again.Status)
		})
	}
}

// T36: an error that echoes what was sent shows nothing of it.
func TestTestShowsNothingOfAnEchoingError(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	before := r.stored(nil)
	for _, value := range []string{before.Tokens.Refresh.Reveal(), before.Authorization.ClientSecret.Reveal(), before.Tokens.Access.Reveal()} {
		r.server.Script(authtest.PathToken, authtest.JSON(400, `{"error":"`+value+`","error_description":"`+value+`","error_uri":"https://x/`+value+`"}`))
		_, err := r.engine.Test(background(), before.Authorization.ID, "")
		f := asFailure(t, err)
		shown := strings.Join(append(f.Steps, f.Title, f.Happened, f.Code, f.Word, f.Link, f.Error(), f.Host), " ")
		assert.NotContains(t, shown, authtest.Sentinel)
	}
	events, err := r.engine.History(background(), before.Authorization.ID)
	require.NoError(t, err)
	for _, event := range events {
		assert.NotContains(t, event.Outcome, authtest.Sentinel)
	}
}

// Where nothing is used up by asking, the token call is part of every test.
func TestTestAsksForANewTokenWhereNothingIsUsedUp(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	id := r.stored(func(rec *auth.Record) {
		lasting(time.Hour)(rec)
		rec.Authorization.Grant, rec.Tokens.Refresh = auth.GrantClientCredentials, auth.Secret{}
		rec.Authorization.Endpoints.UserInfo = ""
	}).Authorization.ID
	for call := range 2 {
		result, err := r.engine.Test(background(), id, "")
		require.NoError(t, err)
		assert.True(t, result.Renewed)
		assert.Equal(t, call+1, r.posts())
	}
}

// A pasted token goes out under the name that the user gave its type, and its
// end is learnt like that of any other.
func TestTestOfAPastedToken(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	id := r.stored(func(rec *auth.Record) {
		rec.Authorization.Grant, rec.Tokens.Refresh = auth.GrantAccessToken, auth.Secret{}
		rec.Status.TokenType, rec.Status.HandOut = "SSWS", false
		rec.Status.Expiry = auth.Expiry{Rule: auth.ExpiryNotReported}
	}).Authorization.ID
	r.server.Script(authtest.PathUserInfo, authtest.JSON(200, "{}"), authtest.JSON(401, "{}"))
	result, err := r.engine.Test(background(), id, "")
	require.NoError(t, err)
	assert.False(t, result.Renewed)
	assert.Equal(t, "SSWS "+authtest.Sentinel+"access-0", r.server.Requests("")[0].Header.Get("Authorization"))
	assert.Equal(t, auth.StateActive, r.row(id).Status.Effective(time.Now()))
	_, err = r.engine.Test(background(), id, "")
	require.NoError(t, err)
	assert.Equal(t, auth.StateExpired, r.row(id).Status.Effective(time.Now()))
	assert.Zero(t, r.posts())
}
