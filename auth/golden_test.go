package auth_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"mime"
	"net"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// The services whose exchanges are written from their providers' own
// documentation.
var goldenServices = []string{
	"airtable", "atlassian", "dropbox", "figma", "github", "google-workspace", "hubspot", "linkedin", "microsoft-graph", "okta",
	"quickbooks", "salesforce", "shopify", "slack", "snowflake", "square", "tiktok-business", "xero", "zendesk", "zoho-crm",
}

// Sign-in, refresh, revocation and a refusal are, for twenty services, the ones
// that the provider documents: the requests at the provider's own addresses, and
// what is stored of its replies.
func TestGolden(t *testing.T) {
	catalog, err := auth.LoadCatalog(auth.ShippedServices())
	require.NoError(t, err)
	var covered []string
	for _, g := range goldens(t) {
		covered = append(covered, g.Service)
		t.Run(g.Service, func(t *testing.T) {
			r := newGoldenRun(t, g, catalog)
			if id := r.signIn("Sales"); id != "" {
				r.refresh(id)
				r.revoke(id)
			}
			r.refused()
		})
	}
	assert.Equal(t, goldenServices, covered)
}

// goldenRun plays one provider.
type goldenRun struct {
	*testing.T
	golden  golden
	values  goldenValues
	store   *authtest.MemStore
	engine  *auth.Engine
	mu      sync.Mutex
	replies map[string]goldenReply // by method and address
	got     []goldenGot
}

// goldenGot is a request as the provider got it.
type goldenGot struct {
	method, address string
	header          http.Header
	body            string
}

func newGoldenRun(t *testing.T, g golden, catalog *auth.Catalog) *goldenRun {
	t.Helper()
	r := &goldenRun{T: t, golden: g, values: newGoldenValues(), store: authtest.NewMemStore(), replies: map[string]goldenReply{}}
	world := authtest.NewWorld(t)
	wire := auth.WireParams{RootCAs: world.RootCAs(), Now: r.now}.WithDial(world.Serve(t, r)).WithProxy("")
	var err error
	r.engine, err = auth.New(auth.Params{
		Store: r.store, Vault: r.store.Vault(), Catalog: catalog, Wire: auth.NewWire(wire),
		Browser: authtest.NewBrowser(t, authtest.BrowserIgnore, nil), Log: slog.New(slog.DiscardHandler), Now: r.now,
	})
	require.NoError(t, err)
	t.Cleanup(r.engine.Close)
	return r
}

func (r *goldenRun) now() time.Time {
	if r.golden.Now.IsZero() {
		return time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	}
	return r.golden.Now
}

// ServeHTTP answers as the file says, and anything else with 404.
func (r *goldenRun) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return
	}
	got := goldenGot{request.Method, "https://" + request.Host + request.URL.RequestURI(), request.Header.Clone(), string(body)}
	r.mu.Lock()
	reply, known := r.replies[got.method+" "+got.address]
	r.got = append(r.got, got)
	r.mu.Unlock()
	if !known {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", reply.ContentType)
	w.WriteHeader(reply.Status)
	_, _ = w.Write(reply.Body)
}

// answer makes the provider answer a request.
func (r *goldenRun) answer(to goldenRequest, with goldenReply) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.replies[to.Method+" "+to.URL], r.got = with, nil
}

// last is the first request since answer to that address.
func (r *goldenRun) last(to goldenRequest) (goldenGot, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []string
	for _, got := range r.got {
		if got.method == to.Method && got.address == to.URL {
			return got, true
		}
		all = append(all, got.method+" "+got.address)
	}
	r.Errorf("nothing came to %s %s, but %v", to.Method, to.URL, all)
	return goldenGot{}, false
}

