package gui

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"tokenwell/auth"
)

// Sizes of the window's content, the menu bar included.
const (
	firstWidth, firstHeight float32 = 1180, 760
	leastWidth, leastHeight float32 = 900, 600
	menuBarHeight           float32 = 32
	mostSide                float32 = 16384
	firstSplit              float64 = 0.66
)

// prefs are what the window remembers. Every value is checked when it is read:
// the settings are a file that others can edit.
type prefs struct {
	size    fyne.Size
	split   float64
	sort    auth.Column
	desc    bool
	hidden  map[string]bool // columns that are put away
	state   auth.State      // the filter; "": all
	service string          // the filter; "": all
	theme   themeChoice
	screen  string // the label of its place; "" or unknown: the first
	copyAs  string // the kind of text that was last copied for another program
}

// The settings' keys.
const (
	keyWidth   = "window.width"
	keyHeight  = "window.height"
	keySplit   = "authorizations.split"
	keySort    = "authorizations.sort"
	keyDesc    = "authorizations.descending"
	keyHidden  = "authorizations.hidden_columns"
	keyState   = "authorizations.state"
	keyService = "authorizations.service"
	keyTheme   = "theme"
	keyScreen  = "window.screen"
	keyCopyAs  = "authorizations.copy_as"
)

// readPrefs takes what is usable from the settings and the defaults for the rest.
func readPrefs(s map[string]string) prefs {
	p := prefs{
		size:   fyne.NewSize(side(s[keyWidth], leastWidth, firstWidth), side(s[keyHeight], leastHeight, firstHeight)),
		split:  firstSplit,
		sort:   auth.ColumnName,
		desc:   s[keyDesc] == "true",
		hidden: map[string]bool{},
		theme:  themeSystem,
	}
	if v, err := strconv.ParseFloat(s[keySplit], 64); err == nil && v >= 0.3 && v <= 0.9 {
		p.split = v
	}
	for i := range columns {
		if string(columns[i].sort) == s[keySort] {
			p.sort = columns[i].sort
		}
		if slices.Contains(strings.Split(s[keyHidden], ","), columns[i].id) && !columns[i].fixed {
			p.hidden[columns[i].id] = true
		}
	}
	if _, ok := stateLooks[auth.State(s[keyState])]; ok {
		p.state = auth.State(s[keyState])
	}
	p.service, p.copyAs, p.screen = s[keyService], s[keyCopyAs], s[keyScreen]
	switch choice := themeChoice(s[keyTheme]); choice {
	case themeLight, themeDark:
		p.theme = choice
	case themeSystem:
	}
	return p
}

// side reads a length; one that makes no sense is replaced.
func side(text string, least, first float32) float32 {
	v, err := strconv.ParseFloat(text, 32)
	if err != nil || v != v || v > float64(mostSide) {
		return first
	}
	return max(float32(v), least)
}

// settings writes the prefs as they are stored.
func (p prefs) settings() map[string]string {
	var hidden []string
	for i := range columns {
		if p.hidden[columns[i].id] {
			hidden = append(hidden, columns[i].id)
		}
	}
	number := func(v float32) string { return strconv.Itoa(int(v)) }
	return map[string]string{
		keyWidth: number(p.size.Width), keyHeight: number(p.size.Height),
		keySplit: strconv.FormatFloat(p.split, 'f', 3, 64),
		keySort:  string(p.sort), keyDesc: strconv.FormatBool(p.desc),
		keyHidden: strings.Join(hidden, ","),
		keyState:  string(p.state), keyService: p.service,
		keyTheme: string(p.theme), keyCopyAs: p.copyAs, keyScreen: p.screen,
	}
}

// savePause is how long after a change the prefs are stored.
const savePause = time.Second

// changePrefs changes what the window remembers; it is stored a little later.
func (u *ui) changePrefs(change func(*prefs)) {
	change(&u.prefs)
	u.saving.call(func() { u.savePrefs(func() {}) })
}

// savePrefs stores what has changed since the last time, then runs done.
func (u *ui) savePrefs(done func()) {
	now := u.prefs.settings()
	changed := map[string]string{}
	for key, value := range now {
		if u.stored[key] != value {
			changed[key] = value
		}
	}
	async(u.run, func(ctx context.Context) (struct{}, error) {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		for key, value := range changed {
			if err := u.engine.SetSetting(ctx, key, value); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, nil
	}, func(_ struct{}, err error) {
		if err != nil {
			u.log.Warn("the window's settings could not be stored", "error", err)
		} else {
			u.stored = now
		}
		done()
	})
}
