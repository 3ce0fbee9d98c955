package localserver

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

func TestClientsTravelInAFileWithoutTheirSecrets(t *testing.T) {
	r, _, _ := newRegistry(t)
	ctx := t.Context()
	c := r.named("Report")
	c.Description, c.RefreshForAll, c.RefreshCount, c.AccessSeconds = "D", true, 5, 0
	c.Grants = append(c.Grants, auth.LocalGrantJWTBearer)
	c.ClientAuth, c.Keys = auth.ClientAuthPrivateKeyJWT, strings.TrimSpace(publicPEM(t))
	c.Misbehave = auth.LocalMisbehaviour{Slow: 1, TooMany: 2, Unavailable: true, ExpireAtOnce: true, DropRefresh: true, LieScopes: true}
	c, err := r.SaveClient(ctx, c)
	require.NoError(t, err)
	c, err = r.NewSecret(ctx, c.ID, maxOverlap)
	require.NoError(t, err)
	data, err := r.ExportClients(ctx, c.ID)
	require.NoError(t, err)
	for _, secret := range []string{c.Secret.Reveal(), c.OldSecret.Reveal(), c.ID, "twl_"} {
		assert.NotContains(t, string(data), secret)
	}
	_, err = r.ImportClients(ctx, data)
	require.ErrorContains(t, err, "Report 1.0")
	require.ErrorContains(t, err, "already")

	other, _, _ := newRegistry(t)
	made, err := other.ImportClients(ctx, data)
	require.NoError(t, err)
	require.Len(t, made, 1)
	assert.NotEqual(t, c.ID, made[0].ID)
	assert.False(t, made[0].Secret.Equal(c.Secret))
	want := c
	want.ID, want.Secret, want.OldSecret, want.OldSecretEnds = made[0].ID, made[0].Secret, auth.Secret{}, made[0].OldSecretEnds
	assert.Equal(t, want, made[0])
	assert.True(t, made[0].OldSecretEnds.IsZero())

	all, err := r.ExportClients(ctx)
	require.NoError(t, err)
	assert.Contains(t, string(all), "Practice client")
	_, err = r.ExportClients(ctx, c.ID, "unknown")
	require.ErrorIs(t, err, ErrNotFound)
}

func TestFilesOfClientsAreCheckedWhole(t *testing.T) {
	r, store, _ := newRegistry(t)
	ctx := t.Context()
	client := `{"name":"A","version":"1","public":false,"redirect_urls":["http://127.0.0.1/cb"],"grants":["authorization_code"],` +
		`"access_token_seconds":60,"refresh_count":1,"scopes":["openid"]}`
	file := func(clients ...string) string {
		return `{"tokenwell_local_clients":1,"clients":[` + strings.Join(clients, ",") + `]}`
	}
	second := strings.Replace(client, `"A"`, `"B"`, 1)
	for name, text := range map[string]string{
		"empty":          "",
		"no JSON":        "clients",
		"other file":     `{"id":"github"}`,
		"newer":          strings.Replace(file(client), ":1,", ":2,", 1),
		"no clients":     file(),
		"unknown field":  file(strings.Replace(client, `"name"`, `"secret":"x","name"`, 1)),
		"something else": file(client) + "{}",
		"twice":          file(client, strings.Replace(client, `"A"`, `"a"`, 1)),
		"second wrong":   file(client, strings.Replace(second, "openid", "unknown", 1)),
		"redirect":       file(strings.Replace(client, "http://127.0.0.1/cb", "javascript:alert(1)", 1)),
		"too large":      file(client) + strings.Repeat(" ", maxClientFile),
		"too many":       file(strings.Split(strings.TrimSuffix(strings.Repeat(client+"\n", maxClients+1), "\n"), "\n")...),
	} {
		_, err := r.ImportClients(ctx, []byte(text))
		assert.Error(t, err, name)
	}
	clients, err := r.Clients(ctx)
	require.NoError(t, err)
	assert.Len(t, clients, 1, "all or none")
	made, err := r.ImportClients(ctx, []byte(file(client, second)))
	require.NoError(t, err)
	assert.Len(t, made, 2)
	assert.Len(t, store.clients, 3)
}
