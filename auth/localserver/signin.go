package localserver

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"

	"tokenwell/auth"
)

// Paths of the pages. They have a folder of their own so that the session
// cookie is sent nowhere else: cookies know no ports, and a client's callback
// on 127.0.0.1 must not get it.
const (
	pathPages   = "/session"
	pathSignIn  = pathPages + "/signin"
	pathApprove = pathPages + "/approve"
	pathSwitch  = pathPages + "/switch"
)

const sessionCookie = "twl_session"

// browser serves the pages on which a user signs in and decides.
type browser struct {
	*provider
	pages   *pages
	host    string
	state   *browserState
	csrfKey []byte
	refusal time.Duration
	turn    chan struct{} // passwords are tried one at a time
}

// expired is what a page says of a request that is gone.
const expired = "This sign-in was finished before or has expired. Go back to the program that sent you here and start again."

func (b *browser) showSignIn(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("request")
	req, ok := b.state.request(id)
	if !ok {
		b.problem(w, http.StatusBadRequest, expired)
		return
	}
	client, err := b.store.Client(r.Context(), req.clientID)
	if err != nil {
		b.failed(w, err)
		return
	}
	b.pages.show(w, http.StatusOK, "local_signin.html", signInPage{
		Host: b.host, Client: client.Name, Username: req.username, Failed: req.failed,
		Form: b.form(w, r, id),
	})
}

func (b *browser) signIn(w http.ResponseWriter, r *http.Request) {
	id, ok := b.submitted(w, r)
	if !ok {
		return
	}
	name := strings.TrimSpace(r.PostForm.Get("username"))
	u, ok, err := b.tryPassword(r, name, auth.NewSecret(r.PostForm.Get("password")))
	if err != nil {
		b.failed(w, err)
		return
	}
	if !ok {
		b.log.Info("local server: a sign-in was refused")
		b.state.updateRequest(id, func(req *authorizationRequest) { req.failed, req.username = true, name })
		http.Redirect(w, r, pathSignIn+"?request="+id, http.StatusSeeOther)
		return
	}
	b.state.updateRequest(id, func(req *authorizationRequest) { req.failed, req.username, req.fresh = false, "", false })
	// a new ID for the signed-in session, so that one planted before is worth nothing
	b.state.dropSession(cookieValue(r))
	setCookie(w, b.state.addSession(u.ID))
	http.Redirect(w, r, pathApprove+"?request="+id, http.StatusSeeOther)
}

// tryPassword checks one password at a time and holds a wrong one back, which
// bounds guessing to a few tries a second however many connections there are.
func (b *browser) tryPassword(r *http.Request, name string, password auth.Secret) (User, bool, error) {
	ctx := r.Context()
	select {
	case b.turn <- struct{}{}:
		defer func() { <-b.turn }()
	case <-ctx.Done():
		return User{}, false, ctx.Err()
	}
	u, err := b.store.UserByName(ctx, name)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return User{}, false, err
	}
	if err == nil && !u.Password.Empty() && u.Password.Equal(password) {
		return u, true, nil
	}
	wait := time.NewTimer(b.refusal)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-ctx.Done():
	}
	return User{}, false, nil
}

// awaitingDecision returns the request of that ID and the session that may decide
// on it. When there is none, ok is false and the answer has been written.
func (b *browser) awaitingDecision(w http.ResponseWriter, r *http.Request, id string) (req authorizationRequest, s session, ok bool) {
	req, ok = b.state.request(id)
	if !ok {
		b.problem(w, http.StatusBadRequest, expired)
		return req, s, false
	}
	s, ok = b.signedIn(r, req)
	if !ok {
		http.Redirect(w, r, pathSignIn+"?request="+id, http.StatusSeeOther)
	}
	return req, s, ok
}

func (b *browser) showApproval(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("request")
	req, s, ok := b.awaitingDecision(w, r, id)
	if !ok {
		return
	}
	client, err := b.store.Client(r.Context(), req.clientID)
	if err != nil {
		b.failed(w, err)
		return
	}
	u, err := b.store.User(r.Context(), s.userID)
	if err != nil {
		b.failed(w, err)
		return
	}
	b.pages.show(w, http.StatusOK, "local_approve.html", approvalPage{
		Host: b.host, User: u.Name, Client: client.Name, Scopes: scopeRows(req.scopes),
		Lasts: lasts(req.scopes), RedirectURI: req.redirectURI, Empty: r.URL.Query().Get("empty") == "1",
		Form: b.form(w, r, id),
	})
}

