package localserver

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"

	"github.com/zitadel/oidc/v3/pkg/oidc"

	"tokenwell/auth"
)

// Paths of the pages. They have a folder of their own so that the session
// cookie is sent nowhere else: cookies know no ports, and a client's callback
// on 127.0.0.1 must not get it. The two short ones lead into it.
const (
	pathPages        = "/session"
	pathSignIn       = pathPages + "/signin"
	pathApprove      = pathPages + "/approve"
	pathSwitch       = pathPages + "/switch"
	pathDevicePage   = pathPages + "/device"
	pathConsentsPage = pathPages + "/consents"
	pathVerify       = "/device"
	pathConsents     = "/consents"
)

const sessionCookie = "twl_session"

// browser serves the pages on which a user signs in and decides.
type browser struct {
	*provider
	pages   *pages
	host    string
	csrfKey []byte
}

// expired is what a page says of a request that is gone.
const expired = "This sign-in was finished before or has expired. Go back to the program that sent you here and start again."

// gone shows that a request is no more.
func (b *browser) gone(w http.ResponseWriter, r *http.Request) {
	b.problem(w, r, http.StatusBadRequest, "expired", expired)
}

func (b *browser) showSignIn(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("request")
	req, ok := b.state.request(id)
	if !ok {
		b.gone(w, r)
		return
	}
	page := signInPage{Host: b.host, Username: req.username, Failed: req.failed, Form: b.form(w, r, id)}
	if req.purpose != forConsents {
		client, ok := b.clientOfPage(w, r, req)
		if !ok {
			return
		}
		page.Client = clientTitle(client)
	}
	b.pages.show(w, http.StatusOK, "local_signin.html", page)
}

// clientOfPage returns the client that a waiting request is of. When it is gone
// or switched off, ok is false and the answer has been written.
func (b *browser) clientOfPage(w http.ResponseWriter, r *http.Request, req authorizationRequest) (Client, bool) {
	client, err := b.store.Client(r.Context(), req.clientID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		b.failed(w, r, err)
		return Client{}, false
	}
	recordOf(r.Context()).client = client
	if !client.Active {
		note(r.Context(), switchedOff)
		b.problem(w, r, http.StatusBadRequest, "invalid_client", "The client is switched off or was deleted. Look at it in Tokenwell, then start again from the program that sent you here.")
	}
	return client, client.Active
}

func (b *browser) signIn(w http.ResponseWriter, r *http.Request) {
	id, req, ok := b.submitted(w, r)
	if !ok {
		return
	}
	name := r.PostForm.Get("username")
	u, ok, err := b.tryPassword(r.Context(), name, auth.NewSecret(r.PostForm.Get("password")))
	if err != nil {
		b.failed(w, r, err)
		return
	}
	if !ok {
		b.log.Info("local server: a sign-in was refused")
		recordOf(r.Context()).outcome = string(oidc.AccessDenied)
		note(r.Context(), wrongPassword)
		b.state.updateRequest(id, func(req *authorizationRequest) { req.failed, req.username = true, name })
		http.Redirect(w, r, pathSignIn+"?request="+id, http.StatusSeeOther)
		return
	}
	// a new ID for the signed-in session, so that one planted before is worth nothing
	b.state.dropSession(cookieValue(r))
	setCookie(w, b.state.addSession(u.ID))
	if req.purpose == forConsents {
		b.state.takeRequest(id)
		http.Redirect(w, r, pathConsentsPage, http.StatusSeeOther)
		return
	}
	b.state.updateRequest(id, func(req *authorizationRequest) { req.failed, req.username, req.fresh = false, "", false })
	http.Redirect(w, r, pathApprove+"?request="+id, http.StatusSeeOther)
}

// switchUser is "Use another user": it ends the session and asks again.
func (b *browser) switchUser(w http.ResponseWriter, r *http.Request) {
	id, _, ok := b.submitted(w, r)
	if !ok {
		return
	}
	b.state.dropSession(cookieValue(r))
	http.Redirect(w, r, pathSignIn+"?request="+id, http.StatusSeeOther)
}

// signedIn returns the browser's session if it is good enough for the request,
// and its user: prompt=login and max_age may ask for a newer one, and a user who
// was switched off is signed in nowhere.
func (b *browser) signedIn(r *http.Request, req authorizationRequest) (s session, u User, ok bool, err error) {
	s, ok = b.state.session(cookieValue(r))
	if !ok || req.fresh || (req.freshAfter > 0 && b.now().Sub(s.authAt) > req.freshAfter) {
		return session{}, User{}, false, nil
	}
	u, ok, err = b.activeUser(r.Context(), s.userID)
	return s, u, ok, err
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

// ours checks that a form was shown to this browser, and returns what it was
// about. When it returns false the answer is written.
func (b *browser) ours(w http.ResponseWriter, r *http.Request) (string, bool) {
	if err := r.ParseForm(); err != nil {
		b.problem(w, r, http.StatusBadRequest, "invalid_request", "The form could not be read. Go back and send it again.")
		return "", false
	}
	about, cookie := r.PostForm.Get("request"), cookieValue(r)
	if cookie == "" || !hmac.Equal([]byte(r.PostForm.Get("token")), []byte(b.csrf(cookie, about))) {
		b.problem(w, r, http.StatusForbidden, "refused", "This form does not belong to this browser session. Go back to the program that sent you here and start again. Cookies must be allowed for this page.")
		return "", false
	}
	return about, true
}

// submitted checks where a form comes from and returns its request. When it
// returns false the answer is written.
func (b *browser) submitted(w http.ResponseWriter, r *http.Request) (string, authorizationRequest, bool) {
	id, ok := b.ours(w, r)
	if !ok {
		return "", authorizationRequest{}, false
	}
	req, ok := b.state.request(id)
	if !ok {
		b.gone(w, r)
	}
	return id, req, ok
}

// csrf binds a form to the cookie of the browser and to what it is about.
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
