package localserver

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

func TestASavedClientHasAnIDAndASecretOfItsOwn(t *testing.T) {
	r, store, at := newRegistry(t)
	ctx := t.Context()
	typed := r.named("  Nightly report ")
	typed.Secret, typed.Practice, typed.Active, typed.Created = auth.NewSecret("typed"), true, false, time.Time{}
	typed.RedirectURIs = []string{" http://127.0.0.1/callback ", ""}
	c, err := r.SaveClient(ctx, typed)
	require.NoError(t, err)
	assert.Regexp(t, `^twl_ci_[a-hjkmnp-z2-9]{16}$`, c.ID, "watermarked (T55)")
	assert.Regexp(t, `^twl_cs_[\w-]{43}$`, c.Secret.Reveal())
	assert.Equal(t, "Nightly report", c.Name)
	assert.Equal(t, []string{"http://127.0.0.1/callback"}, c.RedirectURIs)
	assert.False(t, c.Practice)
	assert.True(t, c.Active)
	assert.Equal(t, at.now(), c.Created)
	assert.Equal(t, c, store.clients[c.ID])

	_, err = r.SaveClient(ctx, r.named("NIGHTLY report"))
	onlyFault(t, err, "client.name")
	other := r.named("NIGHTLY report")
	other.Version = "2.0"
	other, err = r.SaveClient(ctx, other)
	require.NoError(t, err)
	assert.NotEqual(t, c.ID, other.ID)
	assert.False(t, c.Secret.Equal(other.Secret))

	public := r.named("Desktop")
	public.Public = true
	public, err = r.SaveClient(ctx, public)
	require.NoError(t, err)
	assert.True(t, public.Secret.Empty())
}

func TestWhatASavedClientKeeps(t *testing.T) {
	r, store, _ := newRegistry(t)
	ctx := t.Context()
	c, err := r.SaveClient(ctx, r.named("Report"))
	require.NoError(t, err)
	changed := c
	changed.Description, changed.Secret, changed.Active = "new", auth.NewSecret("typed"), false
	saved, err := r.SaveClient(ctx, changed)
	require.NoError(t, err)
	assert.Equal(t, "new", saved.Description)
	assert.True(t, saved.Active, "a switch of its own")
	assert.True(t, saved.Secret.Equal(c.Secret))
	assert.Equal(t, saved, store.clients[c.ID])

	changed.Name = "Other"
	_, err = r.SaveClient(ctx, changed)
	onlyFault(t, err, "client.name")
	changed = c
	changed.Version = "2"
	_, err = r.SaveClient(ctx, changed)
	onlyFault(t, err, "client.version")
	changed = c
	changed.ID = "unknown"
	_, err = r.SaveClient(ctx, changed)
	require.ErrorIs(t, err, ErrNotFound)

	changed = c
	changed.Public = true
	saved, err = r.SaveClient(ctx, changed)
	require.NoError(t, err)
	assert.True(t, saved.Secret.Empty(), "public clients have none")
	saved.Public = false
	saved, err = r.SaveClient(ctx, saved)
	require.NoError(t, err)
	assert.False(t, saved.Secret.Empty())
	assert.False(t, saved.Secret.Equal(c.Secret))
}

func TestANewSecretLeavesTheOldOneForAWhile(t *testing.T) {
	r, store, at := newRegistry(t)
	ctx := t.Context()
	c, err := r.SaveClient(ctx, r.named("Report"))
	require.NoError(t, err)
	next, err := r.NewSecret(ctx, c.ID, time.Hour)
	require.NoError(t, err)
	assert.True(t, next.OldSecret.Equal(c.Secret))
	assert.Equal(t, at.now().Add(time.Hour), next.OldSecretEnds)
	assert.False(t, next.Secret.Equal(c.Secret))
	assert.True(t, strings.HasPrefix(next.Secret.Reveal(), secretPrefix))
	assert.Equal(t, next, store.clients[c.ID])
	last, err := r.NewSecret(ctx, c.ID, 0)
	require.NoError(t, err)
	assert.True(t, last.OldSecret.Empty())
	assert.True(t, last.OldSecretEnds.IsZero())
	for _, overlap := range []time.Duration{-1, maxOverlap + 1} {
		_, err = r.NewSecret(ctx, c.ID, overlap)
		require.Error(t, err)
	}
	public := r.named("Desktop")
	public.Public = true
	public, err = r.SaveClient(ctx, public)
	require.NoError(t, err)
	_, err = r.NewSecret(ctx, public.ID, 0)
	require.ErrorContains(t, err, "public")
	_, err = r.NewSecret(ctx, "unknown", 0)
	require.ErrorIs(t, err, ErrNotFound)
}

