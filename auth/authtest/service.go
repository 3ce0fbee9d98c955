package authtest

import (
	"encoding/json"
	"testing/fstest"
	"time"

	"github.com/google/uuid"

	"tokenwell/auth"
)

// ServiceID is the service of Catalog; its parameter "issuer" is the address of
// an Evilas.
const ServiceID = "evilas"

// ClientID is the audience of the ID tokens of an Evilas.
const ClientID = "client"

// Service is an authorization service whose addresses come from the metadata of
// an Evilas.
func Service() auth.Service {
	return auth.Service{
		Schema: auth.ServiceSchema, ID: ServiceID, Name: "Evilas", Provider: "Tests", Category: "Tests", Description: "For tests.",
		Parameters: []auth.Parameter{{Name: "issuer", Label: "Issuer", Help: "The server of the test.", URL: true}},
		Issuer:     "{issuer}", Discovery: true,
		Grants: []auth.Grant{
			auth.GrantAuthorizationCode, auth.GrantDeviceCode, auth.GrantClientCredentials, auth.GrantJWTBearer,
			auth.GrantPassword, auth.GrantRefreshToken, auth.GrantAccessToken,
		},
		ClientAuth: []auth.ClientAuth{auth.ClientAuthBasic, auth.ClientAuthPost, auth.ClientAuthNone},
		PKCE:       "required", ScopeSeparator: " ",
		Redirect:    auth.RedirectRule{Scheme: "http", Host: "127.0.0.1", Port: auth.PortAny, Path: "/callback", Register: "http://127.0.0.1/callback", Confirmed: true, Note: "Any port."},
		Refresh:     auth.RefreshRule{Needs: "scope", Scope: "offline_access", Lifetime: auth.Lifetime{Rule: "unknown"}},
		AccessToken: auth.Lifetime{Rule: "unknown"},
		Scopes: []auth.Scope{
			{Name: "openid", Description: "Who you are.", Group: "Account"},
			{Name: "read", Description: "Read.", Group: "Data", Default: true},
			{Name: "offline_access", Description: "Stay signed in.", Group: "Account", Default: true},
		},
		Help: auth.Help{Steps: []string{"Nothing to do."}},
	}
}

// Catalog holds Service alone, with these quirks.
func Catalog(quirks ...auth.Quirk) (*auth.Catalog, error) {
	service := Service()
	service.Quirks = quirks
	data, err := json.Marshal(service)
	if err != nil {
		return nil, err
	}
	return auth.LoadCatalog(fstest.MapFS{ServiceID + ".json": {Data: data}})
}

// Stored is an authorization as a sign-in at the server has left it, one hour
// before now, under a new ID.
func (s *Evilas) Stored(name string, now time.Time) auth.Record {
	scopes := []string{"read", "offline_access"}
	return auth.Record{
		Authorization: auth.Authorization{
			ID: uuid.NewString(), Name: name, ServiceID: ServiceID, ServiceName: "Evilas", Params: map[string]string{"issuer": s.URL()},
			Grant: auth.GrantAuthorizationCode, Endpoints: s.Endpoints(), ClientID: ClientID, ClientAuth: auth.ClientAuthBasic,
			ClientSecret: auth.NewSecret(Sentinel + "secret-0"), Scopes: scopes,
			Redirect: auth.Redirect{Host: "127.0.0.1", Path: "/callback"}, CreatedAt: now.Add(-time.Hour).UTC(),
		},
		Status: auth.Status{
			State: auth.StateActive, Generation: 1, TokenType: "Bearer", Granted: scopes, IssuedAt: now.Add(-time.Hour).UTC(),
			Expiry:  auth.Expiry{Rule: auth.ExpiryReported, At: now.Add(time.Minute).UTC(), Lifetime: time.Hour},
			HandOut: true, HasRefresh: true, LastOutcome: auth.OutcomeOK,
		},
		Tokens: auth.Tokens{Access: auth.NewSecret(Sentinel + "access-0"), Refresh: auth.NewSecret(s.Grant("read offline_access"))},
	}
}
