package auth

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestResolveFillsTheTenant(t *testing.T) {
	microsoft := shippedService(t, "microsoft-graph")

	e, wrong := Resolve(microsoft, Draft{})
	require.Empty(t, wrong)
	assert.Equal(t, "https://login.microsoftonline.com/common/oauth2/v2.0/token", e.Token)
	assert.Equal(t, "https://login.microsoftonline.com/common/v2.0", e.Issuer)
	assert.Empty(t, e.Revocation)

	e, wrong = Resolve(microsoft, Draft{Params: map[string]string{"tenant": " contoso.example "}})
	require.Empty(t, wrong)
	assert.Equal(t, "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/authorize", e.Authorization)

	for _, tenant := range []string{"<tenant-id>", "{tenant}", "a/b", "a?b", "../evil", "a b", "a@evil.example", "-x"} {
		e, wrong = Resolve(microsoft, Draft{Params: map[string]string{"tenant": tenant}})
		require.Len(t, wrong, 1, tenant)
		assert.Equal(t, ParamField("tenant"), wrong[0].Field, tenant)
		assert.Equal(t, Endpoints{}, e, tenant)
	}
}

func TestResolveTakesTheLocalServersAddress(t *testing.T) {
	local := shippedService(t, LocalServiceID)

	e, wrong := Resolve(local, Draft{Params: map[string]string{LocalParam: "http://127.0.0.1:17655"}})
	require.Empty(t, wrong)
	assert.Equal(t, "http://127.0.0.1:17655/authorize", e.Authorization)
	assert.Equal(t, "http://127.0.0.1:17655", e.Issuer)
	assert.True(t, e.IssInResponse)

	_, wrong = Resolve(local, Draft{})
	assert.Equal(t, FieldErrors{{Field: FieldService, Message: "The local server does not run"}}, wrong)

	_, wrong = Resolve(local, Draft{Params: map[string]string{LocalParam: "http://192.0.2.1:17655"}})
	require.Len(t, wrong, 1)
	assert.Equal(t, FieldService, wrong[0].Field)
}

func TestResolveKeepsTheIssuerAsItWasGiven(t *testing.T) {
	oidc := shippedService(t, OIDCServiceID)

	e, wrong := Resolve(oidc, Draft{Params: map[string]string{"issuer": "https://Login.example.com/tenant/"}})
	require.Empty(t, wrong)
	assert.Equal(t, Endpoints{Issuer: "https://Login.example.com/tenant/"}, e)

	_, wrong = Resolve(oidc, Draft{Params: map[string]string{"issuer": "https://login.example.com/a/.well-known/openid-configuration"}})
	require.Len(t, wrong, 1)
	assert.Equal(t, "https://login.example.com/a", wrong[0].Fix)

	for _, issuer := range []string{"", "http://login.example.com", "https://login.example.com/?x=y", "login.example.com", "https://<host>"} {
		_, wrong = Resolve(oidc, Draft{Params: map[string]string{"issuer": issuer}})
		require.Len(t, wrong, 1, issuer)
		assert.Equal(t, ParamField("issuer"), wrong[0].Field, issuer)
	}
}

func TestResolveOwnAddresses(t *testing.T) {
	other := shippedService(t, OtherServiceID)

	e, wrong := Resolve(other, Draft{OwnAuthorization: " https://a.example/authorize", OwnToken: "https://b.example/token"})
	require.Empty(t, wrong)
	assert.Equal(t, Endpoints{Authorization: "https://a.example/authorize", Token: "https://b.example/token"}, e)

	_, wrong = Resolve(other, Draft{OwnAuthorization: "https://login.microsoftonline.com/<tenant-id>/oauth2/v2.0/authorize", OwnToken: "file:///x"})
	require.Len(t, wrong, 2)
	assert.Equal(t, FieldError{Field: FieldOwnAuthorization, Message: "Replace <tenant-id> with your own value"}, wrong[0])
	assert.Equal(t, FieldOwnToken, wrong[1].Field)
}

