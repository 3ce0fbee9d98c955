package gui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/assert"

	"tokenwell/gui/guitest"
	"tokenwell/gui/widgets"
)

func TestToast_LongMessagesGoOnInASecondLine(t *testing.T) {
	atDesk(t, tight, nil, func(d *desk) {
		long := strings.Repeat("a message that is long ", 8) + "to its end."
		d.w.u.toast(long, "", nil)
		assert.True(t, d.shows(long), "nothing is cut off")
		one := d.w.u.frame.toasts.list.Size().Height
		d.w.u.toast("Short.", "Undo", func() {})
		d.wait(toastTime + time.Second)
		assert.False(t, d.shows("a message that is long"))
		assert.EqualValues(t, 44, d.w.u.frame.toasts.list.Size().Height)
		assert.Greater(t, one, float32(44))
	})
}

func TestSheet_WhatScrollsBeginsBelowTheRoundCorner(t *testing.T) {
	atDesk(t, tight, nil, func(d *desk) {
		for height, top := range map[float32]float32{200: 0, 2000: sheetScrolls} {
			body := widgets.NewColumn(0, widgets.NewFixed(0, height, widgets.NewPanel("", "", 0)))
			s := d.w.u.openSheet(300, body, sheetFoot(nil), nil)
			assert.Equal(t, top, s.content.Objects[0].Position().Y, "%g high", height)
			assert.Equal(t, s.content.Objects[1].Position().Y, top+s.content.Objects[0].Size().Height, "it ends where the foot begins")
			s.close()
		}
	})
}

func TestHelpHead_TheRedirectURIGivesWayBeforeTheTitle(t *testing.T) {
	for _, size := range []fyne.Size{standard, small} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, themeLight, size)
			b.u.showContent(newForm(b.u, b.engine.DraftFor("facebook")).screen)
			assert.True(t, b.showsLine("How to set up Meta (Facebook Graph and Marketing API)"))
			assert.False(t, b.showsLine("https://www.facebook.com/connect/login_success.html"))
			b.u.showContent(newForm(b.u, b.engine.DraftFor("salesforce")).screen)
			assert.True(t, b.showsLine("How to set up Salesforce"))
			assert.True(t, b.showsLine("http://localhost:17654/callback"), "where there is room for both")
		})
	}
}

func TestLocalClients_TheSearchSaysWhatItIsInTheSmallestWindow(t *testing.T) {
	for _, size := range []fyne.Size{wide, tight} {
		atLocal(t, size, nil, func(d *desk, _ *guitest.Registry, s *localScreen) {
			assert.Equal(t, "Search", s.clientPage().search.Entry().PlaceHolder)
			d.tap(map[fyne.Size]string{wide: "New client", tight: "New"}[size])
			assert.True(t, s.clientPage().editor.m.isNew())
		})
	}
}
