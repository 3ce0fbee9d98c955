package auth

import (
	"context"
	"time"
)

// AccessToken returns the access token for the clipboard or for showing, and
// records the use. Only one that is in force is returned.
func (e *Engine) AccessToken(ctx context.Context, id string) (Secret, error) {
	r, err := e.load(ctx, id)
	if err != nil {
		return Secret{}, err
	}
	now := e.now().UTC()
	switch r.Status.Effective(now) {
	case StateActive, StateExpiring:
	default:
		return Secret{}, noTokenInForce(r, now)
	}
	if err := e.store.Touch(ctx, id, now); err != nil {
		// The user gets the token all the same: when it was last used is a convenience.
		e.log.Warn("the use could not be recorded", "authorization", id, "error", err)
	}
	e.publish(EventList, id)
	return r.Tokens.Access, nil
}

// noTokenInForce says why there is no access token to hand to the user.
func noTokenInForce(r Record, now time.Time) *Failure {
	f := &Failure{
		Title: "There is no access token in force", Mover: MoverUser, Code: CodeNoAccessToken, At: now,
		State: r.Status.Effective(now), cause: &CodedError{Code: CodeNoAccessToken},
	}
	name := "“" + r.Authorization.Name + "”"
	switch f.State {
	case StatePaused:
		row := explainRow(CodePaused)
		f.Title, f.Happened = row.title, name+" hands out nothing until it is resumed."
		f.Steps, f.Action, f.Code = row.steps, row.action, CodePaused
	case StateNeverAuthorized, StateWaiting:
		f.Happened, f.Steps, f.Action = name+" has not been authorized yet.", []string{"Sign in."}, ActionSignIn
	case StateRevoked, StateNeedsSignIn:
		f.Happened, f.Steps, f.Action = "The sign-in of "+name+" is over.", []string{"Sign in again."}, ActionSignIn
	case StateNeedsAttention:
		f.Happened, f.Steps, f.Action = "The settings of "+name+" are wrong.", []string{"Edit " + name + " and authorize again."}, ActionEdit
	case StateExpired:
		f.Happened, f.Steps, f.Action = "The access token of "+name+" has run out.", []string{"Refresh it, or sign in again."}, ActionRetry
	default:
		f.Happened, f.Steps, f.Action = "The last refresh of "+name+" has not come to its end.", []string{"Refresh it once more."}, ActionRetry
	}
	return f
}
