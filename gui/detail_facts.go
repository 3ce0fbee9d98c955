package gui

import (
	"maps"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// factWidth is the width of the labels in the detail pane.
const factWidth float32 = 96

// newFact returns a label with what stands behind it, and beside its first line
// where it may have several.
func newFact(label string, value fyne.CanvasObject) *fyne.Container {
	_, several := value.(widgets.Tall)
	return widgets.NewRow(0, 1, !several, widgets.NewFixed(factWidth, 0, widgets.NewInset(1, 0, 1, 0, widgets.NewSmallText(label))), value)
}

// otherTokens tells which tokens are stored beside the access token. They
// never leave the vault, so there is nothing to reveal or copy (T52).
func (p *detailPane) otherTokens(d *auth.Detail) fyne.CanvasObject {
	column := widgets.NewColumn(4)
	if d.Status.Generation == 0 {
		return column
	}
	line := func(label string, stored bool) {
		value := widgets.NewText(lang.L("none")).Colored(widgets.ColorNameMuted)
		if stored {
			value = widgets.NewText(tokenMask[:len(tokenMask)/2]).Mono().Sized(13)
			value.SetHint(lang.L("Stored. It never leaves the vault."))
		}
		column.Add(newFact(label, value.Shrinking()))
	}
	line(lang.L("Refresh token"), d.HasRefreshToken)
	line(lang.L("ID token"), d.HasIDToken)
	return widgets.NewInset(10, 0, 0, 0, column)
}

// facts are the small print.
func (p *detailPane) facts(d *auth.Detail) fyne.CanvasObject {
	column := widgets.NewColumn(4)
	now := p.u.now()
	add := func(label, value, tooltip string) {
		if value == "" {
			return
		}
		text := widgets.NewText(value).Shrinking()
		text.SetHint(tooltip)
		column.Add(newFact(label, text))
	}
	s := d.Status
	add(lang.L("Signed in as"), s.SignedInAs, "")
	if s.Generation > 0 {
		add(lang.L("Token type"), typeWord(s), "")
		add(lang.L("Issued"), clock(s.IssuedAt, now), fullDate(s.IssuedAt))
		value, tooltip := expiryWord(s.Expiry, p.u)
		add(lang.L("Expires"), value, tooltip)
	}
	if signIn, tooltip, _ := signInText(s.State, s.SignInEnds, now); signIn != dash {
		add(lang.L("Sign-in until"), lang.L("about {{.When}}", map[string]any{"When": clock(s.SignInEnds, now)}), tooltip)
	}
	if !d.SecretEnds.IsZero() {
		add(lang.L("Secret until"), clock(d.SecretEnds, now), fullDate(d.SecretEnds))
	}
	used, tooltip := lastUsedText(s.LastUsedAt, now)
	add(lang.L("Last used"), used, tooltip)
	add(lang.L("Client ID"), d.Authorization.ClientID, "")
	add(lang.L("Created"), clock(d.Authorization.CreatedAt, now), fullDate(d.Authorization.CreatedAt))
	return column
}

// serviceFacts lists what the service said beside the tokens and its API needs, such as
// the address of the user's own host. Each can be copied.
func (p *detailPane) serviceFacts(d *auth.Detail) fyne.CanvasObject {
	if len(d.Facts) == 0 {
		return nil
	}
	column := widgets.NewColumn(4, widgets.NewText(lang.L("From the service")).Bold())
	for _, name := range slices.Sorted(maps.Keys(d.Facts)) {
		value := d.Facts[name]
		text := widgets.NewParagraph(value).Styled(fyne.TextStyle{Monospace: true}).Sized(12, 18)
		copyIt := widgets.NewIconButton(p.u.icons.Icon("copy"), lang.L("Copy {{.Name}}", named(name)), func() {
			p.u.copyText(value)
			p.u.toast(lang.L("Copied."), "", nil)
		})
		column.Add(widgets.NewRow(6, 0, false, widgets.NewColumn(0, widgets.NewCaption(name), text), copyIt))
	}
	return column
}

// typeWord is the token's type, and that it is kept here where it is not one
// that programs can use as a bearer token (T31, T32).
func typeWord(s auth.Status) string {
	kind := s.TokenType
	if kind == "" {
		kind = "Bearer"
	}
	if !s.HandOut {
		return lang.L("{{.Type}}, not handed out", map[string]any{"Type": kind})
	}
	return kind
}

// expiryWord says when the access token ends by the rule that holds for it.
func expiryWord(e auth.Expiry, u *ui) (text, tooltip string) {
	switch {
	case e.Rule == auth.ExpiryNever:
		return lang.L("Never"), lang.L("The service says that this token does not run out")
	case e.Rule == auth.ExpiryNotReported:
		return lang.L("Not reported"), lang.L("The service did not say; taken as one hour")
	case e.At.IsZero():
		return "", ""
	default:
		return clock(e.At, u.now()), fullDate(e.At)
	}
}
