package auth

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A service can come from anybody's file: its quirks say only what the engine
// can carry out (T68).
func TestQuirkValues(t *testing.T) {
	for _, wrong := range []Quirk{
		{ID: QuirkRevocation, Params: map[string]string{"method": "CONNECT"}},
		{ID: QuirkRevocation, Params: map[string]string{"body": "xml"}},
		{ID: QuirkRevocation, Params: map[string]string{"kind": "both"}},
		{ID: QuirkRevocation, Params: map[string]string{"auth": "Client x\r\nX-Y:"}},
		{ID: QuirkRevocation, Params: map[string]string{"status": "20"}},
		{ID: QuirkUserInfo, Params: map[string]string{"method": "G ET"}},
		{ID: QuirkNoPKCE, Params: map[string]string{"unless": "always"}},
		{ID: QuirkDevicePending, Params: map[string]string{"status": "soon"}},
		{ID: QuirkPublicAuthorization, Params: map[string]string{"address": "http://as.example/authorize"}},
		{ID: QuirkRefreshByAccess, Params: map[string]string{"parameter": "a\x00", "grant_type": "x"}},
	} {
		assert.Error(t, checkQuirks([]Quirk{wrong}), wrong)
	}
	assert.NoError(t, checkQuirks([]Quirk{
		{ID: QuirkRevocation, Params: map[string]string{"method": "DELETE", "body": "none", "auth": "Client", "token": "", "kind": "access", "status": "204"}},
		{ID: QuirkDevicePending, Params: map[string]string{"status": "428"}},
		{ID: QuirkPublicAuthorization, Params: map[string]string{"address": "{as}/native"}},
	}))
}
