package localserver

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/zitadel/oidc/v3/pkg/oidc"

	"tokenwell/auth"
)

// awaitingDecision returns the request of that ID and the session that may decide
// on it. When there is none, ok is false and the answer has been written.
func (b *browser) awaitingDecision(w http.ResponseWriter, r *http.Request, id string) (req authorizationRequest, s session, u User, ok bool) {
	req, ok = b.state.request(id)
	if !ok || req.purpose == forConsents {
		b.gone(w, r)
		return req, s, u, false
	}
	s, u, ok, err := b.signedIn(r, req)
	switch {
	case err != nil:
		b.notStored(w, r, req, err)
	case !ok && req.silent:
		b.silently(w, r, id, string(oidc.LoginRequired), "The client asked for no page (prompt=none), but nobody is signed in.")
	case !ok:
		http.Redirect(w, r, pathSignIn+"?request="+id, http.StatusSeeOther)
	}
	return req, s, u, ok && err == nil
}

// silently answers a request with prompt=none that a page would be needed for.
func (b *browser) silently(w http.ResponseWriter, r *http.Request, id, code, why string) {
	req, ok := b.state.takeRequest(id)
	if !ok {
		b.gone(w, r)
		return
	}
	note(r.Context(), why)
	b.back(w, r, req, authorizationResponse{Error: code, Description: "the user would have to be asked"})
}

func (b *browser) showApproval(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("request")
	req, s, u, ok := b.awaitingDecision(w, r, id)
	if !ok {
		return
	}
	client, ok := b.clientOfPage(w, r, req)
	if !ok {
		return
	}
	remembered, err := b.remembered(r.Context(), client, u, req)
	switch {
	case err != nil:
		b.notStored(w, r, req, err)
	case remembered:
		if req, ok = b.state.takeRequest(id); !ok {
			b.gone(w, r)
			return
		}
		b.grant(w, r, client, req, s, req.scopes)
	case req.silent:
		b.silently(w, r, id, "consent_required", "The client asked for no page (prompt=none), but the user has not allowed these scopes for good.")
	default:
		b.ask(w, r, id, client, u, req)
	}
}

// ask shows the approval page.
func (b *browser) ask(w http.ResponseWriter, r *http.Request, id string, client Client, u User, req authorizationRequest) {
	known, err := b.store.Scopes(r.Context())
	if err != nil {
		b.failed(w, r, err)
		return
	}
	kind := req.kind()
	page := approvalPage{
		Host: b.host, User: u.Name, Client: clientTitle(client), Scopes: scopeRows(known, req.scopes), DeviceCode: req.deviceCode,
		Lasts: lasts(client, refreshesOf(client, kind, req.scopes)), RedirectURI: req.redirectURI, CanRemember: canRemember(client, req),
		Empty: r.URL.Query().Get("empty") == "1", Form: b.form(w, r, id),
	}
	b.pages.show(w, http.StatusOK, "local_approve.html", page)
}

// kind is the grant that an approval gives.
func (q *authorizationRequest) kind() auth.LocalGrant {
	switch {
	case q.purpose == forDevice:
		return auth.LocalGrantDevice
	case q.implicit:
		return auth.LocalGrantImplicit
	}
	return auth.LocalGrantCode
}

// canRemember tells whether the user may allow the request for good. Nobody can
// be sure which program a public client is, so its user is asked each time
// (RFC 8252 8.6), and for a device always (RFC 8628 5.4).
func canRemember(c Client, req authorizationRequest) bool {
	return !c.Public && req.kind() == auth.LocalGrantCode
}

// remembered tells whether the user has allowed all that is asked for before.
func (b *browser) remembered(ctx context.Context, c Client, u User, req authorizationRequest) (bool, error) {
	if req.ask || !canRemember(c, req) {
		return false, nil
	}
	consent, err := b.store.Consent(ctx, c.ID, u.ID)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(req.scopes, func(name string) bool { return !slices.Contains(consent.Scopes, name) }), nil
}

