package auth

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every provider's row says all that a user needs and leads to the provider's page.
func TestExplainProviders_EveryRowIsWhole(t *testing.T) {
	rows, entra := 0, 0
	for _, table := range providerTables {
		for _, row := range table.rows {
			name := table.provider + " " + row.code
			rows++
			if strings.HasPrefix(row.code, "AADSTS") {
				assert.Regexp(t, `^AADSTS[0-9]{4,7}$`, row.code)
				entra++
			}
			whole, ok := explainIndex().rows[providerKey{table.provider, strings.ToLower(row.code)}]
			require.True(t, ok, name)
			checkWords(t, name, whole.explanation())
			checkLink(t, name, whole.link)
			assert.Contains(t, row.happened, "{host}", "%s: names the host that answered", name)
			if row.means != "" {
				assert.Contains(t, explanations(), row.means, name)
			}
			assert.True(t, row.member == "" || slices.Contains(explainMembers, row.member), name)
		}
		for _, host := range table.hosts {
			assert.Equal(t, table.provider, providerOf("login."+host+":443"), host)
			assert.NotEqual(t, table.provider, providerOf("not"+host), host)
		}
	}
	assert.Len(t, explainIndex().rows, rows, "two rows have the same provider and code")
	assert.GreaterOrEqual(t, rows, 60)
	assert.GreaterOrEqual(t, entra, 20)
}

// A word stands for one code, whichever provider writes it: what is stored
// and acted on is found without knowing the provider.
func TestExplainProviders_OneMeaningForAWord(t *testing.T) {
	meanings := map[string]string{}
	for _, table := range providerTables {
		for _, row := range table.rows {
			_, ours := explanations()[row.code]
			assert.False(t, ours && row.means != "", "%s is a code already", row.code)
			assert.False(t, !ours && row.member == "" && row.means == "" && !strings.HasPrefix(row.code, "AADSTS"), "%s leads nowhere", row.code)
			if row.means == "" || row.member != "" {
				continue
			}
			if before, twice := meanings[row.code]; twice {
				assert.Equal(t, before, row.means, row.code)
			}
			meanings[row.code] = row.means
			assert.Equal(t, row.means, canonicalCode(row.code))
			assert.NotContains(t, explainAliases(), strings.ToLower(row.code))
		}
	}
}

func TestExplainProtocol_EveryRowHasItsRFC(t *testing.T) {
	for _, part := range []map[string]explanation{explainProtocol(), explainExtensions()} {
		for code, row := range part {
			checkLink(t, code, row.link)
		}
	}
	for key, row := range explainGrants() {
		checkWords(t, key.code, row)
		checkLink(t, key.code, row.link)
		assert.Contains(t, explanations(), key.code)
	}
}

func checkLink(t *testing.T, name, link string) {
	t.Helper()
	address, err := url.Parse(link)
	require.NoError(t, err, name)
	assert.Equal(t, "https", address.Scheme, name)
	assert.NotEmpty(t, address.Host, name)
}

