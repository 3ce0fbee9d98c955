//go:build e2e

package conformance

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

const (
	glewlwydUser     = "alice"
	glewlwydPassword = "wonderland"
	glewlwydSecret   = "web-secret-0123456789"
)

func TestGlewlwyd(t *testing.T) {
	binary := program(t, "glewlwyd", "apt-get install glewlwyd")
	port, callback := freePort(t), freePort(t)
	home := fmt.Sprintf("http://127.0.0.1:%d", port)
	startServer(t, home+"/config", exec.Command(binary, "--config-file="+glewlwydConfig(t, port)))
	keys := newClientKeys(t)
	fillGlewlwyd(t, home, callback, keys)

	issuer := home + "/api/oidc"
	s := &server{
		issuer: issuer, introspect: issuer + "/introspect", userInfo: issuer + "/userinfo", port: callback, pushes: true,
		browser:     newFormBrowser(glewlwydUser, glewlwydPassword, callback),
		inspectorID: "web", inspectorSecret: glewlwydSecret,
	}
	// Its sign-in page is a program in the browser; what that calls is called here.
	s.browser.before = func(ctx context.Context, browser *http.Client, link string) (string, error) {
		if err := callGlewlwyd(ctx, browser, http.MethodPost, home+"/api/auth/", map[string]any{"username": glewlwydUser, "password": glewlwydPassword}); err != nil {
			return "", err
		}
		asks, err := url.Parse(link)
		if err != nil {
			return "", err
		}
		id := url.PathEscape(asks.Query().Get("client_id"))
		if err := callGlewlwyd(ctx, browser, http.MethodPut, home+"/api/auth/grant/"+id, map[string]any{"scope": "openid read"}); err != nil {
			return "", err
		}
		return link + "&g_continue", nil
	}
	s.approve = func(ctx context.Context, prompt auth.DevicePrompt) error {
		return s.browser.visit(ctx, issuer+"/device?code="+url.QueryEscape(prompt.UserCode), "").err
	}
	scopes := []string{"openid", "read"}
	// Glewlwyd wants a secret for a revocation, from public clients too.
	desktop := client{id: "desktop", method: auth.ClientAuthNone, scopes: []string{"openid"}, noRevocation: true}
	web := client{id: "web", secret: glewlwydSecret, method: auth.ClientAuthBasic, scopes: scopes}
	secretJWT := client{id: "secret-jwt", secret: "secret-jwt-0123456789abcdef0123456789abcdef01", method: auth.ClientAuthSecretJWT, scopes: scopes}
	privateJWT := client{id: "private-jwt", method: auth.ClientAuthPrivateKeyJWT, values: keys.values(), scopes: scopes}
	// An assertion has to name the very endpoint that it is sent to.
	for _, c := range []*client{&secretJWT, &privateJWT} {
		c.values = maps.Clone(c.values)
		if c.values == nil {
			c.values = auth.Values{}
		}
		c.values.Set(auth.FieldClientAudience, auth.NewSecret("{endpoint}"))
	}
	for _, c := range []client{desktop, web, secretJWT, privateJWT} {
		t.Run(c.id, func(t *testing.T) { s.run(t, c) })
	}
	for _, c := range []client{web, secretJWT, privateJWT} {
		c.scopes = []string{"read"}
		t.Run("client credentials, "+c.id, func(t *testing.T) { s.runClientCredentials(t, c) })
	}
	t.Run("discovery", func(t *testing.T) { s.runDiscovery(t, true) })
	// It registers no client without a redirect URI (OpenID Connect Registration
	// section 2), so only those that sign in through the browser.
	t.Run("registered", func(t *testing.T) {
		c := s.register(t, auth.GrantAuthorizationCode, []string{"openid"})
		c.noRevocation = c.method == auth.ClientAuthNone
		s.run(t, c)
	})
	t.Run("password", func(t *testing.T) { s.runPassword(t, web, glewlwydUser, glewlwydPassword) })
	for _, c := range []client{desktop, web} {
		t.Run("device code, "+c.id, func(t *testing.T) { s.runDevice(t, c) })
		t.Run("refresh token, "+c.id, func(t *testing.T) { s.runPastedRefreshToken(t, c) })
	}
}

// glewlwydConfig makes a fresh database and a configuration from Debian's own
// samples and returns the configuration's file.
func glewlwydConfig(t *testing.T, port int) string {
	t.Helper()
	folder := t.TempDir()
	database := filepath.Join(folder, "db")
	create := exec.Command(program(t, "sqlite3", "apt-get install sqlite3"), database)
	create.Stdin = bytes.NewReader(unzipped(t, "/usr/share/doc/glewlwyd/database/init.sqlite3.sql.gz"))
	said, err := create.CombinedOutput()
	require.NoError(t, err, string(said))

	// Debian's web folder names a configuration that does not exist.
	web := filepath.Join(folder, "web")
	require.NoError(t, os.Mkdir(web, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(web, "index.html"), []byte("Glewlwyd"), 0o600))

	config := string(unzipped(t, "/usr/share/doc/glewlwyd/glewlwyd.conf.sample.gz"))
	for pattern, line := range map[string]string{
		`(?m)^port=.*`:                 fmt.Sprintf("port=%d", port),
		`(?m)^#bind_address=.*`:        `bind_address="127.0.0.1"`,
		`(?m)^external_url=.*`:         fmt.Sprintf(`external_url="http://127.0.0.1:%d"`, port),
		`(?m)^cookie_domain=.*`:        `cookie_domain="127.0.0.1"`,
		`(?m)^cookie_secure=.*`:        `cookie_secure=0`,
		`(?m)^static_files_path=.*`:    fmt.Sprintf("static_files_path=%q", web+"/"),
		`(?m)path = "/var/cache[^"]*"`: fmt.Sprintf("path = %q", database),
	} {
		expression := regexp.MustCompile(pattern)
		require.True(t, expression.MatchString(config), "the sample has no line for %s", pattern)
		config = expression.ReplaceAllLiteralString(config, line)
	}
	file := filepath.Join(folder, "glewlwyd.conf")
	require.NoError(t, os.WriteFile(file, []byte(config), 0o600))
	return file
}

