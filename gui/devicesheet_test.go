package gui

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

func TestDeviceSheet_ShowsCodeHostTimeAndPicture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, themeLight, standard)
		w, _ := openDevice(b, deviceSignIn(), "repo", "read:org", "read:user")
		defer w.stop()
		assert.True(t, b.shows("Enter this code at github.com"))
		assert.True(t, b.shows("WDJB-MJHT"))
		assert.True(t, b.shows("13:42"))
		assert.True(t, b.shows("Asks for 3 permissions: repo, read:org, read:user"))
		find(b, "the QR code", func(*widgets.QRCode) bool { return true })
		b.tap("Copy code")
		assert.Equal(t, "WDJB-MJHT", b.u.app.Clipboard().Content())
	})
}

// A page that opens by itself with the code filled in is how people are made to
// approve someone else's sign-in (T25).
func TestDeviceSheet_PageOpensByAClickAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, themeLight, standard)
		s := deviceSignIn()
		w, _ := openDevice(b, s)
		defer w.stop()
		assert.Zero(t, s.opened)
		b.key(fyne.KeyReturn)
		assert.Zero(t, s.opened, "the Enter that saved the form does not open it either")
		b.tap("Open github.com/login/device")
		assert.Equal(t, 1, s.opened)
		assert.False(t, b.shows("could not be opened"))
		s.browserErr = errors.New("no browser")
		b.tap("Open github.com/login/device")
		assert.True(t, b.shows("Enter the address by hand: github.com/login/device"))
	})
}

func TestDeviceSheet_TimeRunsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, themeLight, standard)
		now := signInStart
		b.u.now = func() time.Time { return now }
		w, _ := openDevice(b, deviceSignIn())
		assert.InDelta(t, 1, w.bar.Share(), 0.001)
		now = now.Add(6*time.Minute + 51*time.Second)
		w.stop()
		w.tick()
		assert.True(t, b.shows("6:51"))
		assert.InDelta(t, 0.5, w.bar.Share(), 0.001)
		now = now.Add(time.Hour)
		w.stop()
		w.tick()
		assert.True(t, b.shows("0:00"))
		w.stop()
	})
}

func TestDeviceSheet_ApprovalAndEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, themeLight, standard)
		s := deviceSignIn()
		_, end := openDevice(b, s)
		s.onPhase(auth.PhaseExchange)
		assert.True(t, b.shows("Approved."))
		assert.True(t, b.button("Cancel").Disabled(), "tokens on their way are not thrown away")
		end()
		assert.Nil(t, b.canvas.Overlays().Top(), "the sheet is gone")
	})
}

func TestDeviceSheet_CancelAndEscape(t *testing.T) {
	for name, act := range map[string]func(*bench){
		"button": func(b *bench) { b.tap("Cancel") },
		"escape": func(b *bench) { b.key(fyne.KeyEscape) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, themeLight, small)
				s := deviceSignIn()
				s.err = auth.ErrCancelled
				_, end := openDevice(b, s)
				act(b)
				assert.True(t, s.cancelled)
				end()
				assert.Nil(t, b.canvas.Overlays().Top())
			})
		})
	}
}

func TestDeviceSheet_LongCodeIsShownWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, themeLight, small)
		s := deviceSignIn()
		s.device.UserCode = "WDJB-MJHT-WDJB-MJHT-WDJB"
		w, _ := openDevice(b, s)
		defer w.stop()
		assert.True(t, b.showsLine("WDJB-MJHT-WDJB-MJHT-WDJB"))
	})
}

// directAt starts a direct grant whose answer is held back.
func directAt(b *bench, s *fakeSignIn) (end func()) {
	var held []func()
	inline := b.u.run.spawn
	b.u.run.spawn = func(f func()) { held = append(held, f) }
	b.u.followSignIn(s)
	b.u.run.spawn = inline
	require.Len(b.t, held, 1)
	return held[0]
}

func TestDirectGrant_ShortOnesDoNotFlash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, themeLight, standard)
		s := newFakeSignIn()
		s.kind = auth.PromptNone
		s.detail.Authorization.Name = "Graph app"
		end := directAt(b, s)
		assert.Nil(t, b.canvas.Overlays().Top())
		end()
		assert.True(t, b.shows("“Graph app” is authorized"))
		b.pass(2 * directPause)
		assert.Nil(t, b.canvas.Overlays().Top(), "it does not come up afterwards")
	})
}

