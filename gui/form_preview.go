package gui

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// previewPanel shows, beside the fields of the JWT bearer grant, what the
// assertion will say.
type previewPanel struct {
	f        *form
	object   *fyne.Container
	debounce debouncer
	asked    int // number of the last question; an answer to an older one is dropped

	parts          *fyne.Container // header and claims, or the reason why there are none
	header, claims *widgets.Code
	reason         *widgets.Paragraph
	state          *widgets.Text
}

// previewDelay is how long the preview waits after the last key.
const previewDelay = 300 * time.Millisecond

func newPreviewPanel(f *form) *previewPanel {
	p := &previewPanel{
		f: f, debounce: debouncer{run: f.u.run, d: previewDelay},
		header: widgets.NewCode(""), claims: widgets.NewCode(""), reason: widgets.NewCaption(""),
	}
	p.state = widgets.NewSmallText("")
	head := widgets.NewRow(8, 0, true, widgets.NewSmallText(lang.L("What the assertion will say")).Colored(widgets.ColorNameText), p.state)
	p.parts = widgets.NewColumn(8,
		widgets.NewSmallText(lang.L("Header")).Bold(), p.header,
		widgets.NewRule(widgets.ColorNameLine),
		widgets.NewSmallText(lang.L("Claims")).Bold(), p.claims)
	p.parts.Hide()
	box := widgets.NewStacked(widgets.NewPanel(widgets.ColorNameOff, widgets.ColorNameLine, 6),
		widgets.NewInset(12, 14, 12, 14, widgets.NewColumn(0, p.parts, p.reason)))
	note := widgets.NewCaption(lang.L("It is made and signed anew for each request, so the times move on."))
	p.object = widgets.NewColumn(6, head, box, note)
	p.object.Hide()
	p.explain(lang.L("Fill in the fields to see it."))
	return p
}

// wanted tells whether the chosen grant has an assertion to show.
func (p *previewPanel) wanted() bool { return p.f.m.draft.Grant == auth.GrantJWTBearer }

// ask brings the preview up to date once the typing rests.
func (p *previewPanel) ask() {
	if !p.wanted() {
		p.debounce.cancel()
		return
	}
	p.debounce.call(p.run)
}

func (p *previewPanel) run() {
	p.asked++
	n, draft, f := p.asked, p.f.m.outgoing(), p.f
	async(f.u.run, func(ctx context.Context) (auth.AssertionPreview, error) {
		return f.u.engine.PreviewAssertion(ctx, draft)
	}, func(preview auth.AssertionPreview, err error) {
		if n == p.asked && !f.closed && p.wanted() {
			p.take(preview, err)
		}
	})
}

// take shows the answer. What is wrong with a field stands beside it.
func (p *previewPanel) take(preview auth.AssertionPreview, err error) {
	var wrong auth.FieldErrors
	p.f.m.previewed = nil
	switch {
	case errors.As(err, &wrong):
		p.f.m.previewed = wrong
		p.explain(lang.L("Nothing to show yet. {{.Message}}.", map[string]any{"Message": wrong[0].Message}))
	case err != nil:
		p.explain(told(asFailure(err).Title))
	default:
		p.header.SetText(preview.Header)
		p.claims.SetText(preview.Claims)
		p.parts.Show()
		p.reason.Hide()
		p.state.SetText(lang.L("as of now"))
	}
	p.f.stale = true
	p.f.show()
}

// explain shows why there is no preview.
func (p *previewPanel) explain(reason string) {
	p.reason.SetText(reason)
	p.reason.Show()
	p.parts.Hide()
	p.state.SetText("")
}
