package localserver

import (
	"errors"
	"net/http"
	"slices"
	"strings"
)

// listConsents leads to the page of consents: the session cookie is not sent here.
func (b *browser) listConsents(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, pathConsentsPage, http.StatusSeeOther)
}

// showConsents lists what the signed-in user lets clients have without asking.
func (b *browser) showConsents(w http.ResponseWriter, r *http.Request) {
	_, u, ok, err := b.signedIn(r, authorizationRequest{})
	if err != nil {
		b.failed(w, r, err)
		return
	}
	if !ok {
		id := b.state.addRequest(authorizationRequest{purpose: forConsents})
		http.Redirect(w, r, pathSignIn+"?request="+id, http.StatusSeeOther)
		return
	}
	consents, err := b.store.Consents(r.Context())
	if err != nil {
		b.failed(w, r, err)
		return
	}
	page := consentsPage{Host: b.host, User: u.Name, Form: b.form(w, r, aboutConsents)}
	for _, consent := range consents {
		if consent.UserID != u.ID {
			continue
		}
		client, err := b.store.Client(r.Context(), consent.ClientID)
		if errors.Is(err, ErrNotFound) {
			continue // deleted since the list was read
		}
		if err != nil {
			b.failed(w, r, err)
			return
		}
		page.Consents = append(page.Consents, consentRow{
			ID: consent.ID, Client: clientTitle(client), Scopes: strings.Join(consent.Scopes, " "),
			Given: consent.Given.Local().Format("2 January 2006, 15:04"),
		})
	}
	b.pages.show(w, http.StatusOK, "local_consents.html", page)
}

// changeConsents withdraws a consent of the signed-in user, or signs out.
func (b *browser) changeConsents(w http.ResponseWriter, r *http.Request) {
	about, ok := b.ours(w, r)
	if !ok {
		return
	}
	_, u, ok, err := b.signedIn(r, authorizationRequest{})
	switch {
	case err != nil:
		b.failed(w, r, err)
		return
	case about != aboutConsents:
		b.gone(w, r)
		return
	case ok && r.PostForm.Has("sign-out"):
		b.state.dropSession(cookieValue(r))
	case ok:
		if err := b.withdraw(r, u, r.PostForm.Get("consent")); err != nil {
			b.failed(w, r, err)
			return
		}
	}
	http.Redirect(w, r, pathConsentsPage, http.StatusSeeOther)
}

// withdraw removes a consent if it is the user's own.
func (b *browser) withdraw(r *http.Request, u User, id string) error {
	consents, err := b.store.Consents(r.Context())
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(consents, func(c Consent) bool { return c.ID == id && c.UserID == u.ID }) {
		note(r.Context(), "The user has no such consent; it may have been withdrawn before.")
		return nil
	}
	return b.store.DeleteConsent(r.Context(), id)
}
