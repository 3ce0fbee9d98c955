package gui

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// activityKind is how a kind of entry is told. Texts are English, the keys of
// their translations.
type activityKind struct {
	done, failed string // what happened, by its outcome
	byUser       bool   // it is the user who does this
}

var activityKinds = map[auth.EventWord]activityKind{
	auth.WordHandOut:   {done: "Token handed out", failed: "Program asked"},
	auth.WordCopy:      {done: "Copied to clipboard", failed: "Not copied", byUser: true},
	auth.WordVault:     {done: "Vault opened", failed: "Vault not opened", byUser: true},
	auth.WordCreated:   {done: "Created", failed: "Not created", byUser: true},
	auth.WordSignIn:    {done: "Signed in", failed: "Sign-in failed", byUser: true},
	auth.WordRefresh:   {done: "Token refreshed", failed: "Refresh failed"},
	auth.WordAsk:       {done: "New token", failed: "No new token"},
	auth.WordRevoke:    {done: "Tokens revoked", failed: "Revocation failed", byUser: true},
	auth.WordRevokeOld: {done: "Old tokens revoked", failed: "Old tokens not revoked"},
	auth.WordPause:     {done: "Paused", failed: "Not paused", byUser: true},
	auth.WordResume:    {done: "Resumed", failed: "Not resumed", byUser: true},
	auth.WordTest:      {done: "Tested", failed: "Test failed", byUser: true},
	auth.WordRule:      {done: "Refresh rule changed", failed: "Refresh rule not changed", byUser: true},
	auth.WordPrograms:  {done: "Programs changed", failed: "Programs not changed", byUser: true},
	auth.WordRename:    {done: "Renamed", failed: "Not renamed", byUser: true},
	auth.WordNotice:    {done: "Ends soon", failed: "Ends soon"},
}

// noticeWords say what a notice was about, by its outcome.
var noticeWords = map[string]string{
	string(auth.EndsSignIn): "Sign-in ends soon",
	string(auth.EndsSecret): "Client secret ends soon",
}

// activityTopic is a choice of the filter by kind.
type activityTopic struct {
	id, label string
	kinds     []auth.EventWord
}

var activityTopics = []activityTopic{
	{"", "Everything", nil},
	{"handouts", "Handed out", []auth.EventWord{auth.WordHandOut}},
	{"copies", "Copied", []auth.EventWord{auth.WordCopy}},
	{"refreshes", "Refreshed", []auth.EventWord{auth.WordRefresh, auth.WordAsk}},
	{"signins", "Sign-ins", []auth.EventWord{auth.WordSignIn}},
	{"revocations", "Revoked", []auth.EventWord{auth.WordRevoke, auth.WordRevokeOld}},
	{"changes", "Changes", []auth.EventWord{auth.WordCreated, auth.WordRename, auth.WordRule, auth.WordPrograms, auth.WordPause, auth.WordResume}},
	{"tests", "Tests", []auth.EventWord{auth.WordTest}},
	{"vault", "Vault", []auth.EventWord{auth.WordVault}},
	{"notices", "Notices", []auth.EventWord{auth.WordNotice}},
}

// activityPeriod is a choice of the filter by time.
type activityPeriod struct {
	id, label string
	length    time.Duration // 0: everything that is kept
}

var activityPeriods = []activityPeriod{
	{"day", "Last 24 hours", 24 * time.Hour},
	{"week", "Last 7 days", 7 * 24 * time.Hour},
	{"month", "Last 30 days", 30 * 24 * time.Hour},
	{"", "Any time", 0},
}

// activityOutcomes are the choices of the filter by outcome.
var activityOutcomes = []struct {
	id, label string
	failed    *bool
}{
	{"", "All outcomes", nil},
	{"done", "Done", new(bool)},
	{"failed", "Not done", isTrue()},
}

func isTrue() *bool {
	yes := true
	return &yes
}

// outcomeLook is the short word of an outcome, and its colour.
type outcomeLook struct {
	word string // English, the key of the translation
	ink  fyne.ThemeColorName
	all  bool // the word says all that the code does
}