func TestDirectGrant_LongOnesTellAndCanBeCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, themeLight, standard)
		s := newFakeSignIn()
		s.kind, s.err = auth.PromptNone, auth.ErrCancelled
		end := directAt(b, s)
		b.pass(2 * directPause)
		assert.True(t, b.shows("Getting a token from login.microsoftonline.com…"))
		assert.Zero(t, s.opened, "no browser is needed")
		b.key(fyne.KeyEscape)
		b.tap("Cancel")
		assert.True(t, s.cancelled)
		end()
		assert.Nil(t, b.canvas.Overlays().Top())
		assert.True(t, b.shows("Cancelled. “Graph mail, finance team” is kept."))
	})
}

func TestDirectGrant_FailureOpensItsSheet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, themeLight, standard)
		s := newFakeSignIn()
		s.kind, s.err = auth.PromptNone, sampleFailure()
		end := directAt(b, s)
		b.pass(2 * directPause)
		end()
		assert.True(t, b.shows("An administrator has to approve this first"))
		assert.False(t, b.shows("Getting a token"))
	})
}

// pass lets time pass on the bench.
func (b *bench) pass(d time.Duration) {
	b.u.run.timers.Unlock()
	time.Sleep(d)
	synctest.Wait()
	b.u.run.timers.Lock()
}

// localDevice is a device sign-in at the local server.
func localDevice() *fakeSignIn {
	s := deviceSignIn()
	s.url = "http://127.0.0.1:17655/device"
	s.device.Address, s.device.Complete = s.url, s.url+"?user_code=WDJB-MJHT"
	return s
}

// The page of the local server tells that the account stands here.
func TestDeviceSheet_LocalServerAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, themeLight, standard)
		w, _ := openDevice(b, localDevice())
		assert.True(t, b.shows("Sign in as analyst"))
		b.tap("Copy password")
		assert.Equal(t, "local-password", b.u.app.Clipboard().Content())
		w.stop()
		w.sheet.close()
		elsewhere, _ := openDevice(b, deviceSignIn())
		defer elsewhere.stop()
		assert.False(t, b.shows("Sign in as analyst"))
	})
}

// No other device reaches an address of this computer.
func TestDeviceSheet_OnThisComputer(t *testing.T) {
	for address, here := range map[string]bool{
		"http://127.0.0.1:17655/device": true, "https://localhost/device": true, "http://[::1]:8080/device": true,
		"https://sso.localhost:8443/device": true, "https://localhost.example/device": false, "https://10.0.0.1/device": false,
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, themeLight, standard)
			s := deviceSignIn()
			s.device.Address, s.device.Complete = address, ""
			w, _ := openDevice(b, s)
			defer w.stop()
			assert.Equal(t, !here, b.shows("phone"), address)
			assert.Equal(t, here, b.shows("Open the page in a browser on this computer"), address)
			_, pictured := lookFor(b, func(*widgets.QRCode) bool { return true })
			assert.Equal(t, !here, pictured, address)
		})
	}
}

// The button says where it leads as far as there is room beside the picture.
func TestDeviceSheet_AnAddressThatIsLongStaysOffTheButton(t *testing.T) {
	for _, page := range []string{"github.com/login/device", "login.northwind.example/device", "login.microsoftonline.com/common/device"} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, themeLight, standard)
			s := deviceSignIn()
			s.device.Address, s.device.Complete = "https://"+page, ""
			w, _ := openDevice(b, s)
			defer w.stop()
			assert.LessOrEqual(t, w.openPage.MinSize().Width+8+w.copyCode.MinSize().Width, deviceWidth-2*28-24-qrSide-2, page)
			assert.True(t, b.shows("Open "+page) || b.shows("Open the page"), page)
		})
	}
}

// Enter copies the code: to open the page takes a click (T25).
func TestDeviceSheet_EnterCopiesTheCode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, themeLight, standard)
		s := deviceSignIn()
		w, _ := openDevice(b, s)
		defer w.stop()
		b.key(fyne.KeyReturn)
		assert.Equal(t, "WDJB-MJHT", b.u.app.Clipboard().Content())
		assert.Zero(t, s.opened)
	})
}
