package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/handout"
)

const gitToken = "TWSENT-access-git"

// gitBackend lists some authorizations and gives tokens for them.
type gitBackend struct {
	handout.Backend
	all   []handout.Listing
	asked []handout.TokenRequest
	fail  error
}

func (b *gitBackend) List(context.Context) ([]handout.Listing, error) { return b.all, nil }

func (b *gitBackend) Token(_ context.Context, r handout.TokenRequest) (handout.Token, error) {
	b.asked = append(b.asked, r)
	if b.fail != nil {
		return handout.Token{}, b.fail
	}
	ends := time.Unix(1_800_000_000, 0).UTC()
	return handout.Token{Name: r.Name, AccessToken: auth.NewSecret(gitToken), ExpiresAt: &ends}, nil
}

func (b *gitBackend) run(t *testing.T, input string, args ...string) (code int, out, complaint string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), &env{in: strings.NewReader(input), out: &o, errOut: &e, given: b}, append([]string{"git-credential"}, args...))
	return code, o.String(), e.String()
}

func newGitBackend() *gitBackend {
	return &gitBackend{all: []handout.Listing{
		{Name: "Code", Hosts: []string{"git.example.com"}},
		{Name: "Build", Hosts: []string{"both.example.com", "ports.example.com:8443"}},
		{Name: "Büro", Hosts: []string{"both.example.com", "*.wild.example.com"}},
		{Name: "Practice", Hosts: []string{"practice.example.com"}, Practice: true},
		{Name: "Anywhere"},
	}}
}

func TestGitGetsTheTokenOfItsHost(t *testing.T) {
	for name, c := range map[string]struct {
		input string
		args  []string
		want  string // the name of the authorization
		user  string
	}{
		"by host":               {input: "protocol=https\nhost=git.example.com\n\n", want: "Code", user: "oauth2"},
		"without an empty line": {input: "protocol=https\nhost=git.example.com\n", want: "Code", user: "oauth2"},
		"case of the host":      {input: "protocol=https\nhost=Git.Example.COM\n", want: "Code", user: "oauth2"},
		"with its port":         {input: "protocol=https\nhost=ports.example.com:8443\n", want: "Build", user: "oauth2"},
		"with lists":            {input: "protocol=https\nhost=git.example.com\ncapability[]=authtype\nwwwauth[]=Basic\nwwwauth[]=Bearer\n", want: "Code", user: "oauth2"},
		"a user of git's":       {input: "protocol=https\nhost=git.example.com\nusername=ana\n", want: "Code", user: "ana"},
		"by user name":          {input: "protocol=https\nhost=both.example.com\nusername=BÜRO\n", want: "Büro", user: "oauth2"},
		"by option":             {input: "protocol=https\nhost=both.example.com\n", args: []string{"--name", "build"}, want: "build", user: "oauth2"},
		"a user by option":      {input: "protocol=https\nhost=git.example.com\n", args: []string{"--username", "x"}, want: "Code", user: "x"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newGitBackend()
			code, out, complaint := b.run(t, c.input, append([]string{"get"}, c.args...)...)
			assert.Zero(t, code, complaint)
			assert.Empty(t, complaint)
			assert.Equal(t, "username="+c.user+"\npassword="+gitToken+"\npassword_expiry_utc=1800000000\n", out)
			require.Len(t, b.asked, 1)
			assert.Equal(t, c.want, b.asked[0].Name)
			assert.Equal(t, auth.PurposeGit, b.asked[0].Purpose)
			assert.NotEmpty(t, b.asked[0].Host, "the rule is checked for the host")
		})
	}
}

