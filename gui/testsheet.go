package gui

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// testSheet proves that an authorization works: it gets a fresh token where it
// can and fetches an address with it.
type testSheet struct {
	u       *ui
	t       target
	sheet   *sheet
	address *widgets.Input
	run     *widgets.Button
	result  *fyne.Container
}

// Sizes of the test sheet.
const (
	testWidth   float32 = 640
	answerMost  float32 = 220
	answerInner float32 = testWidth - 2*28 - 22
)

func (u *ui) openTest(t target) {
	w := &testSheet{u: u, t: t, result: widgets.NewColumn(10)}
	w.address = widgets.NewInput("https://", true)
	w.address.SetText(t.detail.TestAddress)
	w.address.Entry().OnSubmitted = func(string) { w.start() }
	field := widgets.NewField(u.icons, lang.L("Address to fetch with the token"), false, w.address)
	if t.detail.TestAddress == "" {
		field.SetHint(lang.L("Leave it empty to test the token call alone."))
	} else {
		field.SetHint(lang.L("The service's own address for this, or another of its API."))
	}
	w.run = widgets.NewPrimaryButton(lang.L("Run test"), u.icons.Icon("play"), w.start)
	shut := widgets.NewButton(lang.L("Close"), nil, func() { w.sheet.close() })
	body := widgets.NewInset(24, 28, 20, 28, widgets.NewColumn(12,
		sheetTitle(lang.L("Test “{{.Name}}”", named(t.row.Name))),
		widgets.NewParagraph(lang.L("Makes sure that the access token is fresh, then fetches the address with it.")).Colored(widgets.ColorNameMuted),
		field.Object, w.result))
	w.sheet = u.openSheet(testWidth, body, sheetFoot(nil, shut, w.run), func() { w.sheet.close() })
	field.OnHeight = w.sheet.refit
	u.window.Canvas().Focus(w.address.Focusable())
}

// start runs one test at a time; the answer to a sheet that is closed meanwhile
// is not shown.
func (w *testSheet) start() {
	if w.run.Disabled() {
		return
	}
	w.run.Disable()
	w.run.SetText(lang.L("Testing…"))
	id, address := w.t.row.ID, strings.TrimSpace(w.address.Text())
	async(w.u.run, func(ctx context.Context) (auth.TestResult, error) { return w.u.engine.Test(ctx, id, address) },
		func(r auth.TestResult, err error) {
			w.run.Enable()
			w.run.SetText(lang.L("Run test"))
			w.result.Objects = nil
			if err != nil {
				w.result.Add(w.u.failureLines(asFailure(err)))
			} else {
				w.show(r)
			}
			w.sheet.refit()
		})
}

// show tells of the token call first, then of the answer.
func (w *testSheet) show(r auth.TestResult) {
	token := lang.L("The stored access token was used.")
	if r.Renewed {
		token = lang.L("A fresh access token came in {{.Took}}.", map[string]any{"Took": took(r.Took)})
	}
	icons := w.u.icons
	w.result.Add(widgets.NewRule(widgets.ColorNameLine))
	w.result.Add(widgets.NewRow(8, 1, true, widgets.NewGlyph(icons.Icon("check"), widgets.ColorNameOK, 16), widgets.NewParagraph(token)))
	if r.Address == "" {
		w.result.Add(widgets.NewCaption(lang.L("Nothing was fetched: this service names no address to test with. Enter one of its API.")))
		return
	}
	w.result.Add(answerHead(r))
	if r.Body == "" {
		w.result.Add(widgets.NewCaption(lang.L("The answer has no body.")))
		return
	}
	w.result.Add(w.answer(r))
}

// answerHead is the status with time, size and type.
func answerHead(r auth.TestResult) fyne.CanvasObject {
	look := widgets.PillLook{Word: lang.L("HTTP {{.N}}", number{r.Status}), Ink: widgets.ColorNameOK, Tint: widgets.ColorNameOKTint}
	if r.Status < 200 || r.Status > 299 {
		look.Ink, look.Tint = widgets.ColorNameBad, widgets.ColorNameBadTint
	}
	facts := []string{took(r.FetchTook), sizeText(r.Size)}
	if r.ContentType != "" {
		facts = append(facts, r.ContentType)
	}
	return widgets.NewRow(10, 1, true, widgets.NewPill(look), widgets.NewSmallText(strings.Join(facts, ", ")).Shrinking())
}

// answer is the body, which scrolls inside its box.
func (w *testSheet) answer(r auth.TestResult) fyne.CanvasObject {
	text := readableBody(r)
	body := widgets.NewParagraph(text).Styled(fyne.TextStyle{Monospace: true}).Sized(12, 18).Exact()
	scroll, _ := widgets.NewTallScroll(widgets.NewInset(0, 8, 0, 0, body), nil)
	height := min(widgets.HeightAt(body, answerInner), answerMost) + 16
	box := widgets.NewFixed(0, height, widgets.NewStacked(widgets.NewPanel(widgets.ColorNameOff, "", 6),
		widgets.NewInset(8, 4, 8, 12, scroll)))
	caption := lang.L("Tokens in the answer are masked.")
	if r.Cut {
		caption = lang.L("Only the beginning is shown. Tokens in it are masked.")
	}
	copyIt := w.u.copyButton(lang.L("Copy"), true, func() { w.u.copyText(text) })
	return widgets.NewColumn(8, box, widgets.NewRow(8, 0, true, widgets.NewSmallText(caption).Shrinking(), copyIt))
}

// readableBody lays JSON out in lines; anything else stays as it came.
func readableBody(r auth.TestResult) string {
	var out bytes.Buffer
	if json.Indent(&out, []byte(r.Body), "", "  ") == nil {
		return out.String()
	}
	return strings.ReplaceAll(r.Body, "\t", "    ")
}

// sizeText writes a number of bytes.
func sizeText(n int64) string {
	switch {
	case n < 1000:
		return lang.L("{{.N}} bytes", number{int(n)})
	case n < 1_000_000:
		return lang.L("{{.S}} kB", map[string]any{"S": strconv.FormatFloat(float64(n)/1000, 'f', 1, 64)})
	default:
		return lang.L("{{.S}} MB", map[string]any{"S": strconv.FormatFloat(float64(n)/1_000_000, 'f', 1, 64)})
	}
}

// failureLines tell of a failure inside a sheet: what happened and what to do.
func (u *ui) failureLines(f *auth.Failure) fyne.CanvasObject {
	column := widgets.NewColumn(4, widgets.NewParagraph(told(f.Title)).Styled(fyne.TextStyle{Bold: true}), widgets.NewParagraph(told(f.Happened)))
	for _, step := range f.Steps {
		column.Add(widgets.NewParagraph(told(step)).Colored(widgets.ColorNameMuted))
	}
	row := widgets.NewRow(10, 1, false, widgets.NewGlyph(u.icons.Icon("error"), widgets.ColorNameBad, 20), column)
	return widgets.NewStacked(widgets.NewPanel(widgets.ColorNameBadTint, "", 8), widgets.NewInset(10, 12, 10, 12, row))
}
