package gui

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// revealTime is how long a token that was revealed stays readable.
const revealTime = 30 * time.Second

// tokenMask stands for every token, whatever its length.
var tokenMask = strings.Repeat("•", 20)

// tokenCard shows the access token, masked, its state and how long it lasts.
type tokenCard struct {
	u       *ui
	root    *fyne.Container
	pill    *widgets.Pill
	value   *widgets.Paragraph
	reveal  *widgets.Button
	note    *widgets.Text
	expires *widgets.Text
	at      *widgets.Text
	bar     *widgets.Bar

	id    string
	none  bool // there is no token yet
	shown bool
	stop  func()
	seq   int
}

func newTokenCard(u *ui) *tokenCard {
	c := &tokenCard{
		u: u, pill: widgets.NewPill(widgets.PillLook{}), note: widgets.NewSmallText(""),
		value:   widgets.NewParagraph(tokenMask).Sized(13, 18).Styled(fyne.TextStyle{Monospace: true}),
		expires: widgets.NewText("").Shrinking(), at: widgets.NewSmallText(""), bar: widgets.NewBar(),
	}
	c.reveal = widgets.NewButton(lang.L("Reveal"), u.icons.Icon("eye"), c.toggle)
	c.reveal.Small, c.reveal.Height = true, 32
	c.root = widgets.NewColumn(0)
	c.build()
	return c
}

// build puts the masked token beside its button, or the readable one, which
// may be long, above it. Without a token there are no dots that would stand for one.
func (c *tokenCard) build() {
	if c.none {
		c.root.Objects = []fyne.CanvasObject{c.head(), widgets.NewInset(8, 0, 0, 0, c.expires)}
		return
	}
	ground := widgets.NewPanel(widgets.ColorNameOff, widgets.ColorNameLine, 6)
	var token fyne.CanvasObject
	if c.shown {
		scroll, _ := widgets.NewTallScroll(widgets.NewInset(0, 8, 0, 0, c.value), nil)
		height := min(widgets.HeightAt(c.value, 276), 126) + 14
		token = widgets.NewColumn(8,
			widgets.NewFixed(0, height, widgets.NewStacked(ground, widgets.NewInset(7, 4, 7, 10, withoutShadows(scroll)))),
			widgets.NewRow(8, 0, true, c.note, c.reveal))
	} else {
		token = widgets.NewRow(8, 0, true,
			widgets.NewFixed(0, 32, widgets.NewStacked(ground, widgets.NewInset(7, 4, 7, 10, c.value))), c.reveal)
	}
	c.root.Objects = []fyne.CanvasObject{
		c.head(),
		widgets.NewInset(8, 0, 10, 0, token),
		widgets.NewRow(8, 0, true, c.expires, c.at),
		widgets.NewInset(5, 0, 0, 0, c.bar),
	}
}

func (c *tokenCard) head() fyne.CanvasObject {
	return widgets.NewRow(8, 0, true, widgets.NewText(lang.L("Access token")).Bold(), c.pill)
}

// set shows the token of another authorization, or a newer one of the same.
func (c *tokenCard) set(t target) {
	c.id = t.row.ID
	if none := !hasAccess(t.detail.Status); none != c.none {
		c.hide()
		c.none = none
		c.build()
	}
	if whyNoToken(t) != "" {
		c.reveal.Disable()
	} else {
		c.reveal.Enable()
	}
	c.tick(t)
}

// tick lets the time go on.
func (c *tokenCard) tick(t target) {
	now := c.u.now()
	s := t.detail.Status
	state := s.Effective(now)
	look := lookOf(state)
	c.pill.Set(widgets.PillLook{Word: lang.L(look.word), Ink: look.ink, Tint: look.tint, Hollow: look.hollow})
	ends := state
	if state == auth.StatePaused {
		ends = auth.StateActive // the token runs out all the same
	}
	text, tooltip, ink := expiryText(ends, s.Expiry, now)
	c.expires.SetHint(tooltip)
	c.at.SetText("")
	switch {
	case s.State == auth.StateRevoked:
		c.expires.Set(lang.L("The tokens were revoked"), widgets.ColorNameMuted)
	case c.none:
		c.expires.Set(lang.L("There is no access token yet"), widgets.ColorNameMuted)
	case s.Expiry.Rule == auth.ExpiryNever:
		c.expires.Set(lang.L("Never expires"), widgets.ColorNameText)
	case s.Expiry.At.IsZero() || text == dash:
		c.expires.Set(lang.L("It is not known when it expires"), widgets.ColorNameMuted)
	case s.Expiry.Rule == auth.ExpiryNotReported && s.Expiry.At.After(now):
		c.expires.Set(lang.L("Taken to expire {{.When}}", map[string]any{"When": text}), ink)
		c.at.SetText(lang.L("not reported"))
	case s.Expiry.At.After(now):
		c.expires.Set(lang.L("Expires {{.When}}", map[string]any{"When": text}), ink)
		c.at.SetText(clock(s.Expiry.At, now))
	default:
		c.expires.Set(lang.L("Expired {{.When}}", map[string]any{"When": text}), ink)
		c.at.SetText(clock(s.Expiry.At, now))
	}
	share, fill := 0.0, widgets.ColorNameAccent
	if left := s.Expiry.At.Sub(now); !c.none && s.Expiry.Lifetime > 0 && left > 0 {
		share = float64(left) / float64(s.Expiry.Lifetime)
		if left < auth.ExpiringBefore {
			fill = widgets.ColorNameWarn
		}
	}
	c.bar.Set(share, fill)
}

// toggle reveals the token or masks it again.
func (c *tokenCard) toggle() {
	if c.shown {
		c.hide()
		return
	}
	c.seq++
	id, seq := c.id, c.seq
	async(c.u.run, func(ctx context.Context) (auth.Secret, error) { return c.u.engine.AccessToken(ctx, id) },
		func(token auth.Secret, err error) {
			switch {
			case seq != c.seq || id != c.id: // another row was chosen meanwhile
			case err != nil:
				c.u.fail(err, id)
			default:
				c.show(token)
			}
		})
}

func (c *tokenCard) show(token auth.Secret) {
	c.shown = true
	c.value.SetText(token.Reveal())
	c.note.SetText(lang.L("Hidden again in 30 seconds"))
	c.reveal.Icon = c.u.icons.Icon("eyeoff")
	c.reveal.SetText(lang.L("Hide"))
	c.stop = c.u.run.after(revealTime, c.hide)
	c.relayout()
}

// hide masks the token. More than once is harmless.
func (c *tokenCard) hide() {
	c.seq++
	if !c.shown {
		return
	}
	c.stop()
	c.shown = false
	c.value.SetText(tokenMask)
	c.reveal.Icon = c.u.icons.Icon("eye")
	c.reveal.SetText(lang.L("Reveal"))
	c.relayout()
}

func (c *tokenCard) relayout() {
	c.build()
	c.root.Refresh()
	c.u.frame.home.detail.relayout()
}
