package main

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/handout"
)

func TestTokenPrintsTheTokenAndNothingElse(t *testing.T) {
	got := console(t, &script{}, "token", "Graph mail")
	assert.Equal(t, said{0, accessToken + "\n", ""}, got)
	got = console(t, &script{}, "header", "Graph mail")
	assert.Equal(t, said{0, "Authorization: Bearer " + accessToken + "\n", ""}, got)
	got = console(t, &script{Header: "X-Auth"}, "header", "Graph mail")
	assert.Equal(t, "X-Auth: "+accessToken+"\n", got.out)
}

func TestTokenAsJSON(t *testing.T) {
	for _, command := range []string{"token", "header"} {
		got := console(t, &script{}, command, "Graph mail", "--json")
		var object map[string]any
		require.NoError(t, json.Unmarshal([]byte(got.out), &object), got.out)
		for _, member := range []string{
			"name", "access_token", "token_type", "header", "header_value", "expires_at", "expiry_known", "scopes", "renewed",
		} {
			assert.Contains(t, object, member)
		}
		assert.Equal(t, accessToken, object["access_token"])
		assert.Empty(t, got.errOut)
	}
}

// The tree and the quick way have to understand a command line alike.
func TestBothWaysReadTheSame(t *testing.T) {
	for _, line := range []string{
		"token Name", "token --min-valid 90s Name --rejected", "header Name --for api.example.com --json", "token --min-valid=15 -- Name",
		"token --interactive Name --data-dir /nowhere",
	} {
		args := strings.Fields(line)
		quick, tree := &script{}, &script{}
		first := console(t, quick, args...)
		second := console(t, tree, append([]string{"--passphrase-fd=-1"}, args...)...) // not the first word: the tree
		assert.Equal(t, first, second, line)
		assert.Equal(t, quick.tokens, tree.tokens, line)
		require.Len(t, quick.tokens, 1, line)
	}
}

// T53: the least time is asked for, a minute unless the user says otherwise.
func TestTokenAsksForItsTime(t *testing.T) {
	for given, want := range map[string]int{"": 60, "90s": 90, "10m": 600, "45": 45, "1500ms": 2, "0": 0} {
		s, args := &script{}, []string{"token", "Graph mail"}
		if given != "" {
			args = append(args, "--min-valid", given)
		}
		require.Zero(t, console(t, s, args...).code, given)
		require.NotNil(t, s.tokens[0].MinValid)
		assert.Equal(t, want, *s.tokens[0].MinValid, given)
	}
	for _, wrong := range []string{"-1s", "soon", "9999999h", "1e300h", ""} {
		s := &script{}
		assert.Equal(t, 2, console(t, s, "token", "Graph mail", "--min-valid", wrong).code, wrong)
		assert.Empty(t, s.tokens)
	}
}

func TestTokenTellsWhatTheProgramKnows(t *testing.T) {
	s := &script{}
	console(t, s, "token", "Graph mail", "--rejected", "--for", "api.example.com", "--interactive")
	console(t, s, "header", "Graph mail")
	require.Len(t, s.tokens, 2)
	assert.True(t, s.tokens[0].Rejected)
	assert.True(t, s.tokens[0].Interactive)
	assert.Equal(t, "api.example.com", s.tokens[0].Host)
	assert.Equal(t, auth.PurposeToken, s.tokens[0].Purpose)
	assert.Equal(t, auth.PurposeHeader, s.tokens[1].Purpose)
	assert.False(t, s.tokens[1].Rejected || s.tokens[1].Interactive)
}

// The exit codes are a promise: never change one.
func TestExitCodes(t *testing.T) {
	codes := map[auth.HandOutEnd]int{
		auth.EndOther: 1, auth.EndUsage: 2, auth.EndUnknownName: 3, auth.EndNeedsSignIn: 4, auth.EndLocked: 5, auth.EndDenied: 6,
		auth.EndUnreachable: 7, "of_a_newer_version": 1,
	}
	for end, code := range codes {
		for _, command := range []string{"token", "header", "refresh", "revoke", "test", "authorize", "list"} {
			args := []string{command, "Graph mail"}
			if command == "list" {
				args = args[:1]
			}
			got := console(t, failing(end), args...)
			assert.Equal(t, code, got.code, "%s %s", command, end)
			assert.Empty(t, got.out, command)
			for _, part := range []string{"It went wrong", "Something happened.", "Do this.", "Then that.", "ref-1"} {
				assert.Contains(t, got.errOut, part, command)
			}
		}
		for _, command := range []string{"exec", "curl"} {
			got := console(t, failing(end), command, "Graph mail", "--", "curl", "https://api.example.com")
			assert.Equal(t, 125, got.code, "%s %s", command, end)
			assert.Empty(t, got.out)
			assert.Contains(t, got.errOut, "It went wrong")
		}
	}
}

func TestUsageErrors(t *testing.T) {
	for _, line := range []string{
		"token", "token A B", "token A --wrong", "token -x", "list more", "wrong", "--wrong", "refresh", "test A --address",
		"token A --passphrase-fd nine", "authorize A B",
	} {
		got := console(t, &script{}, strings.Fields(line)...)
		assert.Equal(t, 2, got.code, line)
		assert.Empty(t, got.out, line)
		assert.Contains(t, got.errOut, "--help", line)
	}
	for _, line := range []string{"exec", "exec A", "exec A --", "exec A true", "exec A --wrong -- true", "curl A B -- https://x", "exec A --env 1X -- true"} {
		assert.Equal(t, 125, console(t, &script{}, strings.Fields(line)...).code, line)
	}
}

func TestErrorAsJSON(t *testing.T) {
	got := console(t, failing(auth.EndDenied), "token", "Graph mail", "--json")
	assert.Equal(t, 6, got.code)
	assert.Empty(t, got.out, "standard output is for what was asked for")
	require.Equal(t, 1, strings.Count(got.errOut, "\n"))
	var why handout.Error
	require.NoError(t, json.Unmarshal([]byte(got.errOut), &why))
	assert.Equal(t, auth.EndDenied, why.End)
	assert.Equal(t, []string{"Do this.", "Then that."}, why.Steps)

	got = console(t, &script{}, "token", "Graph mail", "--json", "--wrong")
	require.NoError(t, json.Unmarshal([]byte(got.errOut), &why), strconv.Quote(got.errOut))
	assert.Equal(t, auth.EndUsage, why.End)
}

func TestNoTerminalIsToldWhatToDo(t *testing.T) {
	s := failing(auth.EndOther)
	s.Fail.Title, s.Fail.Happened = "Title\x1b]0;evil\x07", "line\r\nof \x9b31m text\x00"
	got := console(t, s, "token", "Graph mail")
	assert.NotContains(t, got.errOut, "\x1b")
	assert.NotContains(t, got.errOut, "\x07")
	assert.NotContains(t, got.errOut, "\r")
	assert.NotContains(t, got.errOut, "\x9b")
}
