package gui

import (
	"cmp"
	"slices"

	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// serviceOptions are the services to choose from: those used last, this
// computer's own, the user's, then the providers that have several services, the
// other services, and those that the user describes on the spot.
func serviceOptions(services []auth.Service, recent []string) []widgets.Option {
	providers := map[string]int{}
	for _, s := range services {
		if !s.IsOwn() {
			providers[s.Provider]++
		}
	}
	type entry struct {
		place  int
		option widgets.Option
	}
	var entries []entry
	for _, s := range services {
		o := widgets.Option{
			ID: s.ID, Label: s.Name, Note: s.Category,
			Words: s.Provider + " " + s.Category + " " + s.Description,
		}
		if at := slices.Index(recent, s.ID); at >= 0 {
			used := o
			used.Group = lang.L("Used last")
			entries = append(entries, entry{at - len(recent), used})
		}
		place := 0
		switch {
		case s.ID == auth.LocalServiceID:
			place, o.Group = 1, lang.L("On this computer")
		case s.IsOwn():
			place, o.Group = 2, lang.L("Your own services")
		case s.ID == auth.OIDCServiceID, s.ID == auth.OtherServiceID:
			place, o.Group = 5, lang.L("Any other service")
		case providers[s.Provider] > 1:
			place, o.Group = 3, s.Provider
		default:
			place, o.Group = 4, lang.L("More services")
		}
		entries = append(entries, entry{place, o})
	}
	slices.SortStableFunc(entries, func(a, b entry) int {
		by := cmp.Compare(a.place, b.place)
		if by == 0 && a.place == 3 {
			by = cmp.Compare(auth.FoldName(a.option.Group), auth.FoldName(b.option.Group))
		}
		return by
	})
	options := make([]widgets.Option, 0, len(entries)+1)
	for _, e := range entries {
		options = append(options, e.option)
	}
	return options
}

// fillPicker offers the services, and the way to make another one.
func (p *formParts) fillPicker() {
	f := p.f
	options := append(serviceOptions(f.m.services, f.recent), widgets.Option{
		Label: lang.L("New service…"),
		Act:   func() { f.u.showServiceEditor("", f.serviceMade) },
	})
	p.serviceSelect.SetOptions(options, f.m.draft.ServiceID)
}

// readRecent asks which services were used last; the picker shows them first.
func (f *form) readRecent() {
	async(f.u.run, f.u.engine.RecentServices, func(recent []string, err error) {
		if err != nil || f.closed {
			return // the list does without
		}
		f.recent = recent
		f.parts.fillPicker()
	})
}

// serviceMade comes back to the form from the service editor, with the service
// that was made; "" when there is none.
func (f *form) serviceMade(id string) {
	f.m.services = f.u.engine.Services()
	f.parts.fillPicker()
	if id != "" {
		f.parts.serviceSelect.Choose(id)
	}
}
