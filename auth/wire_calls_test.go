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

// T39: only 200 counts as revoked.
func TestWire_Revoke(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer authtest.Answer
		phase  auth.WirePhase
		code   string
	}{
		{"200 for a token that is not known", authtest.Answer{}, "", ""},
		{"200 whose body is cut", authtest.Answer{Body: "{}", CutAt: 1}, "", ""},
		{"202", authtest.JSON(http.StatusAccepted, "{}"), auth.Answered, auth.CodeReplyUnusable},
		{"204", authtest.Answer{Status: http.StatusNoContent}, auth.Answered, auth.CodeReplyUnusable},
		{"503", authtest.Answer{Status: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"60"}}}, auth.Answered, auth.CodeServerError},
		{"a page that is an error", authtest.Answer{Status: http.StatusForbidden, Body: "<html>"}, auth.Answered, auth.CodeRefused},
		{"a token type it does not revoke", authtest.JSON(http.StatusBadRequest, `{"error":"unsupported_token_type"}`), auth.Answered, auth.CodeNotSupported},
		{"a wrong secret", authtest.JSON(http.StatusUnauthorized, `{"error":"invalid_client"}`), auth.Answered, "invalid_client"},
		{"nothing", authtest.Answer{NoAnswer: true}, auth.Ambiguous, auth.CodeCutOff},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := authtest.NewEvilas(t, authtest.EvilasParams{})
			s.Script(authtest.PathRevoke, c.answer)
			err := newTestWire(s).Revoke(t.Context(), auth.Revocation{
				Endpoint: s.URL() + authtest.PathRevoke, ClientID: "client", ClientAuth: auth.ClientAuthBasic,
				ClientSecret: auth.NewSecret("s"), Token: auth.NewSecret(oldRefresh), Hint: "refresh_token",
			})
			requests := s.Requests("")
			require.Len(t, requests, 1)
			assert.Equal(t, oldRefresh, requests[0].Form.Get("token"))
			assert.Equal(t, "refresh_token", requests[0].Form.Get("token_type_hint"))
			if c.code == "" {
				require.NoError(t, err)
				return
			}
			failed := wireError(t, err)
			assert.Equal(t, c.code, failed.Code)
			assert.Equal(t, c.phase, failed.Phase)
			assert.Equal(t, auth.StateActive, auth.Explain(err, auth.ExplainContext{State: auth.StateActive}).State, "a failed revocation says nothing about the grant")
		})
	}
}

// T67: who signed in is shown as plain text on one line.
func TestWire_UserInfo(t *testing.T) {
	for body, want := range map[string]string{
		`{"sub":"1","name":"Ana","email":"ana@example.test"}`: "ana@example.test",
		`{"sub":"1","preferred_username":"ana"}`:              "ana",
		`{"login":"octo","id":1}`:                             "octo",
		`{"sub":"248289761001"}`:                              "248289761001",
		`{"email":7,"sub":"2"}`:                               "2",
		`{}`:                                                  "",
		`{"email":"a\u202e\u200b\r\n\u0000b"}`:                "ab",
		`{"email":"  Ana Lind  "}`:                            "Ana Lind",
		`{"email":"` + strings.Repeat("ä", 10000) + `"}`:      strings.Repeat("ä", 119) + "…",
	} {
		s := authtest.NewEvilas(t, authtest.EvilasParams{})
		s.Script(authtest.PathUserInfo, authtest.JSON(http.StatusOK, body))
		who, err := newTestWire(s).UserInfo(t.Context(), s.URL()+authtest.PathUserInfo, auth.UserInfoStyle{}, auth.NewSecret("A"))
		require.NoError(t, err, body)
		assert.Equal(t, want, who)
		assert.Equal(t, "Bearer A", s.Requests("")[0].Header.Get("Authorization"))
	}
}

func TestWire_UserInfoFails(t *testing.T) {
	s := authtest.NewEvilas(t, authtest.EvilasParams{})
	w := newTestWire(s)
	for body, code := range map[string]string{"[]": auth.CodeReplyUnusable, "": auth.CodeReplyUnusable, "<html>": auth.CodeCaptivePortal} {
		s.Script(authtest.PathUserInfo, authtest.JSON(http.StatusOK, body))
		_, err := w.UserInfo(t.Context(), s.URL()+authtest.PathUserInfo, auth.UserInfoStyle{}, auth.NewSecret("A"))
		assert.Equal(t, code, wireError(t, err).Code, body)
	}
	before := len(s.Requests(""))
	for _, token := range []string{"A\r\nX-Evil: 1", "A B", "Ä"} {
		_, err := w.UserInfo(t.Context(), s.URL()+authtest.PathUserInfo, auth.UserInfoStyle{}, auth.NewSecret(token))
		assert.Equal(t, auth.CodeNotHandedOut, wireError(t, err).Code)
	}
	assert.Len(t, s.Requests(""), before, "a token that breaks a header is not sent")
}