// What is not meant, or could be meant for another host, is not answered (T47, T48, T55).
func TestGitGetsNothing(t *testing.T) {
	for name, c := range map[string]struct {
		input string
		args  []string
		code  int
	}{
		"plain http":                {input: "protocol=http\nhost=git.example.com\n"},
		"ssh":                       {input: "protocol=ssh\nhost=git.example.com\n"},
		"no protocol":               {input: "host=git.example.com\n"},
		"no host":                   {input: "protocol=https\n"},
		"empty host":                {input: "protocol=https\nhost=\n"},
		"nothing":                   {input: ""},
		"another host":              {input: "protocol=https\nhost=git.example.com.evil.test\n"},
		"a host before":             {input: "protocol=https\nhost=evil-git.example.com\n"},
		"another port":              {input: "protocol=https\nhost=git.example.com:444\n"},
		"user in the host":          {input: "protocol=https\nhost=git.example.com@evil.test\n"},
		"below a wildcard":          {input: "protocol=https\nhost=a.wild.example.com\n"},
		"the wildcard itself":       {input: "protocol=https\nhost=*.wild.example.com\n"},
		"practice":                  {input: "protocol=https\nhost=practice.example.com\n"},
		"two hosts":                 {input: "protocol=https\nhost=evil.test\nhost=git.example.com\n", code: 2},
		"two protocols":             {input: "protocol=http\nprotocol=https\nhost=git.example.com\n", code: 2},
		"an address":                {input: "protocol=https\nhost=evil.test\nurl=https://git.example.com\n", code: 2},
		"a carriage return":         {input: "protocol=https\nhost=git.example.com\r\n", code: 2},
		"a carriage return inside":  {input: "protocol=https\nhost=evil.test\rhost=git.example.com\n", code: 2},
		"a NUL":                     {input: "protocol=https\nhost=git.example.com\x00evil\n", code: 2},
		"no key":                    {input: "protocol=https\nhost=git.example.com\nrubbish\n", code: 2},
		"an empty key":              {input: "protocol=https\nhost=git.example.com\n=x\n", code: 2},
		"cut off":                   {input: "protocol=https\nhost=git.example.com", code: 2},
		"a long line":               {input: "protocol=https\nhost=git.example.com\npath=" + strings.Repeat("x", 65<<10) + "\n", code: 2},
		"too much":                  {input: "protocol=https\n" + strings.Repeat("wwwauth[]="+strings.Repeat("x", 60<<10)+"\n", 5) + "host=git.example.com\n", code: 2},
		"several":                   {input: "protocol=https\nhost=both.example.com\n", code: 2},
		"a name that names no host": {input: "protocol=https\nhost=git.example.com\n", args: []string{"--name", "Anywhere"}, code: 6},
		"an unknown name":           {input: "protocol=https\nhost=git.example.com\n", args: []string{"--name", "Nobody"}, code: 6},
		"practice by name":          {input: "protocol=https\nhost=practice.example.com\n", args: []string{"--name", "Practice"}, code: 6},
	} {
		t.Run(name, func(t *testing.T) {
			b := newGitBackend()
			code, out, complaint := b.run(t, c.input, append([]string{"get"}, c.args...)...)
			assert.Equal(t, c.code, code, complaint)
			assert.Empty(t, b.asked, "nothing may be asked for")
			assert.NotContains(t, out, "password")
			if code != 0 {
				assert.NotEmpty(t, complaint)
			}
		})
	}
}

// A token that is meant and can't be had ends git's search: another question
// would hide the reason.
func TestGitStopsWhenTheTokenIsDenied(t *testing.T) {
	b := newGitBackend()
	b.fail = &handout.Error{End: auth.EndNeedsSignIn, Title: "The sign-in is over"}
	code, out, complaint := b.run(t, "protocol=https\nhost=git.example.com\n", "get")
	assert.Equal(t, 4, code)
	assert.Equal(t, "quit=1\n", out)
	assert.Contains(t, complaint, "The sign-in is over")
}

func TestGitErase(t *testing.T) {
	const refused = "protocol=https\nhost=git.example.com\nusername=oauth2\npassword="
	b := newGitBackend()
	code, out, _ := b.run(t, refused+gitToken+"\n", "erase")
	assert.Zero(t, code)
	assert.Empty(t, out)
	require.Len(t, b.asked, 2)
	assert.True(t, b.asked[1].Rejected, "the token in force was refused: the next one is new")

	b = newGitBackend()
	code, out, _ = b.run(t, refused+"an-older-one\n", "erase")
	assert.Zero(t, code)
	assert.Empty(t, out)
	require.Len(t, b.asked, 1)
	assert.False(t, b.asked[0].Rejected, "what was refused is not in force any more")
}

func TestGitStore(t *testing.T) {
	b := newGitBackend()
	code, out, complaint := b.run(t, "protocol=https\nhost=git.example.com\nusername=a\npassword=b\n", "store")
	assert.Zero(t, code)
	assert.Empty(t, out+complaint)
	assert.Empty(t, b.asked)
}

func TestWriteGitWritesNoSecondLine(t *testing.T) {
	for _, value := range []string{"a\nhost=evil.test", "a\rb", "a\x00b", "\x7f"} {
		var out bytes.Buffer
		require.ErrorIs(t, writeGit(&out, [2]string{"username", "x"}, [2]string{"password", value}), errGitInput)
		assert.Empty(t, out.String(), "not even the good lines")
	}
}

func FuzzGit(f *testing.F) {
	f.Add("protocol=https\nhost=git.example.com\n\n")
	f.Add("protocol=https\nhost=a\nhost=b\n")
	f.Add("url=https://a\n")
	f.Fuzz(func(t *testing.T, input string) {
		asked, err := readGit(strings.NewReader(input))
		if err != nil {
			require.True(t, errors.Is(err, errGitInput))
			require.Equal(t, gitAsked{}, asked)
			return
		}
		for key, value := range map[string]string{"protocol": asked.protocol, "host": asked.host} {
			if value != "" {
				require.Equal(t, 1, strings.Count("\n"+input, "\n"+key+"="+value+"\n"), "exactly one line says it")
				require.NotContains(t, value, "\r")
			}
		}
	})
}
