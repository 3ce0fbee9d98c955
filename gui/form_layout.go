package gui

import (
	"fyne.io/fyne/v2"

	"tokenwell/gui/widgets"
)

// screenLayout: title, what scrolls, footer.
type screenLayout struct{}

func (screenLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	const head, foot = 56, 60
	objects[0].Resize(fyne.NewSize(size.Width, head))
	objects[1].Move(fyne.NewPos(0, head))
	objects[1].Resize(fyne.NewSize(size.Width, size.Height-head-foot))
	objects[2].Move(fyne.NewPos(0, size.Height-foot))
	objects[2].Resize(fyne.NewSize(size.Width, foot))
}

func (screenLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(480, 320) }

// formLayout puts the help panel above the fields and the permissions, which
// stand beside each other where there is room for both.
type formLayout struct {
	f        *form
	viewport float32 // height that is seen at once
}

const (
	formMargin    = 24
	formTwoWidth  = 940 // content width from which there are two columns
	formFields    = 448
	formOneWidth  = 780
	formColumnGap = 32
	formListOne   = 300 // height of the list of permissions in one column
)

func (l *formLayout) heights(width float32) (content, help, fields, scopes float32) {
	content = width - 2*formMargin
	if content < formTwoWidth {
		content = min(content, formOneWidth)
		help = l.f.help.heightAt(content)
		fields = widgets.HeightAt(l.f.parts.object, content)
		return content, help, fields, l.f.scopes.headHeight(content) + formListOne
	}
	help = l.f.help.heightAt(content)
	fields = widgets.HeightAt(l.f.parts.object, formFields)
	least := l.f.scopes.headHeight(content-formFields-formColumnGap) + 226
	return content, help, fields, max(l.viewport-help-32, least)
}

// HeightAt implements widgets.TallLayout.
func (l *formLayout) HeightAt(_ []fyne.CanvasObject, width float32) float32 {
	content, help, fields, scopes := l.heights(width)
	if content < formTwoWidth {
		return help + 16 + fields + 16 + scopes + 16
	}
	return help + 16 + max(fields, scopes) + 16
}

func (l *formLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	content, help, fields, scopes := l.heights(size.Width)
	objects[0].Move(fyne.NewPos(formMargin, 0))
	objects[0].Resize(fyne.NewSize(content, help))
	top := help + 16
	objects[1].Move(fyne.NewPos(formMargin, top))
	if content < formTwoWidth {
		objects[1].Resize(fyne.NewSize(content, fields))
		objects[2].Move(fyne.NewPos(formMargin, top+fields+16))
		objects[2].Resize(fyne.NewSize(content, scopes))
		return
	}
	objects[1].Resize(fyne.NewSize(formFields, fields))
	objects[2].Move(fyne.NewPos(formMargin+formFields+formColumnGap, top))
	objects[2].Resize(fyne.NewSize(content-formFields-formColumnGap, scopes))
}

func (*formLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(480, 320) }