func TestASwitchedOffClientLosesItsTokensForGood(t *testing.T) {
	r, store, at := newRegistry(t)
	ctx := t.Context()
	c, err := r.SaveClient(ctx, r.named("Report"))
	require.NoError(t, err)
	require.NoError(t, store.Issue(ctx, Grant{ID: "g", ClientID: c.ID, RefreshesLeft: auth.LocalUnlimited}, []Token{{Hash: "t", Kind: AccessToken, GrantID: "g"}}))
	require.NoError(t, r.SetClientActive(ctx, c.ID, true))
	assert.Zero(t, store.grants["g"].Revoked, "it was on")
	require.NoError(t, r.SetClientActive(ctx, c.ID, false))
	assert.False(t, store.clients[c.ID].Active)
	assert.Equal(t, at.now(), store.grants["g"].Revoked)
	require.NoError(t, r.SetClientActive(ctx, c.ID, true))
	assert.True(t, store.clients[c.ID].Active)
	assert.Equal(t, at.now(), store.grants["g"].Revoked)
	require.ErrorIs(t, r.SetClientActive(ctx, "unknown", true), ErrNotFound)
	require.NoError(t, r.DeleteClient(ctx, c.ID))
	assert.Empty(t, store.grants)
	assert.NotContains(t, store.clients, c.ID)
}

func TestWhatTheFirstRunMadeStaysAndIsShownAsItIs(t *testing.T) {
	r, _, _ := newRegistry(t)
	ctx := t.Context()
	require.NoError(t, r.Start(ctx))
	before := r.Info()
	clients, err := r.Clients(ctx)
	require.NoError(t, err)
	users, err := r.Users(ctx)
	require.NoError(t, err)
	require.ErrorContains(t, r.DeleteClient(ctx, clients[0].ID), "switch it off")
	require.ErrorContains(t, r.DeleteUser(ctx, users[0].ID), "switch it off")

	next, err := r.NewSecret(ctx, clients[0].ID, time.Hour)
	require.NoError(t, err)
	assert.True(t, r.Info().ClientSecret.Equal(next.Secret))
	users[0].Name = "me"
	_, err = r.SaveUser(ctx, users[0])
	require.NoError(t, err)
	assert.Equal(t, "me", r.Info().User)
	assert.True(t, r.Info().Password.Equal(before.Password))
	users[0].Password = auth.NewSecret("a password of mine")
	saved, err := r.SaveUser(ctx, users[0])
	require.NoError(t, err)
	assert.True(t, saved.Password.Empty())
	assert.Equal(t, "a password of mine", r.Info().Password.Reveal())
	require.NoError(t, r.Stop())
	require.NoError(t, r.Start(ctx))
	assert.Equal(t, "me", r.Info().User, "no other is made")
}

func TestUsersOfTheRegistry(t *testing.T) {
	r, store, at := newRegistry(t)
	ctx := t.Context()
	good := auth.LocalUser{Name: "Ada", FullName: "Ada L", Email: "ada@example.com", Active: true, Password: auth.NewSecret("twelve chars")}
	for field, change := range map[string]func(*auth.LocalUser){
		"user.name":      func(u *auth.LocalUser) { u.Name = " " },
		"user.full_name": func(u *auth.LocalUser) { u.FullName = strings.Repeat("x", 65) },
		"user.email":     func(u *auth.LocalUser) { u.Email = "ada" },
		"user.password":  func(u *auth.LocalUser) { u.Password = auth.NewSecret("elevenchars") },
	} {
		u := good
		change(&u)
		_, err := r.SaveUser(ctx, u)
		onlyFault(t, err, field)
	}
	none := good
	none.Password = auth.Secret{}
	_, err := r.SaveUser(ctx, none)
	onlyFault(t, err, "user.password")
	long := good
	long.Password = auth.NewSecret(strings.Repeat("x", maxPassword+1))
	_, err = r.SaveUser(ctx, long)
	onlyFault(t, err, "user.password")

	ada, err := r.SaveUser(ctx, good)
	require.NoError(t, err)
	stored := store.users[ada.ID]
	assert.True(t, stored.Password.Empty(), "of others there is a hash alone")
	assert.True(t, matches(stored, good.Password))
	assert.False(t, matches(stored, auth.NewSecret("twelve charS")))
	assert.Equal(t, at.now(), ada.Created)
	second := good
	second.Name = "ADA"
	_, err = r.SaveUser(ctx, second)
	onlyFault(t, err, "user.name")

	ada.FullName = "Ada Lovelace"
	_, err = r.SaveUser(ctx, ada)
	require.NoError(t, err)
	assert.True(t, matches(store.users[ada.ID], good.Password), "an empty password keeps the stored one")
	require.NoError(t, store.Issue(ctx, Grant{ID: "g", UserID: ada.ID}, nil))
	ada.Active = false
	_, err = r.SaveUser(ctx, ada)
	require.NoError(t, err)
	assert.Equal(t, at.now(), store.grants["g"].Revoked)
	require.NoError(t, r.DeleteUser(ctx, ada.ID))
	assert.Empty(t, store.grants)
	ada.ID = "unknown"
	_, err = r.SaveUser(ctx, ada)
	require.ErrorIs(t, err, ErrNotFound)
}
