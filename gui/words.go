package gui

import (
	"time"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// stateLook is how a state is told: always a word, the colour only beside it.
type stateLook struct {
	word       string // English, the key of the translation
	group      stateGroup
	ink, tint  fyne.ThemeColorName
	hollow     bool // the dot is a ring: the third sign beside word and colour
	needsHuman bool // the user has to do something about it
}

// stateGroup sums states up for the status line.
type stateGroup int

const (
	groupActive stateGroup = iota
	groupSoon
	groupNeedsYou
	groupIdle
)

// states are the states in the order of the filter.
var states = []auth.State{
	auth.StateActive, auth.StateExpiring, auth.StateRefreshing, auth.StateWaiting,
	auth.StateNeedsSignIn, auth.StateNeedsAttention, auth.StateExpired, auth.StateUnknown,
	auth.StateChangedOutside, auth.StatePaused, auth.StateRevoked, auth.StateNeverAuthorized,
}

var stateLooks = map[auth.State]stateLook{
	auth.StateActive:          okLook("Active"),
	auth.StateExpiring:        warnLook("Expiring"),
	auth.StateRefreshing:      warnLook("Refreshing"),
	auth.StateWaiting:         warnLook("Waiting for sign-in"),
	auth.StateNeedsSignIn:     badLook("Needs sign-in"),
	auth.StateNeedsAttention:  badLook("Needs attention"),
	auth.StateExpired:         badLook("Expired"),
	auth.StateUnknown:         badLook("Outcome unknown"),
	auth.StateChangedOutside:  badLook("Changed outside the app"),
	auth.StateRevoked:         idleLook("Revoked"),
	auth.StateNeverAuthorized: idleLook("Never authorized"),
	auth.StatePaused:          idleLook("Paused"),
}

func okLook(word string) stateLook {
	return stateLook{word: word, group: groupActive, ink: widgets.ColorNameOK, tint: widgets.ColorNameOKTint}
}

func warnLook(word string) stateLook {
	return stateLook{word: word, group: groupSoon, ink: widgets.ColorNameWarn, tint: widgets.ColorNameWarnTint}
}

func badLook(word string) stateLook {
	return stateLook{word: word, group: groupNeedsYou, ink: widgets.ColorNameBad, tint: widgets.ColorNameBadTint, needsHuman: true}
}

func idleLook(word string) stateLook {
	return stateLook{word: word, group: groupIdle, ink: widgets.ColorNameIdle, tint: widgets.ColorNameIdleTint, hollow: true}
}

// lookOf returns how the state looks; an unknown one shows its own name.
func lookOf(s auth.State) stateLook {
	if look, ok := stateLooks[s]; ok {
		return look
	}
	return idleLook(string(s))
}

// stateWord returns the translated word for a state.
func stateWord(s auth.State) string { return lang.L(lookOf(s).word) }

// grantWord returns the grant as the table shows it.
func grantWord(g auth.Grant) string {
	if info, ok := g.Info(); ok {
		return lang.L(info.Label)
	}
	return string(g)
}

// rowState is the row's state at now: the clock goes on after the row was read.
func rowState(r *auth.Row, now time.Time) auth.State {
	switch r.State {
	case auth.StateActive, auth.StateExpiring, auth.StateExpired:
		return auth.Status{State: auth.StateActive, Expiry: r.Expiry}.Effective(now)
	default:
		return r.State
	}
}

// holdsToken tells whether a row in that state can have an access token whose
// end is worth showing.
func holdsToken(s auth.State) bool {
	switch s {
	case auth.StateNeverAuthorized, auth.StateRevoked, auth.StateChangedOutside, auth.StatePaused:
		return false
	default:
		return true
	}
}

// number fills {{.N}} of a translated sentence.
type number struct{ N int }

// amount is number for what may be thousands, written by grouped.
type amount struct{ N string }

// relative says how far at is from now: "in 42 min", "2 h ago", "yesterday".
func relative(at, now time.Time) string {
	d := at.Sub(now)
	if d >= 0 {
		switch {
		case d < time.Minute:
			return lang.L("in under 1 min")
		case d < 90*time.Minute:
			return lang.L("in {{.N}} min", number{int(d / time.Minute)})
		case d < 36*time.Hour:
			return lang.L("in {{.N}} h", number{int((d + 30*time.Minute) / time.Hour)})
		default:
			return lang.L("in {{.N}} days", number{int((d + 12*time.Hour) / (24 * time.Hour))})
		}
	}
	switch d = -d; {
	case d < time.Minute:
		return lang.L("just now")
	case d < time.Hour:
		return lang.L("{{.N}} min ago", number{int(d / time.Minute)})
	case d < 12*time.Hour || dayOf(at) == dayOf(now):
		return lang.L("{{.N}} h ago", number{int((d + 30*time.Minute) / time.Hour)})
	case dayOf(at) == dayOf(now.AddDate(0, 0, -1)):
		return lang.L("yesterday")
	case d < dayNamesOne:
		return at.Local().Format("2 Jan")
	default:
		return at.Local().Format("Jan 2006") // cells are narrow; their tooltips have all of it
	}
}

// dayNamesOne is how long a day without its year can be no other.
const dayNamesOne = 300 * 24 * time.Hour

func dayOf(t time.Time) string { return t.Local().Format(time.DateOnly) }

// clock names a moment by day and time: "today 14:05", "18 Feb 2027".
func clock(at, now time.Time) string {
	hour := at.Local().Format("15:04")
	switch dayOf(at) {
	case dayOf(now):
		return lang.L("today {{.T}}", map[string]any{"T": hour})
	case dayOf(now.AddDate(0, 0, 1)):
		return lang.L("tomorrow {{.T}}", map[string]any{"T": hour})
	case dayOf(now.AddDate(0, 0, -1)):
		return lang.L("yesterday {{.T}}", map[string]any{"T": hour})
	default:
		return at.Local().Format("2 Jan 2006 15:04")
	}
}

// fullDate is the exact moment, for tooltips.
func fullDate(at time.Time) string { return at.Local().Format("Monday, 2 January 2006, 15:04:05 MST") }

// dash stands where there is nothing to tell.
const dash = "–"

// expiryText says when the access token ends, as the table shows it, and in
// which colour; the tooltip has the exact moment or the reason.
func expiryText(state auth.State, e auth.Expiry, now time.Time) (text, tooltip string, ink fyne.ThemeColorName) {
	switch {
	case !holdsToken(state) || (e.At.IsZero() && e.Rule != auth.ExpiryNever):
		return dash, "", widgets.ColorNameMuted
	case e.Rule == auth.ExpiryNever:
		return lang.L("never"), lang.L("The service says that this token does not run out"), widgets.ColorNameMuted
	}
	tooltip = fullDate(e.At)
	if e.Rule == auth.ExpiryNotReported {
		tooltip += lang.L(" (the service did not say; taken as one hour)")
	}
	switch left := e.At.Sub(now); {
	case left <= 0:
		return relative(e.At, now), tooltip, widgets.ColorNameBad
	case left < auth.ExpiringBefore:
		return relative(e.At, now), tooltip, widgets.ColorNameWarn
	default:
		return relative(e.At, now), tooltip, widgets.ColorNameText
	}
}

// signInSoon is how long before its end a sign-in is shown as ending.
const signInSoon = 7 * 24 * time.Hour

// signInText says until about when the user need not sign in again. The time is
// an estimate, so that hours are enough.
func signInText(state auth.State, ends, now time.Time) (text, tooltip string, ink fyne.ThemeColorName) {
	if ends.IsZero() || !holdsToken(state) || state == auth.StateNeedsSignIn {
		return dash, "", widgets.ColorNameMuted
	}
	tooltip = lang.L("About {{.When}}, by what is known of the service", map[string]any{"When": fullDate(ends)})
	switch left := ends.Sub(now); {
	case left <= 0:
		return relative(ends, now), tooltip, widgets.ColorNameBad
	case left < signInSoon:
		return relative(ends, now), tooltip, widgets.ColorNameWarn
	default:
		return relative(ends, now), tooltip, widgets.ColorNameText
	}
}

// lastUsedText says when the access token was last used.
func lastUsedText(at, now time.Time) (text, tooltip string) {
	if at.IsZero() {
		return lang.L("never"), ""
	}
	return relative(at, now), fullDate(at)
}

// inSentence is a label within a sentence: it begins small, but for an
// abbreviation such as JWT.
func inSentence(label string) string {
	first := []rune(label)
	if len(first) < 2 || unicode.IsUpper(first[1]) {
		return label
	}
	return string(unicode.ToLower(first[0])) + string(first[1:])
}
