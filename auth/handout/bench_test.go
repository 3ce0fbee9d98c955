//go:build bench && unix

package handout

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"tokenwell/auth"
)

const (
	benchClients = 8
	benchRows    = 8 // the store in memory looks names up one by one
	benchTime    = 3 * time.Second
)

// BenchmarkSocket tells how many requests for stored tokens are answered, with
// clients and server on the same cores: with a connection each, and on kept
// connections. None may fail.
func BenchmarkSocket(b *testing.B) {
	for name, kept := range map[string]bool{"new": false, "kept": true} {
		b.Run(name, func(b *testing.B) {
			r := newReal(b)
			for i := range benchRows {
				r.stored(fmt.Sprintf("Sales %d", i), auth.HandOutAnyone)
			}
			for b.Loop() {
				spent := cpuTime(b)
				rate, p99 := benchLoad(b, r.socket, kept)
				b.ReportMetric(float64((cpuTime(b)-spent).Microseconds())/rate/benchTime.Seconds(), "µs-CPU")
				b.ReportMetric(rate, "answers/s")
				b.ReportMetric(float64(p99.Microseconds()), "µs-p99")
			}
		})
	}
}

// cpuTime is what this process has used so far.
func cpuTime(b *testing.B) time.Duration {
	var used unix.Rusage
	require.NoError(b, unix.Getrusage(unix.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// benchLoad asks as fast as it can; it returns the rate and the 99th percentile.
func benchLoad(b *testing.B, socket string, kept bool) (rate float64, p99 time.Duration) {
	var failed atomic.Int64
	took := make([][]time.Duration, benchClients)
	begun := time.Now()
	var all sync.WaitGroup
	for i := range benchClients {
		all.Go(func() {
			var c *Client
			for k := 0; time.Since(begun) < benchTime; k++ {
				at := time.Now()
				var err error
				if c == nil {
					if c, err = Dial(b.Context(), socket); err != nil {
						failed.Add(1)
						continue
					}
				}
				if _, err = c.Token(b.Context(), TokenRequest{Name: fmt.Sprintf("Sales %d", (k*benchClients+i)%benchRows)}); err != nil {
					failed.Add(1)
				}
				if !kept {
					_ = c.Close()
					c = nil
				}
				took[i] = append(took[i], time.Since(at))
			}
			if c != nil {
				_ = c.Close()
			}
		})
	}
	all.Wait()
	passed := time.Since(begun)
	require.Zero(b, failed.Load(), "requests failed")
	times := slices.Concat(took...)
	slices.SortFunc(times, cmp.Compare[time.Duration])
	return float64(len(times)) / passed.Seconds(), times[len(times)*99/100]
}

// BenchmarkAskerOf is what it costs to find out who asks.
func BenchmarkAskerOf(b *testing.B) {
	for b.Loop() {
		a := askers{consoles: []string{"/usr/bin/true"}}
		require.NotEmpty(b, a.at(os.Getpid(), 0).Path)
	}
}

// BenchmarkReply is what it costs to read an answer.
func BenchmarkReply(b *testing.B) {
	body, err := Token{
		Name: "Sales", AccessToken: auth.NewSecret(strings.Repeat("a", 900)), TokenType: "Bearer", Header: "Authorization",
		HeaderValue: auth.NewSecret(strings.Repeat("a", 900)), Scopes: []string{"read", "offline_access"},
	}.MarshalJSON()
	require.NoError(b, err)
	answer := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	for b.Loop() {
		_, _, err := readAs(answer)
		require.NoError(b, err)
	}
}
