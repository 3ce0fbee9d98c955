package auth

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// ImportService reads one service from a file. Nothing is stored: it comes
// back without an ID, to be looked at and saved. The error is a *Failure.
func (e *Engine) ImportService(data []byte) (Service, error) {
	s, why := readServiceFile(data)
	if why != "" {
		return Service{}, fileFailure(why)
	}
	// Whatever the file says, it takes the place of nothing.
	s.ID = ""
	if _, ok := e.catalog.sample(s.BasedOn); !ok {
		s.BasedOn = ""
	}
	s = cleanService(s)
	if e.serviceNameTaken(s.Name, "") {
		s.Name = e.freeServiceName(s.Name)
	}
	if wrong := e.CheckService(s); len(wrong) > 0 {
		_, name, _ := strings.Cut(string(wrong[0].Field), ":")
		return Service{}, fileFailure(fmt.Sprintf("The part %q can't be used: %s.", name, lowerFirst(wrong[0].Message)))
	}
	return s, nil
}

// readServiceFile decodes a file of at most maxServiceFile bytes, or tells in a
// sentence why it can't. Its depth is judged before a recursive decoder sees it.
func readServiceFile(data []byte) (s Service, why string) {
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff"))) // some editors begin a file with this mark
	switch {
	case len(data) == 0:
		return s, "The file is empty."
	case len(data) > maxServiceFile:
		return s, "The file is larger than 256 KiB, which no service is."
	case !utf8.Valid(data):
		return s, "The file is no UTF-8 text: save it with this encoding, or export it anew."
	case !replyDepthOK(data):
		return s, "The file is nested deeper than any service is."
	}
	if err := checkObject(string(data)); err != nil {
		return s, err.Error() + "."
	}
	var head struct {
		Schema int `json:"schema"`
	}
	if err := json.Unmarshal(data, &head); err != nil || head.Schema == 0 {
		return s, "The file does not say that it is a service: its part \"schema\" is missing."
	}
	if head.Schema != ServiceSchema {
		return s, fmt.Sprintf("The file is of version %d; this program reads version %d.", head.Schema, ServiceSchema)
	}
	s, err := readService(data)
	var kind *json.UnmarshalTypeError
	switch field, unknown := strings.CutPrefix(errorText(err), "json: unknown field "); {
	case unknown:
		return s, fmt.Sprintf("The part %q is not known to this program.", shortened(strings.Trim(field, `"`)))
	case errors.As(err, &kind):
		return s, fmt.Sprintf("The part %q holds something of another kind than it has to.", shortened(kind.Field))
	case err != nil:
		return s, "The file holds something that is not one service."
	}
	return s, ""
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// fileFailure is the failure of an import, for one reason.
func fileFailure(why string) *Failure {
	f := Explain(&CodedError{Code: CodeServiceFile}, ExplainContext{})
	f.Happened = why
	return f
}

// ExportService returns one service as a JSON file.
func (e *Engine) ExportService(id string) ([]byte, error) {
	s, ok := e.catalog.Get(id)
	if !ok {
		f := Explain(&CodedError{Code: CodeServiceMissing}, ExplainContext{})
		f.Happened, f.Steps = "It was deleted meanwhile.", []string{"Choose another service."}
		return nil, f
	}
	if s.IsOwn() {
		s.ID = serviceSlug(s.Name) // so that the file could stand in a catalog too
	}
	var file bytes.Buffer
	encoder := json.NewEncoder(&file)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(s); err != nil {
		return nil, Explain(err, ExplainContext{})
	}
	return file.Bytes(), nil
}

// serviceSlug is a name in kebab-case; "service" when nothing of it is left.
func serviceSlug(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	if len(words) == 0 {
		return "service"
	}
	return strings.Join(words, "-")
}
