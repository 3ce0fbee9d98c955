package auth

import (
	"context"
	"errors"
)

// signInFor signs the user in for a program that asked to (Interactive), one
// sign-in at a time for an authorization: others wait for its end. cause is why
// it is needed, and what comes back where no sign-in can be begun from here, or
// as many programs wait for one already as may.
func (e *Engine) signInFor(ctx context.Context, h *handing, cause error) error {
	defer e.signInsBy.Add(-1)
	if e.signInsBy.Add(1) > waitersAtOnce {
		return cause
	}
	id, gen := h.record.Authorization.ID, h.record.Status.Generation
	r, err := await(ctx, e, func() (Record, error) {
		_, err, _ := e.prompts.Do(id, func() (any, error) { return nil, e.prompt(h.record, gen, cause) })
		if err != nil {
			return Record{}, err
		}
		return e.reload(id)
	})
	if err == nil {
		h.record = r
	}
	return err
}

// prompt leads a sign-in through the browser to its end, or waits for one that
// is open already.
func (e *Engine) prompt(r Record, gen int64, cause error) error {
	id := r.Authorization.ID
	if now, err := e.reload(id); err != nil || now.Status.Generation > gen {
		return err // someone has signed in since
	}
	if info, _ := r.Authorization.Grant.Info(); info.Prompt == PromptDevice || info.Renewal == RenewNever {
		return cause // a code has to be shown to the user, or a new token pasted by them
	}
	s := e.openSignIn(id)
	if s == nil {
		var err error
		if s, err = e.Reauthorize(e.ctx, id, ReauthorizeOptions{}); err != nil {
			if changed := (*EndpointsChanged)(nil); errors.As(err, &changed) {
				return cause // the user is asked first, in the window
			}
			return err
		}
		if s.PasteOnly() {
			s.Cancel()
			return cause
		}
		if s.Kind() == PromptBrowser {
			if err := s.OpenBrowser(e.ctx); err != nil && !errors.Is(err, ErrCancelled) { // cancelled: it is past the browser
				s.Cancel()
				return err
			}
		}
	}
	_, err := s.Wait(e.ctx)
	return err
}
