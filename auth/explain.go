package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ExplainContext is what Explain has to know beside the error.
type ExplainContext struct {
	Host     string // that was asked, when the error does not know it
	Service  string // as the user knows it
	Name     string // the Friendly Name; "" before there is one
	Provider string // of the service, as the catalog names it; "" when not known
	Grant    Grant  // how the token is asked for; "" when not known
	Program  string // that asks for a token, fit to be shown; "" when none does, or it is not known
	// State is what the authorization is in; Failure.State unless the error changes it.
	State State
}

// explanation is one row of the table: a failure without its place and time.
// {host}, {service}, {name}, {program} and {answer} are filled in.
type explanation struct {
	title, happened string
	mover           Mover
	steps           []string
	action          Action
	state           State  // empty: a failure of this kind changes nothing
	link            string // where the code is defined; "" for our own codes
}

// Explain turns an error of the engine into what the user meets: cause, whose
// move it is, cure. A *Failure comes back as it is, nil gives nil. An error that
// nobody foresaw is called unexpected; its own text is never shown.
func Explain(err error, c ExplainContext) *Failure {
	if err == nil {
		return nil
	}
	var failure *Failure
	if errors.As(err, &failure) {
		return failure
	}
	f := &Failure{Code: explainCode(err), Host: c.Host, At: time.Now().UTC(), State: c.State, cause: err}
	var wire *WireError
	fromWire := errors.As(err, &wire)
	if fromWire {
		f.Status, f.Ref, f.At = wire.Status, wire.Ref, wire.At
		if wire.Host != "" {
			f.Host = wire.Host
		}
	}
	row := explainRow(f.Code)
	f.Word = explainWordOf(err)
	words := explainWording(f, c)
	fill := explainFiller(f, c, cmp.Or(f.Word, f.Code))
	f.Title, f.Happened, f.Mover, f.Action = fill.Replace(words.title), fill.Replace(words.happened), words.mover, words.action
	for _, step := range words.steps {
		f.Steps = append(f.Steps, fill.Replace(step))
	}
	switch {
	case !fromWire:
		if row.state != "" {
			f.State = row.state
		}
	case wire.Op != OpToken: // a failed revocation or look-up says nothing about the grant
	case wire.Phase == Ambiguous:
		f.State = StateUnknown
		f.Happened += " " + explainAmbiguous
	case row.state != "":
		f.State = row.state
	}
	if fromWire && wire.RetryAfter > 0 {
		f.Steps = slices.Insert(f.Steps, 0, fmt.Sprintf("Wait at least %s: %s asks for it.", explainWait(wire.RetryAfter), f.Host))
	}
	return f
}

// explainWording finds the words for a failure: the provider's where it has some
// of its own, else those of the grant, else those of the code; for the local server
// its own. It also says
// whose words they are.
func explainWording(f *Failure, c ExplainContext) explanation {
	if row, ok := explainOfProvider(f.Word, f.Code, f.Host, c.Provider); ok {
		f.Provider, f.Link = row.provider, row.link
		return row.explanation()
	}
	if entraPattern().MatchString(f.Word) {
		f.Provider, f.Link = providerMicrosoft, entraPage+strings.TrimPrefix(f.Word, "AADSTS")
	}
	if row, ok := explainLocal[f.Code]; ok && c.Provider == providerLocal {
		return row
	}
	if row, ok := explainGrants()[grantKey{f.Code, c.Grant}]; ok {
		return row
	}
	return explainRow(f.Code)
}

// explainAmbiguous is added to every failure of a token request whose end is not known.
const explainAmbiguous = "It is not known whether the request was carried out."

