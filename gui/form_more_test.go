package gui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// atMore opens a form whose draft can be saved, with More unfolded.
func atMore(t *testing.T, change func(d *auth.Draft), run func(b *bench)) {
	t.Helper()
	atForm(t, grantDraft("microsoft-graph", auth.GrantAuthorizationCode, func(d *auth.Draft) {
		d.Name, d.ClientID = "Mail", "c"
		if change != nil {
			change(d)
		}
	}), func(b *bench) {
		b.openMore()
		run(b)
	})
}

// rowInputs are the entries of all rows, by their placeholder.
func (b *bench) rowInputs(placeholder string) []*widgets.Input {
	var found []*widgets.Input
	for _, o := range b.objects() {
		if in, ok := o.(*widgets.Input); ok && in.PlaceHolder() == placeholder {
			found = append(found, in)
		}
	}
	return found
}

// link taps the nth link of that text.
func (b *bench) link(text string, n int) {
	b.t.Helper()
	for _, o := range b.objects() {
		if l, ok := o.(*widgets.Link); ok && l.Text == text {
			if n == 0 {
				test.Tap(l)
				return
			}
			n--
		}
	}
	require.Fail(b.t, "no link "+text)
}

func (b *bench) typeInto(in *widgets.Input, text string) {
	b.canvas.Focus(in.Focusable())
	test.Type(in.Focusable(), text)
}

func TestForm_RowsOfParameters(t *testing.T) {
	atMore(t, nil, func(b *bench) {
		b.tap("Add a parameter") // the first: of the authorization endpoint
		name, value := b.rowInputs("Name")[0], b.rowInputs("Value")[0]
		assert.Same(t, name.Focusable(), b.canvas.Focused(), "one can type at once")
		b.typeInto(name, "domain_hint")
		b.typeInto(value, "example.com")
		assert.True(t, b.showsLine("example.com"), "what is being typed is seen")
		b.leave()
		assert.False(t, b.showsLine("example.com"), "else it may be a secret: dots")
		b.link("Show values", 0)
		assert.True(t, b.showsLine("example.com"))
		b.tap("Add a parameter")
		d := b.submit()
		assert.Equal(t, []auth.Pair{{Name: "domain_hint", Value: auth.NewSecret("example.com")}}, d.AuthParams, "a blank row counts for nothing")
		assert.Empty(t, d.TokenParams)
		b.tap("Close")
		minus := find(b, "−", func(i *widgets.IconButton) bool { return i.Icon.Name() == guitestIcon("minus") })
		test.Tap(minus)
		assert.Empty(t, b.submit().AuthParams)
	})
}

func TestForm_RowsAsJSONAndBack(t *testing.T) {
	atMore(t, func(d *auth.Draft) {
		d.Headers = []auth.Pair{{Name: "X-One", Value: auth.NewSecret("1")}, {Name: "X-Two", Value: auth.NewSecret("zwei")}}
	}, func(b *bench) {
		assert.True(t, b.more("set: 2 headers"))
		b.link("Edit as JSON", 2)
		area := find(b, "the JSON", func(in *widgets.Input) bool { return strings.HasPrefix(in.Text(), "{") })
		assert.JSONEq(t, `{"X-One": "1", "X-Two": "zwei"}`, area.Text())
		area.SetText("{\n  \"X-Three\": 3,\n  oops\n}")
		assert.True(t, b.button("Save & Authorize").Disabled(), "what can't be read is not saved as something else")
		b.rest()
		assert.True(t, b.shows("Line 3: the sign 'o' does not fit here"))
		b.link("Edit as rows", 0)
		assert.Equal(t, "{\n  \"X-Three\": 3,\n  oops\n}", area.Text(), "what can't be read stays to be mended")
		area.SetText(`{"X-Three": 3}`)
		b.rest()
		assert.Equal(t, []auth.Pair{{Name: "X-Three", Value: auth.NewSecret("3")}}, b.submit().Headers)
		b.tap("Close")
		area.SetText("")
		b.rest()
		assert.Empty(t, b.submit().Headers, "it can be emptied again")
		b.tap("Close")
		b.link("Edit as rows", 0)
		assert.Empty(t, b.rowInputs("Name"))
	})
}

// more tells whether the words stand behind More.
func (b *bench) more(words string) bool {
	for _, o := range b.objects() {
		if f, ok := o.(*widgets.FoldHead); ok && strings.Contains(f.Caption(), words) {
			return true
		}
	}
	return false
}

func TestForm_NamesToLeaveOut(t *testing.T) {
	atMore(t, nil, func(b *bench) {
		in := b.entry("Headers to leave out")
		b.typeInto(in, "Accept,")
		assert.True(t, b.showsLine("Accept"))
		assert.Empty(t, in.Text())
		b.typeInto(in, "User-Agent")
		b.key(fyne.KeyReturn)
		b.typeInto(in, "accept")
		b.leave()
		assert.Equal(t, []string{"Accept", "User-Agent"}, b.submit().OmitHeaders, "each once, added by comma, Enter and leaving")
		b.tap("Close")
		b.canvas.Focus(in.Focusable())
		b.key(fyne.KeyBackspace)
		assert.Equal(t, []string{"Accept"}, b.submit().OmitHeaders)
	})
}

