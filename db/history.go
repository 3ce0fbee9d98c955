package db

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"tokenwell/auth"
)

var _ auth.HistoryStore = (*DB)(nil)

// The statements that write the history. A row's events stand side by side, so
// that one more touches one page.
const (
	nextEvent    = `SELECT coalesce(max(n), 0) + 1 FROM events WHERE seq = ?`
	insertEvent  = `INSERT INTO events (seq, n, at, kind, outcome) VALUES (?, ?, ?, ?, ?)`
	deleteEvents = `DELETE FROM events WHERE seq = ? AND n <= ? AND kind <> '` + string(auth.WordNotice) + `'`
	// A notice stays until the next of its kind, so that none is given twice.
	deleteNotice = `DELETE FROM events WHERE seq = ? AND kind = '` + string(auth.WordNotice) + `' AND outcome = ?`
	selectEvents = `SELECT at, kind, outcome FROM (SELECT n, at, kind, outcome FROM events WHERE seq = ?
		ORDER BY kind = '` + string(auth.WordNotice) + `' DESC, n DESC LIMIT ?) ORDER BY n DESC`
)

// eventsOver is how many events more than auth.HistoryLength may stand in the
// table before the oldest are removed.
const eventsOver = 10

// interrupted is the outcome of an attempt that was cut off.
const interrupted = "interrupted"

// addEvent adds a line to the history of a row, in the transaction of what happened.
func (d *DB) addEvent(seq int64, e auth.HistoryEvent) error {
	n, err := d.queryInt(nextEvent, seq)
	if err != nil {
		return err
	}
	err = d.exec(insertEvent, seq, n, millis(e.At), e.Kind, e.Outcome)
	if err != nil || n <= auth.HistoryLength || n%eventsOver != 0 {
		return err
	}
	return d.exec(deleteEvents, seq, n-auth.HistoryLength)
}

// happened adds what happens now to the history of a row and to the activity.
func (d *DB) happened(r *row, word auth.EventWord, outcome string) error {
	e := auth.HistoryEvent{At: time.Now(), Kind: word, Outcome: outcome}
	if err := d.addEvent(r.seq, e); err != nil {
		return err
	}
	return d.addActivity(activityOf(e, r.id, r.name))
}

// activityOf is an event of an authorization's history as the activity has it.
func activityOf(e auth.HistoryEvent, id, name string) auth.ActivityEntry {
	return auth.ActivityEntry{
		At: e.At, Kind: e.Kind, AuthorizationID: id, Name: name, Asker: auth.Asker{Own: true}, Outcome: e.Outcome, Count: 1,
	}
}

// wordOfChange says what a change of the state means by itself; "" when that
// depends on the attempt.
func wordOfChange(was, now auth.State) auth.EventWord {
	switch {
	case was == now:
		return ""
	case now == auth.StatePaused:
		return auth.WordPause
	case now == auth.StateRevoked:
		return auth.WordRevoke
	case was == auth.StatePaused:
		return auth.WordResume
	}
	return ""
}

// wordOfAttempt says what an attempt was for.
func wordOfAttempt(kind auth.AttemptKind) auth.EventWord {
	switch kind {
	case auth.AttemptRefresh:
		return auth.WordRefresh
	case auth.AttemptAsk:
		return auth.WordAsk
	default:
		return auth.WordSignIn
	}
}

// ended remembers the end of something that brought no tokens. kind is that of
// the attempt; "" when none was open.
func (d *DB) ended(r *row, was auth.State, kind auth.AttemptKind, end auth.Ending) error {
	word, outcome := wordOfChange(was, end.State), auth.OutcomeOK
	switch {
	case word != "":
	case kind != "":
		word, outcome = wordOfAttempt(kind), end.Outcome
	case was == auth.StateWaiting && end.State != auth.StateWaiting: // no answer, or a refusal, came back from the browser
		word, outcome = auth.WordSignIn, end.Outcome
	default:
		return nil
	}
	if kind != "" && outcome == auth.OutcomeOK && word == wordOfAttempt(kind) {
		outcome = interrupted // the state from before is back, with its outcome
	}
	return d.happened(r, word, outcome)
}

// History implements auth.HistoryStore.
func (d *DB) History(ctx context.Context, id string) ([]auth.HistoryEvent, error) {
	var seq int64
	err := d.reader.QueryRowContext(ctx, "SELECT seq FROM authorizations WHERE id = ? AND purge_at = 0", id).Scan(&seq)
	if err != nil {
		return nil, storageError(err)
	}
	found, err := d.reader.QueryContext(ctx, selectEvents, seq, auth.HistoryLength)
	if err != nil {
		return nil, storageError(err)
	}
	defer func() { _ = found.Close() }()
	var events []auth.HistoryEvent
	for found.Next() {
		var at int64
		var e auth.HistoryEvent
		if err := found.Scan(&at, &e.Kind, &e.Outcome); err != nil {
			return nil, storageError(err)
		}
		e.At = fromMillis(at)
		events = append(events, e)
	}
	return events, storageError(found.Err())
}

// Remember implements auth.HistoryStore. A row that is gone has no history. A
// notice is no activity: nothing was done.
func (d *DB) Remember(ctx context.Context, id string, e auth.HistoryEvent) error {
	return d.writeBeside(ctx, func(tx *sql.Tx) error {
		var seq int64
		var name string
		err := tx.QueryRowContext(ctx, "SELECT seq, name FROM authorizations WHERE id = ?", id).Scan(&seq, &name)
		if errors.Is(err, sql.ErrNoRows) {
			return auth.ErrNotFound
		}
		if err == nil && e.Kind == auth.WordNotice {
			_, err = tx.ExecContext(ctx, deleteNotice, seq, e.Outcome)
		} else if err == nil {
			err = d.addActivity(activityOf(e, id, name))
		}
		if err != nil {
			return err
		}
		return d.addEvent(seq, e)
	})
}
