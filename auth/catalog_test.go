package auth

import (
	"encoding/json"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/assets"
)

// shippedCatalog loads the services that the program ships.
func shippedCatalog(t *testing.T) *Catalog {
	t.Helper()
	files, err := fs.Sub(assets.Services, "services")
	require.NoError(t, err)
	catalog, err := LoadCatalog(files)
	require.NoError(t, err)
	return catalog
}

func shippedService(t *testing.T, id string) Service {
	t.Helper()
	service, ok := OpenCatalog(ShippedServices()).Get(id) // reads that one file
	require.True(t, ok, id)
	return service
}

// CatalogIDs are the 82 services that the program promises, so that none gets
// lost unseen.
var CatalogIDs = []string{
	"adobe", "airtable", "amazon-ads", "asana", "atlassian", "auth0", "aws-cognito", "bitbucket", "box", "calendly",
	"canva", "clickup", "constant-contact", "databricks", "digitalocean", "discord", "docusign", "dropbox",
	"eventbrite", "facebook", "figma", "fitbit", "freshbooks", "generic-oidc", "github", "gitlab", "google-ads",
	"google-analytics", "google-cloud", "google-workspace", "heroku", "hubspot", "intercom", "keycloak", "linear",
	"linkedin", "looker", "mailchimp", "meetup", "microsoft-azure-management", "microsoft-dynamics-365",
	"microsoft-exchange-online", "microsoft-graph", "microsoft-power-bi", "miro", "monday", "netsuite", "notion",
	"okta", "onelogin", "paypal", "ping-identity", "pinterest", "pipedrive", "qlik-cloud", "quickbooks", "reddit",
	"sailpoint-identitynow", "salesforce", "sap-btp-xsuaa", "servicenow", "shopify", "slack", "smartsheet",
	"snapchat-ads", "snowflake", "spotify", "square", "strava", "stripe-connect", "surveymonkey", "tiktok",
	"tiktok-business", "typeform", "webex", "workday", "x", "xero", "youtube", "zendesk", "zoho-crm", "zoom",
}

func TestShippedCatalogInTheFormsOrder(t *testing.T) {
	assert.Len(t, CatalogIDs, 82)
	all := shippedCatalog(t).All()
	var ids []string
	for _, s := range all {
		ids = append(ids, s.ID)
	}
	assert.ElementsMatch(t, append([]string{LocalServiceID, OtherServiceID}, CatalogIDs...), ids)
	last := len(ids) - 1
	assert.Equal(t, LocalServiceID, ids[0])
	assert.Equal(t, []string{OIDCServiceID, OtherServiceID}, ids[last-1:])
	assert.True(t, slices.IsSortedFunc(all[1:last-1], func(a, b Service) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	}), "the named services stand by name")
	_, ok := shippedCatalog(t).Get("no-such-service")
	assert.False(t, ok)
}

func TestShippedServicesCarryTheirQuirks(t *testing.T) {
	github := shippedService(t, "github")
	for _, id := range []QuirkID{QuirkAcceptJSON, QuirkErrorStatus200, QuirkGrantedScopeSeparator, QuirkNoExpiryMeansNever} {
		_, ok := github.Quirk(id)
		assert.True(t, ok, id)
	}
	template, ok := shippedService(t, "microsoft-graph").Quirk(QuirkIssuerTemplate)
	require.True(t, ok)
	assert.Equal(t, map[string]string{"literal": "{tenantid}", "claim": "tid"}, template.Params)
	assert.Equal(t, map[string]string{"access_type": "offline", "prompt": "consent"}, shippedService(t, "google-workspace").AuthParams)
}

// Where a program can't revoke, the user is told where to withdraw the consent.
func TestShippedServicesSayWhereToWithdrawTheConsent(t *testing.T) {
	for _, s := range shippedCatalog(t).All() {
		offers := s.Discovery || s.OwnAddresses || s.Endpoints.Revocation != ""
		assert.True(t, offers || s.Help.WithdrawURL != "", s.ID)
	}
}

