//go:build e2e

package robot

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
	"tokenwell/db/dbtest"
)

// The tour's authorizations, one for each grant, in the order of the table. A
// name says where its row stands.
const (
	tourDevice = iota
	tourClient
	tourAssertion
	tourPassword
	tourRefresh
	tourAccess
	tourCode
	tourEnds // with all that can end
)

// tourUser is who signs in; the stored password is another than the server's.
const tourUser = "mara.lind@northwind.example"

// fillTour fills the data folder with an authorization for each grant and
// returns the server that they belong to.
func fillTour(t *testing.T, s *story, theme string) *authtest.Evilas {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	private := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))

	server := authtest.NewEvilas(t, authtest.EvilasParams{
		AssertionKey: key.Public(), User: tourUser, Password: authtest.Sentinel + "password-new",
		Verify: "https://login.northwind.example/device",
	})
	store := dbtest.OpenIn(t, s.data, nil)
	require.NoError(t, store.Vault().Create(context.Background(), auth.Secret{}))
	require.NoError(t, store.SetSetting(context.Background(), "theme", theme))
	require.NoError(t, store.Restore(context.Background(), tourRecords(server, private)))
	require.NoError(t, store.Close())
	return server
}

// tourRecords are the authorizations as their first sign-ins have left them.
func tourRecords(server *authtest.Evilas, private string) []auth.Record {
	return []auth.Record{
		tourDevice: tourRecord(server, "Ad spend by region", auth.GrantDeviceCode, func(r *auth.Record) {
			r.Authorization.ClientAuth, r.Authorization.ClientSecret = auth.ClientAuthNone, auth.Secret{}
			r.Authorization.AutoRefresh = true
			r.Status.SignedInAs = tourUser
		}),
		tourClient: tourRecord(server, "Billing export", auth.GrantClientCredentials, func(r *auth.Record) {
			r.Authorization.TokenParams = map[string]string{"audience": "https://api.example.com"}
			r.Authorization.AutoRefresh = true
		}),
		tourAssertion: tourRecord(server, "Calendar sync", auth.GrantJWTBearer, func(r *auth.Record) {
			r.Authorization.ClientAuth, r.Authorization.ClientSecret, r.Authorization.ClientID = auth.ClientAuthNone, auth.Secret{}, ""
			r.Authorization.Scopes, r.Status.Granted = nil, nil
			r.Authorization.Values = auth.Values{
				auth.FieldJWTIssuer:   auth.NewSecret("reports@northwind.example"),
				auth.FieldJWTSubject:  auth.NewSecret(tourUser),
				auth.FieldJWTAudience: auth.NewSecret(server.URL() + authtest.PathToken),
				auth.FieldPayload:     auth.NewSecret(`{"scope": "calendar.read"}`),
				auth.FieldPrivateKey:  auth.NewSecret(private),
			}
		}),
		tourPassword: tourRecord(server, "Data warehouse", auth.GrantPassword, func(r *auth.Record) {
			r.Authorization.Scopes, r.Status.Granted = nil, nil
			r.Authorization.Values = auth.Values{
				auth.FieldUserName: auth.NewSecret(tourUser),
				auth.FieldPassword: auth.NewSecret(authtest.Sentinel + "password-old"),
			}
		}),
		tourRefresh: tourRecord(server, "Events archive", auth.GrantRefreshToken, func(r *auth.Record) {
			r.Authorization.Scopes = nil
			r.Tokens.Refresh = auth.NewSecret(server.Grant("events.read"))
			r.Status.Granted, r.Status.HasRefresh = []string{"events.read"}, true
		}),
		tourAccess: tourRecord(server, "Finance ledger", auth.GrantAccessToken, func(r *auth.Record) {
			r.Authorization.ServiceName, r.Authorization.Endpoints = "Other: enter the addresses", auth.Endpoints{}
			r.Authorization.Scopes, r.Status.Granted = nil, nil
			r.Authorization.ClientAuth, r.Authorization.ClientSecret, r.Authorization.ClientID = auth.ClientAuthNone, auth.Secret{}, ""
		}),
		tourCode: tourRecord(server, "Growth board", auth.GrantAuthorizationCode, func(r *auth.Record) {
			r.Authorization.Redirect.Port = auth.DefaultRedirectPort
			r.Status.SignedInAs = tourUser
		}),
		tourEnds: tourRecord(server, "Inbox, finance team", auth.GrantAuthorizationCode, func(r *auth.Record) {
			r.Authorization.Redirect.Port = auth.DefaultRedirectPort
			r.Authorization.Values = auth.Values{auth.FieldSecretExpiry: auth.NewSecret(time.Now().AddDate(0, 0, 40).Format("2006-01-02 15:04"))}
			r.Tokens.Refresh, r.Status.HasRefresh = auth.NewSecret(server.Grant("openid reports.read")), true
			r.Status.SignInEnds = time.Now().AddDate(0, 0, 88).UTC()
			r.Status.SignedInAs = tourUser
		}),
	}
}

// tourRecord is an authorization whose address the user has entered.
func tourRecord(server *authtest.Evilas, name string, grant auth.Grant, change func(*auth.Record)) auth.Record {
	r := server.Stored(name, time.Now())
	a := &r.Authorization
	a.ServiceID, a.ServiceName, a.Params = auth.OtherServiceID, strings.TrimPrefix(server.URL(), "http://"), nil
	a.Grant, a.ClientID = grant, "northwind-reports"
	a.Endpoints = auth.Endpoints{Token: a.Endpoints.Token}
	a.Scopes, r.Status.Granted = []string{"openid", "reports.read"}, []string{"openid", "reports.read"}
	switch grant {
	case auth.GrantAuthorizationCode:
		a.Endpoints.Authorization = server.Endpoints().Authorization
	case auth.GrantDeviceCode:
		a.Endpoints.Device = server.Endpoints().Device
	}
	r.Tokens.Refresh, r.Status.HasRefresh = auth.Secret{}, false
	r.Status.Expiry.At = time.Now().Add(40 * time.Minute).UTC()
	change(&r)
	return r
}
