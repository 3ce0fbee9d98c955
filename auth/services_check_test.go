package auth_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// T68: a pattern may be a regular expression alone and none when it is anchored.
func TestPatternThatEndsOnlyByItself(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	for _, pattern := range []string{`\Qabc`, `a)|(b`} {
		s := r.ownService("Intranet")
		s.Parameters[0].Pattern, s.Parameters[0].Choices = pattern, []auth.Choice{{Value: "eu", Label: "Europe"}}
		assert.NotPanics(t, func() {
			wrong := r.engine.CheckService(s)
			require.Len(t, wrong, 1, pattern)
			assert.Equal(t, auth.ServiceField("parameters"), wrong[0].Field)
			assert.Contains(t, wrong[0].Message, "no regular expression")
		}, pattern)
	}
}

func TestAddressParts(t *testing.T) {
	for _, c := range []struct{ host, path, whole string }{
		{"https://login.example.com", "/oauth2/token", "https://login.example.com/oauth2/token"},
		{" https://login.example.com/ ", "oauth2/token", "https://login.example.com/oauth2/token"},
		{"https://login.example.com:8443", "", "https://login.example.com:8443"},
		{"https://login.example.com", "?a=b", "https://login.example.com?a=b"},
		{"https://{domain}", "/{tenant}/token", "https://{domain}/{tenant}/token"},
		{"{issuer}", "/token", "{issuer}/token"},
		{" login.example.com/ ", "token", "https://login.example.com/token"},
		{"", "", ""},
	} {
		whole, err := auth.JoinAddress(c.host, c.path)
		require.NoError(t, err, c.host)
		assert.Equal(t, c.whole, whole)
		host, path := auth.SplitAddress(whole)
		again, err := auth.JoinAddress(host, path)
		require.NoError(t, err)
		assert.Equal(t, whole, again, "the two parts make the whole again")
	}
	for _, c := range []struct{ host, path string }{
		{"https://login.example.com/oauth2", "/token"},
		{"https://login.example.com?a=b", "/token"},
		{"", "/token"},
		{"https://a.example#b", ""},
	} {
		_, err := auth.JoinAddress(c.host, c.path)
		assert.Error(t, err, c.host)
	}
}

