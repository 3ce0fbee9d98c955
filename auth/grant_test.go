package auth

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// plainFields are the constants of field.go that are plain values: all but
// those with a control of their own.
var plainFields = []Field{
	FieldUserName, FieldPassword, FieldPayload, FieldJWTHeader, FieldJWTIssuer, FieldJWTSubject, FieldJWTAudience,
	FieldPrivateKey, FieldKeyPassword, FieldAssertionLifetime, FieldRefreshToken, FieldAccessToken, FieldTokenPrefix, FieldTokenExpiry,
	FieldClientKey, FieldClientKeyPassword, FieldClientKeyID, FieldClientAudience, FieldClientCert, FieldClientCertPassword,
	FieldSecretExpiry, FieldTimeout, FieldProxy, FieldCA,
}

// Every plain value has its entry, and each grant names only such values: the
// form could show nothing else.
func TestFieldInfosAreComplete(t *testing.T) {
	var listed []Field
	for _, info := range FieldInfos {
		assert.NotContains(t, listed, info.ID, "twice")
		listed = append(listed, info.ID)
		assert.NotEmpty(t, info.Label, info.ID)
		assert.Contains(t, []FieldKind{KindText, KindSecret, KindToken, KindJSON, KindPEM, KindNumber, KindTime}, info.Kind, info.ID)
		if info.With != "" {
			with, ok := info.With.Info()
			assert.True(t, ok, "%s belongs to nothing", info.ID)
			assert.True(t, with.ID == FieldUserName || with.Keep, info.ID)
		}
	}
	assert.ElementsMatch(t, plainFields, listed)
	for _, f := range []Field{FieldPassword, FieldPrivateKey, FieldKeyPassword, FieldRefreshToken, FieldAccessToken, FieldClientKey, FieldClientCert} {
		info, _ := f.Info()
		assert.True(t, info.Keep, "%s would be shown again", f)
	}
}

func TestGrantsAreWholeAndKnown(t *testing.T) {
	ids := []Grant{
		GrantAuthorizationCode, GrantDeviceCode, GrantClientCredentials, GrantJWTBearer, GrantPassword, GrantRefreshToken, GrantAccessToken,
	}
	var used []Field
	for i, info := range Grants {
		require.Equal(t, ids[i], info.ID)
		assert.NotEmpty(t, info.Label)
		assert.NotEmpty(t, info.Caption)
		assert.NotEmpty(t, info.RFC)
		want := "Save & Get Token"
		switch {
		case info.Prompt != PromptNone:
			want = "Save & Authorize"
		case !info.Request:
			want = "Save Token"
		}
		assert.Equal(t, want, info.Button, info.ID)
		for _, f := range info.Fields {
			_, ok := f.Field.Info()
			assert.True(t, ok, "%s names %s", info.ID, f.Field)
			used = append(used, f.Field)
		}
		_, asks := askForms[info.ID]
		assert.Equal(t, info.Renewal == RenewAsk, asks, "%s: who makes its request", info.ID)
	}
	assert.Len(t, Grants, len(ids))
	password, _ := GrantPassword.Info()
	assert.Contains(t, password.Warning, "Less secure")

	for _, method := range ClientAuths {
		for _, f := range method.Fields() {
			_, ok := f.Field.Info()
			assert.True(t, ok, "%s names %s", method, f.Field)
			used = append(used, f.Field)
		}
	}
	used = append(used, ConnectionFields...)
	for _, f := range plainFields {
		assert.True(t, slices.Contains(used, f), "%s is used by nothing", f)
	}
}

// The shipped services offer what their endpoints can do.
func TestShippedGrants(t *testing.T) {
	for id, want := range map[string]int{OIDCServiceID: 7, OtherServiceID: 7, "github": 4, "google-workspace": 5, "microsoft-graph": 6, LocalServiceID: 7} {
		assert.Len(t, shippedService(t, id).Grants, want, id)
	}
	_, ok := shippedService(t, "google-workspace").Quirk(QuirkGrantPerSignIn)
	assert.False(t, ok, "any revocation ends all that the user granted to the client")
}
