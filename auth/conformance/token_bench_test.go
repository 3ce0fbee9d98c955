//go:build bench

package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/localserver"
)

// What the token endpoint is asked for, and how long it may take.
const (
	benchGrants  = 10_000
	benchRate    = 100 // requests a second, whether or not the ones before are answered
	benchTime    = 20 * time.Second
	benchBar     = 25 * time.Millisecond // 99th percentile
	benchRounds  = 3                     // at most, until one is within the bar
	benchAtOnce  = 8
	benchHurry   = 5 * time.Second
	benchTimeout = 30 * time.Second
)

// tokenEndpoint is a server under load, as one of its confidential clients sees it.
type tokenEndpoint struct {
	testing.TB
	url, id, secret string
	scope           string // of client credentials
	client          *http.Client
}

func newTokenEndpoint(b testing.TB, url, id, secret, scope string) *tokenEndpoint {
	// Fewer connections than the local server keeps: it closes the oldest beyond.
	transport := &http.Transport{MaxConnsPerHost: 32, MaxIdleConnsPerHost: 32}
	b.Cleanup(transport.CloseIdleConnections)
	return &tokenEndpoint{TB: b, url: url, id: id, secret: secret, scope: scope, client: &http.Client{Transport: transport, Timeout: benchTimeout}}
}

