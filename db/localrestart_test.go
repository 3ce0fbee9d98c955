package db

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"tokenwell/assets"
	"tokenwell/auth"
	"tokenwell/auth/localserver"
)

// The server over the real store: a sign-in, a restart of the program, a
// refresh with the tokens of before.
func TestLocalServerSurvivesARestart(t *testing.T) {
	b := newLocalBench(t)
	run := func(store localserver.Store) *localserver.Server {
		s := localserver.New(localserver.Params{Store: store, Pages: assets.Pages, Addr: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler)})
		require.NoError(t, s.Start(t.Context()))
		t.Cleanup(func() { require.NoError(t, s.Close()) })
		return s
	}
	server := run(b.db.LocalServer())
	before := server.Info()
	code := localSignIn(t, before)
	first := localPost(t, before, url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {localCallback}}, http.StatusOK)
	require.NoError(t, server.Close())

	server = run(b.reopen())
	after := server.Info()
	assert.Equal(t, before.Issuer, after.Issuer)
	assert.Equal(t, before.ClientID, after.ClientID)
	assert.True(t, before.ClientSecret.Equal(after.ClientSecret))
	assert.True(t, before.Password.Equal(after.Password))
	refresh := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {first["refresh_token"].(string)}}
	second := localPost(t, after, refresh, http.StatusOK)
	assert.Equal(t, "invalid_grant", localPost(t, after, refresh, http.StatusBadRequest)["error"])
	refresh.Set("refresh_token", second["refresh_token"].(string))
	localPost(t, after, refresh, http.StatusBadRequest)

	require.NoError(t, server.Close())
	require.NoError(t, b.db.Close())
	b.scan(before.Password.Reveal(), before.ClientSecret.Reveal(), code,
		first["access_token"].(string), first["refresh_token"].(string), second["access_token"].(string), second["refresh_token"].(string))
	b.open()
}

const localCallback = "http://127.0.0.1:1/callback"

// localSignIn fills in the forms as a browser would and returns the code.
func localSignIn(t *testing.T, info auth.LocalInfo) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	location := ""
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Jar: jar, Transport: transport, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if location = r.URL.String(); strings.HasPrefix(location, localCallback) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	page := localSend(t, client, http.MethodGet, info.Issuer+"/authorize?"+url.Values{
		"response_type": {"code"}, "client_id": {info.ClientID}, "redirect_uri": {localCallback}, "scope": {"openid offline_access"},
	}.Encode(), nil)
	page = localSend(t, client, http.MethodPost, location, localFields(t, page, url.Values{"username": {info.User}, "password": {info.Password.Reveal()}}))
	localSend(t, client, http.MethodPost, info.Issuer+"/session/approve",
		localFields(t, page, url.Values{"decision": {"grant"}, "scope": {"offline_access"}}))
	target, err := url.Parse(location)
	require.NoError(t, err)
	require.NotEmpty(t, target.Query().Get("code"), location)
	return target.Query().Get("code")
}

// localFields adds the hidden fields of a page's form.
func localFields(t *testing.T, page []byte, values url.Values) url.Values {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(page))
	require.NoError(t, err)
	for n := range doc.Descendants() {
		attrs := map[string]string{}
		for _, a := range n.Attr {
			attrs[a.Key] = a.Val
		}
		if n.Data == "input" && (attrs["name"] == "request" || attrs["name"] == "token") {
			values.Set(attrs["name"], attrs["value"])
		}
	}
	return values
}

func localSend(t *testing.T, client *http.Client, method, target string, form url.Values) []byte {
	t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, target, strings.NewReader(form.Encode()))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := client.Do(r)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return body
}

func localPost(t *testing.T, info auth.LocalInfo, form url.Values, status int) map[string]any {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, info.Issuer+"/oauth/token", strings.NewReader(form.Encode()))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(info.ClientID, info.ClientSecret.Reveal())
	transport := &http.Transport{DisableKeepAlives: true}
	response, err := (&http.Client{Transport: transport}).Do(r)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	require.Equal(t, status, response.StatusCode)
	var reply map[string]any
	require.NoError(t, json.NewDecoder(response.Body).Decode(&reply))
	return reply
}