// Each thing to correct stands beside its field, with what was probably meant.
func TestCheckService(t *testing.T) {
	long := strings.Repeat("x", 101)
	for name, c := range map[string]struct {
		change func(s *auth.Service)
		field  string
		fix    string
	}{
		"nothing":                   {func(*auth.Service) {}, "", ""},
		"no name":                   {func(s *auth.Service) { s.Name = "  " }, "name", ""},
		"a long name":               {func(s *auth.Service) { s.Name = long }, "name", ""},
		"an invisible name":         {func(s *auth.Service) { s.Name = "a\u200bb" }, "name", ""},
		"two lines as a name":       {func(s *auth.Service) { s.Name = "a\nb" }, "name", ""},
		"a taken name":              {func(s *auth.Service) { s.Name = "EVILAS" }, "name", "EVILAS 2"},
		"no token endpoint":         {func(s *auth.Service) { s.Endpoints.Token = "" }, "endpoints.token", ""},
		"no authorization endpoint": {func(s *auth.Service) { s.Endpoints.Authorization = "" }, "endpoints.authorization", ""},
		"http": {
			func(s *auth.Service) { s.Endpoints.Token = "http://as.example.test/token" },
			"endpoints.token", "https://as.example.test/token",
		},
		"no scheme": {
			func(s *auth.Service) { s.Endpoints.Token = "as.example.test/token" },
			"endpoints.token", "https://as.example.test/token",
		},
		"http on this machine": {func(s *auth.Service) { s.Endpoints.Token = "http://127.0.0.1:9/token" }, "", ""},
		"http at an address that varies": {
			func(s *auth.Service) { s.Endpoints.Token = "http://127.0.0.1:9/{place}" },
			"endpoints.token", "",
		},
		"a user in an address": {func(s *auth.Service) { s.Endpoints.UserInfo = "https://a@b.test/" }, "endpoints.userinfo", ""},
		"a file":               {func(s *auth.Service) { s.Endpoints.JWKS = "file:///etc/passwd" }, "endpoints.jwks", ""},
		"a stray placeholder":  {func(s *auth.Service) { s.Endpoints.Token = "https://{tenant}.test/" }, "endpoints.token", ""},
		"an unused parameter": {
			func(s *auth.Service) {
				s.Parameters = append(s.Parameters, auth.Parameter{Name: "tenant", Label: "Tenant"})
			}, "parameters", "",
		},
		"a parameter twice": {
			func(s *auth.Service) { s.Parameters = append(s.Parameters, s.Parameters[0]) }, "parameters", "",
		},
		"a parameter without a label": {func(s *auth.Service) { s.Parameters[0].Label = "" }, "parameters", ""},
		"a bad pattern":               {func(s *auth.Service) { s.Parameters[0].Pattern = "(" }, "parameters", ""},
		"a hidden parameter":          {func(s *auth.Service) { s.Parameters[0].Hidden = true }, "parameters", ""},
		"an issuer with its path": {
			func(s *auth.Service) { s.Issuer = "https://as.example.test/.well-known/openid-configuration" },
			"issuer", "https://as.example.test",
		},
		"discovery with addresses": {func(s *auth.Service) { s.Discovery, s.Issuer = true, "https://as.example.test" }, "discovery", ""},
		"no grant":                 {func(s *auth.Service) { s.Grants = nil }, "grants", ""},
		"an unknown grant":         {func(s *auth.Service) { s.Grants = []auth.Grant{"implicit"} }, "grants", ""},
		"a device grant":           {func(s *auth.Service) { s.Grants = []auth.Grant{auth.GrantDeviceCode} }, "endpoints.device_authorization", ""},
		"an unknown client method": {func(s *auth.Service) { s.ClientAuth = []auth.ClientAuth{"magic"} }, "client_auth", ""},
		"an odd separator":         {func(s *auth.Service) { s.ScopeSeparator = ";" }, "scope_separator", ""},
		"a protocol parameter":     {func(s *auth.Service) { s.Names.ClientID = "redirect_uri" }, "names.client_id", "client_id"},
		"one name for two":         {func(s *auth.Service) { s.Names.ClientID, s.Names.ClientSecret = "app", "app" }, "names.client_secret", "client_secret"},
		"a fixed state":            {func(s *auth.Service) { s.AuthParams = map[string]string{"state": "x"} }, "auth_params", ""},
		"a fixed refresh token":    {func(s *auth.Service) { s.RefreshParams = map[string]string{"refresh_token": "x"} }, "refresh_params", ""},
		"a fixed one under the client's name": {
			func(s *auth.Service) {
				s.Names.ClientID, s.TokenParams = "client_key", map[string]string{"client_key": "x"}
			}, "token_params", "",
		},
		"a fixed one under the secret's name": {
			func(s *auth.Service) {
				s.Names.ClientSecret, s.AuthParams = "app_secret", map[string]string{"app_secret": "x"}
			}, "auth_params", "",
		},
		"a scope under the client's name": {
			func(s *auth.Service) { s.Names.ClientID, s.Scopes[0].Parameter = "client_key", "client_key" }, "scopes", "",
		},
		"a scope under a fixed name": {
			func(s *auth.Service) {
				s.AuthParams, s.Scopes[0].Parameter = map[string]string{"prompt": "consent"}, "prompt"
			}, "scopes", "",
		},
		"a client in the address": {func(s *auth.Service) { s.Endpoints.Authorization += "?client_id=x" }, "endpoints.authorization", ""},
		"a token in the address":  {func(s *auth.Service) { s.Endpoints.Authorization += "?access_token=x" }, "endpoints.authorization", ""},
		"twice in the address":    {func(s *auth.Service) { s.Endpoints.Authorization += "?a=1&a=2" }, "endpoints.authorization", ""},
		"fixed and in the address": {
			func(s *auth.Service) {
				s.Endpoints.Authorization += "?prompt=login"
				s.AuthParams = map[string]string{"prompt": "consent"}
			}, "endpoints.authorization", "",
		},
		"an address with a query":  {func(s *auth.Service) { s.Endpoints.Authorization += "?kind=web" }, "", ""},
		"a step that is not there": {func(s *auth.Service) { s.Help.RedirectStep = 9 }, "help.redirect_step", ""},
		"a choice that hides something": {
			func(s *auth.Service) {
				s.Parameters[0].Choices = []auth.Choice{{Value: "eu", Label: "a\u202eb"}}
			}, "parameters", "",
		},
		"a choice without end": {
			func(s *auth.Service) {
				s.Parameters[0].Choices = []auth.Choice{{Value: "eu", Label: strings.Repeat("x", 2001)}}
			}, "parameters", "",
		},
		"a hundred and one lifetimes": {
			func(s *auth.Service) {
				when := auth.LifetimeWhen{Parameter: "place", Value: "eu", Lifetime: auth.Lifetime{Rule: "never"}}
				s.Refresh.When = slices.Repeat([]auth.LifetimeWhen{when}, 101)
			}, "refresh.lifetime", "",
		},
		"a scope twice":              {func(s *auth.Service) { s.Scopes = append(s.Scopes, s.Scopes[0]) }, "scopes", ""},
		"a scope with a blank":       {func(s *auth.Service) { s.Scopes[0].Name = "a b" }, "scopes", ""},
		"a scope as a secret":        {func(s *auth.Service) { s.Scopes[0].Parameter = "client_secret" }, "scopes", ""},
		"an unknown quirk":           {func(s *auth.Service) { s.Quirks = []auth.Quirk{{ID: "run"}} }, "quirks", ""},
		"a redirect to another host": {func(s *auth.Service) { s.Redirect.Host = "evil.test" }, "redirect", ""},
		"a lifetime without a rule":  {func(s *auth.Service) { s.AccessToken = auth.Lifetime{Seconds: 9} }, "access_token", ""},
		"a refresh scope not listed": {func(s *auth.Service) { s.Refresh.Needs, s.Refresh.Scope = "scope", "offline" }, "refresh", ""},
		"a help page of a script":    {func(s *auth.Service) { s.Help.RegisterURL = "javascript:alert(1)" }, "help.register_url", ""},
		"a host list with a path": {
			func(s *auth.Service) {
				s.Quirks = []auth.Quirk{{ID: auth.QuirkTokenHost, Params: map[string]string{"parameter": "p", "hosts": "a.test b.test/x"}}}
			}, "quirks", "",
		},
		"an http address in a quirk": {
			func(s *auth.Service) {
				s.Quirks = []auth.Quirk{{ID: auth.QuirkPublicAuthorization, Params: map[string]string{"address": "http://evil.test/"}}}
			}, "quirks", "",
		},
		"too much": {
			func(s *auth.Service) {
				for i := range 999 {
					s.Scopes = append(s.Scopes, auth.Scope{Name: strings.Repeat("s", i+1), Description: strings.Repeat("d", 400)})
				}
			}, "scopes", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{})
			s := r.ownService("Intranet")
			c.change(&s)
			wrong := r.engine.CheckService(s)
			if c.field == "" {
				assert.Empty(t, wrong)
				return
			}
			require.NotEmpty(t, wrong)
			assert.Equal(t, auth.ServiceField(c.field), wrong[0].Field, wrong[0].Message)
			assert.Equal(t, c.fix, wrong[0].Fix)
			_, err := r.engine.SaveService(background(), s)
			assert.Error(t, err)
			assert.Zero(t, r.store.Calls("SaveService"))
		})
	}
}

