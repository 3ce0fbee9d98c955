package gui

import (
	"time"

	"tokenwell/auth"
)

// clipboardTime is how long a secret stays in the clipboard.
const clipboardTime = 10 * time.Second

// clip remembers the secret that was copied last, until it has been cleared.
type clip struct {
	secret auth.Secret
	stop   func()
}

// copySecret puts a secret into the clipboard and takes it out after ten
// seconds, or when the window closes, unless something else has been copied
// since.
func (u *ui) copySecret(s auth.Secret) {
	if u.clip.stop != nil {
		u.clip.stop()
	}
	u.app.Clipboard().SetContent(s.Reveal())
	u.clip.secret = s
	u.clip.stop = u.run.after(clipboardTime, u.clearClipboard)
}

// copyText puts a text that is no secret into the clipboard.
func (u *ui) copyText(text string) { u.app.Clipboard().SetContent(text) }

// clearClipboard empties the clipboard if the secret is still in it.
func (u *ui) clearClipboard() {
	if u.clip.secret.Empty() {
		return
	}
	if u.clip.secret.Equal(auth.NewSecret(u.app.Clipboard().Content())) {
		u.app.Clipboard().SetContent("")
	}
	u.clip.secret = auth.Secret{}
}
