package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

const entryPadding float32 = 8

// withTheme gives an entry its theme, but not the text in it, see Override.
func withTheme(e *entry) fyne.CanvasObject {
	e.alone = true
	defer func() { e.alone = false }()
	return NewThemed(e, entryTheme{})
}

// CreateRenderer implements fyne.Widget.
func (e *entry) CreateRenderer() fyne.WidgetRenderer {
	r := e.Entry.CreateRenderer()
	for _, o := range r.Objects() {
		content, ok := o.(fyne.Widget)
		if scroll, scrolls := o.(*container.Scroll); scrolls {
			overrideScroll(scroll, entryTheme{})
			content, ok = scroll.Content.(fyne.Widget)
		}
		if ok && e.TextStyle.Monospace { // the size of which is the theme's
			overrideTexts(content, entryTheme{mono: true})
		}
	}
	return &entryRenderer{WidgetRenderer: r, e: e}
}

// overrideTexts gives the toolkit's texts within an entry another theme, but not the
// pieces that they draw.
func overrideTexts(content fyne.Widget, th fyne.Theme) {
	for _, o := range content.CreateRenderer().Objects() {
		if text, ok := o.(*widget.RichText); ok {
			segments := text.Segments
			text.Segments = nil
			text.Refresh()
			Override(text, th)
			text.Segments = segments
			text.Refresh()
		}
	}
}

type entryRenderer struct {
	fyne.WidgetRenderer
	e *entry
}

func (r *entryRenderer) Objects() []fyne.CanvasObject {
	if r.e.alone {
		return nil
	}
	return r.WidgetRenderer.Objects()
}

// overrideScroll gives a scroll another theme, but not what it shows.
func overrideScroll(s *container.Scroll, th fyne.Theme) {
	content := s.Content
	s.Content = canvas.NewRectangle(color.Transparent)
	Override(s, th)
	s.Content = content
	s.Refresh()
}

// entryTheme leaves the entry without box and edge, which Input draws itself.
type entryTheme struct{ mono bool }

func (entryTheme) base() fyne.Theme { return fyne.CurrentApp().Settings().Theme() }

// Color implements fyne.Theme.
func (t entryTheme) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	switch name {
	case theme.ColorNameInputBackground, theme.ColorNameInputBorder, theme.ColorNameScrollBar, theme.ColorNameShadow:
		return color.Transparent
	}
	return t.base().Color(name, v)
}

// Font implements fyne.Theme.
func (t entryTheme) Font(style fyne.TextStyle) fyne.Resource { return t.base().Font(style) }

// Icon implements fyne.Theme.
func (t entryTheme) Icon(name fyne.ThemeIconName) fyne.Resource { return t.base().Icon(name) }

// Size implements fyne.Theme.
func (t entryTheme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameInputBorder:
		return 0
	case theme.SizeNameInnerPadding:
		return entryPadding
	case theme.SizeNameText:
		if t.mono {
			return 13
		}
	}
	return t.base().Size(name)
}
