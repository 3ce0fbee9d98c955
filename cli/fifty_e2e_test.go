//go:build e2e && linux

package main

import (
	"bytes"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// TestFiftyAtExpiry: 50 processes ask at the moment at which a token ends. One
// token request is sent, and all get its token.
func TestFiftyAtExpiry(t *testing.T) {
	const processes = 50
	h := newHome(t)
	h.keep("Sales", auth.HandOutRule{Mode: auth.HandOutAnyone}, func(r *auth.Record) {
		r.Status.Expiry.At = time.Now().UTC().Truncate(time.Millisecond)
	})
	answer := make(chan struct{})
	h.server.Script(authtest.PathToken, authtest.Answer{Apply: true, Hold: answer})
	h.agent()
	outcomes := make([]string, processes)
	var all sync.WaitGroup
	for i := range processes {
		all.Go(func() {
			out, said, _ := h.outcome(h.command(binary(), "token", "Sales"))
			outcomes[i] = out + said
		})
	}
	waiting := func() bool { // each holds a connection beside the one that listens
		sockets, err := os.ReadFile("/proc/net/unix")
		return err == nil && bytes.Count(sockets, []byte("handout.sock\n")) > processes
	}
	assert.Eventually(t, waiting, homeWait, 10*time.Millisecond)
	close(answer)
	all.Wait()
	require.Len(t, strings.Fields(outcomes[0]), 1, outcomes[0])
	for _, o := range outcomes {
		require.Equal(t, outcomes[0], o)
	}
	assert.Len(t, h.server.Requests(authtest.PathToken), 1)
}
