package handout

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

func TestTokenOverTheSocket(t *testing.T) {
	r := newRig(t, nil)
	at := time.Now().UTC().Truncate(time.Second)
	var got TokenRequest
	r.backend.token = func(_ context.Context, request TokenRequest) (Token, error) {
		got = request
		return Token{
			Name: "Sales", AccessToken: auth.NewSecret("at"), TokenType: "Bearer", Header: "X-Key", HeaderValue: auth.NewSecret("k at"),
			ExpiresAt: &at, ExpiryKnown: true, Scopes: []string{"a", "b"}, Renewed: true,
		}, nil
	}
	c := r.dial()
	left := 90
	asked := TokenRequest{Name: "Säles 1", Purpose: auth.PurposeCurl, MinValid: &left, Rejected: true, Host: "api.example.com:8443", Interactive: true}
	token, err := c.Token(r.ctx(), asked)
	require.NoError(t, err)
	assert.Equal(t, asked, got)
	assert.Equal(t, "at", token.AccessToken.Reveal())
	assert.Equal(t, "k at", token.HeaderValue.Reveal())
	token.AccessToken, token.HeaderValue = auth.Secret{}, auth.Secret{}
	assert.Equal(t, Token{
		Name: "Sales", TokenType: "Bearer", Header: "X-Key", ExpiresAt: &at, ExpiryKnown: true, Scopes: []string{"a", "b"}, Renewed: true,
	}, token)
}

func TestVerbsOverTheSocket(t *testing.T) {
	raised, yielded := make(chan bool, 1), make(chan bool, 1)
	r := newRig(t, func(p *ServerParams) {
		p.Raise, p.Yield = func() { raised <- true }, func() { yielded <- true }
	})
	c := r.dial()
	status, err := c.Status(r.ctx())
	require.NoError(t, err)
	assert.Equal(t, Version, status.API)
	assert.Equal(t, os.Getpid(), status.PID)
	all, err := c.List(r.ctx())
	require.NoError(t, err)
	assert.Equal(t, []Listing{{Name: "Sales", Hosts: []string{}}}, all)
	refreshed, err := c.Refresh(r.ctx(), "A")
	require.NoError(t, err)
	assert.Equal(t, "A", refreshed.Name)
	revoked, err := c.Revoke(r.ctx(), "B")
	require.NoError(t, err)
	assert.Equal(t, Revocation{"B", auth.Revoked}, revoked)
	tested, err := c.Test(r.ctx(), TestRequest{"C", "https://x.example"})
	require.NoError(t, err)
	assert.Equal(t, TestReply{Name: "C", Address: "https://x.example"}, tested)
	require.NoError(t, c.Raise(r.ctx()))
	assert.True(t, <-raised)
	require.NoError(t, c.Yield(r.ctx()))
	assert.True(t, <-yielded)
	assert.Len(t, r.seen(), 2, "one connection served all calls but the revocation, which has one of its own to begin with")
}

func TestNothingToRaiseOrYield(t *testing.T) {
	r := newRig(t, nil)
	c := r.dial()
	assert.Equal(t, CodeNotOffered, asError(t, c.Raise(r.ctx())).Code)
	assert.Equal(t, CodeNotOffered, asError(t, c.Yield(r.ctx())).Code)
}

func TestErrorsArriveWhole(t *testing.T) {
	r := newRig(t, nil)
	want := &Error{
		End: auth.EndNeedsSignIn, Code: "invalid_grant", Title: "Over", Happened: "It ended.", Mover: auth.MoverUser,
		Steps: []string{"Sign in again."}, Host: "h", Link: "https://l.example", Ref: "r1",
	}
	r.backend.token = func(context.Context, TokenRequest) (Token, error) { return Token{}, want }
	c := r.dial()
	for range 2 { // the connection is good for more
		_, err := c.Token(r.ctx(), TokenRequest{Name: "Sales"})
		assert.Equal(t, want, err)
	}
	assert.Len(t, r.seen(), 1)
}

func TestAuthorizeTellsWhatToDo(t *testing.T) {
	r := newRig(t, nil)
	until := time.Now().UTC().Truncate(time.Second)
	prompts := []Prompt{{URL: "https://a.example", Opened: true, Deadline: until}, {URL: "https://b.example", UserCode: "AB-CD", Deadline: until}}
	next := make(chan struct{})
	r.backend.authorize = func(_ context.Context, prompt func(Prompt)) (Listing, error) {
		for _, p := range prompts {
			prompt(p)
			<-next // each arrives before the next is known
		}
		return Listing{Name: "Sales"}, nil
	}
	c := r.dial()
	var got []Prompt
	listing, err := c.Authorize(r.ctx(), AuthorizeRequest{Name: "Sales"}, func(p Prompt) {
		got = append(got, p)
		next <- struct{}{}
	})
	require.NoError(t, err)
	assert.Equal(t, prompts, got)
	assert.Equal(t, "Sales", listing.Name)
	_, err = c.Status(r.ctx())
	assert.NoError(t, err, "the client goes on over a new connection")
}