// remember stores what the user allows for good: of what was asked for now what
// is ticked, and what was allowed before.
func (b *browser) remember(ctx context.Context, c Client, s session, asked, ticked []string) error {
	earlier, err := b.store.Consent(ctx, c.ID, s.userID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	scopes := slices.Clone(ticked)
	for _, name := range earlier.Scopes {
		if !slices.Contains(asked, name) {
			scopes = append(scopes, name)
		}
	}
	slices.Sort(scopes)
	return b.store.SetConsent(ctx, Consent{
		ID: cmp.Or(earlier.ID, "cns_"+rand.Text()), ClientID: c.ID, UserID: s.userID, Scopes: scopes, Given: b.now(),
	})
}

// decide takes the user's answer. The request is gone afterwards, so that the
// same form sent twice gives one code.
func (b *browser) decide(w http.ResponseWriter, r *http.Request) {
	id, _, ok := b.submitted(w, r)
	if !ok {
		return
	}
	req, s, _, ok := b.awaitingDecision(w, r, id)
	if !ok {
		return
	}
	client, ok := b.clientOfPage(w, r, req)
	if !ok {
		return
	}
	granted := r.PostForm.Get("decision") == "grant"
	scopes := approved(req.scopes, r.PostForm["scope"])
	if granted && len(scopes) == 0 {
		http.Redirect(w, r, pathApprove+"?request="+id+"&empty=1", http.StatusSeeOther)
		return
	}
	if req, ok = b.state.takeRequest(id); !ok {
		b.gone(w, r)
		return
	}
	if !granted {
		b.deny(w, r, req)
		return
	}
	if r.PostForm.Get("remember") == "yes" && canRemember(client, req) {
		if err := b.remember(r.Context(), client, s, req.scopes, scopes); err != nil {
			b.notStored(w, r, req, err)
			return
		}
	}
	b.grant(w, r, client, req, s, scopes)
}

func (b *browser) deny(w http.ResponseWriter, r *http.Request, req authorizationRequest) {
	note(r.Context(), "The user clicked Deny.")
	if req.purpose == forDevice {
		b.finishDevice(w, r, req, deviceRequest{state: deviceDenied})
		return
	}
	b.back(w, r, req, authorizationResponse{Error: string(oidc.AccessDenied), Description: "the user said no"})
}

// grant stores what was approved and sends the code, or the implicit grant's
// token, back.
func (b *browser) grant(w http.ResponseWriter, r *http.Request, client Client, req authorizationRequest, s session, scopes []string) {
	if req.purpose == forDevice {
		b.finishDevice(w, r, req, deviceRequest{state: deviceApproved, userID: s.userID, scopes: scopes, authTime: s.authAt})
		return
	}
	g := b.newGrant(client, req.kind(), s.userID, scopes)
	g.RedirectURI, g.AuthTime = req.redirectURI, s.authAt
	if req.implicit {
		issued, err := b.issue(r.Context(), client, g)
		if err != nil {
			b.notStored(w, r, req, err)
			return
		}
		b.back(w, r, req, authorizationResponse{
			AccessToken: issued.access, TokenType: oidc.BearerToken, ExpiresIn: client.AccessSeconds, Scope: strings.Join(liedScopes(client, scopes), " "),
		})
		return
	}
	code := randomValue(codePrefix)
	g.Nonce, g.CodeChallenge = req.nonce, req.challenge
	g.RefreshesLeft = refreshesOf(client, g.Kind, scopes)
	g.CodeHash, g.CodeExpires = Hash(code), g.Created.Add(codeLifetime)
	if err := b.store.AddGrant(r.Context(), g); err != nil {
		b.notStored(w, r, req, err)
		return
	}
	b.back(w, r, req, authorizationResponse{Code: code})
}

// notStored tells the client, or where there is none the user, that the server
// can't keep its state.
func (b *browser) notStored(w http.ResponseWriter, r *http.Request, req authorizationRequest, err error) {
	if req.purpose != forClient {
		b.failed(w, r, err)
		return
	}
	b.log.Error("local server: a grant could not be stored", "error", err)
	note(r.Context(), plainly(string(oidc.ServerError)))
	b.back(w, r, req, authorizationResponse{Error: string(oidc.ServerError), Description: "the local server could not read or write its data"})
}
