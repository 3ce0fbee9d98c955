package gui

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// metadata is what an issuer says in these tests.
func metadata(issuer string) auth.Metadata {
	return auth.Metadata{
		Issuer:    issuer,
		Endpoints: auth.Endpoints{Authorization: issuer + "/a", Token: issuer + "/t", UserInfo: issuer + "/u", JWKS: issuer + "/k"},
		Scopes:    []string{"openid", "email", "hub.read"},
		Grants:    []auth.Grant{auth.GrantAuthorizationCode, auth.GrantDeviceCode}, ClientAuth: []auth.ClientAuth{auth.ClientAuthPost}, PKCE: true,
		DocsURL: "https://docs.example",
	}
}

func TestIssuer_FillsTheFieldsIn(t *testing.T) {
	atEditor(t, func(d *desk, e *serviceEditor) {
		d.engine.OnFillFromIssuer = func(issuer string, private bool) (auth.Metadata, error) {
			assert.False(t, private)
			return metadata(issuer), nil
		}
		e.addresses.rows[0].host.Control.(interface{ SetInvalid(bool) }).SetInvalid(true)
		input(t, e, "issuer").SetText("https://new.example")
		d.tap("Fill in from issuer")
		s := e.m.draft
		assert.Equal(t, "https://new.example/t", s.Endpoints.Token)
		assert.Empty(t, s.Endpoints.Revocation, "that of another server, which must not get this one's tokens")
		assert.Equal(t, []auth.Grant{auth.GrantAuthorizationCode, auth.GrantDeviceCode}, s.Grants)
		assert.Equal(t, "https://docs.example", s.Help.DocsURL)
		assert.Len(t, s.Scopes, 4, "two new ones; those described already stay as they are")
		assert.Equal(t, "Sign you in", s.Scopes[0].Description)
		assert.Equal(t, auth.Scope{Name: "hub.read", Description: "hub.read", Group: "Named by the issuer"}, s.Scopes[3])
		assert.True(t, d.shows("10 fields read today"))
		assert.True(t, d.shows("https://new.example/t"), "the page shows it")
		assert.True(t, e.m.dirty())
	})
}

func TestIssuer_ProgressAndLateAnswers(t *testing.T) {
	atEditor(t, func(d *desk, e *serviceEditor) {
		var waiting []func()
		inline := d.w.u.run.spawn
		d.w.u.run.spawn = func(f func()) { waiting = append(waiting, f) }
		defer func() { d.w.u.run.spawn = inline }()
		d.engine.OnFillFromIssuer = func(issuer string, _ bool) (auth.Metadata, error) { return metadata(issuer), nil }
		d.tap("Fill in from issuer")
		assert.True(t, d.shows("Reading…"))
		assert.True(t, e.issuer.button.Disabled())
		input(t, e, "issuer").SetText("https://other.example")
		assert.False(t, d.shows("Reading…"), "the question is another one now")
		waiting[0]()
		assert.Equal(t, "https://id.northwind.example/realms/analytics/token", e.m.draft.Endpoints.Token, "a late answer is dropped")
	})
}

// T41: a private address is asked only once the user has said so.
func TestIssuer_PrivateAddressesAreConfirmed(t *testing.T) {
	atEditor(t, func(d *desk, e *serviceEditor) {
		var asked []bool
		d.engine.OnFillFromIssuer = func(issuer string, private bool) (auth.Metadata, error) {
			asked = append(asked, private)
			if !private {
				return auth.Metadata{}, &auth.Failure{Code: auth.CodePrivateAddress, Title: "This address is on a private network"}
			}
			return metadata(issuer), nil
		}
		input(t, e, "issuer").SetText("https://10.0.0.7/realms/x")
		d.tap("Fill in from issuer")
		assert.True(t, d.shows("Read from a private network?") && d.shows("https://10.0.0.7 is not on the public internet."))
		d.tap("Cancel")
		assert.Equal(t, []bool{false}, asked)
		d.tap("Fill in from issuer")
		d.tap("Read it")
		assert.Equal(t, []bool{false, false, true}, asked)
		assert.Equal(t, "https://10.0.0.7/realms/x/t", e.m.draft.Endpoints.Token)
	})
}

func TestIssuer_FailuresStandBesideTheField(t *testing.T) {
	atEditor(t, func(d *desk, e *serviceEditor) {
		d.engine.OnFillFromIssuer = func(string, bool) (auth.Metadata, error) {
			return auth.Metadata{}, &auth.Failure{Title: "The issuer is another one", Happened: "id.example calls itself evil.example.", Steps: []string{"Enter the exact issuer."}}
		}
		d.tap("Fill in from issuer")
		assert.True(t, d.shows("The issuer is another one. id.example calls itself evil.example. Enter the exact issuer."))
		d.wait(time.Second)
		assert.True(t, d.shows("The issuer is another one."), "a check does not take it away")
		assert.Nil(t, d.c.Overlays().Top(), "no sheet over what was typed")
		input(t, e, "issuer").SetText("")
		assert.False(t, d.shows("The issuer is another one."))
		d.tap("Fill in from issuer")
		assert.True(t, d.shows("Enter the issuer, such as https://login.example.com."))
	})
}

