package auth

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
)

// claimsFirst are the members that a reader looks for first, in this order;
// the others follow as the token has them.
var claimsFirst = []string{
	"active", "iss", "sub", "aud", "exp", "iat", "nbf", "auth_time",
	"client_id", "azp", "scope", "scp", "roles", "username", "preferred_username", "email", "name", "token_type", "jti",
}

// claimTimes are the members that hold seconds since 1970 (RFC 7519 section
// 2, OpenID Connect Core sections 2 and 5.1).
var claimTimes = []string{"exp", "iat", "nbf", "auth_time", "updated_at"}

// claimsMaxTime is the last second of the year 9999.
const claimsMaxTime = 253402300799

var errClaims = errors.New("auth: not one JSON object whose members are all different")

// claimSet is a JSON object from outside, with its names in the order in which
// they came.
type claimSet struct {
	names  []string
	values jsonObject
}

// readClaims reads one JSON object. One that names a member twice, anywhere in
// it, is refused: readers differ on which of the two counts (RFC 7519 section 4).
func readClaims(body []byte) (claimSet, error) {
	if !replyDepthOK(body) || checkObject(string(body)) != nil {
		return claimSet{}, errClaims
	}
	set := claimSet{values: jsonObject{}}
	decoder := json.NewDecoder(bytes.NewReader(body))
	if _, err := decoder.Token(); err != nil {
		return claimSet{}, errClaims
	}
	for decoder.More() {
		token, err := decoder.Token()
		name, ok := token.(string)
		var value json.RawMessage
		if err != nil || !ok || decoder.Decode(&value) != nil {
			return claimSet{}, errClaims
		}
		set.names, set.values[name] = append(set.names, name), value
	}
	return set, nil
}

// text returns a member that is a string, else "".
func (s claimSet) text(name string) string { return s.values.text(name) }

// list returns a member that is a string or a list of strings.
func (s claimSet) list(name string) []string {
	if text := s.text(name); text != "" {
		return []string{text}
	}
	var list []string
	if json.Unmarshal(s.values[name], &list) != nil {
		return nil
	}
	return list
}

// time returns a member that is a time; ok is false for all else.
func (s claimSet) time(name string) (at time.Time, ok bool) {
	var seconds float64
	raw := s.values[name]
	if len(raw) == 0 || raw[0] < '0' || raw[0] > '9' || json.Unmarshal(raw, &seconds) != nil || seconds > claimsMaxTime {
		return time.Time{}, false
	}
	return time.Unix(int64(math.Floor(seconds)), 0), true
}

// claims returns the members fit for showing: the well-known first, times with
// the local time beside the number, lists and objects as compact JSON.
func (s claimSet) claims() []Claim {
	names := slices.Clone(s.names)
	rank := func(name string) int {
		if at := slices.Index(claimsFirst, name); at >= 0 {
			return at
		}
		return len(claimsFirst)
	}
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
	claims := make([]Claim, 0, len(names))
	for _, name := range names {
		claims = append(claims, Claim{Name: readable(name), Value: s.show(name)})
	}
	return claims
}

func (s claimSet) show(name string) string {
	raw := s.values[name]
	if raw[0] == '"' {
		return readable(s.text(name))
	}
	if at, ok := s.time(name); ok && slices.Contains(claimTimes, name) {
		return string(raw) + " (" + at.Local().Format("2 Jan 2006 15:04:05 MST") + ")"
	}
	var compact bytes.Buffer
	if json.Compact(&compact, raw) != nil {
		return ""
	}
	return readable(compact.String())
}

// readable takes out of a foreign text what is not seen or would change the
// direction or the lines of what is around it (T67).
func readable(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) && r != ' ' {
			return -1
		}
		return r
	}, text))
}
