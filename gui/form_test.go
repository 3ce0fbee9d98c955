package gui

import (
	"testing"
	"testing/synctest"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
	"tokenwell/gui/widgets"
)

func newDraft(service string) func(*formEngine) auth.Draft {
	return func(e *formEngine) auth.Draft { return e.DraftFor(service) }
}

func TestForm_SaveWaitsUntilTheSecretsAreEqual(t *testing.T) {
	atForm(t, newDraft("github"), func(b *bench) {
		b.fill("Friendly name", "Issues")
		b.fill("Client ID", "gh-client")
		b.fill("Client secret", "secret-one")
		assert.True(t, b.button("Save & Authorize").Disabled())
		b.fill("Client secret confirmation", "secret")
		assert.True(t, b.button("Save & Authorize").Disabled())
		assert.False(t, b.shows("The two secrets do not match."), "it may still become right by typing on")
		b.leave()
		b.rest()
		assert.True(t, b.shows("The two secrets do not match."))
		assert.True(t, b.shows("1 field needs a correction"))
		b.fill("Client secret confirmation", "secret-one")
		b.rest()
		assert.False(t, b.shows("The two secrets do not match."))
		assert.False(t, b.button("Save & Authorize").Disabled())
		assert.Equal(t, "secret-one", b.submit().ClientSecret.Reveal())
	})
}

func TestForm_SecretsAreDotsUntilTheEyeIsPressed(t *testing.T) {
	atForm(t, newDraft("github"), func(b *bench) {
		b.fill("Client secret", "secret-one")
		assert.False(t, b.shows("secret-one"))
		b.key(fyne.KeyF2)
		assert.False(t, b.entry("Client secret").Entry().Password)
		assert.True(t, b.entry("Client secret confirmation").Entry().Password, "the confirmation stays dots")
	})
}

// The toolkit adds an eye of its own to a masked entry that has nothing at its end.
func TestForm_SecretsHaveOneEye(t *testing.T) {
	atForm(t, newDraft("github"), func(b *bench) {
		entry := b.entry("Client secret").Focusable().(fyne.CanvasObject)
		guitest.Walk(entry, func(o fyne.CanvasObject) bool {
			_, tappable := o.(fyne.Tappable)
			assert.Equal(t, o == entry, tappable, "%T in the entry", o)
			return true
		})
	})
}

func TestForm_NameIsCheckedWhileTyping(t *testing.T) {
	atForm(t, newDraft("github"), func(b *bench) {
		b.engine.taken = []string{"Issues"}
		b.fill("Friendly name", "Pulls")
		b.rest()
		assert.True(t, b.shows("free to use"))
		b.fill("Friendly name", "iSSUES")
		assert.False(t, b.shows("free to use"), "what was found about another name says nothing about this one")
		b.rest()
		assert.True(t, b.shows("Another authorization has this name; capital letters do not count"))
		assert.True(t, b.button("Save & Authorize").Disabled())
		link := find(b, "the quick fix", func(l *widgets.Link) bool { return l.Text == "Use “iSSUES 2”" })
		test.Tap(link)
		b.rest()
		assert.Equal(t, "iSSUES 2", b.entry("Friendly name").Text())
		assert.True(t, b.shows("free to use"))
	})
}

func TestForm_ServiceChangesEverythingThatHangsOnIt(t *testing.T) {
	atForm(t, newDraft("microsoft-graph"), func(b *bench) {
		b.fill("Friendly name", "My name")
		b.fill("Client ID", "my-client")
		assert.True(t, b.shows("How to set up Microsoft Graph (Entra ID)"))
		assert.Equal(t, "common", b.entry("Tenant").Text())
		assert.True(t, b.shows("User.ReadBasic.All") || b.scope("User.ReadBasic.All"))

		b.chooseService("github")
		assert.True(t, b.shows("How to set up GitHub"))
		assert.False(t, b.shows("Tenant"))
		assert.False(t, b.scope("User.ReadBasic.All"))
		assert.True(t, b.scope("read:user"))
		assert.Equal(t, "My name", b.entry("Friendly name").Text(), "nothing typed is lost")
		assert.Equal(t, "my-client", b.entry("Client ID").Text())
	})
}