// decide takes the user's answer. The request is gone afterwards, so that the
// same form sent twice gives one code.
func (b *browser) decide(w http.ResponseWriter, r *http.Request) {
	id, ok := b.submitted(w, r)
	if !ok {
		return
	}
	req, s, ok := b.awaitingDecision(w, r, id)
	if !ok {
		return
	}
	grant := r.PostForm.Get("decision") == "grant"
	scopes := approved(req.scopes, r.PostForm["scope"])
	if grant && len(scopes) == 0 {
		http.Redirect(w, r, pathApprove+"?request="+id+"&empty=1", http.StatusSeeOther)
		return
	}
	if req, ok = b.state.takeRequest(id); !ok {
		b.problem(w, http.StatusBadRequest, expired)
		return
	}
	if !grant {
		b.back(w, r, req, authorizationResponse{Error: string(oidc.AccessDenied), Description: "the user said no"})
		return
	}
	b.grant(w, r, req, s, scopes)
}

// grant stores what was approved and sends the code back.
func (b *browser) grant(w http.ResponseWriter, r *http.Request, req authorizationRequest, s session, scopes []string) {
	code, at := randomValue(codePrefix), b.now()
	g := Grant{
		ID: "grt_" + rand.Text(), Kind: auth.LocalGrantCode, ClientID: req.clientID, UserID: s.userID, Scopes: scopes,
		RefreshesLeft: auth.LocalUnlimited,
		RedirectURI:   req.redirectURI, Nonce: req.nonce, CodeChallenge: req.challenge,
		CodeHash: Hash(code), CodeExpires: at.Add(codeLifetime), AuthTime: s.authAt, Created: at,
	}
	if err := b.store.AddGrant(r.Context(), g); err != nil {
		b.log.Error("local server: a grant could not be stored", "error", err)
		b.back(w, r, req, authorizationResponse{Error: string(oidc.ServerError), Description: "the local server could not store the grant"})
		return
	}
	b.back(w, r, req, authorizationResponse{Code: code})
}

// switchUser is "Use another user": it ends the session and asks again.
func (b *browser) switchUser(w http.ResponseWriter, r *http.Request) {
	id, ok := b.submitted(w, r)
	if !ok {
		return
	}
	b.state.dropSession(cookieValue(r))
	http.Redirect(w, r, pathSignIn+"?request="+id, http.StatusSeeOther)
}

// signedIn returns the browser's session if it is good enough for the request:
// prompt=login and max_age may ask for a newer one.
func (b *browser) signedIn(r *http.Request, req authorizationRequest) (session, bool) {
	s, ok := b.state.session(cookieValue(r))
	if !ok || req.fresh || (req.freshAfter > 0 && b.now().Sub(s.authAt) > req.freshAfter) {
		return session{}, false
	}
	return s, true
}

// form returns the hidden fields of a form, and makes sure that the browser has
// the cookie to which they are bound.
func (b *browser) form(w http.ResponseWriter, r *http.Request, request string) formFields {
	cookie := cookieValue(r)
	if cookie == "" {
		cookie = rand.Text()
		setCookie(w, cookie)
	}
	return formFields{Request: request, Token: b.csrf(cookie, request)}
}

// submitted checks where a form comes from and returns its request's ID. When
// it returns false the answer is written.
func (b *browser) submitted(w http.ResponseWriter, r *http.Request) (string, bool) {
	if err := r.ParseForm(); err != nil {
		b.problem(w, http.StatusBadRequest, "The form could not be read. Go back and send it again.")
		return "", false
	}
	id, cookie := r.PostForm.Get("request"), cookieValue(r)
	if cookie == "" || !hmac.Equal([]byte(r.PostForm.Get("token")), []byte(b.csrf(cookie, id))) {
		b.problem(w, http.StatusForbidden, "This form does not belong to this browser session. Go back to the program that sent you here and start again. Cookies must be allowed for this page.")
		return "", false
	}
	if _, ok := b.state.request(id); !ok {
		b.problem(w, http.StatusBadRequest, expired)
		return "", false
	}
	return id, true
}

// csrf binds a form to the cookie of the browser and to one request.
func (b *browser) csrf(cookie, request string) string {
	mac := hmac.New(sha256.New, b.csrfKey)
	mac.Write([]byte(cookie + "\x00" + request))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func cookieValue(r *http.Request) string {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return ""
	}
	return c.Value
}

func setCookie(w http.ResponseWriter, value string) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // G124: no Secure, the server speaks http on the loopback interface
		Name: sessionCookie, Value: value, Path: pathPages, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// lasts tells for how long the client gets access.
func lasts(scopes []string) string {
	if slices.Contains(scopes, oidc.ScopeOfflineAccess) {
		return "15 minutes, renewed without asking you"
	}
	return "15 minutes"
}
