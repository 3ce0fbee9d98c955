package auth_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

func over(r *auth.Record) {
	anyone(r)
	r.Status.State, r.Status.LastOutcome = auth.StateNeedsSignIn, "invalid_grant"
}

// Programs that may ask for a sign-in share one, and get what it brings.
func TestHandOut_Interactive(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	stored := r.stored(over)
	wanted := r.events(r.engine, auth.EventWanted, stored.Authorization.ID)
	_, err := r.engine.HandOut(background(), asking("Sales"))
	assert.Equal(t, auth.EndNeedsSignIn, auth.EndOf(err))
	assert.Len(t, wanted, 1)
	assert.Empty(t, r.server.Requests(authtest.PathAuthorize), "nobody opens a browser unasked")

	tokens, failures := allAsk(50, []*auth.Engine{r.engine}, interactive)
	assert.Empty(t, failures)
	assert.Len(t, tokens, 1)
	assert.Len(t, r.server.Requests(authtest.PathAuthorize), 1)
	assert.Equal(t, 1, r.posts())
}

// A sign-in that the user has begun is waited for, not replaced.
func TestHandOut_InteractiveJoins(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	stored := r.stored(over)
	s, err := r.engine.Reauthorize(background(), stored.Authorization.ID, auth.ReauthorizeOptions{})
	require.NoError(t, err)
	ended := make(chan error, 1)
	go func() {
		_, err := r.engine.HandOut(background(), asking("Sales", interactive))
		ended <- err
	}()
	_, err = r.signIn(s)
	require.NoError(t, err)
	require.NoError(t, <-ended)
	assert.Len(t, r.server.Requests(authtest.PathAuthorize), 1)
}

// However many programs wait for a sign-in, others are still heard.
func TestHandOut_InteractiveMany(t *testing.T) {
	const most = 256
	r := newRig(t, authtest.EvilasParams{})
	stored := r.stored(over)
	s, err := r.engine.Reauthorize(background(), stored.Authorization.ID, auth.ReauthorizeOptions{})
	require.NoError(t, err)
	ended := make(chan error, most+1)
	for range most + 1 {
		go func() {
			_, err := r.engine.HandOut(background(), asking("Sales", interactive))
			ended <- err
		}()
	}
	assert.Equal(t, auth.EndNeedsSignIn, auth.EndOf(<-ended), "one too many does not wait")
	_, err = r.signIn(s)
	require.NoError(t, err)
	for range most {
		assert.NoError(t, <-ended)
	}
	assert.Len(t, r.server.Requests(authtest.PathAuthorize), 1)
}

// A sign-in that comes to nothing is a clear error, and so is one that can't be
// begun from here.
func TestHandOut_InteractiveFails(t *testing.T) {
	for name, c := range map[string]struct {
		mode authtest.BrowserMode
		edit func(*auth.Record)
		code string
		end  auth.HandOutEnd
	}{
		"no browser": {authtest.BrowserFail, nil, auth.CodeBrowserNotOpened, auth.EndNeedsSignIn},
		"device":     {authtest.BrowserFollow, func(r *auth.Record) { r.Authorization.Grant = auth.GrantDeviceCode }, "invalid_grant", auth.EndNeedsSignIn},
		"paused":     {authtest.BrowserFollow, inState(auth.StatePaused), auth.CodePaused, auth.EndDenied},
		"by hand": {authtest.BrowserFollow, func(r *auth.Record) {
			r.Authorization.Redirect = auth.Redirect{URI: "https://example.test/done"}
		}, "invalid_grant", auth.EndNeedsSignIn},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{})
			e := r.another(c.mode)
			stored := r.stored(func(record *auth.Record) {
				over(record)
				if c.edit != nil {
					c.edit(record)
				}
			})
			_, err := e.HandOut(background(), asking("Sales", interactive))
			assert.Equal(t, c.code, asFailure(t, err).Code)
			assert.Equal(t, c.end, auth.EndOf(err))
			assert.Zero(t, r.posts())
			assert.Equal(t, stored.Status.Generation, r.row(stored.Authorization.ID).Status.Generation)
		})
	}
}

// Who comes too late for a sign-in takes what it brought.
func TestHandOut_InteractiveTooLate(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	stored := r.stored(over)
	r.store.Fault = func(method string) error {
		if method == "Load" && stored.Status.Generation == 1 { // it looks whether somebody has signed in
			stored.Status.State, stored.Status.Generation, stored.Status.LastOutcome = auth.StateActive, 2, auth.OutcomeOK
			stored.Status.Expiry.At = time.Now().Add(time.Hour)
			r.store.Put(stored)
		}
		return nil
	}
	_, err := r.engine.HandOut(background(), asking("Sales", interactive))
	require.NoError(t, err)
	assert.Empty(t, r.server.Requests(authtest.PathAuthorize))
}
