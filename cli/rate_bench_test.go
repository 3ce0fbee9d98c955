//go:build bench && linux

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tokenwell/auth/handout"
)

// How fast the sockets answer.
const (
	rateClients = 8
	rateTime    = 2 * time.Second // of each kind, in each round
	rateRounds  = 3               // of which the median counts

	newRateBar  = 0.8 // times what oidc-agent answers with a connection for each request
	keptRateBar = 1.5 // the same, on connections that are kept
)

// socketClient asks a socket as fast as can be, so that the server is measured
// and not the client: requests are made beforehand, answers only looked at.
type socketClient struct {
	socket   string
	requests [][]byte
	whole    func(answer []byte) bool // nothing more comes
	kept     bool
}

// ourClient has each client ask for another token.
func ourClient(b *testing.B, h *home, kept bool) socketClient {
	c := socketClient{socket: h.place().Socket(), kept: kept, whole: func(answer []byte) bool {
		head, body, ok := bytes.Cut(answer, []byte("\r\n\r\n"))
		_, length, found := bytes.Cut(head, []byte("Content-Length: "))
		length, _, _ = bytes.Cut(length, []byte("\r\n"))
		return ok && found && len(body) == number(string(length))
	}}
	for i := range rateClients {
		body, err := json.Marshal(handout.TokenRequest{Name: fmt.Sprintf("Name %d", i)})
		require.NoError(b, err)
		c.requests = append(c.requests, fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: tokenwell\r\nContent-Length: %d\r\n\r\n%s", handout.PathToken, len(body), body))
	}
	return c
}

// theirClient asks for the one account, in the plain JSON that oidc-agent
// documents for programs of others.
func theirClient(a *oidcAgent) socketClient {
	return socketClient{socket: a.socket, requests: [][]byte{
		[]byte(`{"request":"access_token","account":"` + rivalAccount + `","min_valid_period":60,"application_hint":"bench"}`),
	}, whole: func(answer []byte) bool { return bytes.HasSuffix(bytes.TrimSpace(answer), []byte("}")) }}
}

// rate is how many requests a second got a token, and which part of all failed.
func (c socketClient) rate() (answered, failed float64) {
	var got, lost atomic.Int64
	begun := time.Now()
	var all sync.WaitGroup
	for i := range rateClients {
		all.Go(func() {
			var conn net.Conn
			answer := make([]byte, 64<<10)
			for k := i; time.Since(begun) < rateTime; k += rateClients {
				var err error
				if conn == nil {
					conn, err = net.Dial("unix", c.socket)
				}
				if err == nil {
					err = c.ask(conn, c.requests[k%len(c.requests)], answer)
				}
				if err != nil {
					lost.Add(1)
				} else {
					got.Add(1)
				}
				if conn != nil && (err != nil || !c.kept) {
					_ = conn.Close()
					conn = nil
				}
			}
			if conn != nil {
				_ = conn.Close()
			}
		})
	}
	all.Wait()
	passed := time.Since(begun).Seconds()
	return float64(got.Load()) / passed, float64(lost.Load()) / float64(got.Load()+lost.Load())
}

// ask sends a request and reads its answer, which has to hold a token.
func (c socketClient) ask(conn net.Conn, request, into []byte) error {
	if _, err := conn.Write(request); err != nil {
		return err
	}
	for had := 0; ; {
		n, err := conn.Read(into[had:])
		had += n
		switch {
		case c.whole(into[:had]) && bytes.Contains(into[:had], []byte(`"access_token"`)):
			return nil
		case err != nil:
			return err
		}
	}
}

// measureRate compares how many requests the two agents answer.
func measureRate(b *testing.B, h *home, theirs *oidcAgent) {
	clients := []socketClient{theirClient(theirs), ourClient(b, h, false), ourClient(b, h, true)}
	rates := make([][]float64, len(clients))
	lost := make([]float64, len(clients))
	for range rateRounds {
		for i, c := range clients {
			answered, failed := c.rate()
			rates[i] = append(rates[i], answered)
			lost[i] = max(lost[i], failed)
		}
	}
	for _, r := range rates {
		slices.Sort(r)
	}
	their, fresh, kept := middle(rates[0]), middle(rates[1]), middle(rates[2])
	fmt.Printf("%d clients, a connection each time: %.0f answers a second, oidc-agent: %.0f with %.0f%% of the tries failed; %.2f times (bar %.1f)\n",
		rateClients, fresh, their, 100*lost[0], fresh/their, newRateBar)
	fmt.Printf("%d clients, kept connections: %.0f answers a second; %.2f times (bar %.1f)\n", rateClients, kept, kept/their, keptRateBar)
	b.ReportMetric(fresh/their, "new-ratio")
	b.ReportMetric(kept/their, "kept-ratio")
	require.Zero(b, max(lost[1], lost[2]), "requests of ours failed")
	if fresh < newRateBar*their || kept < keptRateBar*their {
		b.Errorf("the socket answers %.2f times as often as oidc-agent's, %.2f times on kept connections", fresh/their, kept/their)
	}
}
