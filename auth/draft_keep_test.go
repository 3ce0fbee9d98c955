package auth_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

func pairsOf(all ...string) (pairs []auth.Pair) {
	for i := 0; i < len(all); i += 2 {
		pairs = append(pairs, auth.Pair{Name: all[i], Value: auth.NewSecret(all[i+1])})
	}
	return pairs
}

// All that can be edited comes back as it was saved, and can be emptied.
func TestDraftComesBackAsItWasSaved(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	d := r.grantDraft(auth.GrantAuthorizationCode, map[auth.Field]string{auth.FieldTimeout: "20"})
	d.AuthParams, d.TokenParams, d.Headers = pairsOf("a", "1", "prompt", "login"), pairsOf("b", "2"), pairsOf("X-Tenant", "t")
	d.OmitHeaders, d.OmitFields = []string{"User-Agent"}, []string{"client_id"}
	d.ClientAuth, d.RefreshLimit, d.AutoRefresh, d.Port = auth.ClientAuthPost, 7, true, 0
	d.Notes = "monthly"
	s, err := r.engine.Authorize(background(), d)
	require.NoError(t, err)
	_, err = r.signIn(s)
	require.NoError(t, err)

	back, err := r.engine.DraftOf(background(), s.ID(), false)
	require.NoError(t, err)
	want := d
	want.ID, want.ClientSecret, want.Confirmation = s.ID(), auth.Secret{}, auth.Secret{}
	assert.Equal(t, want, back)

	back.AuthParams, back.TokenParams, back.Headers, back.OmitHeaders, back.OmitFields, back.Values = nil, nil, nil, nil, nil, nil
	s, err = r.engine.Authorize(background(), back)
	require.NoError(t, err)
	_, err = r.signIn(s)
	require.NoError(t, err)
	a := r.row(s.ID()).Authorization
	assert.Empty(t, a.AuthParams)
	assert.Empty(t, a.TokenParams)
	assert.Empty(t, a.Headers)
	assert.Empty(t, a.OmitHeaders)
	assert.Empty(t, a.Values)
}

func TestDetailShowsNoValues(t *testing.T) {
	test := askGrants(t)[auth.GrantPassword]
	r := newRig(t, test.params)
	d := test.draft(r)
	d.Headers, d.TokenParams = pairsOf("X-Key", authtest.Sentinel+"header"), pairsOf("extra", authtest.Sentinel+"param")
	detail, id, err := r.direct(d)
	require.NoError(t, err)
	assert.Nil(t, detail.Authorization.Values)
	assert.Equal(t, map[string]string{"X-Key": ""}, detail.Authorization.Headers)
	assert.Equal(t, map[string]string{"extra": ""}, detail.Authorization.TokenParams)
	assert.Equal(t, authtest.Sentinel+"header", r.server.Requests(authtest.PathToken)[0].Header.Get("X-Key"))
	assert.Equal(t, authtest.Sentinel+"param", r.row(id).Authorization.TokenParams["extra"])
}

// A kept value goes only to the client and the server that it belongs to, and
// only together with what it belongs to.
func TestWhatIsKeptAndWhatIsNot(t *testing.T) {
	_, other := newKey(t)
	for name, test := range map[string]struct {
		grant  auth.Grant
		change func(d *auth.Draft)
		wrong  auth.Field // "": it is kept
	}{
		"nothing changed":         {auth.GrantPassword, func(*auth.Draft) {}, ""},
		"another notes":           {auth.GrantPassword, func(d *auth.Draft) { d.Notes = "x" }, ""},
		"another user":            {auth.GrantPassword, func(d *auth.Draft) { d.Values.Set(auth.FieldUserName, auth.NewSecret("bea")) }, auth.FieldPassword},
		"another client":          {auth.GrantPassword, func(d *auth.Draft) { d.ClientID = "b" }, auth.FieldPassword},
		"another server":          {auth.GrantPassword, func(d *auth.Draft) { d.Params["issuer"] = "https://evil.example" }, auth.FieldPassword},
		"duplicate":               {auth.GrantPassword, func(d *auth.Draft) { d.ID, d.CopyOf, d.Name = "", d.ID, "Copy" }, ""},
		"duplicate, other client": {auth.GrantPassword, func(d *auth.Draft) { d.ID, d.CopyOf, d.Name, d.ClientID = "", d.ID, "Copy", "b" }, auth.FieldPassword},
		"key":                     {auth.GrantJWTBearer, func(*auth.Draft) {}, ""},
		"another key":             {auth.GrantJWTBearer, func(d *auth.Draft) { d.Values.Set(auth.FieldPrivateKey, auth.NewSecret(other)) }, ""},
		"alg of another key":      {auth.GrantJWTBearer, func(d *auth.Draft) { d.Values.Set(auth.FieldJWTHeader, auth.NewSecret(`{"alg":"RS256"}`)) }, auth.FieldJWTHeader},
		"another grant":           {auth.GrantPassword, func(d *auth.Draft) { d.Grant = auth.GrantRefreshToken; d.ClientID = "b" }, auth.FieldRefreshToken},
	} {
		t.Run(name, func(t *testing.T) {
			grant := askGrants(t)[test.grant]
			r := newRig(t, authtest.EvilasParams{})
			r.server.Script(authtest.PathToken, authtest.JSON(200, `{"access_token":"`+authtest.Sentinel+`access-1","token_type":"Bearer"}`))
			_, id, err := r.direct(grant.draft(r))
			require.NoError(t, err)
			d, err := r.engine.DraftOf(background(), id, false)
			require.NoError(t, err)
			test.change(&d)
			r.server.Script(authtest.PathToken, authtest.JSON(200, `{"access_token":"`+authtest.Sentinel+`access-2","token_type":"Bearer"}`))
			s, err := r.engine.Authorize(background(), d)
			if test.wrong == "" {
				require.NoError(t, err)
				_, err = s.Wait(background())
				require.NoError(t, err)
				return
			}
			var wrong auth.FieldErrors
			require.ErrorAs(t, err, &wrong)
			assert.Equal(t, test.wrong, wrong[0].Field)
			assert.Equal(t, 1, r.posts(), "what was stored went nowhere")
		})
	}
}

