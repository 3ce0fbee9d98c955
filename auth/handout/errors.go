package handout

import (
	"context"
	"errors"

	"tokenwell/auth"
)

// ErrNoServer says that nobody serves the socket: it is not there, or nobody
// answers at it.
var ErrNoServer = errors.New("no Tokenwell is running")

// ErrUntrusted says that the socket, its folder or the process at the other end
// is not what Tokenwell makes: nothing was sent (T44). What is wrong is wrapped
// with it.
var ErrUntrusted = errors.New("the socket is not to be trusted")

// ErrServed says that another process serves the socket already.
var ErrServed = errors.New("another process serves the socket")

// Codes of Error that the hand-out itself gives, beside those of the Help screen.
const (
	CodeBadRequest    = "bad_request"    // the request is not one of the API
	CodeUnknownPath   = "unknown_path"   // no verb has this path
	CodeWrongMethod   = "wrong_method"   // not POST
	CodeFromBrowser   = "from_browser"   // a web page has no business here
	CodeTooLarge      = "too_large"      // the request is larger than maxRequest
	CodeNotOffered    = "not_offered"    // the process that serves can't do this
	CodeNoServer      = "no_server"      // the process that served has ended
	CodeBusy          = "busy"           // no answer in the caller's time
	CodeBadAnswer     = "bad_answer"     // the answer is not one of the API
	CodeAddressesMove = "addresses_move" // the service's addresses have changed: the user has to see them
)

// Is makes an Error whose server is gone one of ErrNoServer, for errors.Is.
func (e *Error) Is(target error) bool { return target == ErrNoServer && e.Code == CodeNoServer }

// refusal is an Error about the request itself.
func refusal(end auth.HandOutEnd, code, title, happened, step string) *Error {
	return &Error{End: end, Code: code, Title: title, Happened: happened, Mover: auth.MoverUser, Steps: []string{step}}
}

// badRequest says what is wrong with a request.
func badRequest(happened string) *Error {
	return refusal(auth.EndUsage, CodeBadRequest, "The request can't be understood", happened,
		"Correct the program that asks: docs/handout-api.md describes the requests.")
}

func tooLarge() *Error {
	return refusal(auth.EndUsage, CodeTooLarge, "The request is too large", "A request has at most 64 KiB.", "Send a smaller one.")
}

func cutOff() *Error { return badRequest("Its body did not arrive as a whole.") }

// errorOf turns what the engine says into what a program is told.
func errorOf(err error) *Error {
	var told *Error
	if errors.As(err, &told) {
		return told
	}
	if fields := auth.FieldErrors(nil); errors.As(err, &fields) {
		return refusal(auth.EndUsage, CodeBadRequest, "The settings are not complete", fields.Error()+".", "Edit the authorization in Tokenwell.")
	}
	if moved := (*auth.EndpointsChanged)(nil); errors.As(err, &moved) {
		return refusal(auth.EndNeedsSignIn, CodeAddressesMove, "The service's addresses have changed",
			"Tokens and the client secret would go to other addresses than before. Nothing was sent.",
			"Open Tokenwell and authorize there: it shows the new addresses.")
	}
	end := auth.EndOf(err)
	if cancelled(err) { // who gave up is told no other reason
		end = auth.EndOther
	}
	f := auth.Explain(err, auth.ExplainContext{})
	steps := f.Steps
	if steps == nil {
		steps = []string{}
	}
	return &Error{
		End: end, Code: f.Code, Title: f.Title, Happened: f.Happened, Mover: f.Mover, Steps: steps,
		Host: f.Host, Link: f.Link, Ref: f.Ref,
	}
}

// cancelled tells whether the caller gave up.
func cancelled(err error) bool {
	var failure *auth.Failure
	return !errors.As(err, &failure) && errors.Is(err, context.Canceled)
}
