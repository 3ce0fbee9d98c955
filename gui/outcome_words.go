package gui

import (
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
)

// outcomeWords say how an attempt ended that has no explanation of its own.
var outcomeWords = map[string]string{
	auth.OutcomeOK:       "worked",
	"revoked":            "revoked",
	"waiting":            "waiting",
	auth.CodeInterrupted: "cut off when the program ended",
	auth.CodeCancelled:   "cancelled",
}

// outcomeText says how an attempt ended, in words where there are some for its
// code, else with the code itself.
func (u *ui) outcomeText(code string, grant auth.Grant) string {
	if word, ok := outcomeWords[code]; ok {
		return lang.L(word)
	}
	if e, ok := u.explained(code, grant); ok {
		return told(e.Title)
	}
	return code
}

// errorKey finds an entry of the table of errors; a grant of "" is for all.
type errorKey struct {
	code  string
	grant auth.Grant
}

// explained looks an outcome up in the table of errors: first what it means for
// the grant. Where several providers have an entry, the one for all of them counts.
func (u *ui) explained(code string, grant auth.Grant) (found auth.Explanation, ok bool) {
	if code == "" || code == auth.OutcomeOK {
		return found, false
	}
	if u.errors == nil {
		u.errors = map[errorKey]auth.Explanation{}
		for _, e := range u.engine.Explanations() {
			key := errorKey{e.Code, e.Grant}
			if _, known := u.errors[key]; !known || e.Provider == "" {
				u.errors[key] = e
			}
		}
	}
	if found, ok = u.errors[errorKey{code, grant}]; !ok {
		found, ok = u.errors[errorKey{code: code}]
	}
	return found, ok
}

// eventWords are the lines of an authorization's history.
var eventWords = map[auth.EventWord]string{
	auth.WordCreated:   "Created",
	auth.WordSignIn:    "Sign-in",
	auth.WordRefresh:   "Refresh",
	auth.WordAsk:       "New token",
	auth.WordRevoke:    "Revocation",
	auth.WordPause:     "Paused",
	auth.WordResume:    "Resumed",
	auth.WordTest:      "Test",
	auth.WordRule:      "Refresh rule changed",
	auth.WordPrograms:  "Rule for programs changed",
	auth.WordRename:    "Renamed",
	auth.WordRevokeOld: "Old tokens revoked",
}

// eventText is the word for what happened; an unknown one shows its own name.
func eventText(word auth.EventWord) string {
	if text, ok := eventWords[word]; ok {
		return lang.L(text)
	}
	return string(word)
}
