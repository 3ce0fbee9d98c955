package auth

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
)

// maxAskedName is the length in bytes of the longest name that is looked up: a
// Friendly Name in the longest spelling that folds to it.
const maxAskedName = 16 * MaxName

// handing is one request for a token under way.
type handing struct {
	request HandOutRequest
	host    string // cleaned; "" when none was named
	record  Record // zero until it is found
	began   int64  // its generation when it was found
	why     string // the word of the rule or of the user, see ActivityDetail…
	asked   bool   // the user was, and allowed it
	waited  bool   // for the user or a service since record was read
	renewed bool
}

// handOutLooks bounds how often a request looks at the authorization again: the
// user and the service are waited for once each where nothing changes meanwhile.
const handOutLooks = 5

// HandOut gives a program an access token. The error is a *Failure; EndOf says
// how a program should take it. The end of ctx ends the waiting alone.
func (e *Engine) HandOut(ctx context.Context, r HandOutRequest) (HandedOut, error) {
	if r.Purpose == "" {
		r.Purpose = PurposeToken
	}
	if r.MinValid <= 0 {
		r.MinValid = DefaultMinValid
	}
	h := &handing{request: r}
	if err := e.handOut(ctx, h); err != nil {
		failure := e.handOutFailure(err, h)
		e.noteWanted(h, failure)
		e.recordHandOut(h, failure.Code)
		return HandedOut{}, failure
	}
	if !e.recordHandOut(h, OutcomeOK) { // Close was quicker: nothing is given away that the activity does not know
		return HandedOut{}, e.handOutFailure(ErrCancelled, h)
	}
	return e.handedOut(h), nil
}

// handOut leads a request to a token in h.record that may be given away. What is
// true when it is given away counts: while the user thought, or a service was
// asked, the rule may have changed, or the authorization been paused or deleted.
func (e *Engine) handOut(ctx context.Context, h *handing) error {
	if e.ctx.Err() != nil {
		return ErrCancelled
	}
	if err := e.find(ctx, h); err != nil {
		return err
	}
	for range handOutLooks {
		h.waited = false
		if err := e.allow(ctx, h); err != nil {
			return err
		}
		if !h.waited {
			if err := e.obtain(ctx, h); err != nil || !h.waited {
				return err
			}
		}
		r, err := e.store.Peek(ctx, h.record.Authorization.ID)
		if err != nil {
			return err
		}
		h.record = r
	}
	return &CodedError{Code: CodeTooShort}
}

// allow holds the request against the rule, and asks the user where that says so,
// once at most.
func (e *Engine) allow(ctx context.Context, h *handing) error {
	said := h.why
	ask, err := h.permit()
	if err != nil {
		return err
	}
	// Nobody is asked about a token that can't be had anyway.
	if err := e.standing(h.record); err != nil && !h.signsIn(err) {
		return err
	}
	if h.asked {
		h.why = said
		return nil
	}
	if !ask {
		return nil
	}
	h.waited, h.why = true, "" // the word of a rule that was another before is no answer
	err = e.askUser(ctx, h)
	h.asked = err == nil
	return err
}

// obtain sees to it that h.record has a token, by a sign-in where the program
// asked for one.
func (e *Engine) obtain(ctx context.Context, h *handing) error {
	err := e.supply(ctx, h)
	if err == nil || !h.signsIn(err) {
		return err
	}
	h.waited = true
	if err := e.signInFor(ctx, h, err); err != nil {
		return err
	}
	return e.supply(ctx, h)
}

// findTries bounds how often a name is looked up that leads to an authorization
// with another one.
const findTries = 3

// find reads the authorization that is asked for. That it has the name, its seal
// says: the index that leads to it is not sealed (T58), and it may be given
// another name in between.
func (e *Engine) find(ctx context.Context, h *handing) error {
	for range findTries {
		id, err := e.idOf(ctx, h.request.Name)
		if err != nil {
			return err
		}
		h.record.Authorization.ID = id // that is known whatever follows
		r, err := e.store.Peek(ctx, id)
		if err != nil {
			return err
		}
		h.record, h.began = r, r.Status.Generation
		if name := r.Authorization.Name; name == h.request.Name || FoldName(name) == FoldName(h.request.Name) {
			return nil
		}
	}
	h.record = Record{}
	return &CodedError{Code: CodeUnknownName}
}

// idOf finds an authorization by name.
func (e *Engine) idOf(ctx context.Context, name string) (string, error) {
	if len(name) > maxAskedName {
		return "", &CodedError{Code: CodeUnknownName}
	}
	id, err := e.store.IDOf(ctx, name)
	if errors.Is(err, ErrNotFound) {
		return "", &CodedError{Code: CodeUnknownName, Cause: err}
	}
	return id, err
}

// IDOf returns the ID of the authorization with a Friendly Name; a *Failure with
// CodeUnknownName when there is none.
func (e *Engine) IDOf(ctx context.Context, name string) (string, error) {
	id, err := e.idOf(ctx, name)
	if err != nil {
		return "", e.handOutFailure(err, &handing{request: HandOutRequest{Name: name}})
	}
	return id, nil
}

