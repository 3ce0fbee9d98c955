package auth_test

import (
	"slices"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// lead goes through the acts of a play.
func (s *stage) lead() {
	s.signIn(func() (*auth.SignIn, error) { return s.engine.Authorize(s.Context(), s.draft) })
	if s.grant == auth.GrantAccessToken {
		s.pasted()
		return
	}
	s.same("sign-in")
	info, _ := s.grant.Info()
	if s.svc.Refresh.Needs == "never" && info.Renewal == auth.RenewRefresh {
		_, err := s.engine.Refresh(s.Context(), s.id)
		asFailure(s.T, err)
		assert.Zero(s, s.provider.Visits(authtest.PartRefresh))
	} else {
		s.refreshed()
		s.refused(info)
	}
	if s.grant == auth.GrantAuthorizationCode && s.svc.Refresh.Needs != "never" {
		s.signIn(func() (*auth.SignIn, error) {
			return s.engine.Reauthorize(s.Context(), s.id, auth.ReauthorizeOptions{})
		})
		s.same("second sign-in")
	}
	if s.grant == auth.GrantAuthorizationCode {
		s.tested()
		s.introspected()
		s.revoked()
	}
}

// pasted is all there is to a pasted access token: nobody is asked.
func (s *stage) pasted() {
	r, ok := s.store.Record(s.id)
	require.True(s, ok)
	assert.Equal(s, auth.StateActive, r.Status.State)
	assert.Equal(s, authtest.Sentinel+"access-0", r.Tokens.Access.Reveal())
	for _, part := range []string{authtest.PartAuthorization, authtest.PartToken, authtest.PartRefresh} {
		assert.Zero(s, s.provider.Visits(part))
	}
}

// same compares what is stored with what the provider gave out.
func (s *stage) same(when string) {
	s.Helper()
	r, ok := s.store.Record(s.id)
	require.True(s, ok)
	want, status := s.provider.Issued(), r.Status
	assert.Equal(s, auth.StateActive, status.State, when)
	assert.True(s, status.HandOut, "%s: the token can't be handed out", when)
	assert.Equal(s, want.Access, r.Tokens.Access.Reveal(), when)
	assert.Equal(s, want.Refresh, r.Tokens.Refresh.Reveal(), when)
	assert.Equal(s, want.Granted, status.Granted, when)
	assert.Equal(s, want.Who, status.SignedInAs, when)
	if len(want.Facts) > 0 || len(r.Tokens.Facts) > 0 {
		assert.Equal(s, want.Facts, r.Tokens.Facts, when)
	}
	assert.Equal(s, want.Rule, status.Expiry.Rule, when)
	assert.InDelta(s, want.Lifetime.Seconds(), status.Expiry.Lifetime.Seconds(), 5, when)
	if want.SignInEnds.IsZero() {
		assert.Zero(s, status.SignInEnds, when)
	} else {
		assert.WithinDuration(s, want.SignInEnds, status.SignInEnds, time.Minute, when)
	}
}

// refreshed gets new tokens twice, the second time with what came of the first.
func (s *stage) refreshed() {
	s.Helper()
	for range 2 {
		before := s.provider.Issued().Access
		_, err := s.engine.Refresh(s.Context(), s.id)
		if !assert.NoError(s, err) {
			assert.Empty(s, s.provider.Refusals())
			s.FailNow()
		}
		assert.NotEqual(s, before, s.provider.Issued().Access)
		s.same("refresh")
	}
}

// refused has the provider say that the grant is over.
func (s *stage) refused(info auth.GrantInfo) {
	s.Helper()
	kept, _ := s.store.Record(s.id)
	s.provider.Deny()
	_, err := s.engine.Refresh(s.Context(), s.id)
	want := auth.StateNeedsSignIn
	if info.Renewal == auth.RenewAsk { // there is no sign-in to be over
		want = auth.StateNeedsAttention
	}
	failure := asFailure(s.T, err)
	assert.Equal(s, want, failure.State)
	r, _ := s.store.Record(s.id)
	assert.Equal(s, want, r.Status.State)
	assert.Equal(s, kept.Tokens, r.Tokens, "a refusal erases nothing")
}

// tested fetches something from the service's own API.
func (s *stage) tested() {
	s.Helper()
	got, err := s.engine.Test(s.Context(), s.id, authtest.APIAddress)
	require.NoError(s, err)
	assert.Equal(s, 200, got.Status)
	assert.Equal(s, 1, s.provider.Visits(authtest.PartAPI))
}

// introspected asks the service about the token, where it answers.
func (s *stage) introspected() {
	s.Helper()
	r, _ := s.store.Record(s.id)
	got, err := s.engine.Introspect(s.Context(), s.id)
	if r.Authorization.Endpoints.Introspection == "" {
		assert.ErrorIs(s, err, auth.ErrNotSupported)
		assert.Empty(s, s.svc.Endpoints.Introspection)
		return
	}
	require.NoError(s, err)
	assert.True(s, got.Active)
	assert.Equal(s, 1, s.provider.Visits(authtest.PartIntrospection))
}

// revoked ends the tokens, where the service has a way to.
func (s *stage) revoked() {
	s.Helper()
	want := s.provider.Revocable()
	outcome, err := s.engine.Revoke(s.Context(), s.id)
	if len(want) == 0 {
		asFailure(s.T, err)
		assert.ErrorIs(s, err, auth.ErrNotSupported)
		assert.Zero(s, s.provider.Visits(authtest.PartRevocation))
		return
	}
	if !assert.NoError(s, err) {
		assert.Empty(s, s.provider.Refusals())
		return
	}
	assert.Equal(s, auth.Revoked, outcome)
	assert.Equal(s, want, s.provider.Revoked())
	r, _ := s.store.Record(s.id)
	assert.Equal(s, auth.StateRevoked, r.Status.State)
	assert.True(s, slices.Contains(want, r.Tokens.Access.Reveal()) || !r.Tokens.Refresh.Empty())
}
