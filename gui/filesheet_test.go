package gui

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFileSheet_SaysThatThereIsNothingAtAPath(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		d.w.u.askFile("File", func(string) {})
		place := d.sheetInput(0)
		place.SetText(filepath.Join(t.TempDir(), "missing.json"))
		place.Entry().OnSubmitted(place.Text())
		assert.True(t, d.shows("There is no file or folder at this path."))
	})
}
