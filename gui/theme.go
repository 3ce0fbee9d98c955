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
// with container.NewThemeOverride.
func (t *Theme) Raised() *Theme {
	return &Theme{Theme: t.Theme, choice: t.choice, raised: true}
}

// pair is one colour in light and in dark, as 0xRRGGBBAA.
type pair struct{ light, dark uint32 }

// palette holds every colour that differs from the toolkit's.
var palette = map[fyne.ThemeColorName]pair{
	theme.ColorNameBackground: {0xF6F7F9FF, 0x14181FFF},
	theme.ColorNameForeground: {0x1B2430FF, 0xE7EBF1FF},

	widgets.ColorSurface:   {0xFFFFFFFF, 0x1B212AFF},
	widgets.ColorRaised:    {0xFFFFFFFF, 0x232B36FF},
	widgets.ColorMuted:     {0x55606FFF, 0x9AA6B6FF},
	widgets.ColorBorder:    {0xD8DDE5FF, 0x303947FF},
	widgets.ColorLine:      {0xE6E9EEFF, 0x282F3AFF},
	widgets.ColorSelect:    {0xE5EFFAFF, 0x213450FF},
	widgets.ColorHover:     {0xF1F3F6FF, 0x222933FF},
	widgets.ColorButton:    {0xEBEEF2FF, 0x2B3440FF},
	widgets.ColorField:     {0xFFFFFFFF, 0x171C24FF},
	widgets.ColorFieldEdge: {0xBCC4CFFF, 0x414C5CFF},
	widgets.ColorOff:       {0xF2F4F7FF, 0x20262FFF},
	widgets.ColorDisabled:  {0x98A2B0FF, 0x5E6978FF},
	widgets.ColorAccent:    {0x0B63CEFF, 0x5AA2FFFF},
	widgets.ColorOnAccent:  {0xFFFFFFFF, 0x0B1625FF},
	widgets.ColorHelp:      {0xE7F0FEFF, 0x12263FFF},
	widgets.ColorHelpEdge:  {0x0B63CEFF, 0x5AA2FFFF},
	widgets.ColorHelpLine:  {0xC6DCF9FF, 0x23446DFF},
	widgets.ColorOK:        {0x147A45FF, 0x4CC38AFF},
	widgets.ColorOKTint:    {0xE6F3EBFF, 0x1B332DFF},
	widgets.ColorWarn:      {0x8F5B00FF, 0xE2A336FF},
	widgets.ColorWarnTint:  {0xFBF1DEFF, 0x352D20FF},
	widgets.ColorBad:       {0xB3261EFF, 0xFF7A70FF},
	widgets.ColorBadTint:   {0xFBE9E7FF, 0x3A272BFF},
	widgets.ColorOnBad:     {0xFFFFFFFF, 0x2A0D0BFF},
	widgets.ColorIdle:      {0x55606FFF, 0x9AA6B6FF},
	widgets.ColorIdleTint:  {0xEDEFF2FF, 0x29313CFF},
	widgets.ColorTrack:     {0xE3E7EDFF, 0x2C3541FF},
	widgets.ColorSignIn:    {0x7C8AA0FF, 0x7486A0FF},
	widgets.ColorLift:      {0x1018282E, 0x00000073},

	// the dim behind a modal; the toolkit draws its shadows with it too
	theme.ColorNameShadow: {0x141A2485, 0x06090D9E},
	// drawn over what is pressed
	theme.ColorNamePressed: {0x1B24301F, 0xE7EBF11F},
}

// raisedPalette replaces colours where the ground is widgets.ColorRaised.
var raisedPalette = map[fyne.ThemeColorName]pair{
	widgets.ColorLine:    {0xE6E9EEFF, 0x353F4CFF},
	widgets.ColorHover:   {0xF1F3F6FF, 0x2D3643FF},
	widgets.ColorButton:  {0xEBEEF2FF, 0x343E4CFF},
	widgets.ColorOff:     {0xF2F4F7FF, 0x1B212AFF},
	widgets.ColorTrack:   {0xE3E7EDFF, 0x39444FFF},
	widgets.ColorSurface: {0xFFFFFFFF, 0x232B36FF},
}

// aliases say which of our colours stands for one of the toolkit's.
var aliases = map[fyne.ThemeColorName]fyne.ThemeColorName{
	theme.ColorNameButton:                    widgets.ColorButton,
	theme.ColorNameDisabledButton:            widgets.ColorOff,
	theme.ColorNameDisabled:                  widgets.ColorDisabled,
	theme.ColorNameError:                     widgets.ColorBad,
	theme.ColorNameFocus:                     widgets.ColorSelect,
	theme.ColorNameForegroundOnError:         widgets.ColorOnBad,
	theme.ColorNameForegroundOnPrimary:       widgets.ColorOnAccent,
	theme.ColorNameForegroundOnSuccess:       widgets.ColorOnAccent,
	theme.ColorNameForegroundOnWarning:       widgets.ColorOnAccent,
	theme.ColorNameHeaderBackground:          widgets.ColorSurface,
	theme.ColorNameHover:                     widgets.ColorHover,
	theme.ColorNameHyperlink:                 widgets.ColorAccent,
	theme.ColorNameInnerWindowBorder:         widgets.ColorBorder,
	theme.ColorNameInnerWindowBorderInactive: widgets.ColorBorder,
	theme.ColorNameInputBackground:           widgets.ColorField,
	theme.ColorNameInputBorder:               widgets.ColorFieldEdge,
	theme.ColorNameMenuBackground:            widgets.ColorRaised,
	theme.ColorNameOverlayBackground:         widgets.ColorRaised,
	theme.ColorNamePlaceHolder:               widgets.ColorMuted,
	theme.ColorNamePrimary:                   widgets.ColorAccent,
	theme.ColorNameScrollBar:                 widgets.ColorFieldEdge,
	theme.ColorNameSelection:                 widgets.ColorSelect,
	theme.ColorNameSeparator:                 widgets.ColorLine,
	theme.ColorNameSuccess:                   widgets.ColorOK,
	theme.ColorNameWarning:                   widgets.ColorWarn,
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
