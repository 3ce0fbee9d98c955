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

// monoSize is the size of monospaced text in an entry. It is the theme's: all other
// text in entries looks the same without.
const monoSize float32 = 13

// CreateRenderer implements fyne.Widget.
func (e *entry) CreateRenderer() fyne.WidgetRenderer {
	// To what is masked and has nothing at its end the toolkit would add an eye of its own.
	e.ActionItem = canvas.NewRectangle(color.Transparent)
	r := &entryRenderer{WidgetRenderer: e.Entry.CreateRenderer()}
	e.ActionItem = nil
	for _, o := range r.WidgetRenderer.Objects() {
		content, ok := o.(fyne.Widget)
		if scroll, scrolls := o.(*container.Scroll); scrolls {
			overrideScroll(scroll, entryTheme{})
			content, ok = scroll.Content.(fyne.Widget)
		}
		if ok && e.TextStyle.Monospace {
			for _, o := range content.CreateRenderer().Objects() {
				if text, ok := o.(*widget.RichText); ok {
					r.mono = append(r.mono, text)
				}
			}
		}
	}
	r.overrideTexts()
	return r
}

// entryRenderer is the toolkit's. While a theme is given out it shows nothing of what
// is in the entry.
type entryRenderer struct {
	fyne.WidgetRenderer
	mono []*widget.RichText // the monospaced text and its placeholder
}

// Objects implements fyne.WidgetRenderer.
func (r *entryRenderer) Objects() []fyne.CanvasObject {
	if overriding {
		return nil
	}
	return r.WidgetRenderer.Objects()
}

// Refresh implements fyne.WidgetRenderer.
func (r *entryRenderer) Refresh() {
	r.overrideTexts()
	r.WidgetRenderer.Refresh()
}

// overrideTexts gives the monospaced texts their theme, but not the pieces that they
// draw, where they do not have it any more: the toolkit forgets that of a placeholder
// that has been hidden for a minute.
func (r *entryRenderer) overrideTexts() {
	for _, text := range r.mono {
		if text.Theme().Size(theme.SizeNameText) == monoSize {
			continue
		}
		segments := text.Segments
		text.Segments = nil
		text.Refresh()
		Override(text, entryTheme{mono: true})
		text.Segments = segments
		text.Refresh()
	}
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
			return monoSize
		}
	}
	return t.base().Size(name)
}
