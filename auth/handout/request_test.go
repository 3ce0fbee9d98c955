package handout

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// send writes bytes as they are and reads the head of one answer, and its error
// when it is one.
func (r *rig) send(raw string) (status int, head http.Header, told *Error) {
	r.Helper()
	c, err := net.Dial("unix", r.socket)
	require.NoError(r, err)
	defer c.Close()
	require.NoError(r, c.SetDeadline(time.Now().Add(20*time.Second)))
	go func() { _, _ = io.WriteString(c, raw) }() // what is refused early is not read to its end
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(r, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(r, err)
	if answer.StatusCode == http.StatusOK {
		return answer.StatusCode, answer.Header, nil
	}
	told = &Error{}
	require.NoError(r, json.Unmarshal(body, told), "%s", body)
	assert.NotEmpty(r, told.Steps)
	return answer.StatusCode, answer.Header, told
}

func request(method, path, body string, headers ...string) string {
	lines := append([]string{method + " " + path + " HTTP/1.1", "Host: any", fmt.Sprintf("Content-Length: %d", len(body))}, headers...)
	return strings.Join(lines, "\r\n") + "\r\n\r\n" + body
}

func TestRequests(t *testing.T) {
	r := newRig(t, nil)
	deep := strings.Repeat(`{"a":`, 20_000)
	for _, c := range []struct {
		name, raw string
		status    int
		code      string
	}{
		{"plain", request("POST", PathToken, `{"name":"Sales"}`), 200, ""},
		{"unknown members", request("POST", PathToken, `{"name":"Sales","x":[1]}`), 200, ""},
		{"no body", request("POST", PathList, ""), 200, ""},
		{"status by GET", request("GET", PathStatus, ""), 200, ""},
		{"another host", request("POST", PathList, "{}", "Host-X: evil"), 200, ""},
		{"token by GET", request("GET", PathToken, ""), 405, CodeWrongMethod},
		{"PUT", request("PUT", PathToken, `{}`), 405, CodeWrongMethod},
		{"options of all", request("OPTIONS", "*", ""), 404, CodeUnknownPath},
		{"unknown path", request("POST", "/v1/export", `{}`), 404, CodeUnknownPath},
		{"next version", request("POST", "/v2/token", `{}`), 404, CodeUnknownPath},
		{"path around", request("POST", "/v1/../v1/token", `{}`), 404, CodeUnknownPath},
		{"path below", request("POST", "/v1/token/", `{}`), 404, CodeUnknownPath},
		{"refresh token", request("POST", "/v1/refresh_token", `{}`), 404, CodeUnknownPath},
		{"origin", request("POST", PathToken, `{"name":"Sales"}`, "Origin: null"), 403, CodeFromBrowser},
		{"fetch metadata", request("POST", PathToken, `{"name":"Sales"}`, "Sec-Fetch-Site: none"), 403, CodeFromBrowser},
		{"referer", request("POST", PathToken, `{"name":"Sales"}`, "referer: http://x"), 403, CodeFromBrowser},
		{"array", request("POST", PathToken, `["Sales"]`), 400, CodeBadRequest},
		{"cut off", request("POST", PathToken, `{"name":"Sal`), 400, CodeBadRequest},
		{"two objects", request("POST", PathToken, `{"name":"A"}{"name":"B"}`), 400, CodeBadRequest},
		{"wrong type", request("POST", PathToken, `{"name":7}`), 400, CodeBadRequest},
		{"bytes that are no text", request("POST", PathToken, "{\"name\":\"\xff\"}"), 400, CodeBadRequest},
		{"form", request("POST", PathToken, `name=Sales`), 400, CodeBadRequest},
		{"deep", request("POST", PathToken, deep[:maxRequest]), 400, CodeBadRequest},
		{"large", request("POST", PathToken, strings.Repeat(" ", maxRequest+1)), 413, CodeTooLarge},
		{"large in chunks", "POST /v1/token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" +
			strings.Repeat("4000\r\n"+strings.Repeat(" ", 0x4000)+"\r\n", 5) + "0\r\n\r\n", 413, CodeTooLarge},
		{"chunk of all memory", "POST /v1/token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n" +
			strings.Repeat(" ", maxRequest+1), 413, CodeTooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, head, e := (&rig{T: t, socket: r.socket}).send(c.raw)
			assert.Equal(t, c.status, status)
			assert.Equal(t, []string{"no-store"}, head["Cache-Control"])
			assert.Equal(t, "application/json", head.Get("Content-Type"))
			if e != nil {
				assert.Equal(t, c.code, e.Code)
			}
		})
	}
	_, err := r.dial().Status(r.ctx())
	require.NoError(t, err, "it serves on")
}

