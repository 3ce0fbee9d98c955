package auth_test

import (
	"encoding/base64"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// linkOf is the query of the link that a sign-in opens.
func linkOf(t *testing.T, s *auth.SignIn) url.Values {
	t.Helper()
	link, err := url.Parse(s.URL())
	require.NoError(t, err)
	return link.Query()
}

// RFC 9126: what is asked for goes ahead of the browser, with the client's
// authentication; the browser carries a name of it alone.
func TestPushedAuthorizationRequest(t *testing.T) {
	secret := authtest.Sentinel + "secret-0"
	r := newRig(t, authtest.EvilasParams{PAR: true, ClientID: authtest.ClientID, ClientSecret: secret})
	d := r.draft("Sales")
	d.AuthParams = []auth.Pair{{Name: "login_hint", Value: auth.NewSecret("ana")}}
	s, err := r.engine.Authorize(background(), d)
	require.NoError(t, err)
	query := linkOf(t, s)
	require.Len(t, query, 2)
	assert.Equal(t, authtest.ClientID, query.Get("client_id"))
	assert.NotEmpty(t, query.Get("request_uri"))
	pushes := r.server.Requests(authtest.PathPAR)
	require.Len(t, pushes, 1)
	assert.Equal(t, "S256", pushes[0].Form.Get("code_challenge_method"))
	assert.Equal(t, "ana", pushes[0].Form.Get("login_hint"))
	assert.Equal(t, "read offline_access", pushes[0].Form.Get("scope"))
	assert.Equal(t, s.RedirectURI(), pushes[0].Form.Get("redirect_uri"))
	_, err = r.signIn(s)
	require.NoError(t, err)
}

func TestPushThatIsRefusedSavesNothingAndOpensNothing(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{PAR: true})
	r.server.Script(authtest.PathPAR, authtest.JSON(400, `{"error":"invalid_request"}`))
	_, err := r.engine.Authorize(background(), r.draft("Sales"))
	assert.Equal(t, "invalid_request", asFailure(t, err).Code)
	page, err := r.engine.List(background(), auth.Query{})
	require.NoError(t, err)
	assert.Zero(t, page.Total)
	assert.Empty(t, r.server.Requests(authtest.PathAuthorize))
}

// The options are for one sign-in and stand in for a stored prompt.
func TestReauthorizeOptions(t *testing.T) {
	for want, options := range map[string]auth.ReauthorizeOptions{
		"login":                  {},
		"consent":                {Consent: true},
		"select_account":         {ChooseAccount: true},
		"consent select_account": {Consent: true, ChooseAccount: true},
	} {
		r := newRig(t, authtest.EvilasParams{})
		id := r.stored(func(rec *auth.Record) { rec.Authorization.AuthParams = map[string]string{"prompt": "login", "x": "y"} }).Authorization.ID
		s, err := r.engine.Reauthorize(background(), id, options)
		require.NoError(t, err)
		assert.Equal(t, want, linkOf(t, s).Get("prompt"))
		assert.Equal(t, "y", linkOf(t, s).Get("x"))
		_, err = r.signIn(s)
		require.NoError(t, err)
		assert.Equal(t, "login", r.row(id).Authorization.AuthParams["prompt"])
	}
}

// Another account's tokens never stand beside the old one's refresh token.
func TestAnotherAccountKeepsNoRefreshToken(t *testing.T) {
	for name, test := range map[string]struct {
		options auth.ReauthorizeOptions
		kept    bool
	}{"same account": {auth.ReauthorizeOptions{}, true}, "another": {auth.ReauthorizeOptions{ChooseAccount: true}, false}} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{NoRefreshToken: true})
			before := r.stored(nil)
			engine := r.another(authtest.BrowserFollow, auth.Quirk{ID: auth.QuirkGrantPerSignIn})
			s, err := engine.Reauthorize(background(), before.Authorization.ID, test.options)
			require.NoError(t, err)
			_, err = r.signIn(s)
			require.NoError(t, err)
			assert.Equal(t, test.kept, r.row(before.Authorization.ID).Tokens.Refresh.Equal(before.Tokens.Refresh))
			assert.Len(t, r.store.Revocations(), map[bool]int{true: 0, false: 1}[test.kept])
		})
	}
}