// permit holds the request against the rule. With ask the user has the word.
func (h *handing) permit() (ask bool, err error) {
	rule, asker := h.record.Rule, h.request.Asker
	if h.request.ForTest {
		h.request.Host = testHost(h.request.Address, h.record.Authorization.Endpoints.UserInfo)
	}
	if !h.hostAllowed() {
		return false, &CodedError{Code: CodeHostNotAllowed}
	}
	switch {
	case asker.Own:
	case rule.Mode == HandOutAnyone:
		h.why = ActivityDetailAnyone
	case rule.lists(asker):
		h.why = ActivityDetailListed
	case rule.Mode == HandOutAsk:
		return true, nil
	default: // a mode that this version does not know allows nothing more than the list
		h.why = ActivityDetailListed
		return false, &CodedError{Code: CodeDeniedByRule}
	}
	return false, nil
}

// hostAllowed checks where the token is to be sent (T48), and cleans it.
func (h *handing) hostAllowed() bool {
	rule := h.record.Rule
	if h.request.Host != "" {
		host, err := cleanHostPort(h.request.Host)
		if err != nil {
			return false
		}
		h.host = host
	}
	if h.request.Purpose == PurposeGit {
		// git sends what it gets to whatever host an address names: only one that
		// the user has named, and never for practice (T55).
		return h.host != "" && slices.Contains(rule.Hosts, h.host) && h.record.Authorization.ServiceID != LocalServiceID
	}
	return h.host == "" || len(rule.Hosts) == 0 || rule.Matches(h.host)
}

// standing says why an authorization in its present state gives nothing,
// whatever its tokens are; nil when it may.
func (e *Engine) standing(r Record) error {
	switch s := r.Status; s.State {
	case StatePaused:
		return &CodedError{Code: CodePaused}
	case StateNeverAuthorized, StateWaiting, StateRevoked:
		return noTokenInForce(r, e.now().UTC())
	case StateNeedsSignIn:
		if why := e.lastFailure(r); EndOf(why) == EndNeedsSignIn {
			return why
		}
		return noTokenInForce(r, e.now().UTC())
	case StateNeedsAttention:
		return e.lastFailure(r)
	default:
		if !r.Tokens.Access.Empty() && !s.HandOut {
			return &CodedError{Code: CodeNotHandedOut}
		}
		return nil
	}
}

// lastFailure is what the last attempt of r met.
func (e *Engine) lastFailure(r Record) error {
	return e.explain(&CodedError{Code: r.Status.LastOutcome}, r)
}

// signsIn tells whether an error can be answered with a sign-in.
func (h *handing) signsIn(err error) bool {
	return h.request.Interactive && EndOf(err) == EndNeedsSignIn
}

// handedOut is the token of h for the program.
func (e *Engine) handedOut(h *handing) HandedOut {
	a, s := &h.record.Authorization, &h.record.Status
	svc, _ := e.catalog.Get(a.ServiceID)
	header, value := svc.Use.Line(h.record.Tokens.Access.Reveal())
	kind := s.TokenType
	if kind == "" {
		kind = "Bearer"
	}
	return HandedOut{
		ID: a.ID, Name: a.Name, Access: h.record.Tokens.Access, TokenType: kind, Header: header, Value: NewSecret(value),
		Expiry: s.Expiry, Scopes: slices.Clone(h.record.scopesInForce()), Renewed: h.renewed,
	}
}

// scopesInForce are what was granted; what was asked for where the service did not say.
func (r *Record) scopesInForce() []string {
	if r.Status.Granted != nil {
		return r.Status.Granted
	}
	return r.Authorization.Scopes
}

// handOutFailure explains why a program got nothing.
func (e *Engine) handOutFailure(err error, h *handing) *Failure {
	var failure *Failure
	if errors.As(err, &failure) {
		return failure
	}
	a := h.record.Authorization
	svc, _ := e.catalog.Get(a.ServiceID)
	c := ExplainContext{
		Service: a.ServiceName, Provider: svc.Provider, Name: h.name(), Grant: a.Grant, Host: hostOf(a.Endpoints.Token),
		State: h.record.Status.State, Program: shownText(h.request.Asker.Name()),
	}
	var coded *CodedError
	if errors.As(err, &coded) && coded.Code == CodeHostNotAllowed {
		c.Host = shownText(h.request.Host)
	}
	return Explain(err, c)
}

// name is the Friendly Name as it is stored, else as it was asked for, if it can
// be one at all.
func (h *handing) name() string {
	if name := h.record.Authorization.Name; name != "" || CheckName(h.request.Name) != nil {
		return name
	}
	return CleanName(h.request.Name)
}

// maxShownText is the length, in characters, of a text from outside that may
// stand in one of our sentences.
const maxShownText = 100

// shownText makes a program's name or a host fit to be shown.
func shownText(text string) string {
	shown := []rune(strings.Map(func(r rune) rune {
		if invisible(r) || r == '\uFFFD' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "")))
	return strings.TrimSpace(string(shown[:min(len(shown), maxShownText)]))
}

// recordHandOut notes the end of a request in the activity; false as record.
func (e *Engine) recordHandOut(h *handing, outcome string) bool {
	entry := ActivityEntry{
		At: e.now().UTC(), Kind: WordHandOut, AuthorizationID: h.record.Authorization.ID, Name: h.name(), Asker: h.request.Asker,
		Purpose: h.request.Purpose, Outcome: outcome, Detail: h.why, Host: h.host, Count: 1,
	}
	if outcome == OutcomeOK {
		entry.Detail = ActivityDetailStored
		if h.renewed {
			entry.Detail = ActivityDetailRenewed
		}
		if h.why != "" {
			entry.Detail += " " + h.why
		}
		entry.Scopes = h.record.scopesInForce()
		if end := h.record.Status.Expiry.At; !end.IsZero() {
			entry.Left = max(0, end.Sub(entry.At)).Round(time.Second)
		}
	}
	return e.record(entry)
}
