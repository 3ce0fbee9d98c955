package auth_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

func TestAuthorizeSavesSignsInAndStoresTheTokens(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{ClientID: authtest.ClientID, ClientSecret: authtest.Sentinel + "secret-0"})
	s, err := r.engine.Authorize(background(), r.draft("Sales EU"))
	require.NoError(t, err)
	assert.Equal(t, auth.StateWaiting, r.row(s.ID()).Status.State, "it is saved before the browser opens")

	d, err := r.signIn(s)

	require.NoError(t, err)
	assert.Equal(t, auth.StateActive, d.Status.State)
	assert.Equal(t, []string{"read", "offline_access"}, d.Status.Granted)
	assert.Empty(t, d.Missing)
	assert.Equal(t, "ana@example.test", d.Status.SignedInAs, "userinfo was not asked")
	assert.True(t, d.HasSecret)
	assert.True(t, d.Authorization.ClientSecret.Empty(), "the detail holds a secret")
	token, err := r.engine.AccessToken(background(), s.ID())
	require.NoError(t, err)
	assert.Equal(t, r.row(s.ID()).Tokens.Access, token)
	assert.False(t, r.row(s.ID()).Status.LastUsedAt.IsZero())
	assert.Equal(t, 1, r.server.MostShown("code"))

	_, err = r.engine.Refresh(background(), s.ID())
	require.NoError(t, err)
}

func TestAuthorizeWithOpenIDShowsWhoSignedInWithoutAsking(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	d := r.draft("Sales")
	d.Scopes = append(d.Scopes, "openid")
	s, err := r.engine.Authorize(background(), d)
	require.NoError(t, err)
	detail, err := r.signIn(s)
	require.NoError(t, err)
	assert.Equal(t, "ana@example.test", detail.Status.SignedInAs)
	assert.Empty(t, r.server.Requests(authtest.PathUserInfo))
}

func TestAuthorizeRefusesWhatCannotBeSaved(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	r.stored(nil)
	d := r.draft("SALES")
	_, err := r.engine.Authorize(background(), d)
	var wrong auth.FieldErrors
	require.ErrorAs(t, err, &wrong)
	assert.Equal(t, auth.FieldName, wrong[0].Field)
	assert.Equal(t, "SALES 2", wrong[0].Fix)
	assert.Equal(t, "Another authorization has this name; capital letters do not count", wrong[0].Message, "none is spelt like it")

	d.Name, d.Confirmation = "", auth.NewSecret("other")
	errs, err := r.engine.Check(background(), d)
	require.NoError(t, err)
	require.Len(t, errs, 2)
	assert.Equal(t, auth.FieldConfirmation, errs[1].Field)
}

func TestAuthorizeSavesNothingWhenTheMetadataCannotBeRead(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	d := r.draft("Sales")
	r.server.Close()
	_, err := r.engine.Authorize(background(), d)
	asFailure(t, err)
	page, err := r.engine.List(background(), auth.Query{})
	require.NoError(t, err)
	assert.Zero(t, page.Total)
}

func TestSignInThatIsCancelledCanBeTriedAgainInTheSameRow(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	d := r.draft("Sales")
	first, err := r.engine.Authorize(background(), d)
	require.NoError(t, err)
	first.Cancel()
	_, err = first.Wait(background())
	require.ErrorIs(t, err, auth.ErrCancelled)
	assert.Equal(t, auth.StateNeverAuthorized, r.row(first.ID()).Status.State)
	_, err = r.engine.AccessToken(background(), first.ID())
	asFailure(t, err)

	d.ID, d.Name = first.ID(), "Sales and more"
	second, err := r.engine.Authorize(background(), d)
	require.NoError(t, err)
	assert.Equal(t, first.ID(), second.ID())
	assert.Equal(t, auth.StateWaiting, r.row(first.ID()).Status.State)
	detail, err := r.signIn(second)
	require.NoError(t, err)
	assert.Equal(t, "Sales and more", detail.Authorization.Name)
	page, err := r.engine.List(background(), auth.Query{})
	require.NoError(t, err)
	assert.Equal(t, 1, page.Total)
}

