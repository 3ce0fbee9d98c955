package auth_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/assets"
	"tokenwell/auth"
	"tokenwell/auth/localserver"
)

// The form must offer what the local server grants, no more and no less.
func TestLocalServiceOffersTheLocalServersScopes(t *testing.T) {
	data, err := assets.Services.ReadFile("services/local-server.json")
	require.NoError(t, err)
	var service auth.Service
	require.NoError(t, json.Unmarshal(data, &service))

	var offered, known []string
	for _, scope := range service.Scopes {
		offered = append(offered, scope.Name)
	}
	for _, scope := range localserver.Scopes() {
		known = append(known, scope.Name)
	}
	assert.ElementsMatch(t, known, offered)
}
