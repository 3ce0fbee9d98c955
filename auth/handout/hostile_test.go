package handout

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// atRest waits until the only conversation there is has answered, and gives it to look.
func (r *rig) atRest(look func(*conversation)) {
	r.Helper()
	c := r.server.connections
	require.Eventually(r, func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		for t := range c.all {
			if t.resting() {
				look(t)
				return true
			}
		}
		return false
	}, 10*time.Second, time.Millisecond)
}

// The time to take an answer is over long before the next request: who is told
// to go on has time of his own.
func TestContinueLate(t *testing.T) {
	r := newRig(t, nil)
	c := r.talk()
	c.say(askFor("one"))
	_, _, last := c.hear()
	assert.False(t, last)
	r.atRest(func(t *conversation) { _ = t.conn.SetWriteDeadline(time.Unix(1, 0)) }) // as after answerTimeout
	c.say("POST /v1/token HTTP/1.1\r\nHost: a\r\nContent-Length: 14\r\nExpect: 100-Continue\r\n\r\n")
	status, _, _ := c.hear()
	require.Equal(t, http.StatusContinue, status)
	c.say(`{"name":"two"}`)
	status, body, _ := c.hear()
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, body, "at-two")
}

// Who speaks HTTP/1.0 knows no such answer (RFC 9110 section 10.1.1), and who
// sends no body does not wait for it.
func TestContinueUnwanted(t *testing.T) {
	r := newRig(t, nil)
	for _, raw := range []string{
		"GET /v1/status HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
		"POST /v1/list HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n",
	} {
		c := r.talk()
		c.say(raw)
		time.AfterFunc(50*time.Millisecond, func() { _, _ = io.WriteString(c.Conn, "{}") })
		status, _, _ := c.hear()
		assert.Equal(t, http.StatusOK, status)
	}
}

// A mistake of ours while a sign-in is under way ends its lines with one that says so.
func TestPanicInASignIn(t *testing.T) {
	r := newRig(t, nil)
	r.backend.authorize = func(_ context.Context, prompt func(Prompt)) (Listing, error) {
		prompt(Prompt{UserCode: "AB"})
		panic("in " + secretWord)
	}
	var prompts int
	_, err := r.dial().Authorize(r.ctx(), AuthorizeRequest{Name: "Sales"}, func(Prompt) { prompts++ })
	assert.Equal(t, auth.CodeUnexpected, asError(t, err).Code)
	assert.Equal(t, 1, prompts)
	c := r.talk()
	c.say(request("POST", PathAuthorize, `{"name":"Sales"}`))
	_, body, _ := c.hear()
	assert.Len(t, strings.Split(strings.TrimSpace(body), "\n"), 2, body)
	assert.NotContains(t, body, "HTTP/1.1")
}

// The room of a large answer is not kept by a program that asks nothing more.
func TestLargeAnswerIsForgotten(t *testing.T) {
	r := newRig(t, nil)
	c := r.talk()
	c.say(askFor(strings.Repeat("x", 40_000)))
	status, _, last := c.hear()
	assert.Equal(t, http.StatusOK, status)
	assert.False(t, last)
	r.atRest(func(c *conversation) { assert.LessOrEqual(t, cap(c.scratch), maxScratch) })
}

// Nothing of an answer stays where the next one is made, and who got it late rests
// like others.
func TestAnswerIsForgotten(t *testing.T) {
	r := newRig(t, nil)
	r.backend.token = func(_ context.Context, q TokenRequest) (Token, error) {
		time.Sleep(3 * lookAfter)
		return Token{Name: q.Name, AccessToken: auth.NewSecret(secretWord)}, nil
	}
	c := r.talk()
	c.say(askFor("one"))
	_, body, _ := c.hear()
	assert.Contains(t, body, secretWord)
	r.atRest(func(c *conversation) {
		assert.NotEmpty(t, c.scratch)
		assert.NotContains(t, string(c.scratch[:cap(c.scratch)]), secretWord)
	})
}

// A program that connects and says nothing has no longer than for a request.
func TestSilentProgram(t *testing.T) {
	r := newRig(t, nil)
	require.NoError(t, r.server.Close())
	r.server = r.another()
	r.server.patience = 50 * time.Millisecond
	require.NoError(t, r.server.Start())
	r.talk().ends()
	blank := r.talk()
	blank.say("\r\n")
	blank.ends()
	resting := r.talk()
	resting.say(askFor("one"))
	_, _, _ = resting.hear()
	time.Sleep(4 * r.server.patience)
	resting.say(askFor("two"))
	_, body, _ := resting.hear()
	assert.Contains(t, body, "at-two", "between two requests it has more")
}

// A body that takes all that a request may, in small chunks, is no reason to take
// its program for gone.
func TestBodyUpToTheLimit(t *testing.T) {
	r := newRig(t, nil)
	r.backend.token = func(ctx context.Context, q TokenRequest) (Token, error) {
		select {
		case <-ctx.Done():
			return Token{}, ctx.Err()
		case <-time.After(5 * lookAfter):
			return Token{Name: q.Name}, nil
		}
	}
	body := chunk(`{"name":"one"}`)
	const last = "0\r\n\r\n"
	limit := maxHeader + 2*maxRequest - len(last)
	for left := limit - len(body); left > 0; left = limit - len(body) {
		n := 1
		if left < 12 { // what two small ones take
			n = left - len(chunk("")) // one of one digit
		}
		body += chunk(strings.Repeat(" ", n))
	}
	require.Len(t, body, limit)
	c := r.talk()
	c.say("POST /v1/token HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
	time.Sleep(20 * time.Millisecond) // the head is read by itself
	c.say(body + last)
	status, answer, _ := c.hear()
	assert.Equal(t, http.StatusOK, status, answer)
	c.say(askFor("two"))
	status, answer, _ = c.hear()
	assert.Equal(t, http.StatusOK, status, answer)
}

func chunk(data string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(data), data) }