// A sign-in whose caller has gone is cancelled, not left open.
func TestAuthorizeEndsWithItsCaller(t *testing.T) {
	r := newRig(t, nil)
	cancelled := make(chan struct{})
	r.backend.authorize = func(ctx context.Context, prompt func(Prompt)) (Listing, error) {
		prompt(Prompt{URL: "https://a.example"})
		<-ctx.Done()
		close(cancelled)
		return Listing{}, ctx.Err()
	}
	ctx, cancel := context.WithCancel(r.ctx())
	_, err := r.dial().Authorize(ctx, AuthorizeRequest{Name: "Sales"}, func(Prompt) { cancel() })
	assert.Equal(t, auth.CodeCancelled, asError(t, err).Code)
	<-cancelled
}

func TestAuthorizeFailsWithoutQuoting(t *testing.T) {
	r := newRig(t, nil)
	_, err := r.dial().Authorize(r.ctx(), AuthorizeRequest{Name: "Sales"}, nil)
	e := asError(t, err)
	assert.Equal(t, auth.CodeUnexpected, e.Code)
	assert.NotContains(t, fmt.Sprintf("%+v", *e), secretWord)
}

// The user may take a minute to answer: no time limit of the server ends that,
// and the caller's end ends the question.
func TestTokenWaitsForTheUser(t *testing.T) {
	r := newRig(t, nil)
	require.NoError(t, r.server.Close())
	r.server = r.another()
	r.server.patience = 50 * time.Millisecond
	require.NoError(t, r.server.Start())
	asked := make(chan context.Context, 1)
	r.backend.token = func(ctx context.Context, _ TokenRequest) (Token, error) {
		asked <- ctx
		select {
		case <-ctx.Done():
			return Token{}, ctx.Err()
		case <-time.After(300 * time.Millisecond):
			return Token{Name: "late"}, nil
		}
	}
	token, err := r.dial().Token(r.ctx(), TokenRequest{Name: "Sales"})
	require.NoError(t, err)
	assert.Equal(t, "late", token.Name)
	<-asked

	ctx, cancel := context.WithCancel(r.ctx())
	go func() {
		question := <-asked
		cancel()
		<-question.Done()
		asked <- question
	}()
	_, err = r.dial().Token(ctx, TokenRequest{Name: "Sales"})
	assert.Equal(t, auth.CodeCancelled, asError(t, err).Code)
	<-asked
}

// A server that has stopped does not hold a script up for ever.
func TestServerThatNeverAnswers(t *testing.T) {
	r := newRig(t, nil)
	r.backend.token = func(ctx context.Context, _ TokenRequest) (Token, error) {
		<-ctx.Done()
		return Token{}, ctx.Err()
	}
	c := r.dial()
	c.patience = 50 * time.Millisecond
	_, err := c.Token(r.ctx(), TokenRequest{Name: "Sales"})
	assert.Equal(t, CodeBusy, asError(t, err).Code)
}

func TestNoServer(t *testing.T) {
	dir := runDir(t)
	_, err := Dial(t.Context(), filepath.Join(dir, "handout.sock"))
	require.ErrorIs(t, err, ErrNoServer)
	_, err = Dial(t.Context(), filepath.Join(dir, "absent", "handout.sock"))
	require.ErrorIs(t, err, ErrNoServer)
}

// The server of a kept connection ends and another takes over: the next call
// reaches it. Without another, the caller is told that nobody serves.
func TestClientFollowsTheServer(t *testing.T) {
	r := newRig(t, nil)
	c := r.dial()
	_, err := c.Token(r.ctx(), TokenRequest{Name: "Sales"})
	require.NoError(t, err)
	require.NoError(t, r.server.Close())
	_, err = c.Token(r.ctx(), TokenRequest{Name: "Sales"})
	require.ErrorIs(t, err, ErrNoServer)
	assert.Equal(t, CodeNoServer, asError(t, err).Code)
	r.server = r.another()
	require.NoError(t, r.server.Start())
	_, err = c.Token(r.ctx(), TokenRequest{Name: "Sales"})
	require.NoError(t, err)
}

