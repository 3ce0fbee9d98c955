package auth

import "context"

// History returns the last HistoryLength events, the newest first. Their
// outcomes are OutcomeOK or codes of Explanations.
func (e *Engine) History(ctx context.Context, id string) ([]HistoryEvent, error) {
	events, err := e.store.History(ctx, id)
	if err != nil {
		return nil, e.explain(err, Record{Authorization: Authorization{ID: id}})
	}
	return events, nil
}

// remember adds an event that comes without a commit. One that can't be
// written is missing from the history and costs nothing else.
func (e *Engine) remember(id string, word EventWord, outcome string) {
	ctx, cancel := e.detached(readTimeout)
	defer cancel()
	if err := e.store.Remember(ctx, id, HistoryEvent{At: e.now().UTC(), Kind: word, Outcome: outcome}); err != nil {
		e.log.Warn("an event could not be recorded", "authorization", id, "error", err)
	}
}