// outcomeLooks are the outcomes with a word of their own; others are named by
// what the table of errors says about them.
var outcomeLooks = map[string]outcomeLook{
	auth.OutcomeOK:              {"Done", widgets.ColorNameOK, true},
	"":                          {"Done", widgets.ColorNameOK, true},
	string(auth.Revoked):        {"Done", widgets.ColorNameOK, true},
	"waiting":                   {"Waiting", widgets.ColorNameWarn, true},
	string(auth.EndsSignIn):     {"Reminder", widgets.ColorNameWarn, true},
	string(auth.EndsSecret):     {"Reminder", widgets.ColorNameWarn, true},
	auth.CodeRevokeQueued:       {"Trying again", widgets.ColorNameWarn, true},
	auth.CodeCancelled:          {"Cancelled", widgets.ColorNameIdle, true},
	auth.CodeInterrupted:        {"Cut off", widgets.ColorNameBad, true},
	auth.CodePaused:             {"Paused", widgets.ColorNameIdle, true},
	auth.CodeVaultLocked:        {"Vault locked", widgets.ColorNameWarn, true},
	auth.CodeVaultMissing:       {"Vault locked", widgets.ColorNameWarn, true},
	auth.CodeChangedOutside:     {"Changed outside", widgets.ColorNameBad, true},
	auth.CodeUnknownName:        {"Unknown name", widgets.ColorNameBad, true},
	auth.CodeDeniedByUser:       {"Denied by you", widgets.ColorNameBad, true},
	auth.CodeDeniedByRule:       {"Not on the list", widgets.ColorNameBad, true},
	auth.CodeNotAnswered:        {"Not answered", widgets.ColorNameBad, true},
	auth.CodeNobodyToAsk:        {"Nobody to ask", widgets.ColorNameBad, true},
	auth.CodeHostNotAllowed:     {"Host not allowed", widgets.ColorNameBad, true},
	auth.CodeTooShort:           {"Lasts too short", widgets.ColorNameBad, true},
	auth.CodeNotHandedOut:       {"Not handed out", widgets.ColorNameBad, true},
	auth.CodeNoAccessToken:      {"Needs sign-in", widgets.ColorNameBad, false},
	auth.CodeNoRefreshToken:     {"Needs sign-in", widgets.ColorNameBad, false},
	auth.CodeSignInTimedOut:     {"Not finished", widgets.ColorNameBad, false},
	auth.CodeSignInSilent:       {"Not finished", widgets.ColorNameBad, false},
	auth.CodeLimitUsed:          {"Limit used up", widgets.ColorNameBad, true},
	"invalid_grant":             {"Sign-in ended", widgets.ColorNameBad, false},
	"login_required":            {"Needs sign-in", widgets.ColorNameBad, false},
	"access_denied":             {"Not allowed", widgets.ColorNameBad, false},
	"consent_required":          {"Needs approval", widgets.ColorNameBad, false},
	"interaction_required":      {"Needs sign-in", widgets.ColorNameBad, false},
	"invalid_client":            {"Client refused", widgets.ColorNameBad, false},
	auth.CodeNetworkUnreachable: {"No network", widgets.ColorNameWarn, false},
	auth.CodeDNS:                {"Host not found", widgets.ColorNameWarn, false},
	auth.CodeTimeout:            {"No answer", widgets.ColorNameWarn, false},
	auth.CodeCutOff:             {"No answer", widgets.ColorNameWarn, false},
	auth.CodeNoAnswer:           {"No answer", widgets.ColorNameWarn, false},
	auth.CodeServerError:        {"Service failed", widgets.ColorNameWarn, false},
	auth.CodeTooManyRequests:    {"Slowed down", widgets.ColorNameWarn, false},
}

// went tells whether what an entry is about succeeded.
func went(e *auth.ActivityEntry) bool {
	look, ok := outcomeLooks[e.Outcome]
	return ok && look.word == outcomeLooks[auth.OutcomeOK].word
}

// activityLook is how the outcome of an entry is told.
func (u *ui) activityLook(e *auth.ActivityEntry) outcomeLook {
	if look, ok := outcomeLooks[e.Outcome]; ok {
		return look
	}
	switch known, _ := u.explained(e.Outcome, ""); known.Mover {
	case auth.MoverAdministrator:
		return outcomeLook{"Needs your admin", widgets.ColorNameBad, false}
	case auth.MoverService:
		return outcomeLook{"Service failed", widgets.ColorNameBad, false}
	default:
		return outcomeLook{"Failed", widgets.ColorNameBad, false}
	}
}

