package gui

import (
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// cellKind is how a column's cells are drawn.
type cellKind int

const (
	cellText cellKind = iota
	cellPill
	cellLane
)

// column is one column of the authorizations table. A new one is an entry of
// columns, with the data that it shows in auth.Row.
type column struct {
	id    string // stable: it is kept in the settings
	title string // English, the key of the translation
	sort  auth.Column
	kind  cellKind
	least float32 // width below which it leaves, its gap at the right included
	grow  float32 // share of the width that is left over
	right bool    // aligned at the right end
	// stays: the higher, the longer the column stays when the table gets
	// narrow. fixed ones never leave.
	stays int
	fixed bool
	// text gives a cell's text, its tooltip and its colour.
	text func(r *auth.Row, state auth.State, now time.Time) (text, tooltip string, ink fyne.ThemeColorName)
}

// columns are all columns, from left to right.
var columns = []column{
	{
		id: "name", title: "Name", sort: auth.ColumnName, least: 182, grow: 4, fixed: true,
		text: func(r *auth.Row, _ auth.State, _ time.Time) (string, string, fyne.ThemeColorName) {
			return r.Name, "", widgets.ColorNameText
		},
	},
	{
		id: "service", title: "Service", sort: auth.ColumnService, least: 108, grow: 2, stays: 6,
		text: func(r *auth.Row, _ auth.State, _ time.Time) (string, string, fyne.ThemeColorName) {
			return r.ServiceName, "", widgets.ColorNameMuted
		},
	},
	{
		id: "grant", title: "Grant", sort: auth.ColumnGrant, least: 141, stays: 1,
		text: func(r *auth.Row, _ auth.State, _ time.Time) (string, string, fyne.ThemeColorName) {
			return grantWord(r.Grant), "", widgets.ColorNameMuted
		},
	},
	{id: "state", title: "State", sort: auth.ColumnState, kind: cellPill, least: 148, fixed: true},
	{
		id: "expires", title: "Expires", sort: auth.ColumnExpires, least: 78, stays: 8,
		text: func(r *auth.Row, state auth.State, now time.Time) (string, string, fyne.ThemeColorName) {
			return expiryText(state, r.Expiry, now)
		},
	},
	{
		id: "scopes", title: "Scopes", sort: auth.ColumnScopes, least: 56, right: true, stays: 4,
		text: func(r *auth.Row, _ auth.State, _ time.Time) (string, string, fyne.ThemeColorName) {
			return strconv.Itoa(r.ScopeCount), "", widgets.ColorNameText
		},
	},
	{
		id: "signin_ends", title: "Sign-in until", sort: auth.ColumnSignIn, least: 96, stays: 5,
		text: func(r *auth.Row, state auth.State, now time.Time) (string, string, fyne.ThemeColorName) {
			return signInText(state, r.SignInEnds, now)
		},
	},
	{
		id: "refreshes_left", title: "Refreshes", sort: auth.ColumnLeft, least: 78, right: true, stays: 2,
		text: func(r *auth.Row, state auth.State, _ time.Time) (string, string, fyne.ThemeColorName) {
			return leftCell(r, state)
		},
	},
	{
		id: "last_used", title: "Last used", sort: auth.ColumnLastUsed, least: 88, stays: 3,
		text: func(r *auth.Row, _ auth.State, now time.Time) (string, string, fyne.ThemeColorName) {
			text, tooltip := lastUsedText(r.LastUsedAt, now)
			return text, tooltip, widgets.ColorNameMuted
		},
	},
	{id: "time_left", title: "Time left", sort: auth.ColumnExpires, kind: cellLane, least: 66, grow: 0.5, stays: 7},
}

// leftCell says how many refreshes are left, where there is something to refresh.
func leftCell(r *auth.Row, state auth.State) (text, tooltip string, ink fyne.ThemeColorName) {
	info, _ := r.Grant.Info()
	switch {
	case !renews(r, info, state):
		return dash, "", widgets.ColorNameMuted
	case r.RefreshesLeft == auth.Unlimited:
		return leftText(r.RefreshesLeft), "", widgets.ColorNameMuted
	case r.RefreshesLeft == 0:
		return leftText(0), lang.L("The limit is used up: authorize it again, or change the limit"), widgets.ColorNameBad
	default:
		return leftText(r.RefreshesLeft), "", widgets.ColorNameText
	}
}

// renews tells whether the row has what it takes to get new tokens.
func renews(r *auth.Row, info auth.GrantInfo, state auth.State) bool {
	if state == auth.StateRevoked || state == auth.StateNeverAuthorized {
		return false
	}
	return r.HasRefresh || info.Renewal == auth.RenewAsk
}

// columnTitle is the translated heading.
func (c *column) columnTitle() string { return lang.L(c.title) }

const (
	rowHeight    float32 = 36
	headerHeight float32 = 32
	tableMargin  float32 = 16 // left of the first column
	columnGap    float32 = 12 // at the right of each column
	moreWidth    float32 = 32 // the ⋯ at the right end
)

// placed is a column in its place.
type placed struct {
	*column
	x, width float32 // without the gap
}

// placeColumns chooses the columns that fit into the width and places them.
// Those of hidden are left out.
func placeColumns(width float32, hidden map[string]bool) []placed {
	space := width - tableMargin - moreWidth
	shown := make([]bool, len(columns))
	var least float32
	for i := range columns {
		if columns[i].fixed || !hidden[columns[i].id] {
			shown[i] = true
			least += columns[i].least
		}
	}
	for least > space {
		leaves := -1
		for i := range columns {
			if shown[i] && !columns[i].fixed && (leaves < 0 || columns[i].stays < columns[leaves].stays) {
				leaves = i
			}
		}
		if leaves < 0 {
			break
		}
		shown[leaves] = false
		least -= columns[leaves].least
	}
	var grow float32
	for i := range columns {
		if shown[i] {
			grow += columns[i].grow
		}
	}
	var out []placed
	x, spare := tableMargin, max(space-least, 0)
	for i := range columns {
		if !shown[i] {
			continue
		}
		w := columns[i].least + spare*columns[i].grow/grow
		out = append(out, placed{column: &columns[i], x: x, width: w - columnGap})
		x += w
	}
	return out
}
