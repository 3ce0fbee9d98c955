package auth_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// snippets are those of a stored authorization, by ID.
func (r *rig) snippets(edit func(*auth.Record)) map[string]string {
	r.Helper()
	record := r.stored(edit)
	list, err := r.engine.Snippets(r.Context(), record.Authorization.ID)
	require.NoError(r, err)
	texts := map[string]string{}
	for _, s := range list {
		assert.NotEmpty(r, s.Label)
		assert.NotContains(r, texts, s.ID)
		assert.NotRegexp(r, `\{(shell )?(name|address|host|header|prefix|origin|path)\}`, s.Text, s.ID)
		for _, secret := range []auth.Secret{record.Tokens.Access, record.Tokens.Refresh, record.Authorization.ClientSecret} {
			if !secret.Empty() {
				assert.NotContains(r, s.Text, secret.Reveal(), s.ID)
			}
		}
		texts[s.ID] = s.Text
	}
	return texts
}

func TestSnippetsQuoteTheNameForTheirLanguage(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	const name = `a'b"c\d $(e) #(lf) ’f`
	texts := r.snippets(func(record *auth.Record) { record.Authorization.Name = name })
	for id, want := range map[string]string{
		"curl":       `tokenwell curl 'a'\''b"c\d $(e) #(lf) ’f' -- `,
		"powershell": `tokenwell token 'a''b"c\d $(e) #(lf) ’’f'` + "\n",
		"python":     `["tokenwell", "token", "a'b\"c\\d $(e) #(lf) ’f"],`,
		"r":          `shQuote("a'b\"c\\d $(e) #(lf) ’f")`,
		"go":         `exec.Command("tokenwell", "token", "a'b\"c\\d $(e) #(lf) ’f")`,
		"javascript": `execFileSync("tokenwell", ["token", "a'b\"c\\d $(e) #(lf) ’f"]`,
		"powerquery": `//   tokenwell proxy 'a'\''b"c\d $(e) #(lf) ’f' --to "http`,
		"excel":      `   tokenwell proxy 'a'\''b"c\d $(e) #(lf) ’f' --to "http`,
		"git":        `'!tokenwell git-credential --name '\''a'\''\'\'''\''b"c\d $(e) #(lf) ’f'\'''`,
	} {
		assert.Contains(t, texts[id], want, id)
		delete(texts, id)
	}
	assert.Empty(t, texts, "every snippet is looked at")
}

func TestSnippetsCarryTheTokenAsTheServiceWants(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	plain := r.snippets(nil)
	assert.Contains(t, plain["python"], `headers={"Authorization": "Bearer " + token}`)
	assert.Contains(t, plain["r"], "req_auth_bearer_token(token)")

	texts := map[string]string{}
	for _, s := range auth.SnippetsFor("Shop", "https://shop.example/admin/api.json?limit=1", "X-Shop-Token", "") {
		texts[s.ID] = s.Text
	}
	assert.Contains(t, texts["python"], `headers={"X-Shop-Token": "" + token}`)
	assert.Contains(t, texts["r"], `req_headers(!!!setNames(list(paste0("", token)), "X-Shop-Token"))`)
	assert.Contains(t, texts["powershell"], `-Headers @{ 'X-Shop-Token' = '' + $token }`)
	assert.Contains(t, texts["powerquery"], `[RelativePath = "admin/api.json?limit=1"]`)
	assert.Contains(t, texts["excel"], `tokenwell proxy "Shop" --to "https://shop.example"`, "the command prompt of Windows knows no other quotation marks")
	assert.Contains(t, texts["curl"], `tokenwell curl "Shop" -- "https://shop.example/admin/api.json?limit=1"`)
}

func TestSnippetForGit(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	assert.Contains(t, r.snippets(nil)["git"], "'credential.https://git.example.com.helper'")
	named := r.snippets(func(record *auth.Record) {
		record.Rule.Hosts = []string{"*.example.org", "code.example.org:8443"}
	})
	assert.Equal(t, 2, strings.Count(named["git"], "'credential.https://code.example.org:8443.helper'"))
	practice := r.snippets(func(record *auth.Record) { record.Authorization.ServiceID = auth.LocalServiceID })
	assert.NotContains(t, practice, "git", "practice tokens are for no git server (T55)")
	assert.Contains(t, practice, "curl")
}
