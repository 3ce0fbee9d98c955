package auth

import (
	"fmt"
	"net/textproto"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/http/httpguts"
)

// The caps of parameters and headers.
const (
	maxRows     = 100
	maxRowName  = 256     // bytes
	maxRowValue = 8 << 10 // bytes
)

// checkRows judges parameters, headers and what is left out.
func checkRows(info GrantInfo, d Draft) FieldErrors {
	var wrong FieldErrors
	add := func(field Field, message string) {
		if message != "" {
			wrong = append(wrong, FieldError{Field: field, Message: message})
		}
	}
	if info.Sign {
		add(FieldAuthParams, checkParams(d.AuthParams, ownSignParam))
	}
	add(FieldTokenParams, checkParams(d.TokenParams, func(name string) bool {
		return ownTokenParam(info, name) && !secretInBody(name, d)
	}))
	add(FieldHeaders, checkHeaders(d.Headers))
	add(FieldOmitHeaders, checkOmittedHeaders(d.OmitHeaders))
	add(FieldOmitFields, checkOmittedFields(d.OmitFields))
	return wrong
}

// secretInBody tells whether a parameter is the secret of a client that leaves
// its Authorization header out and shows the secret in the body instead.
func secretInBody(name string, d Draft) bool {
	return name == "client_secret" && namesHeader(d.OmitHeaders, "Authorization")
}

// checkParams returns what is wrong with the first bad row; own tells which
// names are not the user's to set.
func checkParams(pairs []Pair, own func(name string) bool) string {
	return checkPairs(pairs, func(p Pair) string {
		switch {
		case strings.ContainsFunc(p.Name, invisible) || strings.Contains(p.Name, " "):
			return fmt.Sprintf("%q is not the name of a parameter: remove blanks and invisible characters", shortened(p.Name))
		case own(p.Name):
			return fmt.Sprintf("%q is set by the program itself", p.Name)
		}
		return ""
	})
}

func checkHeaders(pairs []Pair) string {
	seen := map[string]bool{}
	return checkPairs(pairs, func(p Pair) string {
		folded := strings.ToLower(p.Name)
		twice := seen[folded]
		seen[folded] = true
		switch {
		case twice:
			return fmt.Sprintf("%q stands twice", p.Name)
		}
		if err := checkHeader(p.Name, p.Value.Reveal()); err != nil {
			return fmt.Sprintf("%s: %s", shortened(p.Name), lowerFirst(err.Error()))
		}
		return ""
	})
}

// checkPairs judges what holds for every row, and what check says of one.
func checkPairs(pairs []Pair, check func(Pair) string) string {
	rows := rowsOf(pairs)
	if len(rows) > maxRows {
		return "Use at most 100 rows"
	}
	seen := map[string]bool{}
	for i, p := range rows {
		value := p.Value.Reveal()
		switch {
		case p.Name == "":
			return fmt.Sprintf("Row %d has a value and no name", i+1)
		case len(p.Name) > maxRowName || !utf8.ValidString(p.Name):
			return fmt.Sprintf("The name in row %d is too long or not readable", i+1)
		case seen[p.Name]:
			return fmt.Sprintf("%q stands twice", p.Name)
		}
		if message := check(p); message != "" {
			return message
		}
		switch {
		case len(value) > maxRowValue:
			return fmt.Sprintf("The value of %q is too long", p.Name)
		case !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl):
			return fmt.Sprintf("Remove the control characters from the value of %q", p.Name)
		}
		if part := placeholderInURL(value); part != "" {
			return fmt.Sprintf("Replace %s in %q with your own value", part, p.Name)
		}
		seen[p.Name] = true
	}
	return ""
}

// placeholderInURL returns the placeholder that was left in a value that is an
// address; "" when there is none.
func placeholderInURL(value string) string {
	if !strings.Contains(value, "://") {
		return ""
	}
	return placeholderIn(value)
}

func checkOmittedHeaders(names []string) string {
	for _, name := range listOf(names) {
		switch {
		case !httpguts.ValidHeaderFieldName(name):
			return fmt.Sprintf("%q is not the name of a header", shortened(name))
		case textproto.CanonicalMIMEHeaderKey(name) == "Content-Type" || slices.Contains(ourHeaders, textproto.CanonicalMIMEHeaderKey(name)):
			return fmt.Sprintf("%q can't be left out", name)
		}
	}
	return ""
}

func checkOmittedFields(names []string) string {
	for _, name := range listOf(names) {
		switch {
		case len(name) > maxRowName || !utf8.ValidString(name) || strings.ContainsFunc(name, invisible):
			return fmt.Sprintf("%q is not the name of a body field", shortened(name))
		case slices.Contains(presentedFields, name):
			return fmt.Sprintf("%q can't be left out", name)
		}
	}
	return ""
}
