package handout

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// T48, T49: to have a token sent to an address of one's own is to have the token.
func TestTestIsUnderTheRule(t *testing.T) {
	r := newReal(t)
	r.stored("Asked", auth.HandOutAsk)
	r.stored("Listed", auth.HandOutListed)
	r.stored("Open", auth.HandOutAnyone)
	elsewhere := r.stored("Elsewhere", auth.HandOutAnyone)
	elsewhere.Rule.Hosts = []string{"api.example.com"}
	r.store.Put(elsewhere)
	var got atomic.Int64
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { got.Add(1) }))
	defer thief.Close()
	for _, name := range []string{"Asked", "Listed", "Elsewhere"} {
		_, err := r.dial().Test(t.Context(), TestRequest{Name: name, Address: thief.URL})
		assert.Equal(t, auth.EndDenied, asReal(t, err).End, name)
	}
	for _, name := range []string{"Asked", "Listed"} { // what comes back is not for everybody either
		_, err := r.dial().Test(t.Context(), TestRequest{Name: name})
		assert.Equal(t, auth.EndDenied, asReal(t, err).End, name)
	}
	before := len(r.evilas.Requests(""))
	_, err := r.dial().Test(t.Context(), TestRequest{Name: "Elsewhere"})
	assert.Equal(t, auth.EndDenied, asReal(t, err).End, "the service's own address is not one of the hosts either")
	assert.Len(t, r.evilas.Requests(""), before)
	elsewhere.Rule.Hosts = append(elsewhere.Rule.Hosts, strings.TrimPrefix(r.evilas.URL(), "http://"))
	r.store.Put(elsewhere)
	_, err = r.dial().Test(t.Context(), TestRequest{Name: "Elsewhere"})
	require.NoError(t, err)
	assert.Zero(t, got.Load(), "a token was sent")
	_, err = r.dial().Test(t.Context(), TestRequest{Name: "Open", Address: thief.URL})
	require.NoError(t, err)
	assert.EqualValues(t, 1, got.Load())
	page, err := r.engine.Activity(t.Context(), auth.ActivityQuery{Kinds: []auth.EventWord{auth.WordTest}})
	require.NoError(t, err)
	assert.Len(t, page.Entries, 2, "what was refused is a hand-out that failed")
}