func TestForm_ClientAuthenticationBringsItsFields(t *testing.T) {
	atMore(t, nil, func(b *bench) {
		method := find(b, "the method", func(s *widgets.Select) bool { return s.Selected() == string(auth.ClientAuthNone) })
		method.Choose(string(auth.ClientAuthPrivateKeyJWT))
		b.rest()
		assert.True(t, b.labelled("Client key"))
		assert.False(t, b.labelled("Client secret"), "a key takes the secret's place")
		assert.False(t, b.labelledCheck("This app has no secret"))
		assert.True(t, b.shows("It stands under More."))
		b.fill("Client key ID", "kid-1")
		b.submit()
		assert.True(t, b.shows("field needs a correction"), "the key is missing")
		assert.Same(t, b.entry("Client key").Focusable(), b.canvas.Focused())

		method = find(b, "the method", func(s *widgets.Select) bool { return s.Selected() == string(auth.ClientAuthPrivateKeyJWT) })
		method.Choose(string(auth.ClientAuthPost))
		b.rest()
		assert.True(t, b.labelled("Client secret confirmation"))
		assert.False(t, b.labelled("Client key"))
		test.Tap(b.check("This app has no secret"))
		b.rest()
		find(b, "the method", func(s *widgets.Select) bool { return s.Selected() == string(auth.ClientAuthNone) })
		assert.Equal(t, auth.Values{}, b.submit().Values, "a key that no method uses is not sent along")
	})
}

func TestForm_AServiceThatTheUserDescribesMayUseAnyClientAuthentication(t *testing.T) {
	m := newFormModel([]auth.Service{{ID: "other", OwnAddresses: true, ClientAuth: []auth.ClientAuth{auth.ClientAuthPost, auth.ClientAuthNone}}},
		auth.Draft{ServiceID: "other", Grant: auth.GrantAuthorizationCode}, modelDefaults)
	assert.Len(t, m.methods(), 7)
	assert.Equal(t, auth.ClientAuthPost, m.method(), "the service's first stays the default")
	m.draft.Grant = auth.GrantClientCredentials
	assert.NotContains(t, m.methods(), auth.ClientAuthNone)
}

func TestForm_AnErrorBelowMoreUnfoldsItAndGetsTheFocus(t *testing.T) {
	atForm(t, grantDraft("microsoft-graph", auth.GrantAuthorizationCode, func(d *auth.Draft) {
		d.Name, d.ClientID, d.Values = "Mail", "c", auth.Values{auth.FieldTimeout: auth.NewSecret("soon")}
	}), func(b *bench) {
		assert.False(t, b.labelled("Time-out in seconds"))
		b.submit()
		assert.True(t, b.shows("1 field needs a correction"))
		assert.Same(t, b.entry("Time-out in seconds").Focusable(), b.canvas.Focused())
	})
}

func TestForm_RefreshLimit(t *testing.T) {
	atMore(t, nil, func(b *bench) {
		assert.Equal(t, "Unlimited", b.entry("Refresh limit").PlaceHolder())
		b.fill("Refresh limit", "12")
		assert.Equal(t, 12, b.submit().RefreshLimit)
		b.tap("Close")
		b.fill("Refresh limit", "many")
		b.rest()
		assert.True(t, b.shows("1 field needs a correction"))
	})
}

func TestForm_JSONIsJudgedByLineAndFormatted(t *testing.T) {
	jwt := grantDraft("generic-oidc", auth.GrantJWTBearer, nil)
	atForm(t, func(e *formEngine) auth.Draft {
		e.OnPreview = func(auth.Draft) (auth.AssertionPreview, error) {
			return auth.AssertionPreview{}, &auth.Failure{Title: "Nothing to show"}
		}
		return jwt(e)
	}, func(b *bench) {
		in := b.entry("Header")
		in.SetText("{\"alg\": \"RS256\",\n\"kid\": }")
		b.rest()
		assert.True(t, b.shows("Line 2: the sign '}' does not fit here"))
		in.SetText(`{"alg":"RS256"}`)
		b.rest()
		assert.False(t, b.shows("Line 2"))
		b.link("Format", 0)
		assert.Equal(t, "{\n  \"alg\": \"RS256\"\n}", in.Text())
		b.canvas.Focus(in.Focusable())
		b.canvas.FocusNext()
		assert.NotSame(t, in.Focusable(), b.canvas.Focused(), "Tab goes on from an entry of several lines")
		assert.False(t, in.Focusable().(fyne.Tabbable).AcceptsTab())
	})
}