// draft is the authorization as the documentation's samples have it.
func (r *goldenRun) draft(name string) auth.Draft {
	g := r.golden
	d := r.engine.DraftFor(g.Service)
	d.Name, d.ClientID, d.Scopes, d.Public = name, goldenID, g.Scopes, g.Client.Public
	maps.Copy(d.Params, g.Parameters)
	if !g.Client.Public {
		d.ClientAuth, d.ClientSecret, d.Confirmation = g.Client.Auth, auth.NewSecret(goldenSecret), auth.NewSecret(goldenSecret)
	}
	free, err := (&net.ListenConfig{}).Listen(r.Context(), "tcp", "127.0.0.1:0")
	require.NoError(r, err)
	require.NoError(r, free.Close())
	d.Port = free.Addr().(*net.TCPAddr).Port // others may hold the service's own
	return d
}

// signIn goes through a whole sign-in and compares what was sent and stored. It
// returns "" when that ends without tokens.
func (r *goldenRun) signIn(name string) string {
	r.answer(r.golden.Token, r.golden.TokenReply)
	detail, err := r.throughBrowser(name)
	r.exchanged()
	if !assert.NoError(r, err, "the sign-in") {
		return ""
	}
	r.stored("sign-in", detail.Authorization.ID, r.golden.Expect)
	return detail.Authorization.ID
}

// throughBrowser opens the provider's page, compares its address and brings the
// redirect back.
func (r *goldenRun) throughBrowser(name string) (auth.Detail, error) {
	g := r.golden
	s, err := r.engine.Authorize(r.Context(), r.draft(name))
	require.NoError(r, err)
	link, err := url.Parse(s.URL())
	require.NoError(r, err)
	query := single(r.T, link.Query())
	r.values["$state"], r.values["$redirect_uri"] = query["state"], s.RedirectURI()
	link.RawQuery = ""
	assert.Equal(r, g.Authorize.URL, link.String())
	r.values.compare(r.T, "authorization request", g.Authorize.Params, g.Authorize.Also, g.Authorize.Absent, query)
	if sent, there := query["redirect_uri"]; there {
		assert.Equal(r, s.RedirectURI(), sent)
	}
	r.values["challenge"] = query["code_challenge"]

	back := url.Values{}
	for name, value := range g.Redirect {
		back.Set(name, r.values.fill(value))
	}
	address := s.RedirectURI() + "?" + back.Encode()
	if s.PasteOnly() {
		require.NoError(r, s.Paste(address))
		return s.Wait(r.Context())
	}
	request, err := http.NewRequestWithContext(r.Context(), http.MethodGet, address, nil)
	require.NoError(r, err)
	arrived := make(chan struct{})
	go func() { // the page comes when the sign-in is over
		defer close(arrived)
		client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		if page, err := client.Do(request); err == nil {
			_ = page.Body.Close()
		}
	}()
	detail, err := s.Wait(r.Context())
	<-arrived
	return detail, err
}

// exchanged compares the token request.
func (r *goldenRun) exchanged() {
	got, there := r.last(r.golden.Token)
	if !there {
		return
	}
	if verifier := r.body(got)["code_verifier"]; verifier != "" {
		sum := sha256.Sum256([]byte(verifier))
		assert.Equal(r, r.values["challenge"], base64.RawURLEncoding.EncodeToString(sum[:]), "the verifier is not the challenge's")
		r.values["$verifier"] = verifier
	}
	r.sent("token request", r.golden.Token, got)
}

// sent compares a request.
func (r *goldenRun) sent(what string, wanted goldenRequest, got goldenGot) {
	for name, value := range wanted.Headers {
		assert.Equal(r, r.values.fill(value), got.header.Get(name), "%s: %s", what, name)
	}
	if wanted.ContentType == "" {
		assert.Empty(r, got.body, what)
	} else {
		media, _, err := mime.ParseMediaType(got.header.Get("Content-Type"))
		assert.NoError(r, err, what)
		assert.Equal(r, wanted.ContentType, media, "%s: content type", what)
	}
	r.values.compare(r.T, what, wanted.Body, wanted.Also, wanted.Absent, r.body(got))
}

