package gui

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
)

// mostPlain is how much of a text of another program is shown at all, in signs.
const mostPlain = 400

// plain makes a text of another program safe to show (T67): one line without
// signs that are not seen, turn the writing round or pile up on others; of one
// that is very long the middle is left out.
func plain(text string) string {
	var out []rune
	marks := 0
	for _, r := range text {
		if unicode.Is(unicode.Mn, r) {
			marks++
		} else {
			marks = 0
		}
		switch {
		case marks > 2:
		case unicode.IsSpace(r):
			out = append(out, ' ')
		case unicode.IsPrint(r):
			out = append(out, r)
		}
	}
	return cutMiddle(out, mostPlain)
}

// cutMiddle leaves the middle of what is longer than most signs out.
func cutMiddle(signs []rune, most int) string {
	if len(signs) > most {
		signs = slices.Concat(signs[:most/2], []rune("…"), signs[len(signs)-(most-1)/2:])
	}
	return string(signs)
}

// programName is what a program is called in a sentence: the name of its file.
func programName(a auth.Asker) string {
	name := plain(a.Path[strings.LastIndexAny(a.Path, `/\`)+1:])
	return cutMiddle([]rune(strings.Join(strings.Fields(name), " ")), 32)
}

// askTitle says who asks. A name that is more than a plain word stands between
// quotation marks: a file can be called as a sentence of ours begins.
func askTitle(a auth.Asker) string {
	name := programName(a)
	data := map[string]any{"Program": name}
	switch {
	case name == "":
		return lang.L("A program asks for a token")
	case strings.ContainsFunc(name, isOdd) || posesAsUs(a):
		return lang.L("“{{.Program}}” asks for a token", data)
	default:
		return lang.L("{{.Program}} asks for a token", data)
	}
}

// isOdd tells whether a sign is none that the names of programs are usually made of.
func isOdd(r rune) bool {
	return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._+-", r)
}

// posesAsUs tells whether another program has our name in its own.
func posesAsUs(a auth.Asker) bool {
	squeezed := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, programName(a))
	return !a.Own && strings.Contains(squeezed, "tokenwell")
}

// startedBy joins what is known of the process.
func startedBy(a auth.Asker) string {
	var parts []string
	if parent := plain(a.Parent); parent != "" {
		parts = append(parts, cutMiddle([]rune(parent), 40))
	}
	if a.PID > 0 {
		parts = append(parts, lang.L("process {{.N}}", number{a.PID}))
	}
	if user := plain(a.User); user != "" {
		parts = append(parts, lang.L("user {{.User}}", map[string]any{"User": user}))
	}
	if len(parts) == 0 {
		return lang.L("not known")
	}
	return strings.Join(parts, ", ")
}

// usedFor says what the token is wanted for, "" when the program does not tell.
func usedFor(p auth.HandOutPurpose) string {
	switch p {
	case auth.PurposeExec:
		return lang.L("a program that it starts")
	case auth.PurposeCurl:
		return lang.L("a request with curl")
	case auth.PurposeGit:
		return lang.L("git")
	case auth.PurposeProxy:
		return lang.L("an address on this computer that adds the token")
	case auth.PurposeToken, auth.PurposeHeader:
	}
	return ""
}

// canUntil heads the list of what the token is good for.
func canUntil(until, now time.Time) string {
	switch {
	case until.IsZero():
		return lang.L("With this token it can")
	case dayOf(until) == dayOf(now):
		return lang.L("With this token it can, until {{.When}}", map[string]any{"When": until.Local().Format("15:04")})
	default:
		return lang.L("With this token it can, until {{.When}}", map[string]any{"When": clock(until, now)})
	}
}

// power is one line of what a token is good for.
type power struct {
	text, hint string
	mono, dim  bool
}

// signInScopes only sign the user in; they are counted, not listed.
var signInScopes = []string{"openid", "profile", "email", "offline_access"}

// powersOf says in plain words what scopes are good for, those of the sign-in
// summed up at the end.
func powersOf(scopes []auth.Scope) []power {
	var out []power
	var signIn []string
	for _, s := range scopes {
		name, words := plain(s.Name), plain(s.Description)
		switch {
		case slices.Contains(signInScopes, s.Name):
			signIn = append(signIn, name)
		case words != "":
			out = append(out, power{text: words, hint: name})
		default:
			out = append(out, power{text: name, mono: true})
		}
	}
	switch len(signIn) {
	case 0:
	case 1:
		out = append(out, power{text: lang.L("1 sign-in permission"), hint: signIn[0], dim: true})
	default:
		out = append(out, power{text: lang.L("{{.N}} sign-in permissions", number{len(signIn)}), hint: strings.Join(signIn, ", "), dim: true})
	}
	return out
}

// waitingWords say how many questions follow.
func waitingWords(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return lang.L("1 more is waiting")
	default:
		return lang.L("{{.N}} more are waiting", number{n})
	}
}
