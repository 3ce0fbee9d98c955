package auth

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What else a redirect carries is kept as it came, once: QuickBooks' realmId,
// Zoho's accounts-server. Nothing of it is a secret, nothing unbounded (T12).
func TestFlowKeepsFurtherParameters(t *testing.T) {
	f := startTestFlow(t, nil)
	query := genuine(f).Encode() + "&realmId=4620816365&accounts-server=https%3A%2F%2Faccounts.zoho.eu&empty=" +
		"&twice=1&twice=2&thrice=1&thrice=2&thrice=3&access_token=TWSENT-a&Refresh_Token=TWSENT-r&=nameless" +
		"&long=" + strings.Repeat("x", maxExtraValue+1) + "&" + strings.Repeat("n", maxExtraName+1) + "=1"
	require.NoError(t, f.Paste(query))
	got, err := f.WaitCode(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"realmId": "4620816365", "accounts-server": "https://accounts.zoho.eu", "empty": ""}, got.Extra)

	f = startTestFlow(t, nil)
	query = genuine(f).Encode()
	for i := range 3 * maxExtra {
		query += "&p" + strconv.Itoa(i) + "=1"
	}
	require.NoError(t, f.Paste(query))
	got, err = f.WaitCode(t.Context())
	require.NoError(t, err)
	assert.Len(t, got.Extra, maxExtra)
}

// The code comes under the service's name of it; another that is called code is
// neither taken for it nor kept (TikTok for Business sends both).
func TestFlowReadsTheCodeUnderItsName(t *testing.T) {
	f := startTestFlow(t, func(p *flowParams) { p.Names.Code = "auth_code" })
	for _, wrong := range []string{
		genuine(f).Encode(), // code alone
		genuine(f, "auth_code", "a").Encode() + "&auth_code=b",
	} {
		require.Error(t, f.Paste(wrong))
	}
	requirePending(t, f)
	require.NoError(t, f.Paste(genuine(f, "auth_code", "the-code", "code", "another").Encode()))
	requireCode(t, f)
	got, err := f.WaitCode(t.Context())
	require.NoError(t, err)
	assert.Empty(t, got.Extra)
}

// PKCE "none" in a service's data is no reason to go without: only the quirk is.
func TestPKCEStaysTheRule(t *testing.T) {
	public, confidential := Authorization{ClientAuth: ClientAuthNone}, Authorization{ClientAuth: ClientAuthPost}
	quirk := func(id QuirkID, params map[string]string) Service {
		return Service{PKCE: "none", Quirks: []Quirk{{ID: id, Params: params}}}
	}
	unless := quirk(QuirkNoPKCE, map[string]string{"unless": "public"})
	assert.Equal(t, pkceS256, Service{PKCE: "none"}.pkceFor(confidential))
	assert.Equal(t, pkceHex, quirk(QuirkPKCEHex, nil).pkceFor(public))
	assert.Equal(t, pkceNone, quirk(QuirkNoPKCE, nil).pkceFor(public))
	assert.Equal(t, pkceNone, unless.pkceFor(confidential))
	assert.Equal(t, pkceS256, unless.pkceFor(public))
}