// The number of Microsoft and the words of the tables are taken out of an
// answer, and nothing else is.
func TestReplyErrorIn(t *testing.T) {
	const foreign = " TWSENT and more of it"
	for name, c := range map[string]struct{ body, code, word string }{
		"Microsoft, number in the text":  {`{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret` + foreign + `"}`, "invalid_client", "AADSTS7000215"},
		"Microsoft, a number not known":  {`{"error":"invalid_grant","error_description":"AADSTS999999: x` + foreign + `"}`, "invalid_grant", "AADSTS999999"},
		"Microsoft, numbers as an array": {`{"error":"invalid_grant","error_codes":[700082],"error_description":"` + foreign + `"}`, "invalid_grant", "AADSTS700082"},
		"an array of another service":    {`{"error":"invalid_grant","error_codes":[12]}`, "invalid_grant", ""},
		"an array that is none":          {`{"error":"invalid_grant","error_codes":["700082"]}`, "invalid_grant", ""},
		"a number with too many digits":  {`{"error":"invalid_grant","error_description":"AADSTS70008299: x"}`, "invalid_grant", ""},
		"a number further behind":        {`{"error":"invalid_grant","error_description":"See AADSTS700082: x"}`, "invalid_grant", ""},
		"a number with a tail":           {`{"error":"invalid_grant","error_description":"AADSTS700082TWSENT"}`, "invalid_grant", ""},
		"the number does not decide":     {`{"error":"temporarily_unavailable","error_description":"AADSTS700082: x"}`, "temporarily_unavailable", "AADSTS700082"},
		"Google":                         {`{"error":"invalid_grant","error_description":"reauth related error (invalid_rapt)","error_subtype":"invalid_rapt"}`, "invalid_grant", "invalid_rapt"},
		"Salesforce":                     {`{"error":"invalid_grant","error_description":"Expired access/refresh token"}`, "invalid_grant", "expired access/refresh token"},
		"Atlassian":                      {`{"error":"unauthorized_client","error_description":"refresh_token is invalid"}`, "invalid_grant", "refresh_token is invalid"},
		"HubSpot":                        {`{"status":"BAD_REFRESH_TOKEN","message":"` + foreign + `"}`, "invalid_grant", "BAD_REFRESH_TOKEN"},
		"HubSpot, newer":                 {`{"error":"invalid_grant","status":"BAD_REFRESH_TOKEN"}`, "invalid_grant", "BAD_REFRESH_TOKEN"},
		"Okta":                           {`{"errorCode":"E0000047","errorSummary":"` + foreign + `"}`, CodeTooManyRequests, "E0000047"},
		"Okta, a code of the RFC":        {`{"errorCode":"invalid_client"}`, "invalid_client", ""},
		"one of our codes":               {`{"errorCode":"http_5xx"}`, "", ""},
		"another text":                   {`{"error":"invalid_grant","error_description":"expired access/refresh token` + foreign + `","status":"` + foreign + `"}`, "invalid_grant", ""},
		"nothing":                        {`{}`, "", ""},
	} {
		members, ok := replyObject([]byte(c.body))
		require.True(t, ok, name)
		got := replyErrorIn(members)
		assert.Equal(t, replyError{c.code, c.word}, got, name)
	}
}