func TestRedirects(t *testing.T) {
	for id, want := range map[string]struct {
		redirect Redirect
		literal  string
	}{
		LocalServiceID:     {Redirect{Host: "127.0.0.1", Path: "/callback"}, "http://127.0.0.1/callback"},
		"github":           {Redirect{Host: "127.0.0.1", Path: "/callback"}, "http://127.0.0.1/callback"},
		"microsoft-graph":  {Redirect{Host: "localhost"}, "http://localhost"},
		"google-workspace": {Redirect{Host: "127.0.0.1"}, "http://127.0.0.1"},
		OIDCServiceID:      {Redirect{Host: "127.0.0.1", Port: 17654, Path: "/callback"}, "http://127.0.0.1:17654/callback"},
		OtherServiceID:     {Redirect{Host: "127.0.0.1", Port: 17654, Path: "/callback"}, "http://127.0.0.1:17654/callback"},
	} {
		service := shippedService(t, id)
		assert.Equal(t, want.redirect, RedirectFor(service, Draft{}), id)
		assert.Equal(t, want.literal, RedirectToRegister(service, 0), id)
	}
	// A port that the user chose was registered with it, whatever the service allows.
	assert.Equal(t, "http://127.0.0.1:4000/callback", RedirectToRegister(shippedService(t, "github"), 4000))
	assert.Equal(t, 4000, RedirectFor(shippedService(t, OtherServiceID), Draft{Port: 4000}).Port)
}

func TestNewAuthorization(t *testing.T) {
	microsoft := shippedService(t, "microsoft-graph")
	now := time.Date(2026, 11, 21, 3, 0, 0, 0, time.FixedZone("", 3600))
	d := Draft{
		Name: " Cafe\u0301 ", Grant: GrantAuthorizationCode, ClientID: " id ", ClientSecret: NewSecret("s"),
		Scopes: []string{"Custom.Read", "User.Read", "openid", "User.Read", " "},
	}
	e, wrong := Resolve(microsoft, d)
	require.Empty(t, wrong)

	a := NewAuthorization("1", microsoft, d, e, now)
	assert.Equal(t, "Café", a.Name)
	assert.Equal(t, "id", a.ClientID)
	assert.Equal(t, []string{"openid", "User.Read", "Custom.Read"}, a.Scopes)
	assert.Equal(t, ClientAuthPost, a.ClientAuth, "the first method of the service that sends a secret")
	assert.Equal(t, "s", a.ClientSecret.Reveal())
	assert.Equal(t, map[string]string{"tenant": "common"}, a.Params)
	assert.Equal(t, time.UTC, a.CreatedAt.Location())

	d.Public = true
	a = NewAuthorization("1", microsoft, d, e, now)
	assert.Equal(t, ClientAuthNone, a.ClientAuth)
	assert.True(t, a.ClientSecret.Empty(), "a client that became public keeps no secret")

	d.Public, d.ClientAuth = false, ClientAuthBasic
	assert.Equal(t, ClientAuthBasic, NewAuthorization("1", microsoft, d, e, now).ClientAuth)

	google := shippedService(t, "google-workspace")
	a = NewAuthorization("1", google, d, e, now)
	a.AuthParams["access_type"] = "online"
	assert.Equal(t, "offline", google.AuthParams["access_type"], "the catalog is not changed by an authorization")
}

func TestMissingRefreshScope(t *testing.T) {
	microsoft := shippedService(t, "microsoft-graph")
	assert.Equal(t, "offline_access", MissingRefreshScope(microsoft, []string{"User.Read"}))
	assert.Empty(t, MissingRefreshScope(microsoft, []string{"User.Read", "offline_access"}))
	assert.Empty(t, MissingRefreshScope(shippedService(t, "google-workspace"), nil))
}

func TestFillTakesDefaultsAndKeepsTheRest(t *testing.T) {
	microsoft := shippedService(t, "microsoft-graph")
	assert.Equal(t, "https://x.example/common/{other}", microsoft.Fill("https://x.example/{tenant}/{other}", nil))
}

// A scope around a parameter that was left empty asks for nothing: "session:role:"
// would be refused.
func TestScopeOfAnEmptyParameterIsNotAskedFor(t *testing.T) {
	svc := Service{Parameters: []Parameter{{Name: "role", Optional: true}}, Scopes: []Scope{{Name: "refresh_token"}, {Name: "session:role:{role}"}}}
	asked := []string{"session:role:{role}", "refresh_token", "{other}"}
	assert.Equal(t, []string{"refresh_token", "{other}"}, orderedScopes(svc, asked, map[string]string{"role": ""}))
	assert.Equal(t, []string{"refresh_token", "session:role:SYSADMIN", "{other}"}, orderedScopes(svc, asked, map[string]string{"role": "SYSADMIN"}))
}
