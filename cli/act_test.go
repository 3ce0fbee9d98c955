package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/handout"
)

func TestRefreshTellsTheEnd(t *testing.T) {
	s := &script{}
	got := console(t, s, "refresh", "Graph mail")
	assert.Zero(t, got.code)
	assert.Empty(t, got.out, "no token is printed")
	assert.Contains(t, got.errOut, "“Graph mail” is refreshed. Its token ends 2026-05-01")
	assert.Equal(t, []string{"Graph mail"}, s.names)

	var a handout.Listing
	require.NoError(t, json.Unmarshal([]byte(console(t, s, "refresh", "Graph mail", "--json").out), &a))
	assert.Equal(t, auth.StateActive, a.State)
}

func TestRevokeTellsTheTruth(t *testing.T) {
	got := console(t, &script{outcome: auth.Revoked}, "revoke", "Graph mail")
	assert.Equal(t, said{0, "", "“Graph mail” is revoked.\n"}, got)
	got = console(t, &script{outcome: auth.RevokeQueued}, "revoke", "Graph mail")
	assert.Contains(t, got.errOut, "not confirmed")
	assert.JSONEq(t, `{"name": "Graph mail", "outcome": "queued"}`, console(t, &script{outcome: auth.RevokeQueued}, "revoke", "Graph mail", "--json").out)
}

func TestTestShowsTheAnswer(t *testing.T) {
	s := &script{reply: handout.TestReply{Status: 200, ContentType: "application/json", Size: 1234, Body: "{\"a\":\r\n\x1b[31m1}", Cut: true}}
	got := console(t, s, "test", "Graph mail", "--address", "https://api.example.com/me")
	assert.Zero(t, got.code)
	assert.Equal(t, "{\"a\":\n\uFFFD[31m1}\n", got.out)
	assert.Contains(t, got.errOut, "https://api.example.com/me: 200 OK, 1234 bytes of application/json")
	assert.Contains(t, got.errOut, "more")

	s.reply.Status = 403
	got = console(t, s, "test", "Graph mail", "--address", "https://api.example.com/me")
	assert.Equal(t, 1, got.code, "the service refuses")
	assert.Contains(t, got.errOut, "403 Forbidden")

	got = console(t, &script{}, "test", "Graph mail")
	assert.Zero(t, got.code)
	assert.Contains(t, got.errOut, "--address")

	var reply map[string]any
	require.NoError(t, json.Unmarshal([]byte(console(t, s, "test", "Graph mail", "--json", "--address", "https://x.example").out), &reply))
	assert.InDelta(t, 403, reply["status"], 0)
}

func TestAuthorizeTellsWhatToDo(t *testing.T) {
	s := &script{}
	got := console(t, s, "authorize", "Graph mail")
	assert.Zero(t, got.code)
	assert.Empty(t, got.out)
	assert.False(t, s.authorizing.Browser, "no browser unless a person is there")
	assert.Contains(t, got.errOut, "Open this address")
	assert.Contains(t, got.errOut, "https://login.example.com/authorize")
	assert.Contains(t, got.errOut, "5 min")
	assert.Contains(t, got.errOut, "“Graph mail” is authorized.")

	console(t, s, "authorize", "Graph mail", "--interactive")
	assert.True(t, s.authorizing.Browser)
}

func TestPromptOfADevice(t *testing.T) {
	var text writer
	e := &env{errOut: &text}
	e.prompt(handout.Prompt{URL: "https://device.example.com", UserCode: "ABCD-EFGH"})
	assert.Equal(t, "Open this page on any device and enter the code ABCD-EFGH:\n  https://device.example.com\n", string(text))
}

type writer []byte

func (w *writer) Write(p []byte) (int, error) {
	*w = append(*w, p...)
	return len(p), nil
}
