package handout

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// talk is a connection on which bytes are written as they are.
type talk struct {
	*testing.T
	net.Conn
	in *bufio.Reader
}

func (r *rig) talk() *talk {
	r.Helper()
	c, err := net.Dial("unix", r.socket)
	require.NoError(r, err)
	r.Cleanup(func() { _ = c.Close() })
	require.NoError(r, c.SetDeadline(time.Now().Add(20*time.Second)))
	return &talk{T: r.T, Conn: c, in: bufio.NewReader(c)}
}

func (c *talk) say(raw string) {
	c.Helper()
	_, err := io.WriteString(c.Conn, raw)
	require.NoError(c, err)
}

// hear reads one answer, and whether it is the last.
func (c *talk) hear() (status int, body string, last bool) {
	c.Helper()
	answer, err := http.ReadResponse(c.in, nil)
	require.NoError(c, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(c, err)
	return answer.StatusCode, string(text), answer.Close
}

// ends reads that nothing more comes.
func (c *talk) ends() {
	c.Helper()
	rest, err := io.ReadAll(c.in)
	require.False(c, errors.Is(err, os.ErrDeadlineExceeded), "the connection stays open")
	assert.Empty(c, rest)
}

func askFor(name string) string {
	return request("POST", PathToken, fmt.Sprintf(`{"name":%q}`, name))
}

// Requests that come before the answers to earlier ones are answered in their
// order, and blank lines between them are passed over (RFC 9112 sections 2.2, 9.3.2).
func TestRequestsInARow(t *testing.T) {
	c := newRig(t, nil).talk()
	c.say(askFor("one") + "\r\n" + askFor("two") + "\r\n\r\n" + askFor("three"))
	for _, name := range []string{"one", "two", "three"} {
		status, body, last := c.hear()
		assert.Equal(t, http.StatusOK, status)
		assert.Contains(t, body, `"at-`+name+`"`)
		assert.False(t, last)
	}
	c.say(askFor("four")[:30])
	c.say(askFor("four")[30:])
	_, body, _ := c.hear()
	assert.Contains(t, body, `"at-four"`)
}

// A request that comes while the answer before it takes long is neither lost nor
// taken for the program's end.
func TestRequestBehindASlowOne(t *testing.T) {
	r := newRig(t, nil)
	r.backend.token = func(ctx context.Context, q TokenRequest) (Token, error) {
		if q.Name == "slow" {
			select {
			case <-ctx.Done():
				return Token{}, ctx.Err()
			case <-time.After(10 * lookAfter):
			}
		}
		return Token{Name: q.Name}, nil
	}
	c := r.talk()
	c.say(askFor("slow"))
	time.AfterFunc(3*lookAfter, func() { _, _ = io.WriteString(c.Conn, askFor("next")) })
	for _, name := range []string{"slow", "next"} {
		status, body, _ := c.hear()
		assert.Equal(t, http.StatusOK, status)
		assert.Contains(t, body, name)
	}
	c.say(askFor("slow"))
	_, body, _ := c.hear()
	assert.Contains(t, body, "slow", "it is watched each time")
}

// What ends a connection: the program's wish, an old protocol, what can't be read.
func TestLastAnswers(t *testing.T) {
	r := newRig(t, nil)
	for _, c := range []struct {
		name, raw string
		status    int
	}{
		{"asked for", request("POST", PathList, "{}", "Connection: close"), 200},
		{"HTTP/1.0", "POST /v1/list HTTP/1.0\r\n\r\n", 200},
		{"no host", "POST /v1/list HTTP/1.1\r\n\r\n", 400},
		{"two hosts", "POST /v1/list HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
		{"no protocol", "hello\r\n\r\n", 400},
		{"TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400},
		{"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
		{"folded line", "POST /v1/list HTTP/1.1\r\n Host: a\r\n\r\n", 400},
		{"negative length", "POST /v1/list HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400},
		{"two lengths", "POST /v1/list HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}", 400},
		{"unknown coding", "POST /v1/list HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 400},
		{"space before the colon", "POST /v1/list HTTP/1.1\r\nHost: a\r\nContent-Length : 2\r\n\r\n{}", 400},
		{"space in a name", "POST /v1/list HTTP/1.1\r\nHost: a\r\nTransfer Encoding: chunked\r\n\r\n", 400},
		{"NUL in a value", "POST /v1/list HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n", 400},
		{"CR in a value", "POST /v1/list HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", 400},
		{"HTTP/2 with a host", "POST /v1/list HTTP/2.0\r\nHost: a\r\n\r\n", 400},
		{"chunk too large to be one", "POST /v1/list HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", 400},
		{"negative chunk", "POST /v1/list HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n", 400},
		{"chunk longer than said", "POST /v1/list HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n", 400},
		{"two codings", "POST /v1/list HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", 400},
		{"length of words", "POST /v1/list HTTP/1.1\r\nHost: a\r\nContent-Length: +2\r\n\r\n{}", 400},
		{"length too large to be one", "POST /v1/list HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n{}", 400},
		{"not read", request("PUT", PathList, "{}"), 405},
		{"one behind a refused one", request("PUT", PathList, "{}") + askFor("one"), 405},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn := (&rig{T: t, socket: r.socket}).talk()
			conn.say(c.raw)
			status, _, last := conn.hear()
			assert.Equal(t, c.status, status)
			assert.True(t, last)
			conn.ends()
		})
	}
}

// Who asks before he sends a body is told to go on, unless it is not wanted
// (RFC 9110 section 10.1.1).
func TestContinue(t *testing.T) {
	r := newRig(t, nil)
	c := r.talk()
	body := `{"name":"Sales"}`
	head, _, _ := strings.Cut(request("POST", PathToken, body, "Expect: 100-continue"), body)
	c.say(head)
	line, err := c.in.ReadString('\n')
	require.NoError(t, err)
	assert.Contains(t, line, " 100 ")
	_, err = c.in.ReadString('\n')
	require.NoError(t, err)
	c.say(body)
	status, answer, _ := c.hear()
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, answer, "at-Sales")

	c.say(strings.Replace(head, PathToken, "/v1/nothing", 1))
	status, _, _ = c.hear()
	assert.Equal(t, http.StatusNotFound, status)
}

// A request that does not come to its end, and a program that asks nothing more,
// do not hold a connection.
func TestSlowPrograms(t *testing.T) {
	r := newRig(t, nil)
	require.NoError(t, r.server.Close())
	r.server = r.another()
	r.server.patience, r.server.idle = 50*time.Millisecond, 100*time.Millisecond
	require.NoError(t, r.server.Start())

	head := r.talk()
	head.say("POST /v1/list HTTP/1.1\r\nHost:")
	head.ends()

	body := r.talk()
	body.say("POST /v1/list HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{")
	status, _, last := body.hear()
	assert.Equal(t, http.StatusBadRequest, status)
	assert.True(t, last)

	r.talk().ends()

	idle := r.talk()
	idle.say(request("GET", PathStatus, ""))
	_, _, last = idle.hear()
	assert.False(t, last)
	idle.ends()
}

// A request that arrives before Close is answered, one that would come after it
// is not begun.
func TestCloseBetweenRequests(t *testing.T) {
	r := newRig(t, nil)
	resting, fresh := r.talk(), r.talk()
	resting.say(request("GET", PathStatus, ""))
	_, _, last := resting.hear()
	assert.False(t, last)
	closed := make(chan error, 1)
	go func() { closed <- r.server.Close() }()
	resting.ends()
	fresh.say(request("GET", PathStatus, ""))
	status, _, last := fresh.hear()
	assert.Equal(t, http.StatusOK, status)
	assert.True(t, last)
	require.NoError(t, <-closed)
}