// body are the parameters of a request, whatever form they have.
func (r *goldenRun) body(got goldenGot) map[string]string {
	if got.body == "" {
		return nil
	}
	media, _, err := mime.ParseMediaType(got.header.Get("Content-Type"))
	require.NoError(r, err)
	if media == "application/json" {
		var members map[string]string
		require.NoError(r, json.Unmarshal([]byte(got.body), &members), got.body)
		return members
	}
	values, err := url.ParseQuery(got.body)
	require.NoError(r, err)
	return single(r.T, values)
}

// stored compares what is stored after a reply.
func (r *goldenRun) stored(what, id string, wanted goldenExpect) {
	row, there := r.store.Record(id)
	require.True(r, there)
	s, tokens := row.Status, row.Tokens
	assert.Equal(r, auth.StateActive, s.State, what)
	assert.Equal(r, wanted.Access, tokens.Access.Reveal(), "%s: access token", what)
	assert.Equal(r, wanted.Refresh, tokens.Refresh.Reveal(), "%s: refresh token", what)
	if wanted.Type != "" {
		assert.Equal(r, wanted.Type, s.TokenType, what)
	}
	if wanted.ExpiresIn != nil {
		assert.Equal(r, auth.ExpiryReported, s.Expiry.Rule, what)
		assert.Equal(r, time.Duration(*wanted.ExpiresIn)*time.Second, s.Expiry.Lifetime, "%s: lifetime", what)
	}
	if wanted.Rule != "" {
		assert.Equal(r, wanted.Rule, s.Expiry.Rule, what)
	}
	assert.Equal(r, wanted.Granted, s.Granted, "%s: granted scopes", what)
	for name, value := range wanted.Facts {
		assert.Equal(r, value, tokens.Facts[name], "%s: fact %s", what, name)
	}
	if wanted.SignInLasts != nil {
		assert.Equal(r, r.now().Add(time.Duration(*wanted.SignInLasts)*time.Second), s.SignInEnds, "%s: end of the sign-in", what)
	}
	assert.Equal(r, wanted.HandOut, s.HandOut, "%s: handed out to other programs", what)
	r.values["$access"], r.values["$refresh"] = tokens.Access.Reveal(), tokens.Refresh.Reveal()
}

// refresh asks for new tokens once.
func (r *goldenRun) refresh(id string) {
	g := r.golden
	if g.Refresh == nil {
		return
	}
	r.answer(*g.Refresh, g.RefreshReply)
	_, err := r.engine.Refresh(r.Context(), id)
	if got, there := r.last(*g.Refresh); there {
		r.sent("refresh", *g.Refresh, got)
	}
	if assert.NoError(r, err, "the refresh") {
		r.stored("refresh", id, g.RefreshExpect)
	}
}

// revoke ends the tokens.
func (r *goldenRun) revoke(id string) {
	g := r.golden
	if g.Revoke == nil {
		return
	}
	r.answer(*g.Revoke, g.RevokeReply)
	outcome, err := r.engine.Revoke(r.Context(), id)
	if got, there := r.last(*g.Revoke); there {
		r.sent("revocation", *g.Revoke, got)
	}
	if assert.NoError(r, err, "the revocation") {
		assert.Equal(r, auth.Revoked, outcome)
	}
}

// refused has the provider refuse, and compares the code that the user is told.
func (r *goldenRun) refused() {
	wanted := r.golden.Error
	if wanted == nil {
		return
	}
	var err error
	switch wanted.On {
	case "token":
		r.answer(r.golden.Token, wanted.Reply)
		_, err = r.throughBrowser("Refused")
	case "refresh":
		id := r.signIn("Refused")
		require.NotEmpty(r, id)
		r.answer(*r.golden.Refresh, wanted.Reply)
		_, err = r.engine.Refresh(r.Context(), id)
	default:
		r.Fatalf("an error on %q", wanted.On)
	}
	require.Error(r, err)
	f := asFailure(r.T, err)
	assert.Equal(r, wanted.Code, f.Code, f.Happened)
}