// What stands on one line of a list or a form is one line, and nothing is offered
// twice, whatever a file says.
func TestServiceIsStoredInLines(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	s := r.ownService("Intranet")
	s.Provider, s.Category, s.Scopes[0].Group, s.Parameters[0].Label = "Northwind\nInc.", " CRM\t", "Mail\n\nand more", "Place\nof it"
	s.Parameters[0].Choices = []auth.Choice{{Value: "eu", Label: "Europe\n(default)"}}
	s.Grants = []auth.Grant{auth.GrantAuthorizationCode, auth.GrantClientCredentials, auth.GrantAuthorizationCode}
	s.ClientAuth = []auth.ClientAuth{auth.ClientAuthPost, auth.ClientAuthPost}
	s = r.saved(s)
	assert.Equal(t, []string{"Northwind Inc.", "CRM", "Mail and more", "Place of it", "Europe (default)"},
		[]string{s.Provider, s.Category, s.Scopes[0].Group, s.Parameters[0].Label, s.Parameters[0].Choices[0].Label})
	assert.Equal(t, []auth.Grant{auth.GrantAuthorizationCode, auth.GrantClientCredentials}, s.Grants)
	assert.Equal(t, []auth.ClientAuth{auth.ClientAuthPost}, s.ClientAuth)
}

// A label in any script stands whole inside a sentence.
func TestParameterLabelsInOtherScripts(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	s := r.ownService("Intranet")
	for label, says := range map[string]string{
		"Область": "Enter the область", "область": "Enter the область", "ärger": "Enter the ärger", "数据中心": "Enter the 数据中心",
		"AWS region": "Enter the AWS region", "Tenant": "Enter the tenant", "K8s": "Enter the K8s", "X": "Enter the x",
	} {
		s.Parameters[0].Label, s.Parameters[0].Default = label, ""
		_, wrong := auth.Resolve(s, auth.Draft{Grant: auth.GrantAuthorizationCode})
		require.Len(t, wrong, 1)
		assert.Equal(t, says, wrong[0].Message)
	}
}

// A service keeps its own name, and may change its case.
func TestServiceKeepsItsName(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	s := r.saved(r.ownService("Intranet"))
	assert.Empty(t, r.engine.CheckService(s))
	s.Name = "INTRANET"
	assert.Equal(t, s, r.saved(s))
	other := r.ownService("intranet")
	require.Len(t, r.engine.CheckService(other), 1)
}
