package auth

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxObject is the greatest length of a JSON object that the user types, in bytes.
const maxObject = 64 << 10

// jsonObject is a JSON object that the user typed: its members as they stand there.
type jsonObject map[string]json.RawMessage

// parseObject reads a JSON object (RFC 8259) without a name that stands twice,
// nested at most wireMaxDepth deep. Nothing at all is an empty object. The
// error names the line and is fit for a field.
func parseObject(text string) (jsonObject, error) {
	if strings.TrimSpace(text) == "" {
		return jsonObject{}, nil
	}
	switch {
	case len(text) > maxObject:
		return nil, complaint("Use at most 65,536 characters of JSON")
	case !replyDepthOK([]byte(text)):
		return nil, complaint("The JSON is nested too deep")
	}
	if err := checkObject(text); err != nil {
		return nil, err
	}
	object := jsonObject{}
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		return nil, complaint("This is not a JSON object")
	}
	return object, nil
}

// checkObject walks through the text, value by value.
func checkObject(text string) error {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	start, err := decoder.Token()
	if err != nil {
		return objectError(text, decoder, err)
	}
	if start != json.Delim('{') {
		return complaint("Begin with { and end with }: a JSON object is wanted")
	}
	if err := checkMembers(text, decoder, start); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return complaint(fmt.Sprintf("Line %d: remove what follows the last }", lineAt(text, decoder.InputOffset())))
	}
	return nil
}

// checkMembers reads to the end of the object or list that start has begun.
func checkMembers(text string, decoder *json.Decoder, start json.Token) error {
	seen := map[string]bool{}
	for decoder.More() {
		if start == json.Delim('{') {
			token, err := decoder.Token()
			if err != nil {
				return objectError(text, decoder, err)
			}
			name, _ := token.(string)
			if seen[name] {
				return complaint(fmt.Sprintf("Line %d: the name %q stands twice", lineAt(text, decoder.InputOffset()), shortened(name)))
			}
			seen[name] = true
		}
		value, err := decoder.Token()
		if err != nil {
			return objectError(text, decoder, err)
		}
		if value == json.Delim('{') || value == json.Delim('[') {
			if err := checkMembers(text, decoder, value); err != nil {
				return err
			}
		}
	}
	if _, err := decoder.Token(); err != nil {
		return objectError(text, decoder, err)
	}
	return nil
}

func objectError(text string, decoder *json.Decoder, err error) error {
	offset := decoder.InputOffset()
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		offset = syntax.Offset
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return complaint(fmt.Sprintf("Line %d: the JSON ends too early; a quote or a closing bracket is missing", lineAt(text, int64(len(text)))))
	}
	return complaint(fmt.Sprintf("Line %d: this is not JSON; check quotes, commas and brackets", lineAt(text, offset)))
}

// lineAt returns the line, from 1, of an offset.
func lineAt(text string, offset int64) int {
	return 1 + strings.Count(text[:min(int64(len(text)), max(0, offset))], "\n")
}

// shortened makes a name fit for one line.
func shortened(name string) string {
	if runes := []rune(name); len(runes) > 40 {
		return string(runes[:39]) + "…"
	}
	return name
}

// text returns a member that is a string, else "".
func (o jsonObject) text(name string) string {
	var text string
	if json.Unmarshal(o[name], &text) != nil {
		return ""
	}
	return text
}

// formValue is a member as a body parameter: a string as it is, any other
// value as compact JSON.
func (o jsonObject) formValue(name string) string {
	var text string
	if json.Unmarshal(o[name], &text) == nil && !bytes.Equal(o[name], []byte("null")) {
		return text
	}
	var compact bytes.Buffer
	if json.Compact(&compact, o[name]) != nil {
		return string(o[name]) // can't be: parseObject has read it
	}
	return compact.String()
}