// tokenReply is what a request needs of its reply.
type tokenReply struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`

	// of the device authorization
	DeviceCode string `json:"device_code"`
	Complete   string `json:"verification_uri_complete"`
}

func (e *tokenEndpoint) post(address string, form url.Values) (reply tokenReply, err error) {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return reply, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(e.id, e.secret)
	response, err := e.client.Do(request)
	if err != nil {
		return reply, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return reply, err
	}
	if response.StatusCode != http.StatusOK {
		return reply, fmt.Errorf("status %d: %s", response.StatusCode, bytes.TrimSpace(body))
	}
	return reply, json.Unmarshal(body, &reply)
}

// clientCredentials gets a token for the client itself.
func (e *tokenEndpoint) clientCredentials() error {
	form := url.Values{"grant_type": {"client_credentials"}}
	if e.scope != "" {
		form.Set("scope", e.scope)
	}
	reply, err := e.post(e.url, form)
	if err == nil && reply.Access == "" {
		return fmt.Errorf("no access token")
	}
	return err
}

// refresh returns the refresh token that takes the place of the old one.
func (e *tokenEndpoint) refresh(old string) (string, error) {
	reply, err := e.post(e.url, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {old}})
	if err == nil && (reply.Access == "" || reply.Refresh == "" || reply.Refresh == old) {
		return "", fmt.Errorf("no new tokens")
	}
	return reply.Refresh, err
}

// best is the 99th percentile of the best round. What else the machine does can
// only add to it, so there are more rounds when the first is above the bar. No
// two requests get the same number.
func (e *tokenEndpoint) best(name string, request func(i int) error) time.Duration {
	lowest := time.Duration(math.MaxInt64)
	for round := 0; round < benchRounds && lowest > benchBar; round++ {
		median, high := e.percentiles(round*benchCount, request)
		fmt.Printf("token endpoint with %d grants stored, %d requests a second: %s in %s, 99th percentile %s (bar %s)\n",
			benchGrants, benchRate, name, shown(median), shown(high), shown(benchBar))
		lowest = min(lowest, high)
	}
	return lowest
}

// benchCount is how many requests make a round.
const benchCount = int(benchTime/time.Second) * benchRate

// percentiles sends requests at a steady rate and returns the median and the
// 99th percentile of the answers. Each is counted from when it was due: an
// answer that keeps others waiting counts for those too.
func (e *tokenEndpoint) percentiles(from int, request func(i int) error) (median, high time.Duration) {
	took := make([]time.Duration, benchCount)
	var work sync.WaitGroup
	begun := time.Now()
	for i := range benchCount {
		due := begun.Add(time.Duration(i) * time.Second / benchRate)
		time.Sleep(time.Until(due))
		work.Go(func() {
			if err := request(from + i); err != nil {
				e.Error(err)
			}
			took[i] = time.Since(due)
		})
	}
	work.Wait()
	slices.Sort(took)
	return took[benchCount/2], took[benchCount*99/100-1]
}

// throughput is how many requests a second are answered when the next begins as
// soon as the one before is answered, for several callers at a time.
func (e *tokenEndpoint) throughput(request func(caller int) error) float64 {
	var work sync.WaitGroup
	var answered [benchAtOnce]int
	begun := time.Now()
	for caller := range benchAtOnce {
		work.Go(func() {
			for time.Since(begun) < benchHurry {
				if err := request(caller); err != nil {
					e.Error(err)
					return
				}
				answered[caller]++
			}
		})
	}
	work.Wait()
	sum := 0
	for _, n := range answered {
		sum += n
	}
	return float64(sum) / time.Since(begun).Seconds()
}

// refreshThroughput has each caller refresh a grant of its own again and again.
func (e *tokenEndpoint) refreshThroughput(tokens []string) float64 {
	return e.throughput(func(caller int) (err error) {
		tokens[caller], err = e.refresh(tokens[caller])
		return err
	})
}

// BenchmarkToken measures the local server's token endpoint over the program's
// database, where each answer is on the disk before it is given.
func BenchmarkToken(b *testing.B) {
	l := startLocal(b)
	c := l.client("bench", nil)
	l.fill(c)
	ours := newTokenEndpoint(b, l.issuer+"/oauth/token", c.ID, c.Secret.Reveal(), localScope)
	theirs, tokens := otherEndpoint(b)
	for b.Loop() {
		own := ours.best("client credentials", func(int) error { return ours.clientCredentials() })
		renewal := ours.best("refresh", func(i int) error { _, err := ours.refresh(storedToken(i)); return err })

		last := make([]string, benchAtOnce)
		for i := range last {
			last[i] = storedToken(benchGrants - 1 - i)
		}
		// those of oidc-provider first: it forgets old tokens when there are many new ones
		theirRefresh, ourRefresh := theirs.refreshThroughput(tokens), ours.refreshThroughput(last)
		fmt.Printf("%d at a time: refresh %.0f a second, oidc-provider, in memory: %.0f\n", benchAtOnce, ourRefresh, theirRefresh)
		theirOwn := theirs.throughput(func(int) error { return theirs.clientCredentials() })
		ourOwn := ours.throughput(func(int) error { return ours.clientCredentials() })
		fmt.Printf("%d at a time: client credentials %.0f a second, oidc-provider, in memory: %.0f\n", benchAtOnce, ourOwn, theirOwn)
		require.LessOrEqual(b, own, benchBar)
		require.LessOrEqual(b, renewal, benchBar)
	}
}

func shown(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}

// storedToken is the refresh token of one of the stored grants.
func storedToken(i int) string { return fmt.Sprint("twl_rt_bench_", i) }

// fill stores grants, each with its access token and its refresh token.
func (l *local) fill(c auth.LocalClient) {
	l.Helper()
	ctx, at := context.Background(), time.Now()
	users, err := l.registry.Users(ctx)
	require.NoError(l, err)
	user := users[slices.IndexFunc(users, func(u auth.LocalUser) bool { return u.Name == localUser })]
	scopes := []string{"openid", "profile", "offline_access", localScope}
	for i := range benchGrants {
		g := localserver.Grant{
			ID: fmt.Sprint("grt_bench_", i), Kind: auth.LocalGrantDevice, ClientID: c.ID, UserID: user.ID, Scopes: scopes,
			RefreshesLeft: auth.LocalUnlimited, AuthTime: at, Created: at,
		}
		token := localserver.Token{GrantID: g.ID, Scopes: scopes, Issued: at, Expires: at.Add(time.Hour)}
		access, refresh := token, token
		access.Kind, access.Hash = localserver.AccessToken, localserver.Hash(fmt.Sprint("twl_at_bench_", i))
		refresh.Kind, refresh.Hash = localserver.RefreshToken, localserver.Hash(storedToken(i))
		require.NoError(l, l.store.Issue(ctx, g, []localserver.Token{access, refresh}))
	}
}

// otherEndpoint starts oidc-provider and returns a refresh token for each caller.
func otherEndpoint(b *testing.B) (e *tokenEndpoint, tokens []string) {
	issuer := startOIDCProvider(b, newClientKeys(b))
	e = newTokenEndpoint(b, issuer+"/token", "basic", oidcProviderSecret, "")
	for range benchAtOnce {
		device, err := e.post(issuer+"/device/auth", url.Values{"scope": {"openid profile offline_access"}})
		require.NoError(b, err)
		require.NoError(b, newFormBrowser("anybody", "any", 0).visit(context.Background(), device.Complete, "").err)
		reply, err := e.post(e.url, url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "device_code": {device.DeviceCode}})
		require.NoError(b, err)
		require.NotEmpty(b, reply.Refresh)
		tokens = append(tokens, reply.Refresh)
	}
	return e, tokens
}
