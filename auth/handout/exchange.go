package handout

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"

	"tokenwell/auth"
)

// The bounds of an answer.
const (
	maxReplyHead = 8 << 10
	maxReply     = 64 << 20 // a list of 100,000 authorizations is half of that
)

var (
	// errUnanswered: the connection ended before the first byte of an answer.
	errUnanswered = errors.New("no answer")
	// errAnswer: what came is not an answer of the API.
	errAnswer = errors.New("the answer is not one of the API")
)

// exchange is one request and where its answer goes.
type exchange struct {
	path    string
	request []byte
	into    any                // for the object of the answer
	line    func([]byte) error // for an answer of lines, in place of into
	secret  bool               // the answer holds a token
	// once: never sent a second time, as over a kept connection that ends without
	// an answer: who knows whether it arrived.
	once    bool
	signIn  bool          // the user may have to sign in before there is an answer
	scratch [4 << 10]byte // most answers fit
}

// run carries the exchange out on a connection; first tells that it is the first
// one on it: then the server looks at this process. last tells that the
// connection can't be used again.
func (x *exchange) run(conn *net.UnixConn, first bool) (last bool, err error) {
	if first {
		showSelf()
		defer hideSelf()
	}
	if _, err := conn.Write(append(appendHead(x.scratch[:0], x.path, len(x.request)), x.request...)); err != nil {
		return true, errUnanswered
	}
	if err := awaitBytes(conn); err != nil {
		return true, errUnanswered
	}
	if x.secret {
		Harden()
	} else {
		hideSelf()
	}
	return x.read(conn)
}

// ReadToken reads the answer to a request for a token as it came over the
// socket, whole. The error is an *Error: the server's word, or that there is no
// answer that can be understood.
func ReadToken(answer []byte) (Token, error) {
	var j tokenJSON
	x := exchange{into: &j, secret: true}
	defer func() { clear(x.scratch[:]) }()
	_, err := x.read(bytes.NewReader(answer))
	var told *Error
	if err != nil && !errors.As(err, &told) {
		err = ended(context.Background(), err)
	}
	return j.token(), err
}

// read reads the answer.
func (x *exchange) read(from io.Reader) (last bool, err error) {
	buf := x.scratch[:0]
	defer func() { clear(buf[:cap(buf)]) }() // a token was in it
	headEnd := -1
	for headEnd < 0 {
		if len(buf) == cap(buf) {
			return true, errAnswer
		}
		n, err := from.Read(buf[len(buf):cap(buf)])
		if n == 0 && err != nil {
			if len(buf) == 0 {
				return true, errUnanswered
			}
			return true, io.ErrUnexpectedEOF
		}
		buf = buf[:len(buf)+n]
		headEnd = bytes.Index(buf, headEnds)
	}
	head, err := parseHead(buf[:headEnd])
	if err != nil {
		return true, err
	}
	body := buf[headEnd+len(headEnds):]
	if head.length < 0 { // it ends with the connection
		if x.line == nil || head.status != http.StatusOK {
			return true, errAnswer
		}
		return true, readLines(bufio.NewReader(io.MultiReader(bytes.NewReader(body), from)), x.line)
	}
	if len(body) > head.length {
		return true, errAnswer
	}
	had := len(body)
	if head.length > cap(body) {
		body = slices.Grow(slices.Clone(body), head.length-had)
		defer func() { clear(body) }()
	}
	body = body[:head.length]
	if _, err := io.ReadFull(from, body[had:]); err != nil {
		return true, io.ErrUnexpectedEOF
	}
	err = x.take(head.status, body)
	return head.last || errors.Is(err, errAnswer), err
}

// take decodes the body of an answer.
func (x *exchange) take(status int, body []byte) error {
	if status != http.StatusOK {
		told := &Error{}
		if json.Unmarshal(body, told) != nil || told.End == auth.EndOK {
			return errAnswer
		}
		if told.End == "" {
			told.End = auth.EndOther
		}
		return told
	}
	if x.into == nil || json.Unmarshal(body, x.into) != nil {
		return errAnswer
	}
	return nil
}

var (
	lineEnd  = []byte("\r\n")
	headEnds = []byte("\r\n\r\n")
)

// replyHead is what counts in the head of an answer.
type replyHead struct {
	status int
	length int  // of the body; -1: until the connection ends
	last   bool // the server closes the connection
}

// parseHead reads the head of an answer, without the blank line: HTTP/1.1 as our
// own server writes it (RFC 9112). What that does not write is refused.
func parseHead(data []byte) (replyHead, error) {
	first, rest, _ := bytes.Cut(data, lineEnd)
	status, ok := bytes.CutPrefix(first, []byte("HTTP/1.1 "))
	const digits = 3
	if !ok || len(status) < digits || len(status) > digits && status[digits] != ' ' {
		return replyHead{}, errAnswer
	}
	h := replyHead{length: -1}
	h.status, ok = number(status[:digits])
	if !ok || h.status < http.StatusOK {
		return replyHead{}, errAnswer
	}
	for len(rest) > 0 {
		var line []byte
		line, rest, _ = bytes.Cut(rest, lineEnd)
		name, value, ok := bytes.Cut(line, []byte(":"))
		if !ok {
			return replyHead{}, errAnswer
		}
		value = bytes.TrimSpace(value)
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			n, ok := number(value)
			if !ok || n > maxReply || h.length >= 0 {
				return replyHead{}, errAnswer
			}
			h.length = n
		case bytes.EqualFold(name, []byte("Transfer-Encoding")), bytes.EqualFold(name, []byte("Content-Encoding")):
			return replyHead{}, errAnswer
		case bytes.EqualFold(name, []byte("Connection")):
			h.last = h.last || bytes.EqualFold(value, []byte("close"))
		}
	}
	return h, nil
}

// number reads digits and nothing else.
func number(text []byte) (int, bool) {
	if len(text) == 0 || bytes.ContainsFunc(text, func(r rune) bool { return r < '0' || r > '9' }) {
		return 0, false
	}
	n, err := strconv.Atoi(string(text))
	return n, err == nil
}

// appendHead writes the head of a request.
func appendHead(b []byte, path string, length int) []byte {
	b = append(b, "POST "...)
	b = append(b, path...)
	b = append(b, " HTTP/1.1\r\nHost: tokenwell\r\nContent-Type: application/json\r\nContent-Length: "...)
	b = strconv.AppendInt(b, int64(length), 10)
	return append(b, "\r\n\r\n"...)
}

// readLines gives each line of r to take until the connection ends.
func readLines(r *bufio.Reader, take func([]byte) error) error {
	for {
		text, err := r.ReadSlice('\n')
		if err != nil {
			return nil //nolint:nilerr // how it ended, the lines say
		}
		if err := take(text); err != nil {
			return err
		}
	}
}
