package auth

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// MaxName is the greatest length of a Friendly Name, in characters.
const MaxName = 64

// CleanName returns name as it is stored: in Unicode normalization form C and
// without blanks around it.
func CleanName(name string) string { return strings.TrimSpace(norm.NFC.String(name)) }

// FoldName returns the key under which a Friendly Name is unique: names that
// differ only in case, in composition or in blanks around them share it
// (Unicode definition D145, canonical caseless matching).
func FoldName(name string) string {
	// A Caser keeps state while it works, so each call makes its own.
	return norm.NFC.String(cases.Fold().String(norm.NFD.String(CleanName(name))))
}

// complaint is an error whose text stands beside a field of the form.
type complaint string

// Error implements error.
func (c complaint) Error() string { return string(c) }

const (
	errNameEmpty  complaint = "Enter a name"
	errNameLong   complaint = "Use at most 64 characters"
	errNameDash   complaint = "Begin with something else than a dash"
	errNameHidden complaint = "Remove the invisible or control characters"
	errNameText   complaint = "This is not readable text"
)

// CheckName tells whether name can be a Friendly Name: 1 to MaxName characters
// after CleanName, spaces allowed, no control, bidi, zero-width or other
// invisible character, no leading dash. The error's text is fit for the field.
func CheckName(name string) error {
	if !utf8.ValidString(name) {
		return errNameText
	}
	name = CleanName(name)
	switch {
	case name == "":
		return errNameEmpty
	case utf8.RuneCountInString(name) > MaxName:
		return errNameLong
	case strings.HasPrefix(name, "-"):
		return errNameDash
	case strings.ContainsFunc(name, invisible):
		return errNameHidden
	}
	return nil
}

// invisible tells whether r could make two names look alike or a line break
// where none is seen: control and format characters (bidi marks and zero-width
// joiners among them), line separators, every blank but the plain space, and
// what Unicode says may be left out of the picture.
func invisible(r rune) bool {
	if r == ' ' {
		return false
	}
	return unicode.In(r, unicode.C, unicode.Z, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) || unicode.IsSpace(r)
}
