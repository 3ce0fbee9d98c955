package authtest

import (
	"io"
	"log"
	"maps"
	"net/http"
	"net/url"
	"strconv"
)

var discardLog = log.New(io.Discard, "", 0)

// Answer is one scripted answer. The zero value is an empty 200.
type Answer struct {
	Status int         // 0: 200
	Header http.Header // Content-Type is application/json when it is not set; an empty one leaves it out
	Body   string

	// Apply does what the request asks for and answers with that; the fields
	// below still shape how it arrives. A lost answer to a done deed is
	// {Apply: true, CutAt: 1}.
	Apply bool
	// Query edits the parameters of the redirect that /authorize would answer with.
	Query func(url.Values)

	// Hold, when set, keeps the answer back until it is closed or the client
	// has gone. HoldBody does so between head and body.
	Hold, HoldBody <-chan struct{}
	// CutAt, when positive, closes the connection after CutAt-1 bytes of the
	// body, so that 1 sends the head alone. NoAnswer closes it before the head.
	CutAt    int
	NoAnswer bool
	// Endless leaves the length out: the body ends with the connection.
	Endless bool
	// Fill sends that many more blanks after the body, without end when negative.
	Fill int
	// Raw, when set, is written to the connection in place of everything else.
	Raw string
}

// JSON answers with a status and a JSON body.
func JSON(status int, body string) Answer { return Answer{Status: status, Body: body} }

// Redirect answers with a redirect.
func Redirect(status int, to string) Answer {
	return Answer{Status: status, Header: http.Header{"Location": {to}}}
}

// write sends the answer.
func (s *Evilas) write(w http.ResponseWriter, r *http.Request, a Answer) {
	s.wait(r, a.Hold)
	if a.NoAnswer || a.Raw != "" || a.Endless || a.CutAt > 0 {
		s.writeRaw(w, r, a)
		return
	}
	maps.Copy(w.Header(), a.head())
	status := max(a.Status, 0)
	if status == 0 {
		status = http.StatusOK
	}
	w.WriteHeader(status)
	if a.HoldBody != nil {
		_ = http.NewResponseController(w).Flush()
		s.wait(r, a.HoldBody)
	}
	if _, err := io.WriteString(w, a.Body); err != nil {
		return
	}
	fill(w, a.Fill)
}

// writeRaw writes to the connection itself and closes it.
func (s *Evilas) writeRaw(w http.ResponseWriter, r *http.Request, a Answer) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = connection.Close() }()
	if a.NoAnswer {
		return
	}
	if a.Raw != "" {
		_, _ = io.WriteString(connection, a.Raw)
		return
	}
	status := a.Status
	if status == 0 {
		status = http.StatusOK
	}
	header := a.head()
	header.Set("Connection", "close")
	if !a.Endless {
		header.Set("Content-Length", strconv.Itoa(len(a.Body)+max(a.Fill, 0)))
	}
	if _, err := io.WriteString(connection, "HTTP/1.1 "+strconv.Itoa(status)+" Status\r\n"); err != nil {
		return
	}
	_ = header.Write(connection)
	_, _ = io.WriteString(connection, "\r\n")
	s.wait(r, a.HoldBody)
	body := a.Body
	if a.CutAt > 0 {
		body = body[:min(a.CutAt-1, len(body))]
	}
	_, _ = io.WriteString(connection, body)
	fill(connection, a.Fill)
}

// head returns the header to send.
func (a Answer) head() http.Header {
	header := a.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	if values, set := header["Content-Type"]; !set {
		header.Set("Content-Type", "application/json")
	} else if len(values) == 0 {
		header["Content-Type"] = nil // keeps net/http from guessing one
	}
	return header
}

func (s *Evilas) wait(r *http.Request, gate <-chan struct{}) {
	if gate == nil {
		return
	}
	select {
	case <-gate:
	case <-r.Context().Done():
	case <-s.done:
	}
}

// fill writes count blanks, or blanks until the client has gone.
func fill(w io.Writer, count int) {
	block := make([]byte, 32<<10)
	for i := range block {
		block[i] = ' '
	}
	for count != 0 {
		part := len(block)
		if count > 0 {
			part = min(part, count)
			count -= part
		}
		if _, err := w.Write(block[:part]); err != nil {
			return
		}
	}
}

// redirectWith returns the header with the query of its Location edited.
func redirectWith(header http.Header, edit func(url.Values)) http.Header {
	header = header.Clone()
	to, err := url.Parse(header.Get("Location"))
	if err != nil {
		return header
	}
	query := to.Query()
	edit(query)
	to.RawQuery = query.Encode()
	header.Set("Location", to.String())
	return header
}
