package auth_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// A fetch brings what is there, whatever its status, and follows nothing: the
// token goes to the address alone.
func TestWire_Fetch(t *testing.T) {
	s, second := authtest.NewEvilas(t, authtest.EvilasParams{}), authtest.NewEvilas(t, authtest.EvilasParams{})
	w, r := newTestWire(s), endpointRequest(s, "/me")
	s.Script("/me", authtest.JSON(http.StatusOK, `{"a":1}`))
	got, err := w.Fetch(t.Context(), r, auth.TokenUse{}, auth.NewSecret(endpointToken))
	require.NoError(t, err)
	assert.Equal(t, auth.Fetched{Status: http.StatusOK, ContentType: "application/json", Body: []byte(`{"a":1}`), Size: 7}, got)
	asked := s.Requests("/me")[0]
	assert.Equal(t, http.MethodGet, asked.Method)
	assert.Equal(t, []string{"Bearer " + endpointToken}, asked.Header["Authorization"])
	assert.Empty(t, asked.Header["X-Own"], "the headers of token requests do not go to other addresses")
	assert.Empty(t, asked.Body)

	s.Script("/me", authtest.JSON(http.StatusOK, ""))
	_, err = w.Fetch(t.Context(), r, auth.TokenUse{Scheme: "token"}, auth.NewSecret(endpointToken))
	require.NoError(t, err)
	assert.Equal(t, []string{"token " + endpointToken}, s.Requests("/me")[1].Header["Authorization"])

	for _, status := range []int{301, 307, 401, 500} {
		s.Script("/me", authtest.Answer{Status: status, Header: http.Header{"Location": {second.URL() + "/me"}, "Www-Authenticate": {`Bearer error="invalid_token"`}}})
		got, err = w.Fetch(t.Context(), r, auth.TokenUse{}, auth.NewSecret(endpointToken))
		require.NoError(t, err)
		assert.Equal(t, status, got.Status)
		assert.Equal(t, `Bearer error="invalid_token"`, got.Challenge)
	}
	assert.Empty(t, second.Requests(""))
}

// T29: a body without end is neither kept nor waited for.
func TestWire_FetchIsBounded(t *testing.T) {
	s := authtest.NewEvilas(t, authtest.EvilasParams{})
	w, r := newTestWire(s), endpointRequest(s, "/me")
	s.Script("/me", authtest.Answer{Body: "x", Fill: -1})
	got, err := w.Fetch(t.Context(), r, auth.TokenUse{}, auth.NewSecret(endpointToken))
	require.NoError(t, err)
	assert.True(t, got.Cut)
	assert.EqualValues(t, 1<<20, got.Size)
	assert.LessOrEqual(t, len(got.Body), 64<<10)

	s.Script("/me", authtest.Answer{Body: strings.Repeat("x", 100), CutAt: 51})
	got, err = w.Fetch(t.Context(), r, auth.TokenUse{}, auth.NewSecret(endpointToken))
	require.NoError(t, err)
	assert.True(t, got.Cut)
	assert.EqualValues(t, 50, got.Size)
}

// T31: neither a token nor a prefix that breaks the header is sent.
func TestWire_FetchRefusesHeaders(t *testing.T) {
	s := authtest.NewEvilas(t, authtest.EvilasParams{})
	for _, c := range [][2]string{{"", "A\r\nX-Evil: 1"}, {"", ""}, {"Bearer\r\nX: 1", "A"}, {"Two words", "A"}} {
		_, err := newTestWire(s).Fetch(t.Context(), endpointRequest(s, "/me"), auth.TokenUse{Scheme: c[0]}, auth.NewSecret(c[1]))
		failed := wireError(t, err)
		assert.Equal(t, auth.CodeNotHandedOut, failed.Code)
		assert.Equal(t, auth.NotSent, failed.Phase)
	}
	assert.Empty(t, s.Requests(""))
}
