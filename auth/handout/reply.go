package handout

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"

	"tokenwell/auth"
)

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

// fail answers with an error, as the last line where the answer has begun.
func (t *conversation) fail(err error) {
	e := errorOf(err)
	if t.lines {
		t.line(AuthorizeLine{Error: e})
		return
	}
	t.reply(statusOf(e), e)
}

// Bounds of what is still taken from a program whose request was refused before
// it was read: one that goes on writing would not hear why.
const (
	maxLeftover  = 256 << 10 // bytes
	leftoverTime = 500 * time.Millisecond
)

// refuse answers with an error a request that was not read to its end. Nothing
// more can be understood on this connection.
func (t *conversation) refuse(status int, e *Error) {
	t.last = true
	t.reply(status, e)
	_ = t.conn.CloseWrite()
	_ = t.conn.SetReadDeadline(time.Now().Add(leftoverTime))
	_, _ = io.CopyN(io.Discard, t.conn, maxLeftover)
}

// reply writes an answer whole, and forgets it.
func (t *conversation) reply(status int, answer any) {
	body, err := encode(answer)
	if err != nil { // there is nothing in the API that can't be encoded
		status, body = http.StatusInternalServerError, []byte(`{"end":"other","code":"unexpected"}`)
	}
	text := append(t.head(status, "application/json", len(body)), body...)
	t.write(text)
	clear(body)
	clear(text)
	t.scratch = text
}

// line writes a line of an answer that is made of them.
func (t *conversation) line(l AuthorizeLine) {
	if data, err := json.Marshal(l); err == nil { // as in reply
		t.write(append(data, '\n'))
	}
}

// encode writes JSON. A token is written directly: json.Marshal would make one
// more copy of it, which nobody clears.
func encode(answer any) ([]byte, error) {
	if token, ok := answer.(Token); ok {
		return token.MarshalJSON()
	}
	return json.Marshal(answer)
}

// head is the head of an answer; a length of -1 tells that its end is that of the
// connection. no-store keeps whatever stands between from keeping tokens (RFC 9111
// section 5.2.2.5).
func (t *conversation) head(status int, contentType string, length int) []byte {
	b := append(t.scratch[:0], "HTTP/1.1 "...)
	b = strconv.AppendInt(b, int64(status), 10)
	b = append(b, ' ')
	b = append(b, http.StatusText(status)...)
	b = append(b, "\r\nContent-Type: "...)
	b = append(b, contentType...)
	b = append(b, "\r\nCache-Control: no-store"...)
	if length >= 0 {
		b = append(b, "\r\nContent-Length: "...)
		b = strconv.AppendInt(b, int64(length), 10)
	}
	if t.last || length < 0 {
		b = append(b, "\r\nConnection: close"...)
	}
	if status == http.StatusMethodNotAllowed {
		b = append(b, "\r\nAllow: POST"...)
	}
	return append(b, "\r\n\r\n"...)
}

// write sends a part of an answer. Who does not take it has ended.
func (t *conversation) write(text []byte) {
	_ = t.conn.SetWriteDeadline(time.Now().Add(answerTimeout))
	if _, err := t.conn.Write(text); err != nil {
		t.last = true
	}
}
