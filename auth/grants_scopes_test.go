package auth

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// An app that acts for itself may ask for scopes by the checklist, by a
// parameter of the token request, or not at all.
func TestScopesOfClientCredentials(t *testing.T) {
	svc := shippedService(t, "microsoft-graph")
	d := grantDrafts(t)[GrantClientCredentials]
	d.ServiceID, d.Params = svc.ID, map[string]string{"tenant": "contoso.example"}
	saved := func() Authorization { return NewAuthorization("id", svc, d, Endpoints{}, time.Now()) }

	d.Scopes, d.TokenParams = nil, nil
	assert.Empty(t, Validate(svc, d), "none is needed")
	assert.Empty(t, saved().Scopes)

	d.Scopes = []string{"https://graph.microsoft.com/.default"}
	assert.Empty(t, Validate(svc, d))
	assert.Equal(t, d.Scopes, saved().Scopes)
	assert.Equal(t, d.Scopes, draftOf(svc, Record{Authorization: saved()}).Scopes)

	d.TokenParams = []Pair{{Name: "scope", Value: NewSecret("api://reports/.default")}}
	assert.Empty(t, Validate(svc, d))
	assert.Equal(t, []string{"api://reports/.default"}, saved().Scopes, "the parameter goes before the checklist")
	assert.Empty(t, draftOf(svc, Record{Authorization: saved()}).Scopes, "it comes back as a parameter alone")
}

// Microsoft takes an assertion only for its token endpoint.
func TestAudienceWhereTheServiceWantsItsTokenEndpoint(t *testing.T) {
	svc := shippedService(t, "microsoft-graph")
	d := grantDrafts(t)[GrantClientCredentials]
	d.ClientAuth = ClientAuthPrivateKeyJWT
	endpoints := Endpoints{Issuer: "https://login.microsoftonline.com/contoso/v2.0", Token: "https://login.microsoftonline.com/contoso/oauth2/v2.0/token"}
	a := NewAuthorization("id", svc, d, endpoints, time.Now())
	assert.Equal(t, endpoints.Token, a.Values.Text(FieldClientAudience))

	d.Values.Set(FieldClientAudience, NewSecret("https://other.example"))
	a = NewAuthorization("id", svc, d, endpoints, time.Now())
	assert.Equal(t, "https://other.example", a.Values.Text(FieldClientAudience))
}

// A service whose addresses the user entered has no name: its host says what it is.
func TestServiceOfOwnAddressesGoesByItsHost(t *testing.T) {
	d := grantDrafts(t)[GrantClientCredentials]
	a := NewAuthorization("id", shippedService(t, OtherServiceID), d, Endpoints{Token: "https://login.example.com/token"}, time.Now())
	assert.Equal(t, "login.example.com", a.ServiceName)
	a = NewAuthorization("id", shippedService(t, "github"), d, Endpoints{Token: "https://github.com/login/oauth/access_token"}, time.Now())
	assert.Equal(t, "GitHub", a.ServiceName)
}
