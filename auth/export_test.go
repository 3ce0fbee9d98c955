package auth_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// filled is an authorization with a secret in every place that can hold one.
func filled(rec *auth.Record) {
	secret := func(name string) auth.Secret { return auth.NewSecret(authtest.Sentinel + name) }
	a := &rec.Authorization
	a.Notes = authtest.Sentinel + "notes"
	a.Values = auth.Values{}
	for _, field := range auth.FieldInfos {
		a.Values[field.ID] = secret(string(field.ID))
	}
	a.Headers = map[string]string{"X-Api-Key": authtest.Sentinel + "header"}
	a.AuthParams = map[string]string{"prompt": authtest.Sentinel + "auth"}
	a.TokenParams = map[string]string{"resource": authtest.Sentinel + "token"}
	a.OmitHeaders, a.OmitFields = []string{"Authorization"}, []string{"client_id"}
	a.AutoRefresh, a.RefreshLimit, rec.Status.Refreshes = true, 5, 2
	rec.Tokens.ID = secret("id")
	rec.Status.SignedInAs, rec.Status.Granted = "ana@example.test", []string{"read"}
}

func TestExport(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	ends := time.Date(2027, 1, 2, 3, 4, 0, 0, time.UTC)
	record := r.stored(func(rec *auth.Record) {
		filled(rec)
		rec.Authorization.Values[auth.FieldSecretExpiry] = auth.NewSecret(ends.Local().Format("2006-01-02 15:04"))
		rec.Status.SignInEnds, rec.Tokens.Facts = ends, map[string]string{"instance_url": "https://na1.example.test"}
	})
	id := record.Authorization.ID
	at := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	require.NoError(t, r.store.Remember(background(), id, auth.HistoryEvent{At: at, Kind: auth.WordRefresh, Outcome: "invalid_grant"}))

	data, err := r.engine.Export(background(), id)
	require.NoError(t, err)
	assert.NotContains(t, string(data), authtest.Sentinel, "a secret is exported")
	assert.True(t, strings.HasPrefix(string(data), "{\n  \"format\": 1,"), "not versioned, or not indented")

	var got map[string]any
	require.NoError(t, json.Unmarshal(data, &got))
	assert.Equal(t, "Sales", got["name"])
	assert.Equal(t, "authorization_code", got["grant"])
	assert.Equal(t, map[string]any{"id": authtest.ClientID, "authentication": "client_secret_basic", "has_secret": true, "secret_ends_at": "2027-01-02T03:04:00Z"}, got["client"])
	assert.Equal(t, map[string]any{"instance_url": "https://na1.example.test"}, got["facts"])
	assert.Equal(t, []any{"read", "offline_access"}, got["scopes"].(map[string]any)["asked"])
	assert.Equal(t, []any{"read"}, got["scopes"].(map[string]any)["granted"])
	assert.Equal(t, []any{"X-Api-Key"}, got["header_names"])
	assert.Equal(t, []any{"prompt"}, got["authorization_parameter_names"])
	assert.Equal(t, []any{"resource"}, got["token_parameter_names"])
	assert.Contains(t, got["filled_fields"], "private_key")
	assert.Equal(t, r.server.URL()+authtest.PathToken, got["endpoints"].(map[string]any)["token"])
	token := got["token"].(map[string]any)
	assert.Equal(t, true, token["has_id_token"])
	assert.Equal(t, "2027-01-02T03:04:00Z", token["sign_in_ends_at"])
	assert.Equal(t, "ana@example.test", token["signed_in_as"])
	assert.Equal(t, record.Status.Expiry.At.Format(time.RFC3339Nano), token["expires_at"])
	refreshing := got["refreshing"].(map[string]any)
	assert.EqualValues(t, 3, refreshing["left"])
	assert.Nil(t, refreshing["next_at"], "what is not planned is null, not the year 1")
	assert.Equal(t, []any{map[string]any{"at": "2026-05-04T03:02:01Z", "what": "refresh", "outcome": "invalid_grant"}}, got["history"])

	_, err = r.engine.Export(background(), "gone")
	asFailure(t, err)
}

// The detail pane gets no secret either.
func TestDetailHoldsNoSecret(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	record := r.stored(func(rec *auth.Record) {
		filled(rec)
		rec.Authorization.Notes = ""
	})
	d, err := r.engine.Detail(background(), record.Authorization.ID)
	require.NoError(t, err)
	assert.Empty(t, d.Authorization.Values)
	assert.True(t, d.Authorization.ClientSecret.Empty())
	data, err := json.Marshal(d)
	require.NoError(t, err)
	assert.NotContains(t, string(data), authtest.Sentinel)
	assert.Equal(t, map[string]string{"X-Api-Key": ""}, d.Authorization.Headers)
	assert.True(t, d.HasSecret && d.HasRefreshToken && d.HasIDToken && d.CanPause && d.CanRefresh && d.CanRevoke && d.CanIntrospect)
	assert.Equal(t, 3, d.RefreshesLeft)
	assert.Equal(t, r.server.URL()+authtest.PathUserInfo, d.TestAddress)
}

// What can be done follows from the grant, the limit and what the service offers.
func TestDetailSaysWhatCanBeDone(t *testing.T) {
	for name, test := range map[string]struct {
		edit    func(*auth.Record)
		refresh bool
		why     string
	}{
		"a limit that is not reached": {func(rec *auth.Record) { rec.Authorization.RefreshLimit, rec.Status.Refreshes = 3, 2 }, true, ""},
		"a limit that is used up":     {func(rec *auth.Record) { rec.Authorization.RefreshLimit, rec.Status.Refreshes = 3, 3 }, false, "limit"},
		"a pasted access token": {func(rec *auth.Record) {
			rec.Authorization.Grant, rec.Tokens.Refresh = auth.GrantAccessToken, auth.Secret{}
		}, false, "pasted"},
		"client credentials": {func(rec *auth.Record) {
			rec.Authorization.Grant, rec.Tokens.Refresh = auth.GrantClientCredentials, auth.Secret{}
		}, true, ""},
		"client credentials, refused": {func(rec *auth.Record) {
			rec.Authorization.Grant, rec.Tokens.Refresh = auth.GrantClientCredentials, auth.Secret{}
			rec.Status.State, rec.Status.LastOutcome = auth.StateNeedsAttention, "invalid_client"
		}, true, ""},
		"no refresh token": {func(rec *auth.Record) { rec.Tokens.Refresh = auth.Secret{} }, false, "no refresh token"},
		"revoked":          {func(rec *auth.Record) { rec.Status.State = auth.StateRevoked }, false, "revoked"},
		"over": {func(rec *auth.Record) {
			rec.Status.State, rec.Status.LastOutcome = auth.StateNeedsSignIn, "refused_twice"
		}, false, "over"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{})
			id := r.stored(test.edit).Authorization.ID
			d, err := r.engine.Detail(background(), id)
			require.NoError(t, err)
			assert.Equal(t, test.refresh, d.CanRefresh)
			assert.Contains(t, d.WhyNotRefresh, test.why)
			assert.Equal(t, test.refresh, d.WhyNotRefresh == "")
			_, err = r.engine.Refresh(background(), id)
			if !test.refresh {
				asFailure(t, err)
				assert.Zero(t, r.posts(), "what can't be done was done")
			} else {
				require.NoError(t, err)
			}
		})
	}
}