// A new sign-in ends the old grant, and only when the new one is stored.
func TestSignInRevokesTheOldGrantAfterwards(t *testing.T) {
	for name, test := range map[string]struct {
		fail    bool
		same    bool // the service answers with the refresh token that is stored
		unknown bool // the service's data does not say that each sign-in is a grant of its own
		edit    func(*auth.Record)
		revoked func(auth.Record) []string
	}{
		"refresh token":     {revoked: func(r auth.Record) []string { return []string{r.Tokens.Refresh.Reveal()} }},
		"access token only": {edit: func(r *auth.Record) { r.Tokens.Refresh = auth.Secret{} }, revoked: func(r auth.Record) []string { return []string{r.Tokens.Access.Reveal()} }},
		"failed":            {fail: true},
		"the same token":    {same: true},
		"revoked before":    {edit: func(r *auth.Record) { r.Status.State = auth.StateRevoked }},
		"perhaps one grant": {unknown: true},
		"never had any":     {edit: func(r *auth.Record) { r.Tokens, r.Status.Generation = auth.Tokens{}, 0 }},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{})
			engine := r.engine
			if !test.unknown {
				engine = r.another(authtest.BrowserFollow, auth.Quirk{ID: auth.QuirkGrantPerSignIn})
			}
			before := r.stored(test.edit)
			queuedTooEarly := false
			r.store.Fault = func(method string) error {
				if method == "QueueRevocation" && r.store.Calls("CommitGrant") == 0 {
					queuedTooEarly = true
				}
				return nil
			}
			if test.fail {
				r.server.Script(authtest.PathToken, authtest.JSON(400, `{"error":"invalid_grant"}`))
			}
			if test.same {
				r.server.Script(authtest.PathToken, authtest.JSON(200, `{"access_token":"`+authtest.Sentinel+`access-new","token_type":"Bearer","refresh_token":"`+
					before.Tokens.Refresh.Reveal()+`"}`))
			}
			s, err := engine.Reauthorize(background(), before.Authorization.ID, auth.ReauthorizeOptions{})
			require.NoError(t, err)
			_, err = r.signIn(s)
			assert.Equal(t, test.fail, err != nil)
			var tokens, want []string
			for _, queued := range r.store.Revocations() {
				tokens = append(tokens, queued.Token.Reveal())
			}
			if test.revoked != nil {
				want = test.revoked(before)
			}
			assert.Equal(t, want, tokens)
			assert.False(t, queuedTooEarly)
		})
	}
}

// A changed client takes nothing over from the old one, and its tokens are
// revoked as the old client.
func TestEditedClientDropsTheOldRefreshToken(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{NoRefreshToken: true})
	before := r.stored(nil)
	engine := r.another(authtest.BrowserFollow, auth.Quirk{ID: auth.QuirkGrantPerSignIn})
	d, err := engine.DraftOf(background(), before.Authorization.ID, false)
	require.NoError(t, err)
	d.ClientID = "another"
	d.ClientSecret, d.Confirmation = auth.NewSecret("s"), auth.NewSecret("s")
	s, err := engine.Authorize(background(), d)
	require.NoError(t, err)
	_, err = r.signIn(s)
	require.NoError(t, err)
	after := r.row(before.Authorization.ID)
	assert.True(t, after.Tokens.Refresh.Empty())
	queued := r.store.Revocations()
	require.Len(t, queued, 1)
	assert.Equal(t, before.Tokens.Refresh, queued[0].Token)
	assert.Equal(t, authtest.ClientID, queued[0].ClientID)
	assert.Equal(t, before.Authorization.ClientSecret, queued[0].ClientSecret)
}

// A service for machines alone names no authorization endpoint (RFC 8414
// section 2): what needs one is refused beside the grant, the rest works.
func TestServiceWithoutAnAuthorizationEndpoint(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	metadata := authtest.JSON(200, `{"issuer":"`+r.server.URL()+`","token_endpoint":"`+r.server.URL()+authtest.PathToken+`"}`)
	for _, grant := range []auth.Grant{auth.GrantAuthorizationCode, auth.GrantDeviceCode} {
		r.server.Script(authtest.PathOpenID, metadata)
		_, err := r.engine.Authorize(background(), r.grantDraft(grant, nil))
		var wrong auth.FieldErrors
		require.ErrorAs(t, err, &wrong)
		assert.Equal(t, auth.FieldGrant, wrong[0].Field)
	}
	r.server.Script(authtest.PathOpenID, metadata)
	_, _, err := r.direct(r.grantDraft(auth.GrantClientCredentials, nil))
	require.NoError(t, err)
}