// explainSentinels gives the code of each sentinel error, the particular
// before the general.
var explainSentinels = []struct {
	err  error
	code string
}{
	{ErrVaultLocked, CodeVaultLocked},
	{ErrVaultMissing, CodeVaultMissing},
	{ErrVaultKey, CodeVaultKey},
	{ErrChangedOutside, CodeChangedOutside},
	{ErrNoRefreshToken, CodeNoRefreshToken},
	{ErrNotSupported, CodeNotSupported},
	{ErrNameTaken, CodeNameTaken},
	{ErrNotFound, CodeNotFoundHere},
	{ErrStale, CodeStale},
	{ErrCancelled, CodeCancelled},
	{ErrFileReplaced, CodeFileReplaced},
	{ErrStorageHeld, CodeStorageHeld},
	{ErrStorage, CodeStorage},
	{context.Canceled, CodeCancelled},
	{context.DeadlineExceeded, CodeTimeout},
}

// explainWordOf returns the service's own word for what went wrong; "" when it
// gave the RFC's code alone.
func explainWordOf(err error) string {
	var (
		wire  *WireError
		coded *CodedError
	)
	switch {
	case errors.As(err, &wire):
		return wire.Word
	case !errors.As(err, &coded):
		return ""
	case coded.Word != "":
		return coded.Word
	case canonicalCode(coded.Code) != coded.Code:
		return foreignCode(coded.Code)
	default:
		return ""
	}
}

func explainCode(err error) string {
	var (
		wire  *WireError
		coded *CodedError
	)
	if errors.As(err, &wire) {
		return wire.Code
	}
	if errors.As(err, &coded) {
		code := canonicalCode(coded.Code)
		if _, known := explanations()[code]; known {
			return code
		}
		return foreignCode(code)
	}
	for _, s := range explainSentinels {
		if errors.Is(err, s.err) {
			return s.code
		}
	}
	return CodeUnexpected
}

// explainRow finds the row of a code. A server's unknown code gets the general
// row of a refusal, which names the code.
func explainRow(code string) explanation {
	if row, ok := explanations()[canonicalCode(code)]; ok {
		return row
	}
	return explanations()[CodeRefused]
}

// canonicalCode returns the RFC's code, or ours, for what services write in its
// place, and every other code as it is.
func canonicalCode(word string) string {
	if _, ok := explanations()[word]; ok {
		return word
	}
	plain := strings.Trim(strings.ToLower(word), " .")
	if code, ok := explainIndex().meanings[plain]; ok {
		return code
	}
	if code, ok := explainAliases()[plain]; ok {
		return code
	}
	return word
}

// maxForeignCode is the longest error code of a server that is kept.
const maxForeignCode = 64

// foreignCode returns an error code that came from outside when it is fit to be
// stored, shown and logged: short, of the characters of RFC 6749 section
// 4.1.2.1, and not one of the codes by which this program speaks of itself, so
// that no server can say that the vault is locked. Any other code becomes
// CodeErrorUnnamed (T36).
func foreignCode(code string) string {
	_, transport := explainTransport()[code]
	_, own := explainOwn()[code]
	odd := strings.ContainsFunc(code, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' })
	if code == "" || len(code) > maxForeignCode || odd || transport || own {
		return CodeErrorUnnamed
	}
	return code
}

// explainFiller puts the words of the case into the sentences of a row.
func explainFiller(f *Failure, c ExplainContext, answer string) *strings.Replacer {
	host, service, name := f.Host, c.Service, "this authorization"
	if service == "" {
		service = "the service"
	}
	if host == "" {
		host = service
	}
	if c.Name != "" {
		name = "“" + c.Name + "”"
	}
	if f.Status != 0 {
		answer = fmt.Sprintf("%s, HTTP status %d", answer, f.Status)
	}
	program := cmp.Or(c.Program, anotherProgram)
	if held := (*HeldError)(nil); errors.As(f.cause, &held) && held.Program != "" {
		program = held.Program
	}
	return strings.NewReplacer("{host}", host, "{service}", service, "{name}", name, "{program}", program, "{answer}", answer)
}

// anotherProgram stands for one whose name is not known.
const anotherProgram = "another program"

func explainWait(wait time.Duration) string {
	if wait <= 90*time.Second {
		return fmt.Sprintf("%d s", int((wait+time.Second-1)/time.Second))
	}
	return fmt.Sprintf("%d min", int((wait+time.Minute-1)/time.Minute))
}
