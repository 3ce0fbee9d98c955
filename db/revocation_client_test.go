package db_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// A queued revocation outlives its authorization: it keeps all that proves the
// client and leads to the service, sealed, also after a try.
func TestRevocationKeepsItsClient(t *testing.T) {
	d := newPlace(t).create(t)
	want := auth.Revocation{
		ID: "6f1c2f0e-0000-4000-8000-000000000001", AuthorizationID: "a", ServiceID: "square",
		Style:    auth.RevocationStyle{Client: auth.ClientStyle{IDName: "app_id", BasicRaw: true}, Own: true, Method: "DELETE", Body: "json", Auth: "Client", Token: "access_token", Kind: "access", ClientID: "client_id", Status: 204, Member: "ok", Good: "true"},
		Endpoint: "https://as.example.test/revoke", Issuer: "https://as.example.test",
		ClientID: "client", ClientAuth: auth.ClientAuthPrivateKeyJWT,
		Values:  auth.Values{auth.FieldClientKey: auth.NewSecret("TWSENT-key"), auth.FieldProxy: auth.NewSecret("http://u:TWSENT-p@proxy.test")},
		Headers: map[string]string{"X-Gateway": "TWSENT-header"}, OmitHeaders: []string{"Accept"}, OmitFields: []string{"client_id"},
		Token: auth.NewSecret("TWSENT-token"), Hint: "refresh_token", NotBefore: time.Now().Add(-time.Minute).UTC().Truncate(time.Millisecond),
	}
	require.NoError(t, d.QueueRevocation(ctx, want))
	for tries := range 2 {
		due, err := d.DueRevocations(ctx, time.Now())
		require.NoError(t, err)
		require.Len(t, due, 1)
		got := due[0]
		assert.True(t, want.Values.Equal(got.Values))
		assert.True(t, want.Token.Equal(got.Token))
		assert.Equal(t, tries, got.Tries)
		got.Values, got.Token, got.Tries = want.Values, want.Token, 0
		assert.Equal(t, want, got)
		require.NoError(t, d.PostponeRevocation(ctx, want.ID, want.NotBefore))
	}
}

// What waits of one authorization leaves the queue together, and nothing else.
func TestDropRevocationsOf(t *testing.T) {
	d := newPlace(t).create(t)
	for _, id := range []string{"a", "a", "b"} {
		require.NoError(t, d.QueueRevocation(ctx, auth.Revocation{AuthorizationID: id, Endpoint: "https://x", Token: auth.NewSecret("t")}))
	}
	for _, want := range []int{2, 0} {
		dropped, err := d.DropRevocationsOf(ctx, "a")
		require.NoError(t, err)
		assert.Equal(t, want, dropped)
		due, err := d.DueRevocations(ctx, time.Now())
		require.NoError(t, err)
		require.Len(t, due, 1)
		assert.Equal(t, "b", due[0].AuthorizationID)
	}
}
