package handout

import (
	"context"

	"tokenwell/auth"
)

// Authorize implements Backend. The end of ctx cancels the sign-in.
func (l *local) Authorize(ctx context.Context, r AuthorizeRequest, prompt func(Prompt)) (Listing, error) {
	id, err := l.idOf(ctx, r.Name)
	if err != nil {
		return Listing{}, err
	}
	signIn, err := l.engine.Reauthorize(ctx, id, auth.ReauthorizeOptions{})
	if err != nil {
		return Listing{}, errorOf(err)
	}
	if signIn.PasteOnly() {
		signIn.Cancel()
		return Listing{}, refusal(auth.EndNeedsSignIn, CodeNotOffered, "This sign-in needs the window",
			"The service sends the browser to an address that has to be pasted back.", "Open Tokenwell and authorize there.")
	}
	if ask, ok := promptOf(ctx, signIn, r.Browser); ok {
		prompt(ask)
	}
	if _, err := signIn.Wait(ctx); err != nil {
		if ctx.Err() != nil {
			signIn.Cancel()
		}
		return Listing{}, errorOf(err)
	}
	return l.listingOf(ctx, id)
}

// promptOf tells what the user has to do; ok is false when it is nothing. A
// page for a device code is never opened without the user's click (RFC 8628
// section 5.4).
func promptOf(ctx context.Context, s *auth.SignIn, browser bool) (_ Prompt, ok bool) {
	p := Prompt{URL: s.URL(), Deadline: s.Deadline()}
	switch s.Kind() {
	case auth.PromptBrowser:
		p.Opened = browser && s.OpenBrowser(ctx) == nil // else the user gets the link
		return p, true
	case auth.PromptDevice:
		p.UserCode = s.Device().UserCode
		return p, true
	default:
		return Prompt{}, false
	}
}
