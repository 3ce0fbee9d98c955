package auth_test

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/assets"
	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// The plays prove something only if the provider notices an engine that goes by
// other data. Here it does: each change is made to the engine's file alone.
func TestProvider_RefusesWhatDepartsFromTheData(t *testing.T) {
	type object = map[string]any
	quirks := func(s object, edit func(id string, params object) bool) {
		var kept []any
		for _, q := range s["quirks"].([]any) {
			params, _ := q.(object)["params"].(object)
			if edit(q.(object)["id"].(string), params) {
				kept = append(kept, q)
			}
		}
		s["quirks"] = kept
	}
	drop := func(gone string) func(s object) {
		return func(s object) { quirks(s, func(id string, _ object) bool { return id != gone }) }
	}
	world := authtest.NewWorld(t)
	for _, c := range []struct {
		service, name string
		change        func(s object)
		refusal       string
	}{
		{"tiktok", "another name of the client", func(s object) { delete(s, "names") }, "client_key"},
		{"tiktok", "another separator", func(s object) { s["scope_separator"] = " " }, "authorization: scope is"},
		{"tiktok", "the RFC's challenge", drop("pkce_hex"), "has another form"},
		{"tiktok", "another host", func(s object) { s["redirect"].(object)["host"] = "localhost" }, "not on the registered port"},
		{"tiktok", "another path", func(s object) { s["redirect"].(object)["path"] = "/callback" }, "not on the registered port"},
		{"github", "a port that is not any", func(s object) { s["redirect"].(object)["path"] = "/back" }, "does not follow the rule"},
		{"facebook", "another page", func(s object) { s["redirect"].(object)["register"] = "https://www.facebook.com/other.html" }, "not the registered page"},
		{"facebook", "the RFC's revocation", drop("revocation_request"), "revocation: the method is POST"},
		{"atlassian", "a fixed parameter less", func(s object) { s["auth_params"] = object{"prompt": "consent"} }, "audience"},
		{"atlassian", "a fixed parameter more", func(s object) { s["auth_params"].(object)["display"] = "page" }, "is too much"},
		{"atlassian", "another way in", func(s object) { s["client_auth"] = []any{"client_secret_basic"} }, "Authorization is"},
		{"pinterest", "a token parameter less", func(s object) { s["token_params"] = object{} }, "continuous_refresh"},
		{"figma", "no address for refreshes", func(s object) { delete(s["endpoints"].(object), "refresh") }, "it went to"},
		{"gitlab", "a refresh without its redirect", drop("refresh_redirect_uri"), "refresh: redirect_uri"},
		{"looker", "a form", drop("token_body_json"), "Content-Type is"},
		{"notion", "PKCE", drop("no_pkce"), "code_challenge"},
		{"smartsheet", "a parameter too many", drop("leaves_out"), "redirect_uri"},
		{"reddit", "a public client in the body", drop("basic_without_secret"), "Authorization is"},
		{"square", "a bearer", func(s object) {
			quirks(s, func(id string, params object) bool {
				if id == "revocation_request" {
					params["auth"] = "bearer"
				}
				return true
			})
		}, "revocation: Authorization is"},
		{"miro", "a body", drop("revocation_request"), "revocation"},
		{"fitbit", "the client's introspection", drop("introspection_request"), "introspection"},
		{"tiktok", "the whole userinfo", drop("userinfo_request"), "userinfo"},
		{"zoho-crm", "another scheme", func(s object) { delete(s, "token_use") }, "is \"Bearer"},
		{"zoho-crm", "the host of the data", drop("token_host_from_redirect"), "nothing answers there"},
		{"hubspot", "one parameter for all scopes", func(s object) {
			for _, scope := range s["scopes"].([]any) {
				delete(scope.(object), "parameter")
			}
		}, "optional_scope"},
	} {
		t.Run(c.service+" "+c.name, func(t *testing.T) {
			refusals := refusalsOf(t, world, c.service, c.change)
			if c.refusal != "" {
				assert.Contains(t, strings.Join(refusals, "\n"), c.refusal)
			}
		})
	}
}

// refusalsOf plays a service with an engine whose file was changed, and returns
// what its provider refused.
func refusalsOf(t *testing.T, world *authtest.World, id string, change func(map[string]any)) []string {
	t.Helper()
	service, catalog := changedCatalog(t, id, change)
	p := catalogPlay{svc: service, grant: auth.GrantAuthorizationCode, method: service.ClientAuth[0], asIs: true, full: true}
	s := p.set(t, world, catalog)
	s.troubles()
	return s.provider.Refusals()
}

// changedCatalog is one service as it is shipped, and a catalog that holds it
// changed.
func changedCatalog(t *testing.T, id string, change func(map[string]any)) (auth.Service, *auth.Catalog) {
	t.Helper()
	files, err := fs.Sub(assets.Services, "services")
	require.NoError(t, err)
	data, err := fs.ReadFile(files, id+".json")
	require.NoError(t, err)
	var service auth.Service
	require.NoError(t, json.Unmarshal(data, &service))
	changed := map[string]any{}
	require.NoError(t, json.Unmarshal(data, &changed))
	change(changed)
	delete(changed, "departures") // they name what is gone now
	data, err = json.Marshal(changed)
	require.NoError(t, err)
	catalog, err := auth.LoadCatalog(fstest.MapFS{id + ".json": {Data: data}})
	require.NoError(t, err)
	return service, catalog
}