func TestForm_ComingBackToAServiceLosesNothing(t *testing.T) {
	atForm(t, newDraft("microsoft-graph"), func(b *bench) {
		b.fill("Tenant", "northwind.onmicrosoft.com")
		b.chooseService("github")
		b.chooseService("microsoft-graph")
		assert.Equal(t, "northwind.onmicrosoft.com", b.entry("Tenant").Text())
	})
}

func TestForm_PublicSwitch(t *testing.T) {
	atForm(t, newDraft("microsoft-graph"), func(b *bench) {
		check := find(b, "the switch", func(c *widgets.Check) bool { return c.Label == "This app has no secret" })
		require.True(b.t, check.Checked, "Microsoft's first method is none")
		assert.False(t, b.shows("Client secret confirmation"))
		test.Tap(check)
		b.rest()
		assert.True(t, b.shows("Client secret confirmation"))
		b.fill("Friendly name", "Mail")
		b.fill("Client ID", "c")
		b.fill("Client secret", "typed")
		assert.True(t, b.button("Save & Authorize").Disabled())
		test.Tap(check)
		b.rest()
		assert.False(t, b.button("Save & Authorize").Disabled(), "a hidden secret needs no confirmation")
	})
}

func TestForm_PublicDefaultComesFromTheService(t *testing.T) {
	atForm(t, newDraft("github"), func(b *bench) {
		check := find(b, "the switch", func(c *widgets.Check) bool { return c.Label == "This app has no secret" })
		assert.False(t, check.Checked)
	})
}

func TestForm_OfflineWarningAndItsFix(t *testing.T) {
	atForm(t, newDraft("microsoft-graph"), func(b *bench) {
		assert.False(t, b.shows("Without offline_access"))
		b.tap("None")
		b.rest()
		assert.True(t, b.shows("Without offline_access"))
		b.tap("Add offline_access")
		b.rest()
		assert.False(t, b.shows("Without offline_access"))
		assert.True(t, b.shows(ofScopes(b, "1 of %d chosen")))
	})
}

func TestForm_ScopesFilterAllNoneAdd(t *testing.T) {
	atForm(t, newDraft("microsoft-graph"), func(b *bench) {
		filter := find(b, "the filter", func(i *widgets.Input) bool { return i.PlaceHolder() == ofScopes(b, "Filter %d permissions") })
		b.tap("None")
		assert.True(t, b.shows(ofScopes(b, "0 of %d chosen")))
		b.canvas.Focus(filter.Focusable())
		test.Type(filter.Focusable(), "mail.read")
		assert.False(t, b.scope("openid"))
		assert.True(t, b.scope("Mail.Read"))
		b.tap("All")
		b.canvas.Focus(filter.Focusable())
		b.key(fyne.KeyEscape)
		assert.Empty(t, filter.Text(), "Esc clears the filter and leaves the form alone")
		assert.Nil(t, b.canvas.Overlays().Top())
		assert.True(t, b.scope("openid"))

		b.tap("Add a scope")
		b.fill("Scope", "https://example.com/.default extra.scope")
		b.key(fyne.KeyReturn)
		b.rest()
		b.fill("Friendly name", "Mail")
		b.fill("Client ID", "c")
		scopes := b.submit().Scopes
		assert.Contains(t, scopes, "Mail.Read")
		assert.NotContains(t, scopes, "openid", "All ticks what the filter shows, no more")
		assert.Equal(t, []string{"https://example.com/.default", "extra.scope"}, scopes[len(scopes)-2:])
	})
}

func TestForm_ScopeByClickAndByKeyboard(t *testing.T) {
	atForm(t, newDraft(auth.LocalServiceID), func(b *bench) {
		b.fill("Friendly name", "Practice")
		b.tap("Use the practice client")
		b.tap("None")
		b.tapText("openid")
		assert.Equal(t, []string{"openid"}, b.submit().Scopes)
		b.tap("Close")
		b.tapText("openid")
		list := find(b, "the list", func(l *widgets.List) bool { return l.Length() > 0 })
		b.canvas.Focus(list)
		b.key(fyne.KeyDown)
		b.key(fyne.KeySpace)
		assert.Equal(t, []string{"profile"}, b.submit().Scopes)
	})
}

