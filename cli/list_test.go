package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/handout"
)

func someListings() []handout.Listing {
	in := func(d time.Duration) *time.Time {
		at := time.Now().Add(d).UTC()
		return &at
	}
	return []handout.Listing{
		{Name: "Graph mail", Service: "Microsoft", Grant: auth.GrantAuthorizationCode, State: auth.StateActive, ExpiresAt: in(30*time.Minute + time.Second), Hosts: []string{}},
		{Name: "名前", Service: "Own", Grant: auth.GrantAccessToken, State: auth.StateActive, Hosts: []string{"api.example.com"}},
		{Name: "Sales\x1b[31m", Service: "Shop\n\tX", Grant: auth.GrantDeviceCode, State: auth.StateNeedsSignIn, ExpiresAt: in(-time.Hour), SignInEnds: in(5*time.Hour + time.Minute), Hosts: []string{}},
	}
}

func TestListForPeople(t *testing.T) {
	got := console(t, &script{all: someListings()}, "list")
	assert.Zero(t, got.code)
	assert.Empty(t, got.errOut)
	lines := strings.Split(strings.TrimSpace(got.out), "\n")
	require.Len(t, lines, 4)
	assert.Regexp(t, `^NAME +SERVICE +STATE +TOKEN ENDS +SIGN-IN ENDS$`, lines[0])
	assert.Regexp(t, `^Graph mail +Microsoft +active +in 30 min +-$`, lines[1])
	assert.Regexp(t, `^名前 +Own +active +never +-$`, lines[2])
	assert.Regexp(t, `^Sales\x{FFFD}\[31m +Shop X +needs sign in +ended +in 5 h$`, lines[3])

	assert.Equal(t, said{0, "", ""}, console(t, &script{}, "list"))
}

func TestListAsJSON(t *testing.T) {
	got := console(t, &script{all: someListings()}, "list", "--json")
	var all []map[string]any
	require.NoError(t, json.Unmarshal([]byte(got.out), &all))
	require.Len(t, all, 3)
	assert.Equal(t, "Graph mail", all[0]["name"])
	assert.Equal(t, "needs_sign_in", all[2]["state"])
	assert.Nil(t, all[1]["expires_at"])
	for _, member := range []string{"name", "service", "grant", "state", "expires_at", "sign_in_ends", "hosts", "practice"} {
		assert.Contains(t, all[0], member)
	}
	assert.Equal(t, "[]\n", console(t, &script{}, "list", "--json").out)
}

// Where there is nothing, nothing is made.
func TestNoDataFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "none")
	for line, code := range map[string]int{"list": 0, "list --json": 0, "token NAME": 3, "refresh NAME": 3, "exec NAME -- true": 125} {
		args := strings.Fields(line)
		args = append(args[:1:1], append([]string{"--data-dir", dir}, args[1:]...)...)
		c := process(t, &script{}, args...)
		c.Env = append(c.Env, asConsole+"=real")
		got := ended(t, c)
		assert.Equal(t, code, got.code, line)
		assert.Contains(t, got.errOut, "no authorizations yet", line)
		if line != "list --json" {
			assert.Empty(t, got.out, line)
		}
	}
	_, err := os.Stat(dir)
	assert.ErrorIs(t, err, os.ErrNotExist)
}

func TestMoments(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for left, want := range map[time.Duration]string{
		-time.Second: "ended", 0: "ended", 20 * time.Second: "in 20 s", 89 * time.Minute: "in 89 min", 2 * time.Hour: "in 2 h",
	} {
		at := now.Add(left)
		assert.Equal(t, want, moment(&at, now))
	}
	later := now.AddDate(0, 1, 0)
	assert.Equal(t, "2026-04-01", moment(&later, now))
	assert.Equal(t, "-", moment(nil, now))
}
