package auth

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// goodDraft is a draft for GitHub that can be saved.
func goodDraft() Draft {
	return Draft{
		Name: "Reports", ServiceID: "github", Grant: GrantAuthorizationCode, ClientID: "Iv1.abc",
		ClientSecret: NewSecret("secret"), Confirmation: NewSecret("secret"), Scopes: []string{"read:user"},
	}
}

func TestValidate(t *testing.T) {
	require.Empty(t, Validate(shippedService(t, "github"), goodDraft()))
	for name, test := range map[string]struct {
		service string
		change  func(d *Draft)
		field   Field // "" when the change is fine
	}{
		"no name":                   {"github", func(d *Draft) { d.Name = " " }, FieldName},
		"no client ID":              {"github", func(d *Draft) { d.ClientID = " " }, FieldClientID},
		"client ID with blanks":     {"github", func(d *Draft) { d.ClientID = " Iv1.abc\n" }, ""},
		"client ID, control inside": {"github", func(d *Draft) { d.ClientID = "Iv1\x07abc" }, FieldClientID},
		"client ID, zero width":     {"github", func(d *Draft) { d.ClientID = "Iv1\u200babc" }, FieldClientID},
		"client ID too long":        {"github", func(d *Draft) { d.ClientID = strings.Repeat("x", maxClientID+1) }, FieldClientID},
		"no secret":                 {"github", func(d *Draft) { d.ClientSecret, d.Confirmation = Secret{}, Secret{} }, FieldClientSecret},
		"secret not confirmed":      {"github", func(d *Draft) { d.Confirmation = Secret{} }, FieldConfirmation},
		"secrets differ":            {"github", func(d *Draft) { d.Confirmation = NewSecret("Secret") }, FieldConfirmation},
		"only the confirmation":     {"github", func(d *Draft) { d.ClientSecret = Secret{} }, FieldClientSecret},
		"secret with a line break":  {"github", func(d *Draft) { d.ClientSecret, d.Confirmation = NewSecret("a\n"), NewSecret("a\n") }, FieldClientSecret},
		"secret too long": {"github", func(d *Draft) {
			d.ClientSecret = NewSecret(strings.Repeat("x", maxSecret+1))
			d.Confirmation = d.ClientSecret
		}, FieldClientSecret},
		"edit keeps the secret":       {"github", func(d *Draft) { d.ID = "1"; d.ClientSecret, d.Confirmation = Secret{}, Secret{} }, ""},
		"edit changes the secret":     {"github", func(d *Draft) { d.ID = "1"; d.Confirmation = NewSecret("x") }, FieldConfirmation},
		"edit, only confirmation":     {"github", func(d *Draft) { d.ID = "1"; d.ClientSecret = Secret{} }, FieldClientSecret},
		"duplicate keeps the secret":  {"github", func(d *Draft) { d.CopyOf = "1"; d.ClientSecret, d.Confirmation = Secret{}, Secret{} }, ""},
		"public where not allowed":    {"github", func(d *Draft) { d.Public = true }, FieldClientSecret},
		"public":                      {"microsoft-graph", func(d *Draft) { d.Public = true; d.ClientSecret = Secret{} }, ""},
		"secret method is none":       {"microsoft-graph", func(d *Draft) { d.ClientAuth = ClientAuthNone }, FieldClientAuth},
		"grant of another service":    {"github", func(d *Draft) { d.Grant = GrantClientCredentials }, FieldGrant},
		"no grant":                    {"github", func(d *Draft) { d.Grant = "" }, FieldGrant},
		"no scope":                    {"github", func(d *Draft) { d.Scopes = nil }, FieldScopes},
		"no scope for Other":          {OtherServiceID, func(d *Draft) { d.Scopes = nil }, ""},
		"scope with a blank":          {"github", func(d *Draft) { d.Scopes = []string{"a b"} }, FieldScopes},
		"scope with a quote":          {"github", func(d *Draft) { d.Scopes = []string{`a"`} }, FieldScopes},
		"scope in another script":     {"github", func(d *Draft) { d.Scopes = []string{"lesen-für-alle"} }, FieldScopes},
		"empty scope":                 {"github", func(d *Draft) { d.Scopes = []string{""} }, FieldScopes},
		"scope of one's own":          {"github", func(d *Draft) { d.Scopes = []string{"https://api.example.com/all"} }, ""},
		"placeholder left in address": {OtherServiceID, func(d *Draft) { d.OwnToken = "https://login.microsoftonline.com/<tenant-id>/t" }, FieldOwnToken},
		"address not https":           {OtherServiceID, func(d *Draft) { d.OwnAuthorization = "http://a.example/authorize" }, FieldOwnAuthorization},
		"placeholder left in tenant":  {"microsoft-graph", func(d *Draft) { d.Params = map[string]string{"tenant": "<tenant-id>"} }, ParamField("tenant")},
		"port of the system":          {"github", func(d *Draft) { d.Port = 80 }, FieldPort},
		"port out of range":           {"github", func(d *Draft) { d.Port = 65536 }, FieldPort},
		"negative port":               {"github", func(d *Draft) { d.Port = -1 }, FieldPort},
		"port":                        {"github", func(d *Draft) { d.Port = 17654 }, ""},
		"end of the secret":           {"github", func(d *Draft) { d.Values = Values{FieldSecretExpiry: NewSecret("2026-12-31 18:00")} }, ""},
		"end of the secret, no time":  {"github", func(d *Draft) { d.Values = Values{FieldSecretExpiry: NewSecret("in May")} }, FieldSecretExpiry},
		"long notes":                  {"github", func(d *Draft) { d.Notes = strings.Repeat("ä", maxNotes+1) }, FieldNotes},
		"notes at the cap":            {"github", func(d *Draft) { d.Notes = strings.Repeat("ä", maxNotes) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := goodDraft()
			d.ServiceID = test.service
			if test.service == OtherServiceID {
				d.OwnAuthorization, d.OwnToken = "https://a.example/authorize", "https://a.example/token"
			}
			test.change(&d)
			wrong := Validate(shippedService(t, test.service), d)
			if test.field == "" {
				assert.Empty(t, wrong)
				return
			}
			require.Len(t, wrong, 1)
			assert.Equal(t, test.field, wrong[0].Field)
			assert.NotEmpty(t, wrong[0].Message)
			assert.NotContains(t, wrong[0].Message, "secret\"", "no value in a message")
		})
	}
}

func TestValidateListsErrorsInTheFormsOrder(t *testing.T) {
	var fields []Field
	for _, e := range Validate(shippedService(t, OIDCServiceID), Draft{Port: 1}) {
		fields = append(fields, e.Field)
	}
	assert.Equal(t, []Field{FieldName, ParamField("issuer"), FieldGrant, FieldClientID, FieldClientSecret, FieldScopes, FieldPort}, fields)
}
