package gui

import (
	"context"
	"errors"
	"slices"
	"strings"

	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// issuerField is the issuer with "Fill in from issuer".
type issuerField struct {
	e      *serviceEditor
	field  *widgets.Field
	input  *widgets.Input
	button *widgets.Button
	reads  int    // number of the last reading; an older answer is dropped
	failed string // why the last reading failed
}

func newIssuerField(p *servicePart) *issuerField {
	f := &issuerField{e: p.e}
	f.field = p.text("issuer", lang.L("Issuer"), textKind{mono: true, placeholder: "https://login.example.com"},
		func(s *auth.Service) *string { return &s.Issuer })
	f.input = f.field.Control.(*widgets.Input)
	typed := f.input.Entry().OnChanged
	f.input.Entry().OnChanged = func(v string) {
		f.reads++ // an answer about another issuer says nothing about this one
		f.failed = ""
		f.rest("")
		typed(v)
	}
	f.input.Entry().OnSubmitted = func(string) { f.read(false) }
	f.button = widgets.NewButton(lang.L("Fill in from issuer"), nil, func() { f.read(false) })
	f.field.ReplaceControl(widgets.NewRow(8, 0, true, f.input, f.button))
	slot := p.e.slots[auth.ServiceField("issuer")]
	show := slot.show
	slot.show = func(message, fix string) {
		if f.failed != "" { // the latest that happened there
			message, fix = f.failed, ""
		}
		show(message, fix)
	}
	return f
}

// rest ends the progress and says what came of it.
func (f *issuerField) rest(outcome string) {
	f.button.SetText(lang.L("Fill in from issuer"))
	f.button.Enable()
	if outcome == "" {
		f.field.SetNote("")
	} else {
		f.field.SetOutcome(outcome)
	}
	f.e.relayout()
}

// read fills the fields in from the issuer's metadata. A host on a private
// network is asked only once the user has said so.
func (f *issuerField) read(private bool) {
	e := f.e
	issuer := strings.TrimSpace(f.input.Text())
	if issuer == "" {
		f.failed = lang.L("Enter the issuer, such as https://login.example.com.")
		e.show()
		e.u.window.Canvas().Focus(f.input.Focusable())
		return
	}
	f.reads++
	n := f.reads
	f.failed = ""
	f.field.SetNote(lang.L("Reading…"))
	f.button.SetText(lang.L("Reading…"))
	f.button.Disable()
	e.show()
	async(e.u.run, func(ctx context.Context) (auth.Metadata, error) {
		return e.u.engine.FillFromIssuer(ctx, issuer, private)
	}, func(md auth.Metadata, err error) {
		if n != f.reads || e.closed || e.issuer != f {
			return
		}
		f.rest("")
		if err != nil {
			f.fail(err, issuer)
			return
		}
		f.take(md)
	})
}

// fail says beside the field what went wrong, or asks about a private address.
func (f *issuerField) fail(err error, issuer string) {
	failure := asFailure(err)
	if failure.Code == auth.CodePrivateAddress {
		host := hostPart(issuer)
		f.e.u.askFirst(lang.L("Read from a private network?"),
			lang.L("{{.Host}} is not on the public internet. Go on only when you know that this address is right: a wrong one could reach a device of your network.", map[string]any{"Host": host}),
			lang.L("Cancel"), lang.L("Read it"), func() { f.read(true) })
		return
	}
	var wrong auth.FieldErrors
	if f.failed = failureLine(failure); errors.As(err, &wrong) && len(wrong) > 0 {
		f.failed = told(wrong[0].Message)
	}
	f.e.show()
	f.e.relayout()
}

// failureLine says in one paragraph what happened and what to do first.
func failureLine(f *auth.Failure) string {
	line := told(f.Title) + ". " + told(f.Happened)
	if len(f.Steps) > 0 {
		line += " " + told(f.Steps[0])
	}
	return line
}

// take puts what the metadata says into the fields.
func (f *issuerField) take(md auth.Metadata) {
	e := f.e
	n := 0
	e.edit("issuer", func(s *auth.Service) { n = fillService(s, md) })
	e.rebuild()
	now := e.u.now()
	e.issuer.rest(lang.L("{{.N}} fields read {{.When}}", map[string]any{"N": n, "When": clock(now, now)}))
}

// fillService takes what an issuer says of itself into a service and returns how
// many fields it filled. What the issuer does not say stays as it was, but for
// addresses of another server: it would be sent this one's tokens.
func fillService(s *auth.Service, md auth.Metadata) int {
	n := 0
	set := func(to *string, value string) {
		if value != "" {
			*to = value
			n++
		}
	}
	set(&s.Issuer, md.Issuer)
	if !s.Discovery {
		from, to := &md.Endpoints, &s.Endpoints
		if before, after := hostPart(to.Token), hostPart(from.Token); before != "" && after != "" && before != after {
			*to = auth.Endpoints{}
		}
		set(&to.Authorization, from.Authorization)
		set(&to.Token, from.Token)
		set(&to.Revocation, from.Revocation)
		for _, m := range moreEndpoints {
			set(m.of(to), *m.of(from))
		}
		to.IssInResponse = from.IssInResponse
	}
	if len(md.Grants) > 0 {
		s.Grants = slices.Clone(md.Grants)
		n++
	}
	if len(md.ClientAuth) > 0 {
		s.ClientAuth = slices.Clone(md.ClientAuth)
		n++
	}
	if md.PKCE && s.PKCE != "required" {
		s.PKCE = "supported"
		n++
	}
	if s.Help.DocsURL == "" {
		set(&s.Help.DocsURL, md.DocsURL)
	}
	if len(md.Scopes) > 0 {
		for _, name := range md.Scopes {
			known := slices.ContainsFunc(s.Scopes, func(scope auth.Scope) bool { return scope.Name == name })
			if !known {
				addToGroup(s, scopeFromIssuer(name))
			}
		}
		if slices.Contains(md.Scopes, staySignedIn) && s.Refresh.Needs != "parameter" && s.Refresh.Scope == "" {
			s.Refresh.Needs, s.Refresh.Scope = "scope", staySignedIn
		}
		n++
	}
	// The issuer may have stood in their place.
	used := s.UsedParameters()
	s.Parameters = slices.DeleteFunc(slices.Clone(s.Parameters), func(p auth.Parameter) bool { return !used[p.Name] })
	return n
}

// hostPart is an address without its path.
func hostPart(address string) string {
	host, _ := auth.SplitAddress(address)
	return host
}

// staySignedIn is the scope that brings a refresh token (OpenID Connect Core,
// section 11).
const staySignedIn = "offline_access"

// addToGroup puts a scope behind the last of its group.
func addToGroup(s *auth.Service, scope auth.Scope) {
	at := len(s.Scopes)
	for i, other := range s.Scopes {
		if other.Group == scope.Group {
			at = i + 1
		}
	}
	s.Scopes = slices.Insert(s.Scopes, at, scope)
}

// scopeFromIssuer describes a scope that metadata names, as far as OpenID Connect does.
func scopeFromIssuer(name string) auth.Scope {
	scope := auth.Scope{Name: name, Group: "Sign-in", Description: name}
	switch name {
	case "openid":
		scope.Description, scope.Default = "Sign you in", true
	case "profile":
		scope.Description, scope.Default = "Your name and other basics", true
	case "email":
		scope.Description = "Your e-mail address"
	case "phone":
		scope.Description = "Your phone number"
	case "address":
		scope.Description = "Your postal address"
	case staySignedIn:
		scope.Description, scope.Default = "Stay signed in: refresh without asking you again", true
	default:
		scope.Group = "Named by the issuer"
	}
	return scope
}