func TestForm_PreviewOfTheAssertion(t *testing.T) {
	atForm(t, grantDraft("generic-oidc", auth.GrantJWTBearer, nil), func(b *bench) {
		var asked []string
		b.engine.OnPreview = func(d auth.Draft) (auth.AssertionPreview, error) {
			asked = append(asked, d.Values.Text(auth.FieldJWTSubject))
			if d.Values.Text(auth.FieldJWTSubject) == "" {
				return auth.AssertionPreview{}, auth.FieldErrors{{Field: auth.FieldJWTSubject, Message: "Enter whom it is about"}}
			}
			return sampleAssertion, nil
		}
		b.fill("Subject", "ada")
		b.rest()
		assert.Equal(t, []string{"ada"}, asked, "once, when the typing rests")
		assert.True(t, b.showsLine(`  "alg": "RS256",`), "with its indents")
		b.fill("Subject", "")
		b.rest()
		assert.False(t, b.showsLine(`  "alg": "RS256",`))
		assert.True(t, b.shows("Nothing to show yet. Enter whom it is about."))
		assert.True(t, b.shows("1 field needs a correction"), "its error stands beside the field")
		b.chooseGrant(auth.GrantPassword)
		assert.False(t, b.shows("What the assertion will say"))
	})
}

// loadFile chooses a file for the field whose link says label.
func (b *bench) loadFile(label, path string) {
	b.t.Helper()
	b.link(label, 0)
	in := b.entry("Path")
	in.SetText(path)
	b.canvas.Focus(in.Focusable())
	b.key(fyne.KeyReturn)
	b.tap("Load")
	b.rest()
}

func TestForm_KeyIsLoadedFromAFile(t *testing.T) {
	folder := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, data, 0o600))
		return path
	}
	pem := write("key.pem", []byte("\ufeff-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----"))
	large := write("large.pem", append([]byte("-----BEGIN X-----"), make([]byte, maxKeyFile)...))
	other := write("notes.txt", []byte("dear diary"))
	atForm(t, grantDraft("generic-oidc", auth.GrantJWTBearer, nil), func(b *bench) {
		b.loadFile("Load key file…", pem)
		key := b.entry("Private key").Text()
		assert.Equal(t, "-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----\n", key)
		assert.False(t, b.showsLine("-----BEGIN PRIVATE KEY-----"), "dots")
		for path, says := range map[string]string{large: "larger than 64 KB", other: "no key or certificate in PEM form"} {
			b.loadFile("Load key file…", path)
			assert.True(t, b.shows(says), path)
			assert.False(t, b.shows(folder), "no path stands on the screen")
			assert.Equal(t, key, b.entry("Private key").Text(), "what stood there stays")
		}
	})
}

// The toolkit's entries use the wheel up, and a form is mostly entries.
func TestForm_TheWheelScrollsTheFormOverItsEntries(t *testing.T) {
	atMore(t, nil, func(b *bench) {
		scroll := find(b, "the form's scroll", func(s *container.Scroll) bool {
			return s.Direction == container.ScrollVerticalOnly && s.Size().Height > 500
		})
		for _, label := range []string{"Client ID", "Notes"} {
			scroll.ScrollToOffset(fyne.NewPos(0, 0))
			over := b.entry(label)
			test.Scroll(b.canvas, fyne.CurrentApp().Driver().AbsolutePositionForObject(over).AddXY(20, 10), 0, -80)
			assert.InDelta(t, 80, scroll.Offset.Y, 1, label)
		}
		scroll.ScrollToOffset(fyne.NewPos(0, 0))
		filter := find(b, "the filter", func(i *widgets.Input) bool { return i.PlaceHolder() == ofScopes(b, "Filter %d permissions") })
		test.Scroll(b.canvas, fyne.CurrentApp().Driver().AbsolutePositionForObject(filter).AddXY(40, 10), 0, -80)
		assert.InDelta(t, 80, scroll.Offset.Y, 1, "the filter of the permissions")
	})
}

func TestForm_WhatStandsBesideTheFieldsStaysInView(t *testing.T) {
	atMore(t, nil, func(b *bench) {
		b.canvas.Focus(b.entry("Notes").Focusable()) // scrolls there
		filter := find(b, "the filter", func(i *widgets.Input) bool { return i.PlaceHolder() == ofScopes(b, "Filter %d permissions") })
		y := fyne.CurrentApp().Driver().AbsolutePositionForObject(filter).Y
		assert.True(t, y > 56 && y < 120, "the permissions begin at %v", y)
	})
}

func TestForm_PKCS12IsLoadedAsBase64(t *testing.T) {
	path := filepath.Join(t.TempDir(), "client.p12")
	require.NoError(t, os.WriteFile(path, []byte{0x30, 0x82, 0xFF, 0x00}, 0o600))
	atMore(t, func(d *auth.Draft) { d.Public, d.ClientAuth = false, auth.ClientAuthTLS }, func(b *bench) {
		b.loadFile("Load certificate file…", path)
		assert.Equal(t, "MIL/AA==", b.entry("Client certificate").Text())
	})
}

func TestReadKeyFile_NeverWaitsForAPipeAndNamesNoPath(t *testing.T) {
	folder := t.TempDir()
	for _, path := range []string{folder, filepath.Join(folder, "absent.pem"), "/dev/zero"} {
		_, err := readKeyFile(path, true)
		require.ErrorIs(t, err, errFileUnread)
		assert.NotContains(t, err.Error(), folder)
	}
}
