package auth

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// quirkWords are the words that a quirk's parameter may be, for those that are
// a choice: a service may come from a file of anybody's.
var quirkWords = map[string][]string{
	"method": {http.MethodGet, http.MethodPost, http.MethodDelete},
	"body":   {bodyForm, bodyJSON, bodyQuery, bodyNone},
	"kind":   {kindAccess, kindRefresh},
	"unless": {"public"},

	"at_sign_in": {"true"},
}

// checkQuirkValue tells what is wrong with the value of a quirk's parameter. An
// empty one says no more than one that is not there.
func checkQuirkValue(id QuirkID, name, value string) error {
	words, choice := quirkWords[name]
	var good bool
	switch {
	case value == "":
		good = true
	case choice:
		good = slices.Contains(words, value)
	case name == "status":
		status, err := strconv.Atoi(value)
		good = err == nil && status >= 200 && status <= 599
	case name == "auth":
		good = wireHeaderSafe(value)
	case name == "address":
		good = strings.HasPrefix(value, "https://") || placeholderPattern().MatchString(value)
	default:
		good = plainText(value)
	}
	if !good {
		return fmt.Errorf("quirk %q can't have %q as its parameter %q", id, value, name)
	}
	return nil
}
