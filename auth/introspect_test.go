package auth_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

func TestIntrospect(t *testing.T) {
	for name, test := range map[string]struct {
		answer authtest.Answer
		want   auth.Introspection
		code   string
	}{
		"active": {
			authtest.JSON(200, `{"zone":"eu","scope":"read","sub":"1","active":true,"iss":"https://as.example.test","echo":"`+authtest.Sentinel+`access-0"}`),
			auth.Introspection{Active: true, Claims: []auth.Claim{
				{Name: "iss", Value: "https://as.example.test"},
				{Name: "sub", Value: "1"},
				{Name: "scope", Value: "read"},
				{Name: "zone", Value: "eu"},
				{Name: "echo", Value: "[masked]"},
			}},
			"",
		},
		"not active":       {authtest.JSON(200, `{"active":false}`), auth.Introspection{Claims: []auth.Claim{}}, ""},
		"active twice":     {authtest.JSON(200, `{"active":true,"active":false}`), auth.Introspection{}, auth.CodeReplyUnusable},
		"active as a word": {authtest.JSON(200, `{"active":"true"}`), auth.Introspection{}, auth.CodeReplyUnusable},
		"nothing said":     {authtest.JSON(200, `{}`), auth.Introspection{}, auth.CodeReplyUnusable},
		"a page":           {authtest.Answer{Body: "<html>"}, auth.Introspection{}, auth.CodeCaptivePortal},
		"not allowed":      {authtest.JSON(401, `{"error":"invalid_client"}`), auth.Introspection{}, "invalid_client"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{})
			before := r.stored(nil)
			r.server.Script(authtest.PathIntrospect, test.answer)
			got, err := r.engine.Introspect(background(), before.Authorization.ID)
			if test.code != "" {
				f := asFailure(t, err)
				assert.Equal(t, test.code, f.Code)
				assert.Equal(t, auth.StateActive, f.State, "a failed look-up says nothing about the grant")
			} else {
				require.NoError(t, err)
			}
			assert.Equal(t, test.want, got)
			requests := r.server.Requests("")
			require.Len(t, requests, 1)
			assert.Equal(t, before.Tokens.Access.Reveal(), requests[0].Form.Get("token"))
			assert.NotEmpty(t, requests[0].Header.Get("Authorization"), "the client shows itself")
			assert.Equal(t, before.Status, r.row(before.Authorization.ID).Status)
		})
	}
}

func TestIntrospectIsNotOffered(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	id := r.stored(func(rec *auth.Record) { rec.Authorization.Endpoints.Introspection = "" }).Authorization.ID
	d, err := r.engine.Detail(background(), id)
	require.NoError(t, err)
	assert.False(t, d.CanIntrospect)
	_, err = r.engine.Introspect(background(), id)
	require.ErrorIs(t, err, auth.ErrNotSupported)
	id = r.stored(func(rec *auth.Record) { rec.Tokens = auth.Tokens{} }).Authorization.ID
	_, err = r.engine.Introspect(background(), id)
	asFailure(t, err)
	assert.Empty(t, r.server.Requests(""))
}
