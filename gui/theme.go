package gui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"tokenwell/gui/widgets"
)

// Theme is the program's look: the toolkit's own theme with other colours and
// sizes. Immutable; safe for concurrent use.
type Theme struct {
	fyne.Theme
	choice themeChoice
	raised bool
}

// themeChoice is the setting that overrides the system's light or dark.
type themeChoice string

const (
	themeSystem themeChoice = "system"
	themeLight  themeChoice = "light"
	themeDark   themeChoice = "dark"
)

// NewTheme returns the theme that follows the system's light or dark.
func NewTheme() *Theme { return newTheme(themeSystem) }

func newTheme(choice themeChoice) *Theme {
	return &Theme{Theme: theme.DefaultTheme(), choice: choice}
}

// Raised returns the theme for what lies above a screen: sheets, menus, toasts.
// In dark their ground is lighter, and so are their lines and buttons. Use it
// with widgets.Override.
func (t *Theme) Raised() fyne.Theme {
	return &Theme{Theme: t.Theme, choice: t.choice, raised: true}
}

// ReadFonts lets the toolkit read the fonts that the window is written in, which it
// does when the first text is measured. Call it on the main goroutine, once the
// toolkit's app is there.
func ReadFonts() {
	for _, style := range []fyne.TextStyle{{}, {Bold: true}, {Monospace: true}} {
		fyne.MeasureText(" ", 14, style)
	}
}

// pair is one colour in light and in dark, as 0xRRGGBBAA.
type pair struct{ light, dark uint32 }

// palette holds every colour that differs from the toolkit's.
var palette = map[fyne.ThemeColorName]pair{
	theme.ColorNameForeground: {0x1B2430FF, 0xE7EBF1FF},

	widgets.ColorNameFrame:     {0xF6F7F9FF, 0x14181FFF},
	widgets.ColorNameSurface:   {0xFFFFFFFF, 0x1B212AFF},
	widgets.ColorNameRaised:    {0xFFFFFFFF, 0x232B36FF},
	widgets.ColorNameMuted:     {0x55606FFF, 0x9AA6B6FF},
	widgets.ColorNameBorder:    {0xD8DDE5FF, 0x303947FF},
	widgets.ColorNameLine:      {0xE6E9EEFF, 0x282F3AFF},
	widgets.ColorNameSelect:    {0xE5EFFAFF, 0x213450FF},
	widgets.ColorNameHover:     {0xF1F3F6FF, 0x222933FF},
	widgets.ColorNameButton:    {0xEBEEF2FF, 0x2B3440FF},
	widgets.ColorNameField:     {0xFFFFFFFF, 0x171C24FF},
	widgets.ColorNameFieldEdge: {0xBCC4CFFF, 0x414C5CFF},
	widgets.ColorNameOff:       {0xF2F4F7FF, 0x20262FFF},
	widgets.ColorNameDisabled:  {0x98A2B0FF, 0x5E6978FF},
	widgets.ColorNameAccent:    {0x0B63CEFF, 0x5AA2FFFF},
	widgets.ColorNameOnAccent:  {0xFFFFFFFF, 0x0B1625FF},
	widgets.ColorNameHelp:      {0xE7F0FEFF, 0x12263FFF},
	widgets.ColorNameHelpEdge:  {0x0B63CEFF, 0x5AA2FFFF},
	widgets.ColorNameHelpLine:  {0xC6DCF9FF, 0x23446DFF},
	widgets.ColorNameOK:        {0x147A45FF, 0x4CC38AFF},
	widgets.ColorNameOKTint:    {0xE6F3EBFF, 0x1B332DFF},
	widgets.ColorNameWarn:      {0x8F5B00FF, 0xE2A336FF},
	widgets.ColorNameWarnTint:  {0xFBF1DEFF, 0x352D20FF},
	widgets.ColorNameBad:       {0xB3261EFF, 0xFF7A70FF},
	widgets.ColorNameBadTint:   {0xFBE9E7FF, 0x3A272BFF},
	widgets.ColorNameOnBad:     {0xFFFFFFFF, 0x2A0D0BFF},
	widgets.ColorNameIdle:      {0x55606FFF, 0x9AA6B6FF},
	widgets.ColorNameIdleTint:  {0xEDEFF2FF, 0x29313CFF},
	widgets.ColorNameTrack:     {0xE3E7EDFF, 0x2C3541FF},
	widgets.ColorNameSignIn:    {0x7C8AA0FF, 0x7486A0FF},
	widgets.ColorNameLift:      {0x1018282E, 0x00000073},
	widgets.ColorNameDim:       {0x141A2485, 0x06090D9E},

	// drawn over what is pressed
	theme.ColorNamePressed: {0x1B24301F, 0xE7EBF11F},
}

