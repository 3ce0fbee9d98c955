//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db"
	"tokenwell/db/dbtest"
)

// patient is a set-up in order, for the doctor, until a test breaks it.
type patient struct {
	*testing.T
	doctor  *doctor
	keyring *dbtest.Keyring
	service *httptest.Server // of the authorization in use
	env     *env
	out     bytes.Buffer
}

// newPatient makes a data folder whose vault opens through the keyring, or with
// a passphrase, with one authorization at a service that answers.
func newPatient(t *testing.T, passphrase string, answer http.HandlerFunc) *patient {
	t.Helper()
	p := &patient{T: t, keyring: dbtest.NewKeyring()}
	p.service = httptest.NewUnstartedServer(answer)
	p.service.Config.ErrorLog = log.New(&bytes.Buffer{}, "", 0)
	p.service.StartTLS()
	t.Cleanup(p.service.Close)
	dir, err := os.MkdirTemp("", "tw-doctor-") // short: a socket's path is limited
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	place := db.PlaceIn(filepath.Join(dir, "data"))
	store, err := db.Open(t.Context(), db.Params{Dir: place.Data, Keyring: p.keyring})
	require.NoError(t, err)
	require.NoError(t, store.Vault().Create(t.Context(), auth.NewSecret(passphrase)))
	keepAt(t, store, "Sales", p.address("example.com"), auth.StateActive)
	require.NoError(t, store.Close())
	target := p.service.Listener.Addr().String()
	p.doctor = &doctor{
		place: place, keyring: p.keyring, now: time.Now,
		lookPath: func(string) []string { return nil },
		network: network{
			roots: p.service.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs,
			dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, network, target)
			},
		},
	}
	p.env = &env{out: &p.out, errOut: &p.out}
	return p
}

// address is a token endpoint of the service under a name.
func (p *patient) address(host string) string {
	return "https://" + net.JoinHostPort(host, p.service.Listener.Addr().(*net.TCPAddr).AddrPort().String()[len("127.0.0.1:"):]) + "/token"
}

// keepAt stores an authorization with a token endpoint.
func keepAt(t *testing.T, store *db.DB, name, endpoint string, state auth.State) {
	t.Helper()
	at, err := url.Parse(endpoint)
	require.NoError(t, err)
	a := auth.Authorization{
		ID: uuid.NewString(), Name: name, ServiceID: auth.OtherServiceID, ServiceName: at.Host, Grant: auth.GrantClientCredentials,
		Endpoints: auth.Endpoints{Token: endpoint}, ClientID: "client", ClientAuth: auth.ClientAuthBasic,
		ClientSecret: auth.NewSecret(sentinel + "secret"), CreatedAt: time.Now().UTC(),
	}
	require.NoError(t, store.Create(t.Context(), a, auth.StateNeverAuthorized))
	now := time.Now().UTC()
	require.NoError(t, store.CommitGrant(t.Context(), a.ID, 0, auth.Grantee{
		Tokens: auth.Tokens{Access: auth.NewSecret(accessToken)},
		Status: auth.Status{
			State: state, Generation: 1, TokenType: "Bearer", IssuedAt: now, HandOut: true,
			Expiry: auth.Expiry{Rule: auth.ExpiryReported, At: now.Add(time.Hour), Lifetime: time.Hour},
		},
	}))
}

// change opens the data folder once more.
func (p *patient) change(f func(*db.DB)) {
	p.Helper()
	store, err := db.Open(p.Context(), db.Params{Dir: p.doctor.place.Data, Keyring: p.keyring})
	require.NoError(p, err)
	defer func() { _ = store.Close() }()
	require.NoError(p, store.Vault().Unlock(p.Context(), auth.Secret{}))
	f(store)
}

// examined is the report and the exit code.
func (p *patient) examined() (report, int) {
	p.Helper()
	defer p.doctor.close()
	p.env.json = true
	err := p.env.diagnose(p.doctor.examine(p.Context()))
	require.NotContains(p, p.out.String(), sentinel)
	var r report
	require.NoError(p, json.Unmarshal(p.out.Bytes(), &r))
	if err == nil {
		return r, 0
	}
	code, ok := err.(exitCode) //nolint:errorlint // it is what the command returns
	require.True(p, ok, "%v", err)
	return r, int(code)
}

// of returns the findings of a check.
func (r report) of(check string) (all []finding) {
	for _, f := range r.Findings {
		if f.Check == check {
			all = append(all, f)
		}
	}
	return all
}

// answering is a service that takes nothing but POST, as token endpoints do.
func answering(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusMethodNotAllowed) }