// A head that is too large, or never ends, is not kept waiting for.
func TestEndlessHead(t *testing.T) {
	r := newRig(t, nil)
	c, err := net.Dial("unix", r.socket)
	require.NoError(t, err)
	defer c.Close()
	_, _ = io.WriteString(c, "POST /v1/token HTTP/1.1\r\nHost: x\r\nX: "+strings.Repeat("x", 2*maxHeader)+"\r\n\r\n")
	line, _ := bufio.NewReader(c).ReadString('\n')
	assert.Contains(t, line, " 431 ")
}

func TestPanicTellsNothing(t *testing.T) {
	r := newRig(t, nil)
	r.backend.token = func(context.Context, TokenRequest) (Token, error) { panic("in " + secretWord) }
	c := r.dial()
	_, err := c.Token(r.ctx(), TokenRequest{Name: "Sales"})
	e := asError(t, err)
	assert.Equal(t, auth.CodeUnexpected, e.Code)
	assert.NotContains(t, fmt.Sprintf("%+v", *e), secretWord)
	assert.Contains(t, r.log.String(), "panic=string")
	_, err = c.Status(r.ctx())
	assert.NoError(t, err, "it serves on")
}

// Each end has the HTTP status that docs/handout-api.md promises.
func TestStatusOfEnds(t *testing.T) {
	for end, want := range map[auth.HandOutEnd]int{
		auth.EndOther: 500, auth.EndUsage: 400, auth.EndUnknownName: 404, auth.EndNeedsSignIn: 409,
		auth.EndLocked: 423, auth.EndDenied: 403, auth.EndUnreachable: 502,
	} {
		assert.Equal(t, want, statusOf(&Error{End: end}), end)
	}
}

// More connections than are served at once wait for their turn; none fails.
func TestMoreConnectionsThanRoom(t *testing.T) {
	r := newRig(t, nil)
	idle := make([]net.Conn, maxConnections)
	for i := range idle {
		c, err := net.Dial("unix", r.socket)
		require.NoError(t, err)
		idle[i] = c
	}
	answered := make(chan error, 1)
	c := r.dial()
	go func() {
		_, err := c.Status(r.ctx())
		answered <- err
	}()
	select {
	case <-answered:
		t.Fatal("answered without room")
	case <-time.After(100 * time.Millisecond):
	}
	for _, c := range idle {
		c.Close()
	}
	require.NoError(t, <-answered)
}

// A program that keeps all connections for itself, and asks nothing more, keeps
// nobody out.
func TestIdleConnectionsMakeRoom(t *testing.T) {
	r := newRig(t, nil)
	for range maxConnections {
		c, err := net.Dial("unix", r.socket)
		require.NoError(t, err)
		defer c.Close()
		_, err = io.WriteString(c, request("GET", PathStatus, ""))
		require.NoError(t, err)
		_, err = c.Read(make([]byte, 1))
		require.NoError(t, err)
	}
	for range 3 {
		_, err := r.dial().Status(r.ctx())
		require.NoError(t, err)
	}
}