// What is not to happen twice is not asked for again when the server ends in the
// middle of it, though another has taken over.
func TestSignInIsNotRepeated(t *testing.T) {
	r := newRig(t, nil)
	var begun atomic.Int64
	entered := make(chan struct{}, 2)
	r.backend.authorize = func(ctx context.Context, _ func(Prompt)) (Listing, error) {
		begun.Add(1)
		entered <- struct{}{}
		<-ctx.Done()
		return Listing{}, ctx.Err()
	}
	c := r.dial()
	_, err := c.Status(r.ctx())
	require.NoError(t, err)
	var calls sync.WaitGroup
	calls.Go(func() {
		ctx, cancel := context.WithTimeout(r.ctx(), 2*closeTimeout)
		defer cancel()
		_, err := c.Authorize(ctx, AuthorizeRequest{Name: "Sales"}, func(Prompt) {})
		assert.Error(t, err)
	})
	<-entered
	first := r.server
	calls.Go(func() { assert.NoError(t, first.Close()) })
	require.Eventually(t, func() bool {
		_, err := os.Lstat(r.socket)
		return errors.Is(err, os.ErrNotExist)
	}, closeTimeout, time.Millisecond)
	r.server = r.another()
	require.NoError(t, r.server.Start())
	calls.Wait()
	assert.EqualValues(t, 1, begun.Load())
}

// Close lets requests come to their end for two seconds and ends what takes longer.
func TestCloseWithRequestsInFlight(t *testing.T) {
	r := newRig(t, nil)
	entered, leave := make(chan struct{}, 2), make(chan struct{})
	r.backend.token = func(ctx context.Context, q TokenRequest) (Token, error) {
		entered <- struct{}{}
		if q.Name == "quick" {
			<-leave
			return Token{Name: "quick"}, nil
		}
		<-ctx.Done()
		return Token{}, ctx.Err()
	}
	var calls sync.WaitGroup
	quick, slow := r.dial(), r.dial()
	calls.Go(func() {
		token, err := quick.Token(r.ctx(), TokenRequest{Name: "quick"})
		assert.NoError(t, err)
		assert.Equal(t, "quick", token.Name)
	})
	calls.Go(func() {
		_, err := slow.Token(r.ctx(), TokenRequest{Name: "slow"})
		assert.ErrorIs(t, err, ErrNoServer)
	})
	<-entered
	<-entered
	begun := time.Now()
	time.AfterFunc(50*time.Millisecond, func() { close(leave) })
	require.NoError(t, r.server.Close())
	assert.Less(t, time.Since(begun), 2*closeTimeout)
	calls.Wait()
	_, err := os.Lstat(r.socket)
	assert.ErrorIs(t, err, os.ErrNotExist, "the socket is gone")
}

// No request of many programs at the same time fails, on kept connections and on
// new ones.
func TestManyClients(t *testing.T) {
	r := newRig(t, nil)
	const clients, each = 8, 400
	var answered atomic.Int64
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() {
			kept, err := Dial(r.ctx(), r.socket)
			if !assert.NoError(t, err) {
				return
			}
			defer kept.Close()
			for k := range each {
				name := fmt.Sprintf("N%d.%d", i, k)
				c := kept
				if k%2 == 1 {
					if c, err = Dial(r.ctx(), r.socket); !assert.NoError(t, err) {
						return
					}
				}
				token, err := c.Token(r.ctx(), TokenRequest{Name: name})
				if !assert.NoError(t, err) || !assert.Equal(t, "at-"+name, token.AccessToken.Reveal()) {
					return
				}
				answered.Add(1)
				if c != kept {
					assert.NoError(t, c.Close())
				}
			}
		})
	}
	all.Wait()
	assert.EqualValues(t, clients*each, answered.Load())
}

// A client that several goroutines share answers each its own.
func TestSharedClient(t *testing.T) {
	r := newRig(t, nil)
	c := r.dial()
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			name := strings.Repeat("n", i+1)
			token, err := c.Token(r.ctx(), TokenRequest{Name: name})
			assert.NoError(t, err)
			assert.Equal(t, "at-"+name, token.AccessToken.Reveal())
		})
	}
	all.Wait()
	assert.Len(t, r.seen(), 1)
}

func TestTokenPrintsWithoutItself(t *testing.T) {
	token := Token{AccessToken: auth.NewSecret(secretWord), HeaderValue: auth.NewSecret(secretWord)}
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v %s", token, token, token, errors.New(fmt.Sprint(token))), secretWord)
}