func TestForm_CancelAsksOnlyWhenSomethingWasTyped(t *testing.T) {
	atForm(t, newDraft("github"), func(b *bench) {
		b.tap("Cancel")
		assert.True(t, b.u.frame.shown == b.u.frame.home)
	})
	atForm(t, newDraft("github"), func(b *bench) {
		b.fill("Friendly name", "x")
		b.tap("Cancel")
		assert.False(t, b.u.frame.shown == b.u.frame.home)
		assert.True(t, b.shows("Leave without saving?"))
		b.tap("Keep editing")
		assert.Equal(t, "x", b.entry("Friendly name").Text())
		b.key(fyne.KeyEscape)
		b.tap("Discard")
		assert.True(t, b.u.frame.shown == b.u.frame.home)
	})
}

func TestForm_ErrorsKeepWhatWasTypedAndFocusTheFirst(t *testing.T) {
	atForm(t, newDraft("other"), func(b *bench) {
		b.leave()
		b.fill("Client ID", "my client")
		b.fill("OAuth2 Endpoint", "https://login.microsoftonline.com/<tenant-id>/oauth2/v2.0/authorize")
		b.leave()
		b.rest()
		f := b.entry("OAuth2 Endpoint")
		assert.Contains(t, f.Text(), "<tenant-id>")
		assert.True(t, b.button("Save & Authorize").Disabled(), "a field that is wrong holds the button back")
	})
	atForm(t, newDraft("github"), func(b *bench) {
		b.u.frame.screen.Refresh()
		b.fill("Client ID", "gh-client")
		b.submit()
		assert.True(t, b.shows("fields need a correction"))
		assert.Same(t, b.entry("Friendly name").Focusable(), b.canvas.Focused())
		assert.Equal(t, "gh-client", b.entry("Client ID").Text())
	})
}

// An error must not stand there before the user has had a chance to type.
func TestForm_OpensWithoutErrors(t *testing.T) {
	for _, service := range []string{"github", "other", "microsoft-graph", "local-server", "generic-oidc", "google-workspace"} {
		atForm(t, newDraft(service), func(b *bench) {
			assert.False(t, b.shows("correction"))
			assert.True(t, b.shows("required"))
			assert.False(t, b.button("Save & Authorize").Disabled())
		})
	}
}

func TestForm_EditKeepsTheStoredSecret(t *testing.T) {
	atForm(t, func(e *formEngine) auth.Draft {
		d := e.DraftFor("github")
		d.ID, d.Name, d.ClientID = "id-1", "Issues", "gh-client"
		return d
	}, func(b *bench) {
		assert.True(t, b.shows("Leave both empty to keep the stored secret."))
		assert.True(t, b.shows("Edit & re-authorize “Issues”"))
		d := b.submit()
		assert.Equal(t, "id-1", d.ID)
		assert.True(t, d.ClientSecret.Empty())
		b.tap("Close")
		b.fill("Client secret", "new")
		assert.True(t, b.button("Save & Authorize").Disabled(), "a new secret needs its confirmation")
	})
}

func TestForm_PracticeClient(t *testing.T) {
	atForm(t, newDraft(auth.LocalServiceID), func(b *bench) {
		b.fill("Friendly name", "Practice")
		b.tap("Use the practice client")
		b.rest()
		assert.True(t, b.shows("Sign in there as analyst"))
		d := b.submit()
		assert.Equal(t, "practice", d.ClientID)
		assert.Equal(t, "practice-secret", d.ClientSecret.Reveal())
		assert.Equal(t, "practice-secret", d.Confirmation.Reveal())
	})
}

// Who is quicker than the local server's start loses nothing by it.
func TestForm_PracticeClientOfAServerThatComesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, themeLight, standard)
		runs := b.engine.Local
		b.engine.Local = auth.LocalInfo{}
		b.u.tryLocal()
		b.rest()
		assert.True(t, b.shows("The local server does not run."))
		b.fill("Friendly name", "Practice")
		b.engine.Local = runs
		b.u.form.localChanged()
		b.rest()
		assert.False(t, b.shows("The local server does not run."))
		assert.True(t, b.shows("Sign in there as analyst"))
		d := b.submit()
		assert.Equal(t, "Practice", d.Name)
		assert.Equal(t, "practice", d.ClientID)
		assert.Equal(t, "practice-secret", d.Confirmation.Reveal())
		b.end()
	})
}