func TestSignInThatFailsLeavesARowToTryAgain(t *testing.T) {
	for name, test := range map[string]struct {
		path   string
		answer authtest.Answer
		code   string
		codes  int // presentations of the code
	}{
		"the user said no":    {authtest.PathAuthorize, authtest.Answer{Query: func(q url.Values) { q.Del("code"); q.Set("error", "access_denied") }}, "access_denied", 0},
		"the secret is wrong": {authtest.PathToken, authtest.JSON(401, `{"error":"invalid_client"}`), "invalid_client", 1},
		"the answer was cut":  {authtest.PathToken, authtest.Answer{Apply: true, NoAnswer: true}, auth.CodeCutOff, 1},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{})
			r.server.Script(test.path, test.answer)
			s, err := r.engine.Authorize(background(), r.draft("Sales"))
			require.NoError(t, err)
			_, err = r.signIn(s)
			assert.Equal(t, test.code, asFailure(t, err).Code)
			after := r.row(s.ID())
			assert.Equal(t, auth.StateNeverAuthorized, after.Status.State)
			assert.Equal(t, test.code, after.Status.LastOutcome)
			assert.Equal(t, test.codes, r.server.MostShown("code"))
			_, open, _ := r.store.OpenAttempt(background(), s.ID())
			assert.False(t, open)
		})
	}
}

// Cancel after the code was sent waits: tokens on their way are never dropped.
func TestCancelDuringTheExchangeKeepsTheTokens(t *testing.T) {
	for name, leave := range map[string]func(*auth.SignIn, *auth.Engine){
		"cancel": func(s *auth.SignIn, _ *auth.Engine) { s.Cancel() },
		"close":  func(_ *auth.SignIn, e *auth.Engine) { e.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{})
			reply, begun := make(chan struct{}), r.calls("BeginAttempt")
			r.server.Script(authtest.PathToken, authtest.Answer{Apply: true, Hold: reply})
			s, err := r.engine.Authorize(background(), r.draft("Sales"))
			require.NoError(t, err)
			require.NoError(t, s.OpenBrowser(background()))
			<-begun
			left := make(chan struct{})
			go func() {
				defer close(left)
				leave(s, r.engine)
			}()
			close(reply)
			<-left
			_, err = s.Wait(background())
			require.NoError(t, err)
			assert.Equal(t, auth.StateActive, r.row(s.ID()).Status.State)
		})
	}
}

func TestEditReplacesTokensAndSettingsOnlyWhenTheNewOnesAreThere(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	before := r.stored(nil)
	id := before.Authorization.ID
	unchanged := func(otherwise string) {
		after := r.row(id)
		after.Status.LastOutcomeAt = before.Status.LastOutcomeAt
		assert.Equal(t, before, after, otherwise)
	}
	edit := func() *auth.SignIn {
		d, err := r.engine.DraftOf(background(), id, false)
		require.NoError(t, err)
		assert.True(t, d.ClientSecret.Empty(), "the draft holds the stored secret")
		d.Name, d.Scopes = "Sales new", []string{"read", "openid", "offline_access"}
		s, err := r.engine.Authorize(background(), d)
		require.NoError(t, err)
		unchanged("changed before the new tokens came")
		return s
	}

	s := edit()
	s.Cancel()
	unchanged("a cancelled sign-in changed what is stored")

	for _, answer := range []authtest.Answer{{Apply: true, NoAnswer: true}, authtest.JSON(401, `{"error":"invalid_client"}`)} {
		r.server.Script(authtest.PathToken, answer)
		_, err := r.signIn(edit())
		require.Error(t, err)
		unchanged("a failed sign-in changed what is stored")
	}

	d, err := r.signIn(edit())
	require.NoError(t, err)
	after := r.row(id)
	assert.Equal(t, "Sales new", d.Authorization.Name)
	assert.Equal(t, []string{"openid", "read", "offline_access"}, d.Authorization.Scopes)
	assert.True(t, after.Authorization.ClientSecret.Equal(before.Authorization.ClientSecret), "the stored secret was not kept")
	assert.False(t, after.Tokens.Refresh.Equal(before.Tokens.Refresh))
}

// A sign-in over a refresh whose end is not known: the count of presentations
// survives its failure.
func TestFailedSignInKeepsAnUnknownOutcome(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
	before := r.stored(func(rec *auth.Record) { rec.Status.State = auth.StateUnknown })
	id := before.Authorization.ID
	attempt := auth.Attempt{ID: "a", Kind: auth.AttemptRefresh, Presented: 1}
	r.store.PutAttempt(id, attempt)
	r.server.Script(authtest.PathToken, authtest.JSON(400, `{"error":"invalid_grant"}`))
	s, err := r.engine.Reauthorize(background(), id, auth.ReauthorizeOptions{})
	require.NoError(t, err)
	_, err = r.signIn(s)
	require.Error(t, err)
	assert.Equal(t, auth.StateUnknown, r.row(id).Status.State)
	got, open, _ := r.store.OpenAttempt(background(), id)
	assert.True(t, open)
	assert.Equal(t, attempt, got)

	s, err = r.engine.Reauthorize(background(), id, auth.ReauthorizeOptions{})
	require.NoError(t, err)
	d, err := r.signIn(s)
	require.NoError(t, err)
	assert.Equal(t, auth.StateActive, d.Status.State)
}

