package gui

import (
	"context"
	"errors"
	"maps"

	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// makeRegister makes the line that offers to register the app at the service
// (RFC 7591) instead of copying ID and secret from its pages.
func (p *formParts) makeRegister() {
	p.register = widgets.NewButton(lang.L("Register this app at the service"), nil, p.registerClient)
	p.register.Small = true
	p.registerRow = widgets.NewRow(12, 1, true, p.register,
		widgets.NewCaption(lang.L("The service makes the client; ID and secret are filled in.")))
}

// showRegister shows the offer where the service takes it and no client is there yet.
func (p *formParts) showRegister() {
	d := p.f.m.draft
	p.place(p.registerRow, d.ClientID == "" && p.f.m.info().Client != auth.NeedNone && p.f.u.engine.CanRegister(p.f.m.outgoing()))
}

// registerClient has the service make a client and fills it in.
func (p *formParts) registerClient() {
	f := p.f
	if f.saving || f.registering {
		return
	}
	f.registering = true
	p.register.SetText(lang.L("Registering…"))
	draft := f.m.outgoing()
	async(f.u.run, func(ctx context.Context) (auth.Registered, error) {
		return f.u.engine.RegisterClient(ctx, draft)
	}, func(r auth.Registered, err error) {
		f.registering = false
		p.register.SetText(lang.L("Register this app at the service"))
		var wrong auth.FieldErrors
		switch {
		case f.closed:
		case !sameClientPlace(draft, f.m.outgoing()):
			f.u.toast(lang.L("The form has changed since. The client that was asked for is not filled in."), "", nil)
		case errors.As(err, &wrong):
			f.m.refuse(wrong)
			f.show()
			f.focusFirst()
		case err != nil:
			f.u.showFailure(asFailure(err), "")
		default:
			f.m.setRegistered(r)
			p.fillClient()
			f.changed()
			f.u.toast(lang.L("The service has registered this app."), "", nil)
		}
	})
}

// sameClientPlace tells whether a client that was asked for with one draft belongs
// into another: to the same server, in place of nothing that was typed meanwhile.
func sameClientPlace(asked, now auth.Draft) bool {
	return asked.ServiceID == now.ServiceID && maps.Equal(asked.Params, now.Params) && asked.Grant == now.Grant &&
		asked.ClientID == now.ClientID && asked.ClientSecret.Equal(now.ClientSecret)
}

// fillClient puts the model's client into the fields.
func (p *formParts) fillClient() {
	d := p.f.m.draft
	p.filling = true
	p.clientIDInput.SetText(d.ClientID)
	p.filling = false
	p.secret.Input.SetText(d.ClientSecret.Reveal())
	p.confirmation.Input.SetText(d.Confirmation.Reveal())
	p.public.SetChecked(p.f.m.public())
}

// setRegistered takes over a client that the service has made.
func (m *formModel) setRegistered(r auth.Registered) {
	d := &m.draft
	d.ClientID, d.ClientSecret, d.Confirmation = r.ClientID, r.ClientSecret, r.ClientSecret
	d.Public, d.ClientAuth = r.ClientAuth == auth.ClientAuthNone, r.ClientAuth
	if d.Values == nil {
		d.Values = auth.Values{}
	}
	for field, value := range r.Values {
		d.Values.Set(field, value)
	}
	m.registered = r
	m.edited(auth.FieldClientID)
	m.edited(auth.FieldClientSecret)
}

// registration are the values that manage the client which the service has made,
// while it is still the one that stands in the form.
func (m *formModel) registration() auth.Values {
	if m.registered.ClientID == "" || m.registered.ClientID != m.draft.ClientID {
		return nil
	}
	return m.registered.Values
}