// T33: what was granted is stored, narrower, wider or not said; a refresh never
// asks for scopes.
func TestGrantedScopesOfASignIn(t *testing.T) {
	for scope, want := range map[string][]string{
		`,"scope":"read"`: {"read"}, `,"scope":"read write admin"`: {"read", "write", "admin"}, "": nil,
	} {
		r := newRig(t, authtest.EvilasParams{})
		before := r.stored(nil)
		r.server.Script(authtest.PathToken, authtest.JSON(200, `{"access_token":"`+authtest.Sentinel+`access-new","token_type":"Bearer","refresh_token":"`+
			r.server.Grant("read")+`"`+scope+`}`))
		s, err := r.engine.Reauthorize(background(), before.Authorization.ID, auth.ReauthorizeOptions{})
		require.NoError(t, err)
		_, err = r.signIn(s)
		require.NoError(t, err)
		assert.Equal(t, want, r.row(before.Authorization.ID).Status.Granted, scope)
		_, err = r.engine.Refresh(background(), before.Authorization.ID)
		require.NoError(t, err)
		last := r.server.Requests(authtest.PathToken)[1]
		assert.False(t, last.Form.Has("scope"))
	}
}

// Who signed in may be learnt later, which is no second sign-in.
func TestASignInIsOneGenerationAndOneEvent(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	before := r.stored(nil)
	id := before.Authorization.ID
	s, err := r.engine.Reauthorize(background(), id, auth.ReauthorizeOptions{})
	require.NoError(t, err)
	detail, err := r.signIn(s)
	require.NoError(t, err)
	assert.Equal(t, "ana@example.test", detail.Status.SignedInAs)
	assert.Equal(t, before.Status.Generation+1, detail.Status.Generation)
	events, err := r.engine.History(background(), id)
	require.NoError(t, err)
	assert.Equal(t, []auth.HistoryEvent{{Kind: auth.WordSignIn, Outcome: auth.OutcomeOK}}, undated(events))
}

// Nothing but two users shows by itself that there are two grants: elsewhere
// the new tokens could end with the old ones, which are left to run out.
func TestOldGrantIsRevokedOnlyApartFromTheNewOne(t *testing.T) {
	idToken := func(claims string) string {
		encode := base64.RawURLEncoding.EncodeToString
		return encode([]byte(`{"alg":"RS256"}`)) + "." + encode([]byte(claims)) + "." + encode([]byte("signature"))
	}
	for name, test := range map[string]struct {
		was, is string
		revoked int
	}{
		"another user":    {`{"iss":"i","sub":"ana"}`, `{"iss":"i","sub":"ben"}`, 1},
		"the same":        {`{"iss":"i","sub":"ana"}`, `{"iss":"i","sub":"ana"}`, 0},
		"another session": {`{"iss":"i","sub":"ana","sid":"1"}`, `{"iss":"i","sub":"ana","sid":"2"}`, 0},
		"another issuer":  {`{"iss":"i","sub":"ana"}`, `{"iss":"j","sub":"ben"}`, 0},
		"nobody":          {`{"iss":"i"}`, `{"iss":"i","sub":"ana"}`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{})
			before := r.stored(func(rec *auth.Record) { rec.Tokens.ID = auth.NewSecret(idToken(test.was)) })
			r.server.Script(authtest.PathToken, authtest.JSON(200, `{"access_token":"`+authtest.Sentinel+`access-new","token_type":"Bearer","refresh_token":"`+
				r.server.Grant("read")+`","id_token":"`+idToken(test.is)+`"}`))
			s, err := r.engine.Reauthorize(background(), before.Authorization.ID, auth.ReauthorizeOptions{})
			require.NoError(t, err)
			_, err = r.signIn(s)
			require.NoError(t, err)
			assert.Len(t, r.store.Revocations(), test.revoked)
		})
	}
}
