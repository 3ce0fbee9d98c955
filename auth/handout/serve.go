package handout

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"unicode/utf8"

	"tokenwell/auth"
)

// verb answers one path. The answer is written as JSON.
type verb func(ctx context.Context, b Backend, body []byte) (any, error)

// The bodies that have no exported type.
type (
	nameRequest struct {
		Name string `json:"name"`
	}
	listReply struct {
		Authorizations []Listing `json:"authorizations"`
	}
	done struct{}
)

// verbs are the API but for what is not answered by a Backend alone.
func verbs() map[string]verb {
	return map[string]verb{
		PathStatus: verbOf(func(ctx context.Context, b Backend, _ done) (any, error) { return b.Status(ctx) }),
		PathList: verbOf(func(ctx context.Context, b Backend, _ done) (any, error) {
			all, err := b.List(ctx)
			return listReply{all}, err
		}),
		PathToken:   verbOf(func(ctx context.Context, b Backend, r TokenRequest) (any, error) { return b.Token(ctx, r) }),
		PathRefresh: verbOf(func(ctx context.Context, b Backend, r nameRequest) (any, error) { return b.Refresh(ctx, r.Name) }),
		PathRevoke:  verbOf(func(ctx context.Context, b Backend, r nameRequest) (any, error) { return b.Revoke(ctx, r.Name) }),
		PathTest:    verbOf(func(ctx context.Context, b Backend, r TestRequest) (any, error) { return b.Test(ctx, r) }),
	}
}

// verbOf reads the request's body for a verb.
func verbOf[R any](answer func(context.Context, Backend, R) (any, error)) verb {
	return func(ctx context.Context, b Backend, body []byte) (any, error) {
		var r R
		if err := decode(body, &r); err != nil {
			return nil, err
		}
		return answer(ctx, b, r)
	}
}

// decode reads the JSON object of a request; nothing at all is an empty one.
func decode(body []byte, into any) error {
	body = bytes.TrimSpace(body)
	if len(body) == 0 {
		return nil
	}
	if body[0] != '{' || !utf8.Valid(body) || json.Unmarshal(body, into) != nil {
		return badRequest("Its body is not a JSON object of the API.")
	}
	return nil
}

// stackSize is about what it takes to answer a request, SQLite included.
const stackSize = 24 << 10

// growStack makes the stack of this goroutine as large as it will be, while there
// is little on it that has to be moved. Each connection has a goroutine of its
// own, which else moves its stack four times on its way down.
//
//go:noinline
func growStack() byte {
	var room [stackSize]byte
	return room[len(os.Args)%stackSize]
}

// carryOut answers a request whose body was read.
func (s *Server) carryOut(t *conversation, path string, body []byte) {
	switch path {
	case PathAuthorize:
		t.authorize(body)
	case PathRaise:
		t.notify(s.params.Raise, "There is no window", "The process that serves is the agent, which has none.")
	case PathYield:
		t.notify(s.params.Yield, "The data folder is in use", "The window is open and keeps it.")
	default:
		answer, err := s.verbs[path](t.ctx, t.backend, body)
		if err != nil {
			t.fail(err)
			return
		}
		t.reply(http.StatusOK, answer)
	}
}

// browserHeaders are sent by web browsers only, and can't be kept back by a page.
var browserHeaders = []string{"Origin", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Referer", "Cookie"}

// refuse says why a request is not answered, from its head alone.
func (s *Server) refuse(r *http.Request) *Error {
	for _, name := range browserHeaders {
		if _, there := r.Header[name]; there {
			return refusal(auth.EndDenied, CodeFromBrowser, "Web pages get nothing here",
				"The request has the header "+name+", which web browsers send.", "Ask from a program, or use tokenwell proxy.")
		}
	}
	switch _, known := s.verbs[r.URL.Path]; {
	case !known && r.URL.Path != PathAuthorize && r.URL.Path != PathRaise && r.URL.Path != PathYield:
		return refusal(auth.EndUsage, CodeUnknownPath, "There is no such request",
			"This version knows no request with this path.", "Correct the path, or update Tokenwell.")
	case r.Method != http.MethodPost && (r.Method != http.MethodGet || r.URL.Path != PathStatus):
		return refusal(auth.EndUsage, CodeWrongMethod, "The method is wrong", "Requests are sent with POST.", "Send it with POST.")
	}
	return nil
}

// notify answers a request that the program itself carries out.
func (t *conversation) notify(do func(), title, happened string) {
	if do == nil {
		t.fail(refusal(auth.EndOther, CodeNotOffered, title, happened, "Run tokenwell doctor to see who serves."))
		return
	}
	t.reply(http.StatusOK, done{})
	go do()
}

// authorize answers with lines of JSON, each as soon as there is something to
// tell; their end is that of the connection, so that simple clients can read them.
func (t *conversation) authorize(body []byte) {
	var request AuthorizeRequest
	if err := decode(body, &request); err != nil {
		t.fail(err)
		return
	}
	t.last, t.lines = true, true
	t.write(t.head(http.StatusOK, "application/x-ndjson", -1))
	listing, err := t.backend.Authorize(t.ctx, request, func(p Prompt) { t.line(AuthorizeLine{Prompt: &p}) })
	if err != nil {
		t.fail(err)
		return
	}
	t.line(AuthorizeLine{Done: &listing})
}
