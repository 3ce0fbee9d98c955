package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
	"golang.org/x/sys/windows"
)

var (
	user32     = windows.NewLazySystemDLL("user32.dll")
	isIconic   = user32.NewProc("IsIconic")
	showWindow = user32.NewProc("ShowWindow")
)

// restore takes a window out of the minimised state, which the toolkit's Show
// leaves as it is here.
func restore(w fyne.Window) {
	const swRestore = 9 // SW_RESTORE; it would also take a maximised window out of that state
	native, ok := w.(driver.NativeWindow)
	if !ok {
		return
	}
	native.RunNative(func(context any) {
		c, ok := context.(driver.WindowsWindowContext)
		if !ok || c.HWND == 0 {
			return
		}
		if minimised, _, _ := isIconic.Call(c.HWND); minimised != 0 {
			_, _, _ = showWindow.Call(c.HWND, swRestore)
		}
	})
}
