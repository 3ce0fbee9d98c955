package handout

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"
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

// serve answers one request.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	defer s.rescue(w)
	growStack()
	from, ok := r.Context().Value(callerKey{}).(*caller)
	if refused := s.refuse(r); refused != nil || !ok {
		w.Header()["Connection"] = []string{"close"} // its body was not read
		fail(w, refused)
		return
	}
	body, err := readBody(w, r)
	if err != nil {
		fail(w, err)
		return
	}
	from.asker() // while it waits for the answer it can be looked at
	switch r.URL.Path {
	case PathAuthorize:
		authorize(w, r, from.backend, body)
	case PathRaise:
		notify(w, s.params.Raise, "There is no window", "The process that serves is the agent, which has none.")
	case PathYield:
		notify(w, s.params.Yield, "The data folder is in use", "The window is open and keeps it.")
	default:
		answer, err := s.verbs[r.URL.Path](r.Context(), from.backend, body)
		if err != nil {
			fail(w, err)
			return
		}
		reply(w, http.StatusOK, answer)
	}
}

// browserHeaders are sent by web browsers only, and can't be kept back by a page.
var browserHeaders = []string{"Origin", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Referer", "Cookie"}

// refuse says why a request is not answered, from its head alone.
func (s *Server) refuse(r *http.Request) error {
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

// readBody reads a request's body.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength > maxRequest {
		return nil, tooLarge()
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, tooLarge()
	case err != nil:
		return nil, badRequest("Its body did not arrive as a whole.")
	}
	return body, nil
}

func tooLarge() *Error {
	return refusal(auth.EndUsage, CodeTooLarge, "The request is too large", "A request has at most 64 KiB.", "Send a smaller one.")
}

// rescue keeps a mistake of ours from ending the program. What a panic says may
// hold a secret: only its type is told (T61).
func (s *Server) rescue(w http.ResponseWriter) {
	if p := recover(); p != nil {
		s.log.Error("a request could not be answered", "panic", fmt.Sprintf("%T", p))
		fail(w, errorOf(errors.New("panic")))
	}
}

// statuses are the HTTP statuses of the ends; 500 for all others.
var statuses = []struct {
	end    auth.HandOutEnd
	status int
}{
	{auth.EndUsage, http.StatusBadRequest},
	{auth.EndUnknownName, http.StatusNotFound},
	{auth.EndNeedsSignIn, http.StatusConflict},
	{auth.EndLocked, http.StatusLocked},
	{auth.EndDenied, http.StatusForbidden},
	{auth.EndUnreachable, http.StatusBadGateway},
}

// statusOf is the HTTP status of an error.
func statusOf(e *Error) int {
	switch e.Code {
	case CodeUnknownPath:
		return http.StatusNotFound
	case CodeWrongMethod:
		return http.StatusMethodNotAllowed
	case CodeTooLarge:
		return http.StatusRequestEntityTooLarge
	}
	for _, s := range statuses {
		if s.end == e.End {
			return s.status
		}
	}
	return http.StatusInternalServerError
}

// fail answers with an error.
func fail(w http.ResponseWriter, err error) {
	if err == nil {
		err = errors.New("no caller")
	}
	e := errorOf(err)
	if e.Code == CodeWrongMethod {
		w.Header()["Allow"] = []string{http.MethodPost}
	}
	reply(w, statusOf(e), e)
}

var contentType = []string{"application/json"}

// noStore keeps whatever stands between from keeping tokens (RFC 9111 section 5.2.2.5).
var noStore = []string{"no-store"}

// reply writes an answer whole, and forgets it.
func reply(w http.ResponseWriter, status int, answer any) {
	body, err := encode(answer)
	if err != nil { // there is nothing in the API that can't be encoded
		status, body = http.StatusInternalServerError, []byte(`{"end":"other","code":"unexpected"}`)
	}
	defer clear(body)
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(answerTimeout))
	h := w.Header()
	h["Content-Type"], h["Cache-Control"], h["Date"] = contentType, noStore, nil
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	_, _ = w.Write(body) // who does not take the answer has ended
}

// encode writes JSON. A token is written directly, so that no copy of it stays
// behind in a buffer that json.Marshal keeps.
func encode(answer any) ([]byte, error) {
	if token, ok := answer.(Token); ok {
		return token.MarshalJSON()
	}
	return json.Marshal(answer)
}

// notify answers a request that the program itself carries out.
func notify(w http.ResponseWriter, do func(), title, happened string) {
	if do == nil {
		fail(w, refusal(auth.EndOther, CodeNotOffered, title, happened, "Run tokenwell doctor to see who serves."))
		return
	}
	reply(w, http.StatusOK, done{})
	go do()
}

// authorize answers with lines of JSON, each as soon as there is something to
// tell; their end is that of the connection.
func authorize(w http.ResponseWriter, r *http.Request, b Backend, body []byte) {
	var request AuthorizeRequest
	if err := decode(body, &request); err != nil {
		fail(w, err)
		return
	}
	h := w.Header()
	h["Content-Type"], h["Cache-Control"], h["Date"] = []string{"application/x-ndjson"}, noStore, nil
	h["Transfer-Encoding"] = []string{"identity"} // no chunks: simple clients can read it
	controller := http.NewResponseController(w)
	line := func(l AuthorizeLine) {
		data, err := json.Marshal(l)
		if err != nil {
			return // as in reply
		}
		_ = controller.SetWriteDeadline(time.Now().Add(answerTimeout))
		_, _ = w.Write(append(data, '\n'))
		_ = controller.Flush()
	}
	listing, err := b.Authorize(r.Context(), request, func(p Prompt) { line(AuthorizeLine{Prompt: &p}) })
	if err != nil {
		line(AuthorizeLine{Error: errorOf(err)})
		return
	}
	line(AuthorizeLine{Done: &listing})
}
