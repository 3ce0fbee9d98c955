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
	ColorNameFrame     fyne.ThemeColorName = "tokenwell.frame"     // ground of what stands around the screens
	ColorNameSurface   fyne.ThemeColorName = "tokenwell.surface"   // ground of a screen
	ColorNameRaised    fyne.ThemeColorName = "tokenwell.raised"    // ground of sheets and menus
	ColorNameMuted     fyne.ThemeColorName = "tokenwell.muted"     // second-rank text and icons
	ColorNameBorder    fyne.ThemeColorName = "tokenwell.border"    // edges of screens and cards
	ColorNameLine      fyne.ThemeColorName = "tokenwell.line"      // rules between rows and groups
	ColorNameSelect    fyne.ThemeColorName = "tokenwell.select"    // ground of what is selected
	ColorNameHover     fyne.ThemeColorName = "tokenwell.hover"     // ground under the pointer
	ColorNameButton    fyne.ThemeColorName = "tokenwell.button"    // ground of a plain button
	ColorNameField     fyne.ThemeColorName = "tokenwell.field"     // ground of an entry
	ColorNameFieldEdge fyne.ThemeColorName = "tokenwell.fieldEdge" // edge of an entry
	ColorNameOff       fyne.ThemeColorName = "tokenwell.off"       // ground of what is disabled or read only
	ColorNameDisabled  fyne.ThemeColorName = "tokenwell.disabled"  // text of what is disabled
	ColorNameAccent    fyne.ThemeColorName = "tokenwell.accent"
	ColorNameOnAccent  fyne.ThemeColorName = "tokenwell.onAccent"
	ColorNameHelp      fyne.ThemeColorName = "tokenwell.help" // the blue help panel
	ColorNameHelpEdge  fyne.ThemeColorName = "tokenwell.helpEdge"
	ColorNameHelpLine  fyne.ThemeColorName = "tokenwell.helpLine"
	ColorNameOK        fyne.ThemeColorName = "tokenwell.ok"
	ColorNameOKTint    fyne.ThemeColorName = "tokenwell.okTint"
	ColorNameWarn      fyne.ThemeColorName = "tokenwell.warn"
	ColorNameWarnTint  fyne.ThemeColorName = "tokenwell.warnTint"
	ColorNameBad       fyne.ThemeColorName = "tokenwell.bad"
	ColorNameBadTint   fyne.ThemeColorName = "tokenwell.badTint"
	ColorNameOnBad     fyne.ThemeColorName = "tokenwell.onBad" // text on ColorNameBad
	ColorNameIdle      fyne.ThemeColorName = "tokenwell.idle"
	ColorNameIdleTint  fyne.ThemeColorName = "tokenwell.idleTint"
	ColorNameTrack     fyne.ThemeColorName = "tokenwell.track"  // unfilled part of a bar
	ColorNameSignIn    fyne.ThemeColorName = "tokenwell.signin" // the sign-in's lane of the time picture
	ColorNameLift      fyne.ThemeColorName = "tokenwell.lift"   // shadow of what lies above
	ColorNameDim       fyne.ThemeColorName = "tokenwell.dim"    // over the window behind a sheet
)

// ColorNameText is the text colour, the toolkit's foreground.
const ColorNameText = theme.ColorNameForeground

// Themed is what every widget is: it knows the theme in its place.
type Themed interface{ Theme() fyne.Theme }

// Color returns the named colour as the theme in w's place has it.
func Color(w Themed, name fyne.ThemeColorName) color.Color {
	return w.Theme().Color(name, fyne.CurrentApp().Settings().ThemeVariant())
}

// mix returns a with the share t (0 to 1) of b.
func mix(a, b color.Color, t float32) color.Color {
	ar, ag, ab, aa := a.RGBA()
	br, bg, bb, ba := b.RGBA()
	m := func(x, y uint32) uint8 { return uint8((float32(x)*(1-t) + float32(y)*t) / 257) }
	return color.RGBA{R: m(ar, br), G: m(ag, bg), B: m(ab, bb), A: m(aa, ba)}
}
