package gui

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// Applying a departure as it stands changes nothing: a blank is a separator, and
// an empty parameter that stands there says that there is none.
func TestServiceEditor_ADepartureThatIsAppliedStaysAsItIs(t *testing.T) {
	atEditor(t, func(d *desk, e *serviceEditor) {
		for _, q := range []auth.Quirk{
			{ID: auth.QuirkRedirectScope, Params: map[string]string{"separator": " "}},
			{ID: auth.QuirkIntrospection, Params: map[string]string{"auth": "bearer", "token": ""}},
			{ID: auth.QuirkNonce},
		} {
			var taken auth.Quirk
			e.editQuirk(q, false, func(q auth.Quirk) { taken = q })
			d.tap("Apply")
			assert.Equal(t, q, taken)
		}
	})
}

// A path without a host is no address yet; it is not left behind unasked either.
func TestServiceEditor_APathWithoutAHostIsNotLost(t *testing.T) {
	atServices(t, func(d *desk, s *servicesScreen) {
		d.tap("New service")
		e := s.editor
		input(t, e, "name").SetText(e.m.start.Name)
		row := e.addresses.rows[0]
		row.path.Control.(*widgets.Input).SetText("/oauth/authorize")
		assert.True(t, d.shows("Enter the host, such as https://login.example.com"))
		s.leave(func() { t.Error("left without a question") })
		assert.True(t, d.shows("Leave without saving?"))
		d.tap("Keep editing")
		row.host.Control.(*widgets.Input).SetText("id.example")
		assert.False(t, d.shows("Enter the host, such as"))
		assert.Equal(t, "https://id.example/oauth/authorize", e.m.draft.Endpoints.Authorization)
	})
}

// A rule does not make a number readable.
func TestServiceEditor_ALifetimeThatIsNoNumberIsNotSaved(t *testing.T) {
	atEditor(t, func(d *desk, e *serviceEditor) {
		e.tabs.Choose(pageRequests)
		rule, ok := shown(e.object, func(s *widgets.Select) bool { return s.Selected() == "unknown" })
		require.True(t, ok)
		rule.Choose("fixed")
		slot := e.slots[auth.ServiceField("access_token")]
		in, ok := shown(e.object, func(in *widgets.Input) bool { return in.Focusable() == slot.focus() })
		require.True(t, ok)
		in.SetText("an hour")
		assert.True(t, d.shows("Enter a whole number."))
		rule.Choose("sliding")
		assert.True(t, d.shows("Enter a whole number."), "the text still says nothing")
		assert.Equal(t, "sliding", e.m.draft.AccessToken.Rule)
		rule.Choose("never")
		assert.False(t, d.shows("Enter a whole number."))
	})
}

// The number of a step is marked at its own field, whatever is wrong with it.
func TestServiceEditor_AWrongStepIsMarkedAtItsOwnField(t *testing.T) {
	atEditor(t, func(d *desk, e *serviceEditor) {
		d.engine.OnCheckService = func(s auth.Service) []auth.FieldError {
			if s.Help.RedirectStep > len(s.Help.Steps) {
				return []auth.FieldError{{Field: auth.ServiceField("help.redirect_step"), Message: "It is not there."}}
			}
			return nil
		}
		input(t, e, "help.steps").SetText("Open the page.")
		in := input(t, e, "help.redirect_step")
		in.SetText("9x")
		assert.True(t, d.shows("Enter a whole number."))
		d.w.u.saveService()
		assert.Same(t, in.Focusable(), d.c.Focused())
		in.SetText("9")
		d.wait(time.Second)
		assert.False(t, d.shows("Enter a whole number."))
		assert.True(t, d.shows("It is not there."))
		in.SetText("1")
		d.wait(time.Second)
		assert.False(t, d.shows("It is not there."))
		assert.Equal(t, 1, e.m.draft.Help.RedirectStep)
	})
	assert.Contains(t, serviceFieldOrder, "help.redirect_step")
}

// What is read from an issuer leaves no error behind about a text that is gone,
// and the addresses from before can be had back.
func TestServiceEditor_FillingInLeavesNothingStuck(t *testing.T) {
	atEditor(t, func(d *desk, e *serviceEditor) {
		before := e.m.draft.Endpoints
		d.engine.OnFillFromIssuer = func(issuer string, _ bool) (auth.Metadata, error) { return auth.Metadata{Issuer: issuer}, nil }
		e.tabs.Choose(pageRequests)
		e.refuse("auth_params", "“a” stands twice.")
		e.tabs.Choose(pageEndpoints)
		radio, _ := shown(e.object, func(*widgets.Radio) bool { return true })
		radio.Choose(byIssuer)
		e.issuer.read(true)
		assert.Empty(t, e.m.unreadable)
		radio, _ = shown(e.object, func(*widgets.Radio) bool { return true })
		radio.Choose(byHostAndPath)
		assert.Equal(t, before, e.m.draft.Endpoints)
	})
}

// A row that is still empty is no second one of that name.
func TestServiceEditor_EmptyRowsOfParametersAreNoDuplicates(t *testing.T) {
	atEditor(t, func(d *desk, e *serviceEditor) {
		e.tabs.Choose(pageRequests)
		add, ok := shown(e.object, func(b *widgets.Button) bool { return b.Text == "Add a parameter" })
		require.True(t, ok)
		add.Tapped(nil)
		add.Tapped(nil)
		value, ok := shown(e.object, func(in *widgets.Input) bool { return in.PlaceHolder() == "Value" })
		require.True(t, ok)
		value.SetText("consent")
		assert.False(t, d.shows("stands twice"))
		assert.Equal(t, map[string]string{"": "consent"}, e.m.draft.AuthParams, "what is missing is said by the check")
	})
}