func TestForm_HelpIsFoldedAndItsRedirectCanBeCopied(t *testing.T) {
	atForm(t, newDraft("microsoft-graph"), func(b *bench) {
		assert.False(t, b.shows("Redirect URI to enter"))
		icon := find(b, "Copy", func(w *widgets.IconButton) bool { return w.Icon.Name() == guitestIcon("copy") })
		test.Tap(icon)
		assert.Equal(t, "http://localhost", b.u.app.Clipboard().Content())
		b.tapText("How to set up Microsoft Graph (Entra ID)")
		assert.True(t, b.shows("Redirect URI to enter in step 3"))
		b.tapText("How to set up Microsoft Graph (Entra ID)")
		assert.False(t, b.shows("Redirect URI to enter"))
	})
}

func TestForm_SaveGoesOnToTheSignIn(t *testing.T) {
	atForm(t, newDraft("microsoft-graph"), func(b *bench) {
		b.fill("Friendly name", "Mail")
		b.fill("Client ID", "c")
		b.engine.OnAuthorize = func(auth.Draft) (*auth.SignIn, error) {
			return nil, &auth.Failure{Title: "The service cannot be reached", Steps: []string{"Wait."}}
		}
		b.submit()
		assert.True(t, b.shows("The service cannot be reached"))
		b.tap("Close")
		assert.Equal(t, "Mail", b.entry("Friendly name").Text(), "nothing typed is lost")
		assert.False(t, b.button("Save & Authorize").Disabled())
	})
}

// A locked vault is opened, and the same draft is saved then.
func TestForm_LockedVaultIsOpenedFirst(t *testing.T) {
	atForm(t, newDraft("microsoft-graph"), func(b *bench) {
		b.fill("Friendly name", "Mail")
		b.fill("Client ID", "c")
		locked := true
		b.engine.OnAuthorize = func(auth.Draft) (*auth.SignIn, error) {
			if locked {
				return nil, auth.ErrVaultLocked
			}
			return nil, &auth.Failure{Title: "Saved and gone on", Steps: []string{"-"}}
		}
		b.engine.Vault = auth.VaultStatus{Exists: true, HasPassphrase: true}
		b.engine.OnUnlock = func(auth.Secret) error { locked = false; return nil }
		b.submit()
		b.fill("Passphrase", "correct horse battery")
		b.tap("Unlock")
		assert.Len(t, b.engine.submitted, 2)
		assert.True(t, b.shows("Saved and gone on"))
	})
}

func TestForm_More(t *testing.T) {
	atForm(t, newDraft("local-server"), func(b *bench) {
		fold := find(b, "More", func(f *widgets.FoldHead) bool { return f.Title == "More" })
		assert.False(t, b.shows("Redirect port"))
		test.Tap(fold)
		assert.True(t, b.shows("Client authentication"))
		b.fill("Friendly name", "Practice")
		b.tap("Use the practice client")
		b.rest()
		b.fill("Redirect port", "18000")
		b.rest()
		method := find(b, "the method", func(s *widgets.Select) bool { return s.Selected() == string(auth.ClientAuthBasic) })
		method.Choose(string(auth.ClientAuthPost))
		d := b.submit()
		assert.Equal(t, 18000, d.Port)
		assert.Equal(t, auth.ClientAuthPost, d.ClientAuth)
	})
}

func TestForm_ServiceListIsSearched(t *testing.T) {
	atForm(t, newDraft("github"), func(b *bench) {
		s := find(b, "the service's select", func(s *widgets.Select) bool { return s.Filter != "" })
		test.Tap(s)
		b.rest()
		assert.True(t, b.showsLine("GitHub"), "the list opens at what is chosen")
		test.Type(b.canvas.Focused(), "microsoft graph")
		assert.True(t, b.showsLine("Microsoft Graph (Entra ID)"))
		assert.False(t, b.showsLine("GitHub"))
		b.key(fyne.KeyReturn)
		b.rest()
		assert.Equal(t, "microsoft-graph", s.Selected())
		assert.Nil(t, b.canvas.Overlays().Top())

		test.Tap(s)
		b.key(fyne.KeyEscape)
		assert.Nil(t, b.canvas.Overlays().Top())
		assert.False(t, b.u.frame.shown == b.u.frame.home, "Esc closes the list, not the form")
	})
}
