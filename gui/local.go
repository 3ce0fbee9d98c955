package gui

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// localScreen administers the local server: its state above, and a page for each
// of clients, scopes, users, tokens and the log.
type localScreen struct {
	u      *ui
	root   *fyne.Container
	head   *localHead
	tabs   *widgets.Tabs
	body   *fyne.Container
	pages  [5]localPage
	styled [5]int          // what each knows of the changes of theme, see restyle
	wait   *fyne.Container // said in place of a page while the registry can't be read
	why    *widgets.Text   // in it
	open   *widgets.Button // in it

	reads   int // number of the last reading; an older answer is dropped
	clients []auth.LocalClient
	scopes  []auth.LocalScope
}

// localPage is one of the pages.
type localPage interface {
	object() fyne.CanvasObject
	reload()              // reads what it shows
	tick()                // lets the times go on
	focusSearch()         // puts the cursor into its search box
	escape()              // clears the search, or the selection
	key(e *fyne.KeyEvent) // keys that no widget has a use for
}

// The pages, in the order of their tabs.
const (
	localClients = iota
	localScopes
	localUsers
	localTokens
	localLog
)

func newLocalScreen(u *ui) *localScreen {
	s := &localScreen{u: u, body: container.NewStack()}
	s.head = newLocalHead(u)
	s.tabs = widgets.NewTabs([]string{lang.L("Clients"), lang.L("Scopes"), lang.L("Users"), lang.L("Tokens"), lang.L("Log")}, func(int) { s.showPage() })
	s.pages = [5]localPage{newLocalClients(s), newLocalScopes(s), newLocalUsers(s), newLocalTokens(s), newLocalLog(s)}
	s.why = widgets.NewText("").Colored(widgets.ColorNameMuted)
	s.open = widgets.NewPrimaryButton("", u.icons.Icon("unlock"), func() { u.openVault(u.vaultChanged) })
	s.wait = container.NewCenter(widgets.NewColumn(12, container.NewCenter(s.why), container.NewCenter(s.open)))
	s.wait.Hide()
	top := widgets.NewColumn(0, s.head.object, widgets.NewInset(0, pageMargin, 0, 20, s.tabs), widgets.NewRule(widgets.ColorNameBorder))
	s.root = container.New(localLayout{}, top, container.NewStack(s.body, s.wait))
	s.body.Objects = []fyne.CanvasObject{s.pages[localClients].object()}
	for i := range s.styled {
		s.styled[i] = u.themes.changes
	}
	return s
}

// localLayout puts the page below the head, which may take more than one line.
type localLayout struct{}

// MinSize implements fyne.Layout.
func (localLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(640, 300) }

// Layout implements fyne.Layout.
func (localLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	head := widgets.HeightAt(objects[0], size.Width)
	put(objects[0], fyne.Position{}, fyne.NewSize(size.Width, head))
	put(objects[1], fyne.NewPos(0, head), fyne.NewSize(size.Width, size.Height-head))
}

// page is the one that is shown.
func (s *localScreen) page() localPage { return s.pages[s.tabs.Current()] }

// showPage shows the page of the current tab.
func (s *localScreen) showPage() {
	s.body.Objects = []fyne.CanvasObject{s.page().object()}
	s.body.Refresh()
	s.u.restyle(&s.styled[s.tabs.Current()])
	s.page().reload()
	s.u.refreshMenus()
}

// clientPage is the page of the clients.
func (s *localScreen) clientPage() *localClientsPage {
	return s.pages[localClients].(*localClientsPage)
}

// editor is the one that is shown; nil for none.
func (s *localScreen) editor() *clientEditor {
	if s.tabs.Current() != localClients {
		return nil
	}
	return s.clientPage().editor
}

// localCounts is what the head and the tabs show.
type localCounts struct {
	clients []auth.LocalClient
	scopes  []auth.LocalScope
	users   int
	tokens  int
}

// reload reads the counts and what the page shows.
func (s *localScreen) reload() {
	s.head.show()
	widgets.Relayout(s.root.Objects[0])
	s.root.Refresh()
	s.reads++
	n := s.reads
	local := s.u.local
	async(s.u.run, func(ctx context.Context) (c localCounts, err error) {
		if c.clients, err = local.Clients(ctx); err != nil {
			return c, err
		}
		if c.scopes, err = local.Scopes(ctx); err != nil {
			return c, err
		}
		users, err := local.Users(ctx)
		if err != nil {
			return c, err
		}
		tokens, err := local.Tokens(ctx, auth.LocalTokenQuery{Limit: 1})
		c.users, c.tokens = len(users), tokens.Total
		return c, err
	}, func(c localCounts, err error) {
		if n != s.reads || s.failed(err) {
			return
		}
		s.clients, s.scopes = c.clients, c.scopes
		for i, count := range []int{len(c.clients), len(c.scopes), c.users, c.tokens} {
			s.tabs.SetNote(i, grouped(count))
		}
		s.page().reload()
	})
}

// failed says that something could not be read: where the vault is locked, in
// place of the page.
func (s *localScreen) failed(err error) bool {
	locked := errors.Is(err, auth.ErrVaultLocked) || errors.Is(err, auth.ErrVaultMissing)
	if s.wait.Visible() != locked {
		setVisible(s.wait, locked)
		setVisible(s.body, !locked)
		if e := s.clientPage().editor; e != nil {
			e.who.hide()
		}
	}
	if locked {
		async(s.u.run, s.u.engine.VaultStatus, s.showWhy)
	}
	if err != nil && !locked {
		s.u.log.Error("the local server's data could not be read", "error", err)
		s.head.problem(lang.L("The local server's data could not be read. The log says more."))
	}
	return err != nil
}

// showWhy says in place of a page that the vault is locked, or that there is none yet.
func (s *localScreen) showWhy(v auth.VaultStatus, err error) {
	why, open := lang.L("Clients, users and tokens lie in the vault, which is locked."), lang.L("Open the vault")
	if err == nil && !v.Exists {
		why, open = lang.L("Clients, users and tokens lie in the vault. There is no vault yet."), lang.L("Create a vault")
	}
	s.why.SetText(why)
	s.open.SetText(open)
	s.wait.Refresh()
}

// tick lets the times go on.
func (s *localScreen) tick() {
	s.head.tick()
	s.page().tick()
}

// focusSearch puts the cursor into the page's search box.
func (s *localScreen) focusSearch() { s.page().focusSearch() }

// typedKey handles the keys that no widget has a use for.
func (s *localScreen) typedKey(e *fyne.KeyEvent) {
	if s.u.window.Canvas().Overlays().Top() != nil {
		return
	}
	if e.Name == fyne.KeyEscape {
		s.page().escape()
		return
	}
	s.page().key(e)
}

// rest leaves the screen, asking first when something would be lost.
func (s *localScreen) rest(next func()) { s.clientPage().rest(next) }

// clientTitle is the name of a client as people say it.
func clientTitle(c auth.LocalClient) string { return c.Name + " " + c.Version }

// content implements screen.
func (s *localScreen) content() fyne.CanvasObject { return s.root }
