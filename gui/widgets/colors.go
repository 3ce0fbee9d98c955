// Package widgets holds the small widgets that the screens are built from.
// They know Fyne only, take every colour by name from the theme, and must be
// used on the UI thread.
package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// The colours of this program beside those of the toolkit. The app's theme
// knows all of them in both variants.
const (
	ColorSurface   fyne.ThemeColorName = "tokenwell.surface"   // ground of a screen
	ColorRaised    fyne.ThemeColorName = "tokenwell.raised"    // ground of sheets and menus
	ColorMuted     fyne.ThemeColorName = "tokenwell.muted"     // second-rank text and icons
	ColorBorder    fyne.ThemeColorName = "tokenwell.border"    // edges of screens and cards
	ColorLine      fyne.ThemeColorName = "tokenwell.line"      // rules between rows and groups
	ColorSelect    fyne.ThemeColorName = "tokenwell.select"    // ground of what is selected
	ColorHover     fyne.ThemeColorName = "tokenwell.hover"     // ground under the pointer
	ColorButton    fyne.ThemeColorName = "tokenwell.button"    // ground of a plain button
	ColorField     fyne.ThemeColorName = "tokenwell.field"     // ground of an entry
	ColorFieldEdge fyne.ThemeColorName = "tokenwell.fieldEdge" // edge of an entry
	ColorOff       fyne.ThemeColorName = "tokenwell.off"       // ground of what is disabled or read only
	ColorDisabled  fyne.ThemeColorName = "tokenwell.disabled"  // text of what is disabled
	ColorAccent    fyne.ThemeColorName = "tokenwell.accent"
	ColorOnAccent  fyne.ThemeColorName = "tokenwell.onAccent"
	ColorHelp      fyne.ThemeColorName = "tokenwell.help" // the blue help panel
	ColorHelpEdge  fyne.ThemeColorName = "tokenwell.helpEdge"
	ColorHelpLine  fyne.ThemeColorName = "tokenwell.helpLine"
	ColorOK        fyne.ThemeColorName = "tokenwell.ok"
	ColorOKTint    fyne.ThemeColorName = "tokenwell.okTint"
	ColorWarn      fyne.ThemeColorName = "tokenwell.warn"
	ColorWarnTint  fyne.ThemeColorName = "tokenwell.warnTint"
	ColorBad       fyne.ThemeColorName = "tokenwell.bad"
	ColorBadTint   fyne.ThemeColorName = "tokenwell.badTint"
	ColorOnBad     fyne.ThemeColorName = "tokenwell.onBad" // text on ColorBad
	ColorIdle      fyne.ThemeColorName = "tokenwell.idle"
	ColorIdleTint  fyne.ThemeColorName = "tokenwell.idleTint"
	ColorTrack     fyne.ThemeColorName = "tokenwell.track"  // unfilled part of a bar
	ColorSignIn    fyne.ThemeColorName = "tokenwell.signin" // the sign-in's lane of the time picture
	ColorLift      fyne.ThemeColorName = "tokenwell.lift"   // shadow of menus and toasts
)

// ColorText is the text colour, the toolkit's foreground.
const ColorText = theme.ColorNameForeground

// themed is what every widget here is: it knows the theme in its place.
type themed interface{ Theme() fyne.Theme }

// colorOf returns the named colour as the theme in w's place has it.
func colorOf(w themed, name fyne.ThemeColorName) color.Color {
	return w.Theme().Color(name, fyne.CurrentApp().Settings().ThemeVariant())
}

// mix returns a with the share t (0 to 1) of b.
func mix(a, b color.Color, t float32) color.Color {
	ar, ag, ab, aa := a.RGBA()
	br, bg, bb, ba := b.RGBA()
	m := func(x, y uint32) uint8 { return uint8((float32(x)*(1-t) + float32(y)*t) / 257) }
	return color.RGBA{R: m(ar, br), G: m(ag, bg), B: m(ab, bb), A: m(aa, ba)}
}
