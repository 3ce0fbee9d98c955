package widgets

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Pair is one row of a PairRows: a name and its value.
type Pair struct{ Name, Value string }

// JSONError says where a text stops being the JSON that was expected.
type JSONError struct {
	Line  int    // from 1
	Cause string // a few words
}

// Error implements error.
func (e *JSONError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Cause) }

// ParsePairs reads a JSON object whose values are texts, numbers or booleans,
// in its order. An empty text has no pairs. The error is a *JSONError.
func ParsePairs(text string) ([]Pair, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	if err := CheckJSON(text); err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	_, _ = decoder.Token() // the brace, as CheckJSON has seen
	var pairs []Pair
	for decoder.More() {
		name, _ := decoder.Token()
		value, _ := decoder.Token()
		pair := Pair{Name: fmt.Sprint(name)}
		switch value := value.(type) {
		case string:
			pair.Value = value
		case json.Number, bool:
			pair.Value = fmt.Sprint(value)
		default:
			return nil, &JSONError{lineAt(text, decoder.InputOffset()), "a value has to be a text, a number, true or false"}
		}
		pairs = append(pairs, pair)
	}
	return pairs, nil
}

// FormatPairs writes pairs as an indented JSON object; none give "".
func FormatPairs(pairs []Pair) string {
	if len(pairs) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("{\n  ")
	for i, pair := range pairs {
		if i > 0 {
			b.WriteString(",\n  ")
		}
		b.WriteString(quote(pair.Name) + ": " + quote(pair.Value))
	}
	return b.String() + "\n}"
}

// quote writes s as a JSON string, with <, > and & as they are.
func quote(s string) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(s) != nil { // a string can always be encoded
		return `""`
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// CheckJSON tells what keeps the text from being one JSON object; nil when it
// is one. The error is a *JSONError.
func CheckJSON(text string) error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		return jsonError(text, err)
	}
	if object == nil {
		return &JSONError{1, noObject}
	}
	return nil
}

const noObject = "an object in braces is expected"

// IndentJSON returns the text indented by two blanks a level, or as it was when
// it is no JSON.
func IndentJSON(text string) string {
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(strings.TrimSpace(text)), "", "  "); err != nil {
		return text
	}
	return b.String()
}

// jsonError says in plain words what the decoder met. Of the text, which may be
// secret, it names no more than one sign.
func jsonError(text string, err error) *JSONError {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return &JSONError{1, noObject}
	}
	_, rest, _ := strings.Cut(err.Error(), "invalid character ")
	sign, _, bad := strings.Cut(rest, "' ")
	switch {
	case strings.Contains(err.Error(), "unexpected end"):
		return &JSONError{lineAt(text, int64(len(strings.TrimSpace(text)))), "the end is missing"}
	case strings.Contains(err.Error(), "after top-level value"):
		return &JSONError{lineAt(text, syntax.Offset-1), "something follows the closing brace"}
	case bad:
		return &JSONError{lineAt(text, syntax.Offset-1), "the sign " + sign + "' does not fit here"}
	}
	return &JSONError{lineAt(text, syntax.Offset-1), "this is no JSON"}
}

// lineAt returns the number of the line in which the offset lies.
func lineAt(text string, offset int64) int {
	offset = min(max(offset, 0), int64(len(text)))
	return 1 + strings.Count(text[:offset], "\n")
}