// Bytes of all kinds get an answer or the end of the connection, and never a
// token that was not asked for.
func FuzzServer(f *testing.F) {
	f.Add([]byte(request("POST", PathToken, `{"name":"Sales"}`)))
	f.Add([]byte(request("GET", PathStatus, "")))
	f.Add([]byte(request("POST", PathAuthorize, `{"name":"Sales"}`)))
	f.Add([]byte(request("POST", PathToken, `{"name":"\ud800","min_valid":-1}`, "Expect: 100-continue")))
	f.Add([]byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
	f.Add([]byte("POST /v1/token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n5\r\n{}   \r\n0\r\n\r\n"))
	dir, err := os.MkdirTemp("", "handout")
	require.NoError(f, err)
	f.Cleanup(func() { _ = os.RemoveAll(dir) })
	s := newServer(ServerParams{Socket: filepath.Join(dir, "handout.sock")}, func(func() auth.Asker) Backend {
		return &fakeBackend{token: func(_ context.Context, r TokenRequest) (Token, error) {
			if err := checkToken(r); err != nil {
				return Token{}, err
			}
			return Token{Name: r.Name, AccessToken: auth.NewSecret(secretWord)}, nil
		}}
	})
	require.NoError(f, s.Start())
	f.Cleanup(func() { s.Close() })
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := net.Dial("unix", s.params.Socket)
		require.NoError(t, err)
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(5 * time.Second))
		_, _ = c.Write(raw)
		require.NoError(t, c.(*net.UnixConn).CloseWrite())
		answer, err := io.ReadAll(c)
		if err != nil {
			assert.False(t, errors.Is(err, os.ErrDeadlineExceeded), "it hangs")
		}
		if strings.Contains(string(answer), secretWord) {
			assert.Contains(t, string(raw), PathToken)
			assert.Contains(t, strings.ToLower(string(raw)), "name")
		}
	})
}

// readAs reads an answer as the client does.
func readAs(data string) (Token, bool, error) {
	var token Token
	x := exchange{into: &token, secret: true}
	last, err := x.read(strings.NewReader(data))
	return token, last, err
}

func TestAnswersThatAreNone(t *testing.T) {
	const body = `{"name":"Sales","access_token":"at"}`
	good := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	token, last, err := readAs(good)
	require.NoError(t, err)
	assert.False(t, last)
	assert.Equal(t, "at", token.AccessToken.Reveal())
	_, last, err = readAs(strings.Replace(good, "\r\n\r\n", "\r\nconnection: close\r\n\r\n", 1))
	require.NoError(t, err)
	assert.True(t, last)
	for name, bad := range map[string]string{
		"nothing":          "",
		"cut in the head":  good[:20],
		"cut in the body":  good[:len(good)-1],
		"more than asked":  good + "x",
		"another protocol": strings.Replace(good, "HTTP/1.1", "HTTP/2.0", 1),
		"interim":          strings.Replace(good, "200", "100", 1),
		"odd status":       strings.Replace(good, "200 OK", "2000", 1),
		"two lengths":      strings.Replace(good, "\r\n\r\n", "\r\nContent-Length: 3\r\n\r\n", 1),
		"negative":         strings.Replace(good, "Length: ", "Length: -", 1),
		"huge":             strings.Replace(good, "Length: ", "Length: 99999999999", 1),
		"no length":        "HTTP/1.1 200 OK\r\n\r\n" + body,
		"chunks":           strings.Replace(good, "\r\n\r\n", "\r\nTransfer-Encoding: chunked\r\n\r\n", 1),
		"no head":          strings.Repeat("x", 1<<16),
		"not JSON":         "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{]",
		"success as error": "HTTP/1.1 500 X\r\nContent-Length: 12\r\n\r\n{\"end\":\"ok\"}",
	} {
		token, _, err := readAs(bad)
		assert.Error(t, err, name)
		assert.True(t, token.AccessToken.Empty(), name)
	}
}

// A large answer arrives in pieces.
func TestLargeAnswer(t *testing.T) {
	body := `{"name":"` + strings.Repeat("n", 100_000) + `"}`
	token, _, err := readAs(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body))
	require.NoError(t, err)
	assert.Len(t, token.Name, 100_000)
}

func FuzzReply(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"name\":\"Sales\"}"))
	f.Add([]byte("HTTP/1.1 403 Forbidden\r\nContent-Length: 16\r\n\r\n{\"end\":\"denied\"}"))
	f.Add([]byte("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"done\":{}}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, last, err := readAs(string(data))
		var told *Error
		if err != nil && !errors.As(err, &told) {
			assert.True(t, last, "a connection out of step is not used again")
		}
		if told != nil {
			assert.NotEmpty(t, told.End)
		}
		x := exchange{line: func([]byte) error { return nil }}
		_, _ = x.read(strings.NewReader(string(data)))
	})
}
