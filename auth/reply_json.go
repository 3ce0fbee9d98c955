package auth

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// replyMembers are the members of a reply by name: string, json.Number, bool,
// []any, map[string]any or nil.
type replyMembers map[string]any

// add keeps one member. It refuses a second one of a name in replyNames and
// one that differs from such a name by case alone; "ACCESS_TOKEN" never stands
// for "access_token".
func (m replyMembers) add(name string, value any) bool {
	for _, known := range replyNames {
		if name != known && strings.EqualFold(name, known) {
			return false
		}
		if _, twice := m[known]; twice && name == known {
			return false
		}
	}
	m[name] = value
	return true
}

// text returns a member that is a string, else "".
func (m replyMembers) text(name string) string {
	text, _ := m[name].(string)
	return text
}

// present tells whether a member says anything: not absent, null, false or "".
func (m replyMembers) present(name string) bool {
	switch value := m[name].(type) {
	case nil:
		return false
	case string:
		return value != ""
	case bool:
		return value
	default:
		return true
	}
}

// list returns a member that is an array of strings; ok is false for all else.
func (m replyMembers) list(name string) (items []string, ok bool) {
	values, ok := m[name].([]any)
	if !ok {
		return nil, false
	}
	for _, value := range values {
		item, ok := value.(string)
		if !ok {
			return nil, false
		}
		items = append(items, item)
	}
	return items, true
}

// replyObject reads one JSON object with nothing before or after it (RFC 8259),
// nested at most wireMaxDepth deep.
func replyObject(body []byte) (replyMembers, bool) {
	if !replyDepthOK(body) {
		return nil, false
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return nil, false
	}
	members := replyMembers{}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, false
		}
		key, ok := name.(string)
		var value any
		if !ok || decoder.Decode(&value) != nil || !members.add(key, value) {
			return nil, false
		}
	}
	if _, err := decoder.Token(); err != nil {
		return nil, false
	}
	_, err := decoder.Token()
	return members, errors.Is(err, io.EOF)
}

// replyDepthOK tells whether arrays and objects stay within wireMaxDepth, before
// a recursive decoder sees them. It need not judge the rest of the syntax.
func replyDepthOK(body []byte) bool {
	depth, quoted, escaped := 0, false, false
	for _, b := range body {
		switch {
		case escaped:
			escaped = false
		case quoted && b == '\\':
			escaped = true
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '{' || b == '[':
			if depth++; depth > wireMaxDepth {
				return false
			}
		case b == '}' || b == ']':
			depth--
		}
	}
	return true
}
