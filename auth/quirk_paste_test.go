package auth_test

import (
	"net"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// Where no address on this machine is accepted, nothing listens: the sign-in
// waits for the address of the provider's own page, and takes no other
// (https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow).
func TestQuirk_FacebookPasteOnly(t *testing.T) {
	const page = "https://www.facebook.com/connect/login_success.html"
	p := play(t, "facebook", authtest.BrowserIgnore, nil)
	p.server.Script(authtest.PathToken, authtest.JSON(200, plainReply))
	d := p.draft()
	d.Port = 17654 // means nothing here
	assert.Equal(t, page, auth.RedirectToRegister(p.service, d.Port))
	s, err := p.engine.Authorize(background(), d)
	require.NoError(t, err)
	assert.True(t, s.PasteOnly())
	assert.False(t, s.SilentErrors())
	assert.Equal(t, page, s.RedirectURI())
	link, err := url.Parse(s.URL())
	require.NoError(t, err)
	assert.Equal(t, page, link.Query().Get("redirect_uri"))
	answer := url.Values{"state": {link.Query().Get("state")}, "code": {"TWSENT-code-1"}}.Encode()
	for _, wrong := range []string{
		"https://www.facebook.com/connect/login_success.html.evil.example?" + answer, "https://www.facebook.com/connect/login_success.html/?" + answer,
		"https://evil.example/connect/login_success.html?" + answer, "http://www.facebook.com/connect/login_success.html?" + answer,
		"https://www.facebook.com/connect/?" + answer, "http://127.0.0.1:17654/callback?" + answer,
		page + "?code=x&state=forged", page + "?" + answer + "&state=twice", page,
	} {
		require.Error(t, s.Paste(wrong), wrong)
	}
	assert.Empty(t, p.server.Requests(authtest.PathToken))
	require.NoError(t, s.Paste(" "+page+"?"+answer+"#_=_\n"))
	_, _ = s.Wait(background())
	requests := p.server.Requests(authtest.PathToken)
	require.NotEmpty(t, requests)
	assert.Equal(t, page, requests[0].Form.Get("redirect_uri"))
	assert.Equal(t, "TWSENT-code-1", requests[0].Form.Get("code"))
	assert.Equal(t, auth.Redirect{URI: page}, p.row(s.ID()).Authorization.Redirect)
}

// Cancel ends a sign-in that nothing listens for, and its address may lie on
// this very machine without being served (Calendly: https on localhost).
func TestQuirk_PasteOnlyNeedsNoPort(t *testing.T) {
	held, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:17654")
	if err == nil {
		defer func() { _ = held.Close() }() // taken: it must not matter
	}
	p := play(t, "calendly", authtest.BrowserIgnore, nil)
	s, err := p.engine.Authorize(background(), p.draft())
	require.NoError(t, err)
	assert.Equal(t, "https://localhost:17654/callback", s.RedirectURI())
	s.Cancel()
	_, err = s.Wait(background())
	assert.ErrorIs(t, err, auth.ErrCancelled)
}

// The sheet knows that errors stay in the browser (Stripe).
func TestQuirk_StripeSilentErrors(t *testing.T) {
	p := play(t, "stripe-connect", authtest.BrowserIgnore, nil)
	s, err := p.engine.Authorize(background(), p.draft())
	require.NoError(t, err)
	assert.True(t, s.SilentErrors())
	assert.False(t, s.PasteOnly())
	s.Cancel()
}

// And when nothing comes, that is what is said.
func TestQuirk_SilentErrorsTimeOut(t *testing.T) {
	for id, want := range map[string]string{"stripe-connect": auth.CodeSignInSilent, "facebook": auth.CodeSignInTimedOut} {
		synctest.Test(t, func(t *testing.T) {
			r := &rig{T: t, store: authtest.NewMemStore(), server: authtest.NewEvilas(t, authtest.EvilasParams{}), now: time.Now, log: &lockedBuffer{}}
			p := playOn(r, id, authtest.BrowserIgnore, func(s *auth.Service) {
				s.Redirect.Scheme, s.Redirect.Port, s.Redirect.Register = "https", auth.PortNone, "https://localhost:17654/callback"
			}, auth.WireParams{})
			p.server.Close() // its listener would keep the bubble's clock still
			s, err := p.engine.Authorize(background(), p.draft())
			require.NoError(t, err)
			_, err = s.Wait(background())
			f := asFailure(t, err)
			assert.Equal(t, want, f.Code)
			if want == auth.CodeSignInSilent {
				assert.Contains(t, f.Happened, p.service.Name)
			}
		})
	}
}