// Each change makes a shipped service useless or dangerous in one way, and the
// loader must find it.
func TestLoadCatalogRefusesWhatItCannotActOn(t *testing.T) {
	type object = map[string]any
	for name, change := range map[string]func(s object){
		"another schema":          func(s object) { s["schema"] = 2 },
		"id is not the file":      func(s object) { s["id"] = "elsewhere" },
		"unknown field":           func(s object) { s["token_endpoint"] = "https://example.com" },
		"no description":          func(s object) { s["description"] = "" },
		"plain http":              func(s object) { s["endpoints"].(object)["token"] = "http://example.com/token" },
		"http behind a parameter": func(s object) { s["endpoints"].(object)["token"] = "http://{tenant}.example.com/token" },
		"user in an address":      func(s object) { s["endpoints"].(object)["token"] = "https://a@example.com/token" },
		"no token endpoint":       func(s object) { s["endpoints"].(object)["token"] = "" },
		"undeclared placeholder":  func(s object) { s["endpoints"].(object)["token"] = "https://example.com/{region}/token" },
		"dead parameter": func(s object) {
			s["parameters"] = append(s["parameters"].([]any), object{"name": "region", "label": "Region", "help": "x"})
		},
		"parameter without help":   func(s object) { s["parameters"].([]any)[0].(object)["help"] = "" },
		"parameter twice":          func(s object) { s["parameters"] = append(s["parameters"].([]any), s["parameters"].([]any)[0]) },
		"hidden and nobody's":      func(s object) { s["parameters"].([]any)[0].(object)["hidden"] = true },
		"broken pattern":           func(s object) { s["parameters"].([]any)[0].(object)["pattern"] = "(" },
		"discovery with addresses": func(s object) { s["discovery"] = true },
		"own addresses and fixed":  func(s object) { s["own_addresses"] = true },
		"unknown quirk":            func(s object) { s["quirks"] = []any{object{"id": "comma_scopes"}} },
		"quirk twice":              func(s object) { s["quirks"] = []any{object{"id": "nonce"}, object{"id": "nonce"}} },
		"quirk without parameter": func(s object) {
			s["quirks"] = []any{object{"id": "issuer_template", "params": object{"literal": "{tenantid}"}}}
		},
		"quirk with too much":      func(s object) { s["quirks"] = []any{object{"id": "nonce", "params": object{"x": "y"}}} },
		"unknown grant":            func(s object) { s["grants"] = []any{"authorization_code", "magic"} },
		"no grant":                 func(s object) { s["grants"] = []any{} },
		"device without address":   func(s object) { s["endpoints"].(object)["device_authorization"] = "" },
		"unknown authentication":   func(s object) { s["client_auth"] = []any{"none", "magic"} },
		"no usable authentication": func(s object) { s["client_auth"] = []any{"private_key_jwt"} },
		"pkce":                     func(s object) { s["pkce"] = "yes" },
		"separator":                func(s object) { s["scope_separator"] = ";" },
		"overrides the state":      func(s object) { s["auth_params"] = object{"state": "x"} },
		"overrides the client":     func(s object) { s["token_params"] = object{"client_id": "x"} },
		"redirect elsewhere":       func(s object) { s["redirect"].(object)["host"] = "example.com" },
		"redirect port":            func(s object) { s["redirect"].(object)["port"] = "17654" },
		"redirect path":            func(s object) { s["redirect"].(object)["path"] = "callback" },
		"redirect without note":    func(s object) { s["redirect"].(object)["note"] = "" },
		"redirect literal":         func(s object) { s["redirect"].(object)["register"] = "localhost" },
		"fixed without seconds":    func(s object) { s["access_token"] = object{"seconds": 0, "rule": "fixed"} },
		"never with seconds":       func(s object) { s["access_token"] = object{"seconds": 5, "rule": "never"} },
		"unknown lifetime rule":    func(s object) { s["refresh"].(object)["lifetime"] = object{"seconds": 5, "rule": "about"} },
		"refresh scope not there":  func(s object) { s["refresh"].(object)["scope"] = "refresh_me" },
		"refresh scope for naught": func(s object) { s["refresh"].(object)["needs"] = "nothing" },
		"refresh parameter":        func(s object) { r := s["refresh"].(object); r["needs"], r["scope"] = "parameter", "" },
		"refresh needs":            func(s object) { s["refresh"].(object)["needs"] = "luck" },
		"scope twice":              func(s object) { s["scopes"] = append(s["scopes"].([]any), s["scopes"].([]any)[0]) },
		"scope without words":      func(s object) { s["scopes"].([]any)[0].(object)["description"] = "" },
		"scope with a blank":       func(s object) { s["scopes"].([]any)[0].(object)["name"] = "a b" },
		"no help":                  func(s object) { s["help"].(object)["steps"] = []any{} },
		"redirect step":            func(s object) { s["help"].(object)["redirect_step"] = 9 },
		"help link":                func(s object) { s["help"].(object)["docs_url"] = "javascript:alert(1)" },
		"withdrawal link":          func(s object) { s["help"].(object)["withdraw_url"] = "http://example.com" },
		"source":                   func(s object) { s["sources"] = []any{"a friend"} },
		"issuer among endpoints":   func(s object) { s["endpoints"].(object)["issuer"] = "https://example.com" },
	} {
		t.Run(name, func(t *testing.T) {
			data, err := assets.Services.ReadFile("services/microsoft-graph.json")
			require.NoError(t, err)
			var service object
			require.NoError(t, json.Unmarshal(data, &service))
			change(service)
			data, err = json.Marshal(service)
			require.NoError(t, err)
			_, err = LoadCatalog(fstest.MapFS{"microsoft-graph.json": {Data: data}})
			assert.ErrorContains(t, err, "microsoft-graph.json")
		})
	}
	_, err := LoadCatalog(fstest.MapFS{})
	assert.Error(t, err, "an empty catalog")
	data, err := assets.Services.ReadFile("services/github.json")
	require.NoError(t, err)
	_, err = LoadCatalog(fstest.MapFS{"github.json": {Data: append(data, "{}"...)}})
	assert.Error(t, err, "two services in one file")
	data, err = assets.Services.ReadFile("services/github.json")
	require.NoError(t, err)
	twin := strings.NewReplacer(`"id": "github"`, `"id": "github-again"`, `"name": "GitHub"`, `"name": "GITHUB"`).Replace(string(data))
	_, err = LoadCatalog(fstest.MapFS{"github.json": {Data: data}, "github-again.json": {Data: []byte(twin)}})
	assert.ErrorContains(t, err, `has the name "GitHub" too`, "two services of one name")
}
