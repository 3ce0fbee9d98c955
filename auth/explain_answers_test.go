package auth_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// providerAnswer is an answer as a provider writes it, with foreign text
// wherever it has room for some.
type providerAnswer struct {
	provider string
	status   int
	body     string
	title    string
	code     string // stored
	word     string
	state    auth.State
}

// entraBody is an error of Microsoft Entra in full.
func entraBody(code, number, text string) string {
	return `{"error":"` + code + `","error_description":"AADSTS` + number + `: ` + text + ` Trace ID: TWSENT-trace Correlation ID: TWSENT-correlation Timestamp: 2026-11-20 02:02:12Z",` +
		`"error_codes":[` + number + `],"timestamp":"2026-11-20 02:02:12Z","trace_id":"TWSENT-trace","correlation_id":"TWSENT-correlation",` +
		`"error_uri":"https://login.microsoftonline.com/error?code=` + number + `","suberror":"TWSENT-sub","claims":"{\"TWSENT\":1}"}`
}

var providerAnswers = map[string]providerAnswer{
	"Microsoft, wrong secret": {
		"Microsoft", 401, entraBody("invalid_client", "7000215", "Invalid client secret provided. TWSENT-text"),
		"The client secret is wrong", "invalid_client", "AADSTS7000215", auth.StateNeedsAttention,
	},
	"Microsoft, expired secret": {
		"Microsoft", 401, entraBody("invalid_client", "7000222", "The provided client secret keys for app 'TWSENT-app' are expired."),
		"The client secret ran out", "invalid_client", "AADSTS7000222", auth.StateNeedsAttention,
	},
	"Microsoft, tenant": {
		"Microsoft", 400, entraBody("unauthorized_client", "700016", "Application with identifier 'TWSENT-app' was not found in the directory 'TWSENT-tenant'."),
		"The application is not in this tenant", "unauthorized_client", "AADSTS700016", auth.StateNeedsAttention,
	},
	"Microsoft, second factor": {
		"Microsoft", 400, entraBody("invalid_grant", "50076", "Due to a configuration change TWSENT-text you must use multi-factor authentication."),
		"A second factor is needed", "invalid_grant", "AADSTS50076", auth.StateNeedsSignIn,
	},
	"Microsoft, conditional access": {
		"Microsoft", 400, entraBody("invalid_grant", "53003", "Access has been blocked by Conditional Access policies. TWSENT-text"),
		"A rule of your organisation blocks this", "invalid_grant", "AADSTS53003", auth.StateNeedsSignIn,
	},
	"Microsoft, unused": {
		"Microsoft", 400, entraBody("invalid_grant", "700082", "The refresh token has expired due to inactivity. TWSENT-text"),
		"The sign-in was not used for too long", "invalid_grant", "AADSTS700082", auth.StateNeedsSignIn,
	},
	"Google": {
		"Google", 400, `{"error":"invalid_grant","error_description":"reauth related error (invalid_rapt)","error_uri":"https://support.google.com/a/answer/9368756","error_subtype":"invalid_rapt"}`,
		"Google wants to see you again", "invalid_grant", "invalid_rapt", auth.StateNeedsSignIn,
	},
	"GitHub": {
		"GitHub", 200, `{"error":"bad_refresh_token","error_description":"TWSENT-text","error_uri":"https://docs.github.com/TWSENT"}`,
		"The sign-in is no longer valid", "invalid_grant", "bad_refresh_token", auth.StateNeedsSignIn,
	},
	"Slack": {
		"Slack", 200, `{"ok":false,"error":"bad_client_secret","needed":"TWSENT-text"}`,
		"The client secret is wrong", "invalid_client", "bad_client_secret", auth.StateNeedsAttention,
	},
	"Salesforce": {
		"Salesforce", 400, `{"error":"invalid_grant","error_description":"ip restricted"}`,
		"Your network is not allowed", "invalid_grant", "ip restricted", auth.StateNeedsSignIn,
	},
	"Okta": {
		"Okta", 400, `{"errorCode":"E0000011","errorSummary":"TWSENT-text","errorLink":"E0000011","errorId":"TWSENT-id","errorCauses":[]}`,
		"The token is no longer valid", "invalid_token", "E0000011", auth.StateNeedsSignIn,
	},
	"Atlassian": {
		"Atlassian", 403, `{"error":"unauthorized_client","error_description":"refresh_token is invalid"}`,
		"The sign-in is no longer valid", "invalid_grant", "refresh_token is invalid", auth.StateNeedsSignIn,
	},
	"HubSpot": {
		"HubSpot", 400, `{"status":"BAD_REFRESH_TOKEN","message":"missing or unknown refresh token TWSENT-text","correlationId":"TWSENT-id"}`,
		"The sign-in is no longer valid", "invalid_grant", "BAD_REFRESH_TOKEN", auth.StateNeedsSignIn,
	},
	"a broken server is not believed": {
		"Microsoft", 503, entraBody("invalid_grant", "700082", "TWSENT-text"),
		"The service has a problem", auth.CodeServerError, "", auth.StateActive,
	},
}

// T36: the right cause is named, and nothing of the server's text gets anywhere.
func TestExplain_AnswersOfProviders(t *testing.T) {
	s := authtest.NewEvilas(t, authtest.EvilasParams{})
	for name, c := range providerAnswers {
		var log bytes.Buffer
		handler := slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})
		s.Script(authtest.PathToken, authtest.JSON(c.status, c.body))
		_, err := auth.NewWire(auth.WireParams{Log: slog.New(handler)}).Token(t.Context(), refreshRequest(s))
		require.Error(t, err, name)
		f := auth.Explain(err, auth.ExplainContext{Provider: c.provider, Service: "S", Name: "mine", State: auth.StateActive})
		assert.Equal(t, c.title, f.Title, name)
		assert.Equal(t, c.code, f.Code, name)
		assert.Equal(t, c.word, f.Word, name)
		assert.Equal(t, c.state, f.State, name)
		if c.word != "" {
			assert.Equal(t, c.provider, f.Provider, name)
			assert.Contains(t, f.Link, "https://", name)
		}
		asJSON, jsonErr := json.Marshal(f)
		require.NoError(t, jsonErr)
		all := fmt.Sprintf("%v %+v %#v %+v %s %s", err, err, err, *f, asJSON, log.String())
		assert.NotContains(t, all, authtest.Sentinel, name)
	}
}

// What is stored of such an answer is the RFC's word, and the state follows it.
func TestRefreshStoresTheCodeBehindAProvidersWord(t *testing.T) {
	for name, c := range providerAnswers {
		r := newRig(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
		before := r.stored(nil)
		r.server.Script(authtest.PathToken, authtest.JSON(c.status, c.body))
		_, err := r.engine.Refresh(background(), before.Authorization.ID)
		f := asFailure(t, err)
		after := r.row(before.Authorization.ID)
		assert.Equal(t, c.code, after.Status.LastOutcome, name)
		assert.Equal(t, c.state, after.Status.State, name)
		assert.Equal(t, c.state, f.State, name)
		assert.Equal(t, c.word, f.Word, name)
	}
}