func TestFillService_CountsWhatItTook(t *testing.T) {
	var s auth.Service
	assert.Zero(t, fillService(&s, auth.Metadata{}))
	assert.Equal(t, 2, fillService(&s, auth.Metadata{Issuer: "https://a.example", Endpoints: auth.Endpoints{Token: "https://a.example/t"}}))
	s.Discovery = true
	s.Endpoints = auth.Endpoints{}
	fillService(&s, metadata("https://a.example"))
	assert.Equal(t, auth.Endpoints{}, s.Endpoints, "they are read at each sign-in")
}

func TestLifetimeField_ReadsWholeNumbers(t *testing.T) {
	for seconds, want := range map[int64][2]string{7776000: {"90", "days"}, 3600: {"1", "hours"}, 5400: {"90", "minutes"}, 61: {"61", "seconds"}} {
		number, unit := splitSeconds(seconds)
		assert.Equal(t, want, [2]string{number, unit})
		back, ok := joinSeconds(number, unit)
		assert.True(t, ok)
		assert.Equal(t, seconds, back)
	}
	for _, odd := range []string{"x", "-1", "0", "1.5", "99999999999999999"} {
		_, ok := joinSeconds(odd, "days")
		assert.False(t, ok, odd)
	}
}

// What an issuer does not say stays while it is the same server.
func TestFillService_KeepsAddressesOfTheSameServerAlone(t *testing.T) {
	old := auth.Endpoints{
		Token: "https://a.example/old", Revocation: "https://a.example/revoke", Introspection: "https://check.example/i", Refresh: "https://a.example/again",
	}
	s := auth.Service{Endpoints: old}
	fillService(&s, metadata("https://a.example"))
	assert.Equal(t, []string{old.Revocation, old.Introspection, old.Refresh}, []string{s.Endpoints.Revocation, s.Endpoints.Introspection, s.Endpoints.Refresh})
	fillService(&s, metadata("https://b.example"))
	assert.Equal(t, metadata("https://b.example").Endpoints, s.Endpoints)
}

// That every answer names its issuer is promised by the server that was asked, not
// by the one whose address is typed afterwards.
func TestIssuer_PromiseEndsWithTheHost(t *testing.T) {
	atEditor(t, func(d *desk, e *serviceEditor) {
		d.engine.OnFillFromIssuer = func(issuer string, _ bool) (auth.Metadata, error) {
			m := metadata(issuer)
			m.Endpoints.IssInResponse = true
			return m, nil
		}
		d.tap("Fill in from issuer")
		assert.True(t, e.m.draft.Endpoints.IssInResponse)
		e.addresses.rows[0].path.Control.(*widgets.Input).SetText("/other")
		assert.True(t, e.m.draft.Endpoints.IssInResponse)
		e.addresses.rows[0].host.Control.(*widgets.Input).SetText("https://typed.example")
		assert.False(t, e.m.draft.Endpoints.IssInResponse)
	})
}

// A sample's issuer may be a placeholder: what filled it is of no use any more.
func TestFillService_TakesOutParametersThatNothingNames(t *testing.T) {
	s := auth.Service{
		Issuer: "{base}/{realm}", Endpoints: auth.Endpoints{Revocation: "https://{realm}.example/revoke"},
		Parameters: []auth.Parameter{{Name: "base"}, {Name: "realm"}},
	}
	fillService(&s, auth.Metadata{Issuer: "https://a.example"})
	assert.Equal(t, []auth.Parameter{{Name: "realm"}}, s.Parameters)
}

func TestFillService_KeepsGroupsTogetherAndKnowsWhatBringsARefreshToken(t *testing.T) {
	var s auth.Service
	fillService(&s, auth.Metadata{Scopes: []string{"openid", "reports.read", "offline_access"}})
	assert.Equal(t, []string{"openid", "offline_access", "reports.read"}, []string{s.Scopes[0].Name, s.Scopes[1].Name, s.Scopes[2].Name})
	assert.Equal(t, auth.RefreshRule{Needs: "scope", Scope: "offline_access"}, s.Refresh)

	s.Refresh = auth.RefreshRule{Needs: "parameter"}
	fillService(&s, auth.Metadata{Scopes: []string{"offline_access"}})
	assert.Equal(t, "parameter", s.Refresh.Needs, "said otherwise already")
}
