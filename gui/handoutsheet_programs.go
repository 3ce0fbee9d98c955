package gui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// showPrograms lists the programs that are allowed for good, and those that have
// asked and may be allowed with a click.
func (w *handOutSheet) showPrograms() {
	w.listed.Objects = []fyne.CanvasObject{strong(lang.L("Programs that are allowed"))}
	for i, p := range w.programs {
		about := lang.L("since {{.When}}", map[string]any{"When": p.Since.Local().Format("2 Jan 2006")})
		remove := widgets.NewIconButton(w.u.icons.Icon("close"), lang.L("Remove {{.Name}}", named(plain(programOf(p)))), func() {
			w.setPrograms(slices.Delete(slices.Clone(w.programs), i, i+1))
		})
		w.listed.Add(programLine(p, about, remove))
	}
	asked := w.askedOthers()
	switch mode := w.rule().Mode; {
	case len(w.programs) > 0 && mode == auth.HandOutAnyone:
		w.listed.Add(widgets.NewCaption(lang.L("Now every program gets a token, in this list or not.")))
	case len(w.programs) > 0:
	case mode == auth.HandOutListed && len(asked) > 0:
		w.listed.Add(widgets.NewCaption(lang.L("None, so nobody gets a token. Allow one of those that have asked.")))
	case mode == auth.HandOutListed:
		w.listed.Add(widgets.NewCaption(lang.L("None, so nobody gets a token. Run the program once: it is refused, and can then be allowed here.")))
	default:
		w.listed.Add(widgets.NewCaption(lang.L("None yet. The answer “Always” puts a program here.")))
	}
	if len(asked) > 0 {
		w.listed.Add(widgets.NewInset(8, 0, 0, 0, strong(lang.L("Programs that have asked"))))
	}
	for _, by := range asked {
		p := auth.Program{Path: by.Asker.Path, Script: by.Asker.Script, Since: w.u.now()}
		word := lang.L("allowed")
		if !by.Allowed {
			word = lang.L("refused")
		}
		allow := widgets.NewLink(lang.L("Allow"), nil, func() { w.setPrograms(append(slices.Clone(w.programs), p)) })
		w.listed.Add(programLine(p, word+", "+clock(by.Last, w.u.now()), allow))
	}
	w.refit()
}

// setPrograms changes the list. What was tapped is gone with it.
func (w *handOutSheet) setPrograms(programs []auth.Program) {
	w.programs = programs
	w.showPrograms()
	w.u.window.Canvas().Focus(w.mode)
}

// askedOthers are the latest programs that have asked and are not in the list;
// one whose file is not known can't be told from others the next time.
func (w *handOutSheet) askedOthers() []auth.UsedBy {
	var others []auth.UsedBy
	for _, by := range w.used {
		p := auth.Program{Path: by.Asker.Path, Script: by.Asker.Script}
		if p.Path != "" && !by.Asker.Own && len(without([]auth.Program{p}, w.programs)) > 0 && len(others) < usedLines {
			others = append(others, by)
		}
	}
	return others
}

// programLine is one program, by the paths of its files, with what can be done.
func programLine(p auth.Program, about string, action fyne.CanvasObject) fyne.CanvasObject {
	column := widgets.NewColumn(0, widgets.NewText(plain(p.Path)).Mono().Sized(12).InMiddle())
	if p.Script != "" {
		column.Add(widgets.NewText(plain(p.Script)).Mono().Sized(12).InMiddle())
	}
	column.Add(widgets.NewSmallText(about))
	return widgets.NewInset(2, 0, 4, 0, widgets.NewRow(8, 0, true, column, action))
}

// programOf is what an allowed program is called.
func programOf(p auth.Program) string { return auth.Asker{Path: p.Path, Script: p.Script}.Name() }