// raisedPalette replaces colours where the ground is widgets.ColorNameRaised.
var raisedPalette = map[fyne.ThemeColorName]pair{
	widgets.ColorNameLine:    {0xE6E9EEFF, 0x353F4CFF},
	widgets.ColorNameHover:   {0xF1F3F6FF, 0x2D3643FF},
	widgets.ColorNameButton:  {0xEBEEF2FF, 0x343E4CFF},
	widgets.ColorNameOff:     {0xF2F4F7FF, 0x1B212AFF},
	widgets.ColorNameTrack:   {0xE3E7EDFF, 0x39444FFF},
	widgets.ColorNameSurface: {0xFFFFFFFF, 0x232B36FF},
}

// aliases say which of our colours stands for one of the toolkit's.
var aliases = map[fyne.ThemeColorName]fyne.ThemeColorName{
	theme.ColorNameBackground:                widgets.ColorNameSurface,
	theme.ColorNameButton:                    widgets.ColorNameButton,
	theme.ColorNameDisabledButton:            widgets.ColorNameOff,
	theme.ColorNameDisabled:                  widgets.ColorNameDisabled,
	theme.ColorNameError:                     widgets.ColorNameBad,
	theme.ColorNameFocus:                     widgets.ColorNameSelect,
	theme.ColorNameForegroundOnError:         widgets.ColorNameOnBad,
	theme.ColorNameForegroundOnPrimary:       widgets.ColorNameOnAccent,
	theme.ColorNameForegroundOnSuccess:       widgets.ColorNameOnAccent,
	theme.ColorNameForegroundOnWarning:       widgets.ColorNameOnAccent,
	theme.ColorNameHeaderBackground:          widgets.ColorNameSurface,
	theme.ColorNameHover:                     widgets.ColorNameHover,
	theme.ColorNameHyperlink:                 widgets.ColorNameAccent,
	theme.ColorNameInnerWindowBorder:         widgets.ColorNameBorder,
	theme.ColorNameInnerWindowBorderInactive: widgets.ColorNameBorder,
	theme.ColorNameInputBackground:           widgets.ColorNameField,
	theme.ColorNameInputBorder:               widgets.ColorNameFieldEdge,
	theme.ColorNameMenuBackground:            widgets.ColorNameRaised,
	theme.ColorNameOverlayBackground:         widgets.ColorNameRaised,
	theme.ColorNamePlaceHolder:               widgets.ColorNameMuted,
	theme.ColorNamePrimary:                   widgets.ColorNameAccent,
	theme.ColorNameScrollBar:                 widgets.ColorNameFieldEdge,
	theme.ColorNameSelection:                 widgets.ColorNameSelect,
	theme.ColorNameShadow:                    widgets.ColorNameLift,
	theme.ColorNameSeparator:                 widgets.ColorNameLine,
	theme.ColorNameSuccess:                   widgets.ColorNameOK,
	theme.ColorNameWarning:                   widgets.ColorNameWarn,
}

// Color implements fyne.Theme.
func (t *Theme) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	switch t.choice {
	case themeLight:
		variant = theme.VariantLight
	case themeDark:
		variant = theme.VariantDark
	case themeSystem:
	}
	if ours, ok := aliases[name]; ok {
		name = ours
	}
	if name == theme.ColorNameScrollBarBackground {
		return color.Transparent
	}
	p, ok := palette[name]
	if t.raised {
		if above, found := raisedPalette[name]; found {
			p, ok = above, true
		}
	}
	switch {
	case !ok:
		return t.Theme.Color(name, variant)
	case variant == theme.VariantDark:
		return rgba(p.dark)
	default:
		return rgba(p.light)
	}
}

func rgba(v uint32) color.Color {
	return color.NRGBA{R: uint8(v >> 24 & 0xFF), G: uint8(v >> 16 & 0xFF), B: uint8(v >> 8 & 0xFF), A: uint8(v & 0xFF)}
}

// sizes are those that differ from the toolkit's.
var sizes = map[fyne.ThemeSizeName]float32{
	theme.SizeNameText:               14,
	theme.SizeNameCaptionText:        12,
	theme.SizeNameHeadingText:        18,
	theme.SizeNameSubHeadingText:     14,
	theme.SizeNamePadding:            4,
	theme.SizeNameInnerPadding:       8,
	theme.SizeNameInlineIcon:         20,
	theme.SizeNameInputBorder:        1,
	theme.SizeNameInputRadius:        6,
	theme.SizeNameButtonRadius:       6,
	theme.SizeNameSelectionRadius:    6,
	theme.SizeNameCardRadius:         8,
	theme.SizeNameDialogRadius:       12,
	theme.SizeNamePopupRadius:        12,
	theme.SizeNameMenuRadius:         8,
	theme.SizeNameSeparatorThickness: 1,
	theme.SizeNameScrollBar:          10,
	theme.SizeNameScrollBarSmall:     6,
	theme.SizeNameScrollBarRadius:    3,
	theme.SizeNameModalBlurRadius:    0,
}

// Size implements fyne.Theme.
func (t *Theme) Size(name fyne.ThemeSizeName) float32 {
	if size, ok := sizes[name]; ok {
		return size
	}
	return t.Theme.Size(name)
}
