package auth

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzCallback holds what is true of every query: no panic; an answer is taken
// only with the flow's state, once; Location is the clean page and nothing
// else; a page is one of ours, byte by byte (T12, T13, T15). STATE in the
// input stands for the flow's state.
func FuzzCallback(f *testing.F) {
	for _, seed := range []string{
		"", "code=a&state=STATE", "code=a&state=STATE&state=STATE", "error=access_denied&state=STATE", "error=<script>alert(1)</script>&state=STATE",
		"state=STATE&error_uri=https://evil.example&error_description=%3Cimg%20src=x%3E&code=x", "code=a&state=STATE&next=https://evil.example",
		"code=%00&state=STATE", "code=a&state=%53TATE", "%73tate=STATE&code=a", "code=a;state=STATE", "&&&=&code=a&state=STATE", "code=%zz&state=STATE",
		"code=a&state=STATE&iss=https%3A%2F%2Fas.example", "code=a&state=STATE&iss=x", "code=a#&state=STATE", strings.Repeat("a=b&", 150) + "state=STATE",
	} {
		f.Add(seed)
	}
	own := map[string]bool{}
	for _, page := range []callbackPage{pageUsed, pageStray, pageBroken} {
		recorder := httptest.NewRecorder()
		show(recorder, http.StatusOK, page)
		own[recorder.Body.String()] = true
	}
	f.Fuzz(func(t *testing.T, input string) {
		flow := unservedFlow(t, testFlowParams())
		flow.loopback.judge = flow.receive
		query := strings.ReplaceAll(input, "STATE", flow.state.Reveal())
		call := func() *httptest.ResponseRecorder {
			recorder := httptest.NewRecorder()
			flow.loopback.handle(recorder, &http.Request{
				Method: http.MethodGet, Host: flow.loopback.authority, URL: &url.URL{Path: "/callback", RawQuery: query}, Header: http.Header{},
			})
			return recorder
		}
		switch got := call(); got.Code {
		case http.StatusSeeOther:
			require.Equal(t, "/callback/done", got.Header().Get("Location"))
			require.Empty(t, got.Body.String())
			parsed, _ := url.ParseQuery(strings.ReplaceAll(query, ";", "%3B"))
			require.Equal(t, []string{flow.state.Reveal()}, parsed["state"])
			require.LessOrEqual(t, len(parsed["code"]), 1)
			require.Equal(t, http.StatusConflict, call().Code, "the same once more")
		case http.StatusBadRequest:
			requirePending(t, flow)
			require.Empty(t, got.Header().Get("Location"))
			require.True(t, own[got.Body.String()])
			require.Equal(t, answerTaken, flow.receive(genuine(flow).Encode()), "the flow lives on")
		default:
			t.Fatalf("status %d", got.Code)
		}
	})
}
