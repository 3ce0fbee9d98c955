package early

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Nearly everything waits for package unicode, whose path comes after ours. What
// imports it, directly or not, would make this package wait for it too.
func TestImports(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, i := range file.Imports {
			path, err := strconv.Unquote(i.Path.Value)
			require.NoError(t, err)
			assert.Contains(t, []string{"errors", "os", "syscall", "unicode/utf8", "unsafe"}, path)
		}
	}
}

func TestRequest(t *testing.T) {
	for _, name := range []string{"Sales", "Größe 1", "日本"} {
		_, body, ok := strings.Cut(request("token", name), "\r\n\r\n")
		require.True(t, ok)
		var asked struct{ Name, Purpose string }
		require.NoError(t, json.Unmarshal([]byte(body), &asked))
		assert.Equal(t, name, asked.Name)
		assert.Equal(t, "token", asked.Purpose)
		assert.Contains(t, request("header", name), "\r\nContent-Length: "+strconv.Itoa(len(body)+1)+"\r\n")
	}
	for _, args := range [][2]string{
		{"list", "Sales"},
		{"token", ""},
		{"token", "-h"},
		{"token", "--show"},
		{"token", `a"b`},
		{"token", `a\b`},
		{"token", "a\nb"},
		{"token", "a\x7f"},
		{"token", "a\xff"},
		{"token", strings.Repeat("a", maxName+1)},
	} {
		assert.Empty(t, request(args[0], args[1]), args)
	}
}

// reply is an answer as the server writes it.
func reply(body string) []byte {
	return []byte("HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\nContent-Type: application/json\r\n\r\n" + body)
}

func TestPrinted(t *testing.T) {
	const body = `{"name":"\"access_token\":\"x\"","access_token":"a-1","token_type":"Bearer","header":"X-Key","header_value":"key a-1","scopes":[]}`
	line, ok := printed("token", reply(body))
	assert.True(t, ok)
	assert.Equal(t, "a-1\n", string(line))
	line, ok = printed("header", reply(body))
	assert.True(t, ok)
	assert.Equal(t, "X-Key: key a-1\n", string(line))

	for name, data := range map[string][]byte{
		"nothing":           nil,
		"a refusal":         []byte(strings.Replace(string(reply(body)), "200 OK", "403 Forbidden", 1)),
		"cut off":           reply(body)[:len(reply(body))-1],
		"too long":          append(reply(body), 'x'),
		"no length":         []byte(strings.Replace(string(reply(body)), "Content-Length", "Other", 1)),
		"an escape":         reply(strings.ReplaceAll(body, "a-1", `a\u003c`)),
		"no token":          reply(`{"name":"access_token"}`),
		"an empty token":    reply(`{"access_token":"","header":"","header_value":""}`),
		"an unfinished one": reply(`{"access_token":"abc`),
	} {
		for _, verb := range []string{"token", "header"} {
			_, ok := printed(verb, data)
			assert.False(t, ok && (name != "an escape" || verb == "token"), "%s, %s", verb, name)
		}
	}
}

// FuzzPrinted: what is printed is what a decoder of JSON finds.
func FuzzPrinted(f *testing.F) {
	f.Add("Sales", "a-1")
	f.Add(`","access_token":"x`, `\`)
	f.Fuzz(func(t *testing.T, name, access string) {
		body, err := json.Marshal(struct {
			Name   string `json:"name"`
			Access string `json:"access_token"`
		}{name, access})
		require.NoError(t, err)
		line, ok := printed("token", reply(string(body)))
		if ok {
			assert.Equal(t, access+"\n", string(line))
		}
	})
}

// The socket of somebody else's making is left alone (T44).
func TestConnectTrustsOnlyThisUser(t *testing.T) {
	dir, err := os.MkdirTemp("", "early") // short: the path of a socket has 108 bytes
	require.NoError(t, err)
	defer func() { require.NoError(t, os.RemoveAll(dir)) }()
	run := filepath.Join(dir, "tokenwell")
	require.NoError(t, os.Mkdir(run, 0o700))
	socket := filepath.Join(run, "handout.sock")
	connects := func() bool {
		fd, ok := connect(dir)
		if ok {
			require.NoError(t, syscall.Close(fd))
		}
		return ok
	}
	assert.False(t, connects(), "nothing is there")
	require.NoError(t, os.WriteFile(socket, nil, 0o600))
	assert.False(t, connects(), "a file")
	require.NoError(t, os.Remove(socket))
	server, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	require.NoError(t, err)
	require.NoError(t, syscall.Bind(server, &syscall.SockaddrUnix{Name: socket}))
	assert.False(t, connects(), "nobody listens")
	require.NoError(t, syscall.Listen(server, 8))
	require.True(t, connects())

	require.NoError(t, os.Chmod(run, 0o710))
	assert.False(t, connects(), "others can reach into its folder")
	require.NoError(t, os.Chmod(run, 0o700))
	require.NoError(t, os.Chmod(dir, 0o720))
	assert.False(t, connects(), "others can put another folder there")
	require.NoError(t, os.Chmod(dir, 0o700))
	other := filepath.Join(dir, "other")
	require.NoError(t, os.Rename(run, other))
	require.NoError(t, os.Symlink(other, run))
	assert.False(t, connects(), "its folder is a link")
	require.NoError(t, os.Remove(run))
	require.NoError(t, os.Rename(other, run))
	require.True(t, connects())
	require.NoError(t, os.Rename(socket, filepath.Join(dir, "socket")))
	require.NoError(t, os.Symlink(filepath.Join(dir, "socket"), socket))
	assert.False(t, connects(), "the socket is a link")
	require.NoError(t, syscall.Close(server))
}
