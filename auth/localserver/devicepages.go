package localserver

import (
	"net/http"

	"github.com/zitadel/oidc/v3/pkg/oidc"
)

// What the forms of pages without an authorization request are about.
const (
	aboutDevice   = "device"
	aboutConsents = "consents"
)

// verify is the verification URI (RFC 8628 3.3), short for those who type it. Of
// the query nothing but a user code goes on.
func (b *browser) verify(w http.ResponseWriter, r *http.Request) {
	target := pathDevicePage
	if code := shownCode(r.URL.Query().Get("user_code")); code != "" {
		target += "?user_code=" + code
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
}

func (b *browser) showDevice(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	b.pages.show(w, http.StatusOK, "local_device.html", devicePage{
		Host: b.host, Code: shownCode(query.Get("user_code")), Failed: query.Get("failed") == "1", Form: b.form(w, r, aboutDevice),
	})
}

// enterCode takes a user code. Wrong ones are held back, all together: a code
// is worth something to whoever guesses it (RFC 8628 5.1).
func (b *browser) enterCode(w http.ResponseWriter, r *http.Request) {
	if about, ok := b.ours(w, r); !ok || about != aboutDevice {
		if ok {
			b.gone(w, r)
		}
		return
	}
	var (
		id  string
		dev deviceRequest
	)
	ok, err := b.guesses.try(r.Context(), "user code", func() (found bool, _ error) {
		id, dev, found = b.devices.byUserCode(r.PostForm.Get("user_code"))
		return found, nil
	})
	if err != nil {
		b.failed(w, r, err)
		return
	}
	if !ok {
		recordOf(r.Context()).outcome = string(oidc.AccessDenied)
		note(r.Context(), "No device waits with this code: it was mistyped, decided on before, or is more than ten minutes old. Each wrong try in a row is answered later than the one before.")
		http.Redirect(w, r, pathDevicePage+"?failed=1", http.StatusSeeOther)
		return
	}
	request := b.state.addRequest(authorizationRequest{
		purpose: forDevice, clientID: dev.clientID, scopes: dev.asked, device: id, deviceCode: shownCode(dev.userCode),
	})
	http.Redirect(w, r, pathApprove+"?request="+request, http.StatusSeeOther)
}

// finishDevice passes the user's answer to the device and says so.
func (b *browser) finishDevice(w http.ResponseWriter, r *http.Request, req authorizationRequest, answer deviceRequest) {
	if !b.devices.decide(req.device, answer) {
		note(r.Context(), "The device code is over, or was decided on before.")
		b.problem(w, r, http.StatusBadRequest, "expired_token", "This code has expired or was decided on before. Start again on the device.")
		return
	}
	page := donePage{Host: b.host, Granted: answer.state == deviceApproved}
	if !page.Granted {
		recordOf(r.Context()).outcome = string(oidc.AccessDenied)
	}
	b.pages.show(w, http.StatusOK, "local_done.html", page)
}
