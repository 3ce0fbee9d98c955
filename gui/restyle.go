package gui

import "fyne.io/fyne/v2"

// themes knows how often the theme has changed, the system's own changes included.
// What is kept out of the window, a screen or a page of one, misses them: the toolkit
// tells what is in the window alone.
type themes struct {
	changes int
	again   bool // it is given out once more, and has not changed
}

// watchTheme counts the changes of the theme.
func (u *ui) watchTheme() {
	u.app.Settings().AddListener(func(fyne.Settings) {
		if !u.themes.again {
			u.themes.changes++
		}
	})
}

// restyle gives the theme to what has just come back into the window, when it has
// changed since. seen is what it knows of the changes.
func (u *ui) restyle(seen *int) {
	if *seen == u.themes.changes {
		return
	}
	*seen = u.themes.changes
	u.themes.again = true
	u.app.Settings().SetTheme(u.app.Settings().Theme())
	u.themes.again = false
}
