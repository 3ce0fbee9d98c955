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
		ID: "6f1c2f0e-0000-4000-8000-000000000001", AuthorizationID: "a", Endpoint: "https://as.example.test/revoke", Issuer: "https://as.example.test",
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