// activityWhat says what happened.
func activityWhat(e *auth.ActivityEntry) string {
	if word, ok := noticeWords[e.Outcome]; ok && e.Kind == auth.WordNotice {
		return lang.L(word)
	}
	kind, ok := activityKinds[e.Kind]
	switch {
	case !ok:
		return string(e.Kind)
	case went(e):
		return lang.L(kind.done)
	default:
		return lang.L(kind.failed)
	}
}

// activityWho says who asked: the program, the user, or Tokenwell by itself.
func activityWho(e *auth.ActivityEntry) string {
	switch {
	case e.Kind == auth.WordHandOut:
		return askerName(e.Asker)
	case activityKinds[e.Kind].byUser:
		return lang.L("you")
	default:
		return "Tokenwell"
	}
}

// askerName is what a program is called.
func askerName(a auth.Asker) string {
	switch name := a.Name(); {
	case a.Own:
		return "Tokenwell"
	case name == "":
		return lang.L("unknown program")
	default:
		return name
	}
}

// copiedToken is the detail of a copied access token.
const copiedToken = "token"

// activityDetails are the stable words of ActivityEntry.Detail; "" where nothing
// has to be said.
var activityDetails = map[string]string{
	auth.ActivityDetailStored:  "", // as nearly always
	auth.ActivityDetailRenewed: "newly fetched",
	auth.ActivityDetailAnyone:  "any program may",
	auth.ActivityDetailListed:  "on the list",
	auth.ActivityDetailOnce:    "allowed once",
	auth.ActivityDetailHour:    "allowed for 1 h",
	auth.ActivityDetailAlways:  "allowed for good",
	copiedToken:                "access token",
}

// purposeWords are the ways of asking that are worth a word.
var purposeWords = map[auth.HandOutPurpose]string{
	auth.PurposeExec:  "through exec",
	auth.PurposeCurl:  "through curl",
	auth.PurposeGit:   "through git",
	auth.PurposeProxy: "through the proxy",
}

// activityDetail says more, in one line.
func (u *ui) activityDetail(e *auth.ActivityEntry) string {
	var parts []string
	if e.Count > 1 {
		parts = append(parts, lang.L("{{.N}} times", map[string]any{"N": grouped(e.Count)}))
	}
	if e.Kind != auth.WordHandOut || went(e) { // a refusal's word says it already
		parts = append(parts, detailWords(e.Detail)...)
	}
	if !u.activityLook(e).all {
		parts = append(parts, e.Outcome)
	}
	if e.Left > 0 {
		parts = append(parts, lang.L("{{.Time}} left", map[string]any{"Time": roughly(e.Left)}))
	}
	if e.Host != "" {
		parts = append(parts, e.Host)
	}
	return strings.Join(parts, ", ")
}

// detailWords are the words of ActivityEntry.Detail as people read them; what has
// no word here is shown as it is.
func detailWords(detail string) []string {
	var out []string
	for _, word := range strings.Fields(detail) {
		text, ok := activityDetails[word]
		if !ok {
			return []string{detail}
		}
		if text != "" {
			out = append(out, lang.L(text))
		}
	}
	return out
}

// roughly is a length of time in its largest unit that says something.
func roughly(d time.Duration) string {
	switch {
	case d < time.Minute:
		return lang.L("{{.N}} s", number{int(d / time.Second)})
	case d < 90*time.Minute:
		return lang.L("{{.N}} min", number{int(d / time.Minute)})
	case d < 36*time.Hour:
		return lang.L("{{.N}} h", number{int((d + 30*time.Minute) / time.Hour)})
	default:
		return lang.L("{{.N}} days", number{int((d + 12*time.Hour) / (24 * time.Hour))})
	}
}

// activityDay is the heading over the entries of a day.
func activityDay(at, now time.Time) string {
	day := at.Local().Format("Monday 2 January")
	switch {
	case dayOf(at) == dayOf(now):
		return lang.L("Today, {{.Day}}", map[string]any{"Day": day})
	case dayOf(at) == dayOf(now.AddDate(0, 0, -1)):
		return lang.L("Yesterday, {{.Day}}", map[string]any{"Day": day})
	case at.Local().Year() != now.Local().Year():
		return at.Local().Format("Monday 2 January 2006")
	default:
		return day
	}
}
