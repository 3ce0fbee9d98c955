package handout

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// Programs of all manners at the same time: whoever is polite gets the answers to
// his own requests in their order, and no request begins that is cancelled already.
func TestProgramsOfAllManners(t *testing.T) {
	r := newRig(t, nil)
	var begunCancelled atomic.Int64
	r.backend.token = func(ctx context.Context, q TokenRequest) (Token, error) {
		if ctx.Err() != nil && strings.Contains(q.Name, "stays") {
			begunCancelled.Add(1)
		}
		if strings.HasPrefix(q.Name, "slow") {
			select {
			case <-ctx.Done():
				return Token{}, ctx.Err()
			case <-time.After(2 * lookAfter):
			}
		}
		return Token{Name: q.Name, AccessToken: auth.NewSecret("at-" + q.Name)}, nil
	}
	until := time.Now().Add(chaosTime)
	var all sync.WaitGroup
	for i := range 600 { // more than there is room for
		all.Go(func() {
			for k := 0; time.Now().Before(until); k++ {
				c, err := net.Dial("unix", r.socket)
				if err != nil {
					time.Sleep(time.Millisecond)
					continue
				}
				_ = c.SetDeadline(time.Now().Add(20 * time.Second))
				program(t, c, fmt.Sprintf("%d-%d", i, k))
				_ = c.Close()
			}
		})
	}
	all.Wait()
	assert.Zero(t, begunCancelled.Load())
}

const chaosTime = time.Second

// program speaks over a connection in one of several manners.
func program(t *testing.T, c net.Conn, name string) {
	in := bufio.NewReader(c)
	answered := func(want string) bool {
		answer, err := http.ReadResponse(in, nil)
		if err != nil {
			assert.NotErrorIs(t, err, os.ErrDeadlineExceeded)
			return false // ended to make room
		}
		defer answer.Body.Close()
		var token struct{ Name string }
		body, err := io.ReadAll(answer.Body)
		if assert.NoError(t, err) && assert.Equal(t, http.StatusOK, answer.StatusCode, "%s", body) && assert.NoError(t, json.Unmarshal(body, &token)) {
			assert.Equal(t, want, token.Name)
		}
		return true
	}
	stays := name + "stays"
	say := func(text string) { _, _ = io.WriteString(c, text) }
	switch rand.IntN(8) {
	case 0: // polite
		for n := range 5 {
			say(askFor(fmt.Sprint(stays, n)))
			if !answered(fmt.Sprint(stays, n)) {
				assert.NotZero(t, n, "the first request is answered")
				return
			}
		}
	case 1: // all at once, a slow one among them
		say(askFor(stays+"a") + askFor("slow"+stays) + askFor(stays+"b"))
		_ = answered(stays+"a") && answered("slow"+stays) && answered(stays+"b")
	case 2: // goes in the middle of a head
		say(askFor(name)[:rand.IntN(40)])
	case 3: // goes while it waits
		say(askFor("slow" + name))
		time.Sleep(rand.N(3 * lookAfter))
	case 4: // takes no answer
		say(strings.Repeat(askFor(name), 20))
	case 5: // says no more, and reads
		say(askFor(name))
		_ = c.(*net.UnixConn).CloseWrite()
		answered(name)
	case 6: // rubbish
		say("\x00\x01\r\n\r\n" + askFor(name))
		answer, err := http.ReadResponse(in, nil)
		if err == nil {
			assert.Equal(t, http.StatusBadRequest, answer.StatusCode)
			_ = answer.Body.Close()
		}
	case 7: // a slow one, and more behind it while that is waited for
		say(askFor("slow" + stays))
		time.Sleep(rand.N(3 * lookAfter))
		say(askFor(stays))
		_ = answered("slow"+stays) && answered(stays)
	}
}

// Close comes to its end soon whatever the programs are doing, and leaves nothing
// behind.
func TestCloseInEveryPhase(t *testing.T) {
	r := newRig(t, nil)
	r.backend.token = func(ctx context.Context, q TokenRequest) (Token, error) {
		if q.Name == "large" {
			return Token{Name: strings.Repeat("x", 8<<20)}, nil
		}
		<-ctx.Done()
		return Token{}, ctx.Err()
	}
	r.backend.authorize = func(ctx context.Context, prompt func(Prompt)) (Listing, error) {
		prompt(Prompt{UserCode: "AB"})
		<-ctx.Done()
		return Listing{}, ctx.Err()
	}
	slow := request("POST", PathToken, `{"name":"slow"}`)
	cancelled := map[string]*talk{}
	for _, raw := range []string{
		"", "\r\n", slow[:10], slow[:len(slow)-2], slow, slow + slow, askFor("large"), request("POST", PathAuthorize, `{"name":"a"}`),
		"rubbish\r\n\r\n", request("PUT", PathList, "{}"), request("GET", PathStatus, ""), request("GET", PathStatus, "") + slow[:10],
	} {
		c := r.talk()
		c.say(raw)
		cancelled[raw] = c
	}
	time.Sleep(5 * lookAfter)
	begun := time.Now()
	require.NoError(t, r.server.Close())
	assert.Less(t, time.Since(begun), closeTimeout+time.Second)
	assert.Empty(t, r.server.connections.all)
	for raw, c := range cancelled {
		_, err := io.Copy(io.Discard, c.in)
		assert.False(t, errors.Is(err, os.ErrDeadlineExceeded), "%.30q is still open", raw)
	}
}

// full fills the server but for one place with programs that have asked once.
func (r *rig) full() {
	r.Helper()
	for range maxConnections - 1 {
		c := r.talk()
		c.say(request("GET", PathStatus, ""))
		_, _, _ = c.hear()
	}
}

// Where the last place is taken by a program that asks nothing yet, one that has
// asked before makes room.
func TestRestingMakeRoomAtOnce(t *testing.T) {
	r := newRig(t, nil)
	r.full()
	silent := r.talk()
	begun := time.Now()
	c := r.talk()
	c.say(askFor("one"))
	_, body, _ := c.hear()
	assert.Contains(t, body, "at-one")
	assert.Less(t, time.Since(begun), requestTimeout/2)
	silent.say(askFor("two"))
	_, body, _ = silent.hear()
	assert.Contains(t, body, "at-two")
}

// Where all places are taken by programs that wait for an answer, the first that
// gets one makes room.
func TestAnsweredMakeRoom(t *testing.T) {
	r := newRig(t, nil)
	answer := make(chan struct{})
	r.backend.token = func(ctx context.Context, q TokenRequest) (Token, error) {
		if q.Name == "waits" {
			select {
			case <-answer:
			case <-ctx.Done():
			}
		}
		return Token{Name: q.Name}, nil
	}
	var all []*talk
	for range maxConnections {
		c := r.talk()
		c.say(askFor("waits"))
		all = append(all, c)
	}
	late := r.talk()
	late.say(askFor("late"))
	require.Eventually(t, func() bool {
		c := r.server.connections
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.waiting
	}, 10*time.Second, time.Millisecond)
	answer <- struct{}{}
	_, body, _ := late.hear()
	assert.Contains(t, body, "late")
	close(answer)
	for _, c := range all {
		status, _, _ := c.hear()
		assert.Equal(t, http.StatusOK, status)
	}
}

// What comes over a kept connection once the server closes is not begun.
func TestNothingBeginsAfterStop(t *testing.T) {
	r := newRig(t, nil)
	c := r.talk()
	c.say(askFor("one"))
	_, _, _ = c.hear()
	r.atRest(func(*conversation) {})
	r.server.connections.stop()
	c.say(askFor("two"))
	c.ends()
}