// The password of a key is not taken over to another key.
func TestPasswordOfAKeyBelongsToIt(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	record := r.stored(func(rec *auth.Record) {
		rec.Authorization.Grant, rec.Authorization.ClientAuth, rec.Authorization.ClientID = auth.GrantJWTBearer, auth.ClientAuthNone, ""
		rec.Authorization.Values = auth.Values{
			auth.FieldPrivateKey: auth.NewSecret("old"), auth.FieldKeyPassword: auth.NewSecret("old password"),
			auth.FieldJWTIssuer: auth.NewSecret("i"), auth.FieldJWTAudience: auth.NewSecret("a"),
		}
	})
	d, err := r.engine.DraftOf(background(), record.Authorization.ID, false)
	require.NoError(t, err)
	_, pem := newKey(t)
	d.Values.Set(auth.FieldPrivateKey, auth.NewSecret(pem))
	r.server.Script(authtest.PathToken, authtest.JSON(200, `{"access_token":"x","token_type":"Bearer"}`))
	_, id, err := r.direct(d)
	require.NoError(t, err)
	assert.True(t, r.row(id).Authorization.Values[auth.FieldKeyPassword].Empty())
}

func TestDraftForAutoRefresh(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	d := r.engine.DraftFor(authtest.ServiceID)
	assert.True(t, d.AutoRefresh, "the refresh scope is part of the starting set")
	svc := authtest.Service()
	for grant, want := range map[auth.Grant]bool{
		auth.GrantAuthorizationCode: false, auth.GrantDeviceCode: false, auth.GrantClientCredentials: true, auth.GrantJWTBearer: true,
		auth.GrantPassword: true, auth.GrantAccessToken: false,
	} {
		assert.Equal(t, want, auth.AutoRefreshDefault(svc, auth.Draft{Grant: grant, Scopes: []string{"read"}}), grant)
	}
}

// The preview says what will be signed, and no secret.
func TestPreviewAssertion(t *testing.T) {
	test := askGrants(t)[auth.GrantJWTBearer]
	r := newRig(t, test.params)
	r.now = func() time.Time { return time.Unix(1_800_000_000, 0) }
	d := test.draft(r)
	d.Values.Set(auth.FieldPayload, auth.NewSecret(`{"Client_Secret": "`+authtest.Sentinel+`x", "deep": [{"access_token": "`+authtest.Sentinel+`y"}], "aud": "mine"}`))
	d.Values.Set(auth.FieldAssertionLifetime, auth.NewSecret("60"))
	p, err := r.engine.PreviewAssertion(background(), d)
	require.NoError(t, err)
	assert.JSONEq(t, `{"alg":"ES256","kid":"key-1","typ":"JWT"}`, p.Header)
	assert.Contains(t, p.Claims, `"iat": 1800000000`)
	assert.Contains(t, p.Claims, `"exp": 1800000060`)
	assert.Contains(t, p.Claims, `"aud": "mine"`, "the payload has the last word")
	assert.NotContains(t, p.Claims, authtest.Sentinel)

	d.Values.Set(auth.FieldPayload, auth.NewSecret("{\n\"a\": 1,\n}"))
	_, err = r.engine.PreviewAssertion(background(), d)
	var wrong auth.FieldErrors
	require.ErrorAs(t, err, &wrong)
	assert.Equal(t, auth.FieldPayload, wrong[0].Field)
	assert.Contains(t, wrong[0].Message, "Line 3")

	d.Values.Set(auth.FieldPayload, auth.Secret{})
	d.Values.Set(auth.FieldPrivateKey, auth.Secret{})
	p, err = r.engine.PreviewAssertion(background(), d)
	require.NoError(t, err, "a form that is not filled in yet has a preview too")
	assert.NotContains(t, p.Header, "alg")
}