func TestReauthorizeAgainEndsTheFirstSignIn(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	before := r.stored(nil)
	first, err := r.engine.Reauthorize(background(), before.Authorization.ID, auth.ReauthorizeOptions{})
	require.NoError(t, err)
	second, err := r.engine.Reauthorize(background(), before.Authorization.ID, auth.ReauthorizeOptions{})
	require.NoError(t, err)
	_, err = first.Wait(background())
	require.ErrorIs(t, err, auth.ErrCancelled)
	_, err = r.signIn(second)
	require.NoError(t, err)
}

func TestDuplicateTakesTheSecretOfTheSameClientOnly(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	before := r.stored(nil)
	d, err := r.engine.DraftOf(background(), before.Authorization.ID, true)
	require.NoError(t, err)
	assert.Empty(t, d.ID)
	assert.Equal(t, "Sales 2", d.Name)

	other := d
	other.ClientID = "another"
	_, err = r.engine.Authorize(background(), other)
	var wrong auth.FieldErrors
	require.ErrorAs(t, err, &wrong)
	assert.Equal(t, auth.FieldClientSecret, wrong[0].Field)

	s, err := r.engine.Authorize(background(), d)
	require.NoError(t, err)
	assert.True(t, r.row(s.ID()).Authorization.ClientSecret.Equal(before.Authorization.ClientSecret))
	assert.Equal(t, before, r.row(before.Authorization.ID))
	s.Cancel()
}

func TestRenameChangesNameAndNotesAtOnce(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	before := r.stored(nil)
	other := r.server.Stored("Büro", time.Now())
	r.store.Put(other)
	id := before.Authorization.ID
	require.NoError(t, r.engine.Rename(background(), id, " Sales EU ", "monthly"))
	assert.Equal(t, "Sales EU", r.row(id).Authorization.Name)
	assert.Equal(t, "monthly", r.row(id).Authorization.Notes)
	for name, fix := range map[string]string{"BÜRO": "BÜRO 2", "-x": ""} {
		var wrong auth.FieldErrors
		require.ErrorAs(t, r.engine.Rename(background(), id, name, ""), &wrong)
		assert.Equal(t, fix, wrong[0].Fix)
	}
}

func TestAccessTokenIsGivenOnlyWhileItIsInForce(t *testing.T) {
	for state, given := range map[auth.State]bool{
		auth.StateActive: true, auth.StateRevoked: false, auth.StateNeedsSignIn: false, auth.StateUnknown: false, auth.StateNeedsAttention: false,
	} {
		r := newRig(t, authtest.EvilasParams{})
		before := r.stored(func(rec *auth.Record) { rec.Status.State = state })
		_, err := r.engine.AccessToken(background(), before.Authorization.ID)
		assert.Equal(t, given, err == nil, state)
		if !given {
			asFailure(t, err)
			assert.True(t, r.row(before.Authorization.ID).Status.LastUsedAt.IsZero())
		}
	}
	r := newRig(t, authtest.EvilasParams{})
	before := r.stored(nil)
	later := time.Now().Add(time.Hour)
	r.now = func() time.Time { return later }
	_, err := r.engine.AccessToken(background(), before.Authorization.ID)
	assert.Equal(t, auth.StateExpired, asFailure(t, err).State)
}

func TestDetailNamesTheScopesThatWereNotGranted(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	for _, test := range []struct{ granted, missing []string }{
		{nil, nil},
		{[]string{"read"}, []string{}}, // the refresh token is there: offline_access was granted
		{[]string{"offline_access"}, []string{"read"}},
	} {
		before := r.stored(func(rec *auth.Record) { rec.Status.Granted = test.granted })
		d, err := r.engine.Detail(background(), before.Authorization.ID)
		require.NoError(t, err)
		assert.Equal(t, test.missing, d.Missing)
		r.store.Forget(before.Authorization.ID)
	}
}

func TestCloseEndsOpenSignIns(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	s, err := r.engine.Authorize(background(), r.draft("Sales"))
	require.NoError(t, err)
	r.engine.Close()
	_, err = s.Wait(background())
	require.ErrorIs(t, err, auth.ErrCancelled)
	assert.Equal(t, auth.StateNeverAuthorized, r.row(s.ID()).Status.State)
	_, err = r.engine.Reauthorize(background(), s.ID(), auth.ReauthorizeOptions{})
	require.ErrorIs(t, err, auth.ErrCancelled)
	_, err = r.engine.Refresh(background(), s.ID())
	require.ErrorIs(t, err, auth.ErrCancelled)
}
