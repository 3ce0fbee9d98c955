package auth

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/youmark/pkcs8"
)

func testKeyPEM(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// grantDrafts are drafts for Other that can be saved, one for each grant.
func grantDrafts(t *testing.T) map[Grant]Draft {
	base := func(g Grant, values map[Field]string) Draft {
		d := Draft{
			Name: "Reports", ServiceID: OtherServiceID, Grant: g, ClientID: "id", ClientSecret: NewSecret("secret"), Confirmation: NewSecret("secret"),
			OwnAuthorization: "https://a.example/authorize", OwnToken: "https://a.example/token", OwnDevice: "https://a.example/device", Values: Values{},
		}
		for f, value := range values {
			d.Values.Set(f, NewSecret(value))
		}
		return d
	}
	return map[Grant]Draft{
		GrantAuthorizationCode: base(GrantAuthorizationCode, nil),
		GrantDeviceCode:        base(GrantDeviceCode, nil),
		GrantClientCredentials: base(GrantClientCredentials, nil),
		GrantJWTBearer: base(GrantJWTBearer, map[Field]string{
			FieldPrivateKey: testKeyPEM(t), FieldJWTIssuer: "i", FieldJWTAudience: "https://a.example/token",
		}),
		GrantPassword:     base(GrantPassword, map[Field]string{FieldUserName: "ana", FieldPassword: "pass word"}),
		GrantRefreshToken: base(GrantRefreshToken, map[Field]string{FieldRefreshToken: "abc"}),
		GrantAccessToken:  base(GrantAccessToken, map[Field]string{FieldAccessToken: "abc"}),
	}
}

// What the table calls required is missed, beside its field; all else is not.
func TestValidateFollowsTheTable(t *testing.T) {
	other := shippedService(t, OtherServiceID)
	for _, info := range Grants {
		good := grantDrafts(t)[info.ID]
		require.Empty(t, Validate(other, good), info.ID)
		empty := Draft{Name: "Reports", ServiceID: OtherServiceID, Grant: info.ID}
		var want []Field
		for _, need := range []struct {
			field Field
			is    bool
		}{
			{FieldOwnAuthorization, info.Sign},
			{FieldOwnDevice, info.Prompt == PromptDevice},
			{FieldOwnToken, info.Request},
			{FieldClientID, info.Client == NeedRequired},
			{FieldClientSecret, info.Secret == NeedRequired},
		} {
			if need.is {
				want = append(want, need.field)
			}
		}
		for _, f := range info.Fields {
			if f.Required {
				want = append(want, f.Field)
			}
		}
		var got []Field
		for _, e := range Validate(other, empty) {
			got = append(got, e.Field)
			assert.NotEmpty(t, e.Message)
		}
		assert.Equal(t, want, got, info.ID)

		a := NewAuthorization("1", other, good, Endpoints{}, time.Time{})
		for f := range a.Values {
			assert.True(t, info.Has(f) && !pastedField(f), "%s stores %s", info.ID, f)
		}
		assert.Equal(t, info.Client == NeedNone, a.ClientID == "")
	}
}

func TestValidateGrantValues(t *testing.T) {
	long := strings.Repeat("x", maxPasted+1)
	set := func(f Field, value string) func(*Draft) {
		return func(d *Draft) { d.Values.Set(f, NewSecret(value)) }
	}
	pairs := func(all ...string) (list []Pair) {
		for i := 0; i < len(all); i += 2 {
			list = append(list, Pair{Name: all[i], Value: NewSecret(all[i+1])})
		}
		return list
	}
	for name, test := range map[string]struct {
		grant  Grant
		change func(*Draft)
		field  Field // "": fine
		says   string
	}{
		"payload broken in line 2":   {GrantPassword, set(FieldPayload, "{\n\"a\": x}"), FieldPayload, "Line 2"},
		"payload is a list":          {GrantPassword, set(FieldPayload, "[1]"), FieldPayload, "object"},
		"payload name twice":         {GrantPassword, set(FieldPayload, "{\"a\":1,\n\"a\":2}"), FieldPayload, "Line 2"},
		"payload name twice, deep":   {GrantJWTBearer, set(FieldPayload, `{"a":[{"b":1,"b":2}]}`), FieldPayload, "twice"},
		"payload ends early":         {GrantPassword, set(FieldPayload, `{"a": 1`), FieldPayload, "too early"},
		"payload with more behind":   {GrantPassword, set(FieldPayload, `{} {}`), FieldPayload, "follows"},
		"payload too deep":           {GrantPassword, set(FieldPayload, strings.Repeat(`{"a":`, 40)+"1"+strings.Repeat("}", 40)), FieldPayload, "deep"},
		"payload too long":           {GrantPassword, set(FieldPayload, `{"a":"`+long+`"}`), FieldPayload, "65,536"},
		"payload of the program":     {GrantPassword, set(FieldPayload, `{"grant_type":"x"}`), FieldPayload, "grant_type"},
		"payload with the password":  {GrantPassword, set(FieldPayload, `{"password":"x"}`), FieldPayload, "password"},
		"payload with the client":    {GrantPassword, set(FieldPayload, `{"client_id":"x","client_secret":"y","scope":"z"}`), "", ""},
		"claims may be anything":     {GrantJWTBearer, set(FieldPayload, `{"grant_type":"x","exp":1}`), "", ""},
		"header without quotes":      {GrantJWTBearer, set(FieldJWTHeader, `{"alg": 256}`), FieldJWTHeader, "alg"},
		"alg of another key":         {GrantJWTBearer, set(FieldJWTHeader, `{"alg":"RS256"}`), FieldJWTHeader, "ES256"},
		"alg none":                   {GrantJWTBearer, set(FieldJWTHeader, `{"alg":"none"}`), FieldJWTHeader, "ES256"},
		"alg of a secret":            {GrantJWTBearer, set(FieldJWTHeader, `{"alg":"HS256"}`), FieldJWTHeader, "ES256"},
		"header changes the reading": {GrantJWTBearer, set(FieldJWTHeader, `{"b64":false}`), FieldJWTHeader, "b64"},
		"no key at all":              {GrantJWTBearer, set(FieldPrivateKey, "hello"), FieldPrivateKey, "PEM"},
		"lifetime 0":                 {GrantJWTBearer, set(FieldAssertionLifetime, "0"), FieldAssertionLifetime, "3600"},
		"lifetime 3601":              {GrantJWTBearer, set(FieldAssertionLifetime, "3601"), FieldAssertionLifetime, "3600"},
		"lifetime 3600":              {GrantJWTBearer, set(FieldAssertionLifetime, " 3600 "), "", ""},
		"placeholder in audience":    {GrantJWTBearer, set(FieldJWTAudience, "https://x.example/<tenant-id>"), FieldJWTAudience, "<tenant-id>"},
		"issuer with a zero width":   {GrantJWTBearer, set(FieldJWTIssuer, "a\u200bb"), FieldJWTIssuer, "invisible"},
		"token wrapped":              {GrantRefreshToken, set(FieldRefreshToken, "abc\ndef"), FieldRefreshToken, "line breaks"},
		"token with its word":        {GrantAccessToken, set(FieldAccessToken, "Bearer abc"), FieldAccessToken, "Bearer"},
		"token with a control":       {GrantAccessToken, set(FieldAccessToken, "abc\x01"), FieldAccessToken, "control"},
		"token around blanks":        {GrantAccessToken, set(FieldAccessToken, " abc\r\n"), "", ""},
		"token too long":             {GrantAccessToken, set(FieldAccessToken, long), FieldAccessToken, "long"},
		"prefix of two words":        {GrantAccessToken, set(FieldTokenPrefix, "My Token"), FieldTokenPrefix, "one word"},
		"prefix in another script":   {GrantAccessToken, set(FieldTokenPrefix, "Träger"), FieldTokenPrefix, "one word"},
		"expiry in the past":         {GrantAccessToken, set(FieldTokenExpiry, "2001-02-03 04:05"), "", ""},
		"expiry of no calendar":      {GrantAccessToken, set(FieldTokenExpiry, "2026-02-30 04:05"), FieldTokenExpiry, "like"},
		"user name with a break":     {GrantPassword, set(FieldUserName, "a\nb"), FieldUserName, "line breaks"},
		"time-out":                   {GrantPassword, set(FieldTimeout, "1000"), FieldTimeout, "300"},
		"proxy placeholder":          {GrantPassword, set(FieldProxy, "http://<proxy>:80"), FieldProxy, "<proxy>"},
		"proxy":                      {GrantPassword, set(FieldProxy, "http://u:p@proxy.example:8080"), "", ""},
		"proxy of another kind":      {GrantPassword, set(FieldProxy, "ftp://proxy.example"), FieldProxy, "http"},
		"a key as CA":                {GrantPassword, set(FieldCA, testKeyPEM(t)), FieldCA, "private key"},
		"public for itself":          {GrantClientCredentials, func(d *Draft) { d.Public = true }, FieldClientSecret, "only for"},
		"device, no secret":          {GrantDeviceCode, func(d *Draft) { d.ClientSecret, d.Confirmation = Secret{}, Secret{} }, "", ""},
		"short secret signs":         {GrantClientCredentials, func(d *Draft) { d.ClientAuth = ClientAuthSecretJWT }, FieldClientSecret, "32"},
		"key to sign with":           {GrantClientCredentials, func(d *Draft) { d.ClientAuth = ClientAuthPrivateKeyJWT }, FieldClientKey, "client key"},
		"certificate":                {GrantClientCredentials, func(d *Draft) { d.ClientAuth = ClientAuthTLS }, FieldClientCert, "certificate"},
		"unknown authentication":     {GrantClientCredentials, func(d *Draft) { d.ClientAuth = "magic" }, FieldClientAuth, "proves"},
		"key and no client ID":       {GrantPassword, func(d *Draft) { d.ClientID = ""; d.ClientAuth = ClientAuthPrivateKeyJWT }, FieldClientID, "client ID"},
		"parameter twice":            {GrantAuthorizationCode, func(d *Draft) { d.AuthParams = pairs("a", "1", " a ", "2") }, FieldAuthParams, "twice"},
		"parameter without a name":   {GrantAuthorizationCode, func(d *Draft) { d.AuthParams = pairs("", "1") }, FieldAuthParams, "Row 1"},
		"empty rows":                 {GrantAuthorizationCode, func(d *Draft) { d.AuthParams = pairs("", "", "a", "1") }, "", ""},
		"the program's state":        {GrantAuthorizationCode, func(d *Draft) { d.AuthParams = pairs("state", "1") }, FieldAuthParams, "state"},
		"a secret in the address":    {GrantAuthorizationCode, func(d *Draft) { d.AuthParams = pairs("Client_Secret", "1") }, FieldAuthParams, "Client_Secret"},
		"another grant type":         {GrantAuthorizationCode, func(d *Draft) { d.TokenParams = pairs("grant_type", "1") }, FieldTokenParams, "grant_type"},
		"scope beside the list":      {GrantAuthorizationCode, func(d *Draft) { d.TokenParams = pairs("scope", "1") }, FieldTokenParams, "scope"},
		"scope without a list":       {GrantClientCredentials, func(d *Draft) { d.TokenParams = pairs("scope", "1") }, "", ""},
		"secret as a parameter":      {GrantClientCredentials, func(d *Draft) { d.TokenParams = pairs("client_secret", "1") }, FieldTokenParams, "client_secret"},
		"address with a placeholder": {GrantPassword, func(d *Draft) { d.TokenParams = pairs("resource", "https://<tenant-id>/x") }, FieldTokenParams, "<tenant-id>"},
		"header with a break":        {GrantPassword, func(d *Draft) { d.Headers = pairs("X-A", "1\r\nX-B: 2") }, FieldHeaders, "X-A"},
		"header name":                {GrantPassword, func(d *Draft) { d.Headers = pairs("X A", "1") }, FieldHeaders, "X A"},
		"header of the connection":   {GrantPassword, func(d *Draft) { d.Headers = pairs("host", "1") }, FieldHeaders, "host"},
		"header twice":               {GrantPassword, func(d *Draft) { d.Headers = pairs("X-A", "1", "x-a", "2") }, FieldHeaders, "twice"},
		"another content type":       {GrantPassword, func(d *Draft) { d.Headers = pairs("Content-Type", "text/plain") }, FieldHeaders, "Content-Type"},
		"no content type":            {GrantPassword, func(d *Draft) { d.OmitHeaders = []string{"content-type"} }, FieldOmitHeaders, "content-type"},
		"no verifier":                {GrantAuthorizationCode, func(d *Draft) { d.OmitFields = []string{"code_verifier"} }, FieldOmitFields, "code_verifier"},
		"no client ID in the body":   {GrantAuthorizationCode, func(d *Draft) { d.OmitFields = []string{"client_id", ""} }, "", ""},
		"limit below nothing":        {GrantPassword, func(d *Draft) { d.RefreshLimit = -1 }, FieldRefreshLimit, "1,000,000"},
		"device placeholder":         {GrantDeviceCode, func(d *Draft) { d.OwnDevice = "https://{tenant}.example/device" }, FieldOwnDevice, "{tenant}"},
	} {
		t.Run(name, func(t *testing.T) {
			d := grantDrafts(t)[test.grant]
			test.change(&d)
			wrong := Validate(shippedService(t, OtherServiceID), d)
			if test.field == "" {
				assert.Empty(t, wrong)
				return
			}
			require.Len(t, wrong, 1)
			assert.Equal(t, test.field, wrong[0].Field)
			assert.Contains(t, wrong[0].Message, test.says)
		})
	}
}

// Rows overlay what the service fixes; one without a value takes it away.
func TestRowsOverFixedParameters(t *testing.T) {
	fixed := map[string]string{"prompt": "consent", "access_type": "offline"}
	rows := []Pair{{Name: " a ", Value: NewSecret("1")}, {Name: "prompt"}, {}}
	stored := overlaid(fixed, rows)
	assert.Equal(t, map[string]string{"access_type": "offline", "a": "1"}, stored)
	assert.Equal(t, []Pair{{Name: "a", Value: NewSecret("1")}, {Name: "prompt"}}, rowsBeside(fixed, stored))
	assert.Equal(t, stored, overlaid(fixed, rowsBeside(fixed, stored)))
	assert.Equal(t, "consent", fixed["prompt"], "the catalog is not changed")
}

// A key that does not open is the password's fault, and said there.
func TestValidateEncryptedKeys(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	der, err := pkcs8.MarshalPrivateKey(key, []byte("right"), nil)
	require.NoError(t, err)
	text := NewSecret(string(pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: der})))
	other := shippedService(t, OtherServiceID)
	for password, fine := range map[string]bool{"right": true, "wrong": false, "": false} {
		for grant, fields := range map[Grant][2]Field{
			GrantJWTBearer: {FieldPrivateKey, FieldKeyPassword}, GrantClientCredentials: {FieldClientKey, FieldClientKeyPassword},
		} {
			d := grantDrafts(t)[grant]
			if grant == GrantClientCredentials {
				d.ClientAuth = ClientAuthPrivateKeyJWT
			}
			d.Values.Set(fields[0], text)
			d.Values.Set(fields[1], NewSecret(password))
			wrong := Validate(other, d)
			if fine {
				assert.Empty(t, wrong)
				continue
			}
			require.Len(t, wrong, 1, password)
			assert.Equal(t, fields[1], wrong[0].Field)
			assert.Contains(t, wrong[0].Message, "password")
		}
	}
}