// fillGlewlwyd sets up the OpenID plugin, a scope, the clients and the user
// through the server's own administration API.
func fillGlewlwyd(t *testing.T, home string, callback int, keys clientKeys) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	admin := &http.Client{Jar: jar, Timeout: stepTimeout}
	call := func(path string, body map[string]any) {
		t.Helper()
		require.NoError(t, callGlewlwyd(t.Context(), admin, http.MethodPost, home+"/api/"+path, body))
	}
	call("auth/", map[string]any{"username": "admin", "password": "password"})

	private, public := signingKey(t)
	call("mod/plugin/", map[string]any{"module": "oidc", "name": "oidc", "display_name": "OpenID", "parameters": map[string]any{
		"iss": home + "/api/oidc", "jwt-type": "rsa", "jwt-key-size": "256", "key": private, "cert": public, "jwks-show": true,
		"access-token-duration": 3600, "refresh-token-duration": 86400, "code-duration": 600,
		"refresh-token-rolling": true, "refresh-token-one-use": "always", "allow-non-oidc": true,
		"auth-type-code-enabled": true, "auth-type-code-revoke-replayed": true, "auth-type-refresh-enabled": true,
		"auth-type-token-enabled": false, "auth-type-id-token-enabled": true, "auth-type-none-enabled": false,
		"auth-type-password-enabled": true, "auth-type-client-enabled": true, "auth-type-device-enabled": true,
		"device-authorization-expiration": 600, "device-authorization-interval": 5,
		"oauth-par-allowed": true, "oauth-par-duration": 90, "oauth-par-request_uri-prefix": "urn:ietf:params:oauth:request_uri:",
		"request-parameter-allow": true, "client-jwks-parameter": "jwks",
		"pkce-allowed": true, "pkce-required-public-client": true, "pkce-method-plain-allowed": false,
		"register-client-allowed": true, "register-client-auth-scope": []string{}, "register-client-credentials-scope": []string{"read"},
		"register-client-management-allowed": true,
		"introspection-revocation-allowed":   true, "introspection-revocation-allow-target-client": true,
		"oauth-as-iss-id": true, "subject-type": "public",
		"name-claim": "on-demand", "name-claim-scope": []string{"openid"}, "email-claim": "on-demand", "email-claim-scope": []string{"openid"},
	}})
	call("scope/", map[string]any{"name": "read", "display_name": "read", "password_required": false, "scheme": map[string]any{}})
	client := func(id string, more map[string]any) {
		body := map[string]any{
			"client_id": id, "name": id, "enabled": true,
			"redirect_uri":       []string{fmt.Sprintf("http://127.0.0.1:%d/callback", callback)},
			"authorization_type": []string{"code", "password", "client_credentials", "refresh_token", "device_authorization", "delete_token"},
		}
		for key, value := range more {
			body[key] = value
		}
		call("client/", body)
	}
	client("desktop", map[string]any{"confidential": false, "scope": []string{"openid"}, "token_endpoint_auth_method": []string{"none"}})
	client("web", map[string]any{
		"confidential": true, "password": glewlwydSecret, "scope": []string{"openid", "read"},
		"token_endpoint_auth_method": []string{"client_secret_basic", "client_secret_post"},
	})
	client("secret-jwt", map[string]any{
		"confidential": true, "client_secret": "secret-jwt-0123456789abcdef0123456789abcdef01", "scope": []string{"openid", "read"},
		"token_endpoint_auth_method": []string{"client_secret_jwt"},
	})
	client("private-jwt", map[string]any{
		"confidential": true, "jwks": keys.public(t), "scope": []string{"openid", "read"},
		"token_endpoint_auth_method": []string{"private_key_jwt"}, "token_endpoint_signing_alg": "RS256",
	})
	call("user/", map[string]any{
		"username": glewlwydUser, "password": glewlwydPassword, "name": "Alice", "email": "alice@example.test",
		"enabled": true, "scope": []string{"openid", "read", "g_profile"},
	})
}

// callGlewlwyd sends one request to the server's own API.
func callGlewlwyd(ctx context.Context, client *http.Client, method, address string, body map[string]any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(data))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(response.Body, 4096))
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: status %d, %s", method, address, response.StatusCode, strings.TrimSpace(string(said)))
	}
	return nil
}

// signingKey makes a key for the server's own tokens.
func signingKey(t *testing.T) (private, public string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	pub, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: pub}))
}

// unzipped reads one of the package's gzipped samples.
func unzipped(t *testing.T, name string) []byte {
	t.Helper()
	file, err := os.Open(name)
	require.NoError(t, err)
	defer file.Close()
	reader, err := gzip.NewReader(file)
	require.NoError(t, err)
	data, err := io.ReadAll(reader)
	require.NoError(t, err)
	return data
}
