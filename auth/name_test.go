package auth

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"golang.org/x/text/unicode/norm"
)

// T46: what can be a Friendly Name.
func TestCheckName(t *testing.T) {
	for name, test := range map[string]struct {
		in   string
		want error
	}{
		"plain":                   {"Sales report", nil},
		"one character":           {"x", nil},
		"another script":          {"売上レポート", nil},
		"blanks around":           {"  Sales  ", nil},
		"64 characters":           {strings.Repeat("ä", 64), nil},
		"64 after composition":    {strings.Repeat("a\u0308", 64), nil},
		"path":                    {"../x", nil}, // never used as a path
		"dash inside":             {"a-b", nil},
		"empty":                   {"", errNameEmpty},
		"only blanks":             {" \t ", errNameEmpty},
		"65 characters":           {strings.Repeat("ä", 65), errNameLong},
		"10 KB":                   {strings.Repeat("x", 10<<10), errNameLong},
		"leading dash":            {"-rf", errNameDash},
		"dash after a blank":      {" -rf", errNameDash},
		"newline":                 {"a\nb", errNameHidden},
		"NUL":                     {"a\x00b", errNameHidden},
		"tab":                     {"a\tb", errNameHidden},
		"C1 control":              {"a\u009bb", errNameHidden},
		"right-to-left override":  {"a\u202eb", errNameHidden},
		"bidi isolate":            {"a\u2066b", errNameHidden},
		"zero-width space":        {"a\u200bb", errNameHidden},
		"zero-width joiner":       {"a\u200db", errNameHidden},
		"byte order mark":         {"\ufeffa", errNameHidden},
		"soft hyphen":             {"a\u00adb", errNameHidden},
		"variation selector":      {"a\ufe0fb", errNameHidden},
		"Hangul filler":           {"a\u3164b", errNameHidden},
		"grapheme joiner":         {"a\u034fb", errNameHidden},
		"no-break space":          {"a\u00a0b", errNameHidden},
		"line separator":          {"a\u2028b", errNameHidden},
		"tag character":           {"a\U000e0041b", errNameHidden},
		"bytes that are not text": {"a\xffb", errNameText},
	} {
		t.Run(name, func(t *testing.T) {
			if test.want == nil {
				assert.NoError(t, CheckName(test.in))
				return
			}
			assert.Equal(t, test.want, CheckName(test.in))
		})
	}
}

func TestFoldNameJoinsWhatReadsTheSame(t *testing.T) {
	for _, same := range [][2]string{
		{"Sales", "sALES"},
		{"Büro", "BÜRO"},
		{"Bu\u0308ro", "Büro"},
		{"Straße", "STRASSE"},
		{"ΣΊΣΥΦΟΣ", "σίσυφος"},
		{"ﬁle", "FILE"},
		{"\u212bngström", "Ångström"},
		{" Sales ", "sales"},
	} {
		assert.Equal(t, FoldName(same[0]), FoldName(same[1]), "%q and %q", same[0], same[1])
	}
	for _, other := range [][2]string{{"Sales", "Sale"}, {"a b", "ab"}, {"Muller", "Müller"}, {"ı", "i"}} {
		assert.NotEqual(t, FoldName(other[0]), FoldName(other[1]), "%q and %q", other[0], other[1])
	}
}

func FuzzName(f *testing.F) {
	for _, seed := range []string{"Sales", "Büro", "-x", "a\x00", "\u202e", "Straße", "  ", "\xff", "\u0345\u0399", strings.Repeat("𝒳", 70)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		folded := FoldName(name)
		if FoldName(folded) != folded && utf8.ValidString(name) && CheckName(name) == nil {
			t.Fatalf("folding %q twice gives another key: %q, %q", name, folded, FoldName(folded))
		}
		if CheckName(name) != nil {
			return
		}
		stored := CleanName(name)
		switch {
		case stored == "" || utf8.RuneCountInString(stored) > MaxName || stored[0] == '-':
			t.Fatalf("accepted %q", name)
		case !norm.NFC.IsNormalString(stored) || CleanName(stored) != stored:
			t.Fatalf("%q is not stored in one form", name)
		case strings.ContainsFunc(stored, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Bidi_Control) }):
			t.Fatalf("accepted hidden characters in %q", name)
		case FoldName(norm.NFD.String(stored)) != folded:
			t.Fatalf("the key of %q depends on its composition", name)
		}
	})
}