// A provider's words stand in for those of the code; what follows does not change.
func TestExplain_ProvidersWords(t *testing.T) {
	refused := func(code, word, host string) error {
		return &WireError{Phase: Answered, Op: OpToken, Host: host, Status: 400, Code: code, Word: word, Ref: "ref1"}
	}
	const entra, ours = "login.microsoftonline.com", "idp.example.test"
	for _, c := range []struct {
		name     string
		err      error
		context  ExplainContext
		provider string
		title    string
		state    State
	}{
		{"expired secret", refused("invalid_client", "AADSTS7000222", entra), ExplainContext{}, "Microsoft", "The client secret ran out", StateNeedsAttention},
		{"wrong secret", refused("invalid_client", "AADSTS7000215", entra), ExplainContext{}, "Microsoft", "The client secret is wrong", StateNeedsAttention},
		{"unused for 90 days", refused("invalid_grant", "AADSTS700082", entra), ExplainContext{}, "Microsoft", "The sign-in was not used for too long", StateNeedsSignIn},
		{"the number is unmistakable", refused("invalid_grant", "AADSTS50173", ours), ExplainContext{}, "Microsoft", "The sign-in was withdrawn", StateNeedsSignIn},
		{"a number not in the table", refused("invalid_grant", "AADSTS999999", entra), ExplainContext{}, "Microsoft", "The sign-in is no longer valid", StateNeedsSignIn},
		{"a disabled application", refused("unauthorized_client", "AADSTS7000112", entra), ExplainContext{}, "Microsoft", "The application is disabled", StateNeedsAttention},
		{"at the provider's host", refused("invalid_grant", "", "oauth2.googleapis.com"), ExplainContext{}, "Google", "The sign-in is no longer valid", StateNeedsSignIn},
		{"a subtype", refused("invalid_grant", "invalid_rapt", "oauth2.googleapis.com"), ExplainContext{}, "Google", "Google wants to see you again", StateNeedsSignIn},
		{"elsewhere the code is the RFC's", refused("invalid_grant", "", ours), ExplainContext{Provider: "Google"}, "", "The sign-in is no longer valid", StateNeedsSignIn},
		{"a word at the catalog's provider", refused("invalid_grant", "bad_refresh_token", "ghe.corp.test"), ExplainContext{Provider: "GitHub"}, "GitHub", "The sign-in is no longer valid", StateNeedsSignIn},
		{"a word at nobody known", refused("invalid_client", "bad_client_secret", ours), ExplainContext{}, "", "The client ID or the secret is wrong", StateNeedsAttention},
		{"Slack", refused("invalid_client", "bad_client_secret", "slack.com"), ExplainContext{}, "Slack", "The client secret is wrong", StateNeedsAttention},
		{"Atlassian", refused("invalid_grant", "refresh_token is invalid", "auth.atlassian.com"), ExplainContext{}, "Atlassian", "The sign-in is no longer valid", StateNeedsSignIn},
		{"an assertion", refused("invalid_grant", "", ours), ExplainContext{Grant: GrantJWTBearer}, "", "The assertion is not accepted", StateNeedsSignIn},
		{"a password", refused("invalid_grant", "", ours), ExplainContext{Grant: GrantPassword}, "", "The user name or the password is wrong", StateNeedsSignIn},
		{"from the browser", &CodedError{Code: "access_denied", Word: "AADSTS65004"}, ExplainContext{Host: entra}, "Microsoft", "Consent was declined", StateActive},
		{"a word from the browser", &CodedError{Code: "OAUTH_APP_BLOCKED"}, ExplainContext{Host: "login.salesforce.com"}, "Salesforce", "The app is blocked", StateActive},
		{"no token request", &WireError{Phase: Answered, Op: OpRevoke, Host: entra, Code: "invalid_client", Word: "AADSTS7000222"}, ExplainContext{}, "Microsoft", "The client secret ran out", StateActive},
	} {
		c.context.State, c.context.Name = StateActive, "Mail"
		f := Explain(c.err, c.context)
		assert.Equal(t, c.title, f.Title, c.name)
		assert.Equal(t, c.provider, f.Provider, c.name)
		assert.Equal(t, c.state, f.State, c.name)
		assert.Equal(t, c.provider != "", f.Link != "", c.name)
		assert.NotContains(t, f.Happened+strings.Join(f.Steps, ""), "{", c.name)
	}
	f := Explain(refused("invalid_grant", "AADSTS999999", entra), ExplainContext{})
	assert.Equal(t, "https://login.microsoftonline.com/error?code=999999", f.Link)
	assert.Equal(t, "invalid_grant", f.Code, "the code that is stored stays the RFC's")
	assert.Equal(t, "AADSTS999999", f.Word)
}

// The Help screen gets every row once, in order, with no word left open.
func TestExplanations(t *testing.T) {
	table := (&Engine{}).Explanations()
	require.Len(t, table, len(explanations())+len(explainGrants())+len(explainIndex().rows))
	type key struct {
		code, provider string
		grant          Grant
	}
	seen := map[key]bool{}
	open := regexp.MustCompile(`[{}]|\. [a-z]|^[a-z]`)
	for i, x := range table {
		k := key{x.Code, x.Provider, x.Grant}
		assert.False(t, seen[k], "%v stands twice", k)
		seen[k] = true
		for _, text := range append([]string{x.Title, x.Happened}, x.Steps...) {
			assert.Empty(t, open.FindString(text), "%v: %s", k, text)
		}
		assert.NotEmpty(t, x.Mover)
		if i > 0 {
			assert.LessOrEqual(t, table[i-1].Provider, x.Provider)
		}
	}
	assert.True(t, seen[key{"unsupported_token_type", "", ""}])
}
