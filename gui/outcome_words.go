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
func (u *ui) outcomeText(code string) string {
	if word, ok := outcomeWords[code]; ok {
		return lang.L(word)
	}
	if e, ok := u.explained(code); ok {
		return told(e.Title)
	}
	return code
}

// explained looks an outcome up in the table of errors: an entry that is for
// all providers first.
func (u *ui) explained(code string) (found auth.Explanation, ok bool) {
	if code == "" || code == auth.OutcomeOK {
		return found, false
	}
	for _, e := range u.engine.Explanations() {
		switch {
		case e.Code != code:
		case e.Provider == "":
			return e, true
		case !ok:
			found, ok = e, true
		}
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
