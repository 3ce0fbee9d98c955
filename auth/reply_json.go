package auth

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
)

// replyMembers are the members of a reply by name: string, json.Number, bool,
// []any, map[string]any, nil, or replyContradiction.
type replyMembers map[string]any

// replyContradiction stands in place of what is said twice: it is none of the
// types that anything is read from.
type replyContradiction struct{}

// add keeps one member. It refuses a second one of a name in replyNames and
// one that differs from such a name by case alone; "ACCESS_TOKEN" never stands
// for "access_token". Any other name that comes twice says nothing.
func (m replyMembers) add(name string, value any) bool {
	for _, known := range replyNames {
		if name != known && strings.EqualFold(name, known) {
			return false
		}
		if _, twice := m[known]; twice && name == known {
			return false
		}
	}
	if _, twice := m[name]; twice {
		value = replyContradiction{}
	}
	m[name] = value
	return true
}

// at returns the member at a path: names joined by dots, the positions in an
// array as numbers. A member whose own name holds the dots comes first.
func (m replyMembers) at(path string) any {
	if value, ok := m[path]; ok {
		return value
	}
	var value any = map[string]any(m)
	for part := range strings.SplitSeq(path, ".") {
		switch node := value.(type) {
		case map[string]any:
			value = node[part]
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(node) {
				return nil
			}
			value = node[i]
		default:
			return nil
		}
	}
	return value
}

// replyPlain returns a value that is a string, a number or true or false as text.
func replyPlain(value any) (text string, ok bool) {
	switch value := value.(type) {
	case string:
		return value, true
	case json.Number:
		return value.String(), true
	case bool:
		return strconv.FormatBool(value), true
	default:
		return "", false
	}
}

// text returns a member that is a string, else "".
func (m replyMembers) text(name string) string {
	text, _ := m[name].(string)
	return text
}

// hasError tells whether the member error says anything: it is not absent, null,
// false or "".
func (m replyMembers) hasError() bool {
	switch value := m["error"].(type) {
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
	members, sound, err := replyRest(decoder)
	if err != nil || !sound {
		return nil, false
	}
	_, err = decoder.Token()
	return members, errors.Is(err, io.EOF)
}

// replyRest reads an object from behind its brace. sound is false for one that
// contradicts itself, see add.
func replyRest(decoder *json.Decoder) (members replyMembers, sound bool, err error) {
	members, sound = replyMembers{}, true
	for decoder.More() {
		name, err := decoder.Token()
		key, ok := name.(string)
		if err != nil || !ok {
			return nil, false, errors.Join(err, errReplySyntax)
		}
		value, err := replyValue(decoder)
		if err != nil {
			return nil, false, err
		}
		sound = members.add(key, value) && sound
	}
	_, err = decoder.Token()
	return members, sound, err
}

// replyValue reads one value. An object inside that contradicts itself says
// nothing. replyDepthOK has bounded the recursion.
func replyValue(decoder *json.Decoder) (any, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		members, sound, err := replyRest(decoder)
		if err == nil && !sound {
			return replyContradiction{}, nil
		}
		return map[string]any(members), err
	case json.Delim('['):
		list := []any{}
		for decoder.More() {
			value, err := replyValue(decoder)
			if err != nil {
				return nil, err
			}
			list = append(list, value)
		}
		_, err := decoder.Token()
		return list, err
	default:
		return token, nil
	}
}

var errReplySyntax = errors.New("auth: not JSON")

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
