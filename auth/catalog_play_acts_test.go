package auth_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// lead goes through the acts of a play.
func (s *stage) lead() {
	s.deniedFirst()
	s.signIn(s.begin)
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
		s.signIn(s.begin)
		s.same("second sign-in")
	}
	if s.grant == auth.GrantAuthorizationCode {
		s.tested()
		s.introspected()
		s.revoked()
	}
}

// begin begins the sign-in: a new authorization, or once more one that exists.
func (s *stage) begin() (*auth.SignIn, error) {
	if s.id != "" {
		return s.engine.Reauthorize(s.Context(), s.id, auth.ReauthorizeOptions{})
	}
	return s.engine.Authorize(s.Context(), s.draft)
}

// deniedFirst lets the service refuse the first code of a full play, in its own
// words.
func (s *stage) deniedFirst() {
	s.Helper()
	if !s.full {
		return
	}
	s.provider.Deny()
	_, err := s.outcome(s.begin)
	failure := asFailure(s.T, err)
	assert.Equal(s, "invalid_grant", failure.Code)
	assert.Equal(s, auth.StateNeverAuthorized, failure.State)
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
	assert.Empty(s, s.differences(), when)
}

// differences are those between what is stored and what the provider gave out.
func (s *stage) differences() []string {
	var all []string
	differ := func(name string, want, got any) {
		if !assert.ObjectsAreEqual(want, got) {
			all = append(all, fmt.Sprintf("%s: %v, not %v", name, got, want))
		}
	}
	r, ok := s.store.Record(s.id)
	differ("there", true, ok)
	want, status := s.provider.Issued(), r.Status
	differ("state", auth.StateActive, status.State)
	differ("can be handed out", true, status.HandOut)
	differ("access token", want.Access, r.Tokens.Access.Reveal())
	differ("refresh token", want.Refresh, r.Tokens.Refresh.Reveal())
	differ("granted", want.Granted, status.Granted)
	differ("signed in as", want.Who, status.SignedInAs)
	if len(want.Facts) > 0 || len(r.Tokens.Facts) > 0 {
		differ("facts", want.Facts, r.Tokens.Facts)
	}
	differ("rule of expiry", want.Rule, status.Expiry.Rule)
	if (want.Lifetime - status.Expiry.Lifetime).Abs() > 5*time.Second {
		differ("lifetime", want.Lifetime, status.Expiry.Lifetime)
	}
	if want.SignInEnds.IsZero() || want.SignInEnds.Sub(status.SignInEnds).Abs() > time.Minute {
		differ("end of the sign-in", want.SignInEnds, status.SignInEnds)
	}
	return all
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
	if s.full && len(want) > 0 { // a refusal is none, whatever its HTTP status
		s.provider.Deny()
		_, err := s.engine.Revoke(s.Context(), s.id)
		asFailure(s.T, err)
		r, _ := s.store.Record(s.id)
		assert.Equal(s, auth.StateActive, r.Status.State)
		assert.Empty(s, s.provider.Revoked())
	}
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
