package auth_test

import (
	"errors"
	"io/fs"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/assets"
	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// noted are the quirks that only say what the engine meets with every service, or
// what shows when two sign-ins follow each other.
var noted = []auth.QuirkID{auth.QuirkAcceptJSON, auth.QuirkErrorStatus200, auth.QuirkNonce, auth.QuirkGrantPerSignIn}

// No quirk of the catalog stands there for nothing: an engine that does not know
// of it runs into trouble with that very service.
func TestCatalogPlays_EveryQuirkMatters(t *testing.T) {
	files, err := fs.Sub(assets.Services, "services")
	require.NoError(t, err)
	catalog, err := auth.LoadCatalog(files)
	require.NoError(t, err)
	world := authtest.NewWorld(t)
	for _, svc := range catalog.All() {
		for _, quirk := range svc.Quirks {
			if slices.Contains(noted, quirk.ID) || saidTwice(svc, quirk.ID) {
				continue
			}
			t.Run(svc.ID+" "+string(quirk.ID), func(t *testing.T) {
				_, without := changedCatalog(t, svc.ID, func(s map[string]any) {
					s["quirks"] = slices.DeleteFunc(s["quirks"].([]any), func(q any) bool {
						return q.(map[string]any)["id"] == string(quirk.ID)
					})
				})
				assert.True(t, slices.ContainsFunc(playsOf(svc), func(p catalogPlay) bool { return p.troubled(t, world, without) }),
					"without the quirk %s of %s nothing goes wrong", quirk.ID, svc.ID)
			})
		}
	}
}

// saidTwice tells whether a quirk says no more than the lifetime beside it.
func saidTwice(svc auth.Service, id auth.QuirkID) bool {
	return svc.AccessToken.Rule == "never" && (id == auth.QuirkNoExpiryMeansNever || id == auth.QuirkZeroMeansNever)
}

// troubled plays without a word of what goes wrong, and tells whether something did.
func (p catalogPlay) troubled(t *testing.T, world *authtest.World, catalog *auth.Catalog) (found bool) {
	t.Helper()
	if p.grant == auth.GrantAccessToken {
		return false
	}
	lead := func(t *testing.T) {
		s := p.set(t, world, catalog)
		found = len(s.troubles()) > 0 || len(s.provider.Refusals()) > 0
	}
	if p.grant == auth.GrantDeviceCode {
		synctest.Test(t, lead)
	} else {
		lead(t)
	}
	return found
}

// troubles are what goes wrong in a short play, the refusals aside.
func (s *stage) troubles() (found []string) {
	note := func(what string, err error) bool {
		if err != nil {
			found = append(found, what+": "+err.Error())
		}
		return err != nil || len(s.provider.Refusals()) > 0
	}
	if s.full {
		s.provider.Deny()
		err := s.quietly()
		var failure *auth.Failure
		if !errors.As(err, &failure) || failure.Code != "invalid_grant" {
			found = append(found, "a refused code was not understood")
		}
	}
	if err := s.quietly(); note("sign-in", err) {
		return found
	}
	found = append(found, s.differences()...)
	if s.svc.Refresh.Needs != "never" {
		_, err := s.engine.Refresh(s.Context(), s.id)
		note("refresh", err)
		found = append(found, s.differences()...)
		s.provider.Deny()
		_, err = s.engine.Refresh(s.Context(), s.id)
		if r, _ := s.store.Record(s.id); err == nil || r.Status.State == auth.StateActive {
			found = append(found, "a refusal was not understood")
		}
	}
	if s.svc.Endpoints.Introspection != "" {
		_, err := s.engine.Introspect(s.Context(), s.id)
		note("introspection", err)
	}
	if s.grant == auth.GrantAuthorizationCode && s.svc.Endpoints.Revocation != "" {
		found = append(found, s.troublesOfRevocation()...)
	}
	return found
}

func (s *stage) troublesOfRevocation() (found []string) {
	want := s.provider.Revocable()
	s.provider.Deny()
	if outcome, err := s.engine.Revoke(s.Context(), s.id); err == nil && outcome == auth.Revoked {
		return []string{"a refused revocation was taken for done"}
	}
	_, _ = s.engine.Revoke(s.Context(), s.id)
	if !slices.Equal(want, s.provider.Revoked()) {
		return []string{"other tokens were revoked"}
	}
	return nil
}

// quietly leads a sign-in to its end, or calls it off where the provider refuses it.
func (s *stage) quietly() error {
	signIn, err := s.begin()
	if err != nil {
		return err
	}
	s.id = signIn.ID()
	if s.grant == auth.GrantAuthorizationCode {
		if err := signIn.OpenBrowser(s.Context()); err != nil {
			return err
		}
		pages := s.browser.Wait()
		if signIn.PasteOnly() {
			_ = signIn.Paste(pages[len(pages)-1].URL)
		}
		_, silent := s.svc.Quirk(auth.QuirkSilentErrors)
		if signIn.SilentErrors() != silent {
			signIn.Cancel()
			return errors.New("the user is not told where errors stay")
		}
		if len(s.provider.Refusals()) > 0 {
			signIn.Cancel()
		}
	}
	_, err = signIn.Wait(s.Context())
	return err
}
