package auth_test

import (
	"log/slog"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// played is an entry of the shipped catalog on a server of the test.
type played struct {
	*rig
	service auth.Service
	browser *authtest.Browser
}

// play makes a rig whose engine knows one entry of the shipped catalog, edited.
func play(t *testing.T, id string, mode authtest.BrowserMode, edit func(*auth.Service)) *played {
	t.Helper()
	return playOn(newRig(t, authtest.EvilasParams{}), id, mode, edit, auth.WireParams{})
}

// playOn is play on a rig that is there, over a connection of the test's own.
func playOn(r *rig, id string, mode authtest.BrowserMode, edit func(*auth.Service), wire auth.WireParams) *played {
	t := r.T
	t.Helper()
	p := &played{rig: r}
	service, ok := auth.OpenCatalog(auth.ShippedServices()).Get(id)
	require.True(t, ok, id)
	p.service = authtest.Played(service)
	if edit != nil {
		edit(&p.service)
	}
	catalog, err := authtest.CatalogOf(p.service)
	require.NoError(t, err)
	log := slog.New(slog.NewJSONHandler(p.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	p.browser, wire.Log = authtest.NewBrowser(t, mode, nil), log
	p.engine, err = auth.New(auth.Params{
		Store: p.store, Vault: p.store.Vault(), Catalog: catalog, Wire: auth.NewWire(wire),
		Browser: p.browser, Log: log, Now: func() time.Time { return p.now() },
	})
	require.NoError(t, err)
	t.Cleanup(p.engine.Close)
	return p
}

// draft is one that can be authorized, with the service's first method and
// its default scopes, or its first one.
func (p *played) draft() auth.Draft {
	d := p.engine.DraftFor(p.service.ID)
	d.Name, d.ClientID, d.Params = "Sales", authtest.ClientID, p.server.PlayedParams(p.service)
	if len(d.Scopes) == 0 && len(p.service.Scopes) > 0 {
		d.Scopes = []string{p.service.Scopes[0].Name}
	}
	if !d.Public {
		d.ClientSecret = auth.NewSecret(authtest.Sentinel + "secret-0")
		d.Confirmation = d.ClientSecret
	}
	return d
}

// plainReply brings tokens in the RFC's own way.
const plainReply = `{"access_token":"` + authtest.Sentinel + `access-1","refresh_token":"` + authtest.Sentinel + `refresh-1","token_type":"Bearer","expires_in":3600}`

// signedIn goes through a sign-in of d and returns the query of the
// authorization request and the token request. What the reply is worth is not
// looked at.
func (p *played) signedIn(d auth.Draft) (url.Values, authtest.Request) {
	p.Helper()
	p.server.Script(authtest.PathToken, authtest.JSON(200, plainReply))
	p.server.Script(authtest.PathAuthorize, authtest.Answer{Query: func(back url.Values) {
		if own := p.service.Names.Code; own != "" {
			back.Set(own, back.Get("code"))
			back.Set("code", "another")
		}
	}})
	s, err := p.engine.Authorize(background(), d)
	require.NoError(p, err)
	link, err := url.Parse(s.URL())
	require.NoError(p, err)
	_, _ = p.signIn(s)
	requests := p.server.Requests(authtest.PathToken)
	require.NotEmpty(p, requests)
	return link.Query(), requests[len(requests)-1]
}

// row stores an authorization of the service as a sign-in has left it.
func (p *played) stored(edit func(*auth.Record)) auth.Record {
	return p.rig.stored(func(r *auth.Record) {
		a := &r.Authorization
		a.ServiceID, a.ServiceName, a.Params = p.service.ID, p.service.Name, p.server.PlayedParams(p.service)
		a.Grant, a.ClientAuth = p.service.Grants[0], p.service.ClientAuth[0]
		if a.ClientAuth == auth.ClientAuthNone {
			a.ClientSecret = auth.Secret{}
		}
		d := p.draft()
		a.Endpoints, _ = auth.Resolve(p.service, d)
		if edit != nil {
			edit(r)
		}
	})
}

// basicOf is the Authorization header that net/http makes of ID and secret.
func basicOf(id, secret string) string {
	return "Basic " + base64Text(id+":"+secret)
}
