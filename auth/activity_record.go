package auth

import (
	"context"
	"strconv"
	"sync"
	"time"
)

// When activity is written.
const (
	// activityDelay is how long entries are collected: with the commit they are
	// on disk within a second.
	activityDelay = 700 * time.Millisecond
	// activityRetry is the time between two tries when the store does not take them.
	activityRetry = 5 * time.Second
	// activityPending bounds the entries in memory. What comes beyond is counted
	// in the log alone.
	activityPending = 10_000
)

// SettingActivityDays is the setting that says for how many days activity is
// kept: a whole number from 1 to 3650; anything else: as ActivityKept.
const SettingActivityDays = "activity_days"

const maxActivityDays = 3650

// recorder collects entries of the activity until they are written as one batch.
// The zero value is ready.
type recorder struct {
	writing sync.Mutex // held while a batch is written: batches stay in order

	mu      sync.Mutex
	entries []ActivityEntry
	places  map[activityKey]int // of entries
	timer   *time.Timer         // nil: nothing waits
	dropped int
	closed  bool
}

// activityKey is what equal entries have in common.
type activityKey struct {
	kind                        EventWord
	id, name                    string
	own                         bool
	pid                         int
	path, script                string
	purpose                     HandOutPurpose
	outcome, detail, host, user string
}

func activityKeyOf(e *ActivityEntry) activityKey {
	return activityKey{
		kind: e.Kind, id: e.AuthorizationID, name: e.Name, own: e.Asker.Own, pid: e.Asker.PID, path: e.Asker.Path, script: e.Asker.Script,
		purpose: e.Purpose, outcome: e.Outcome, detail: e.Detail, host: e.Host, user: e.Asker.User,
	}
}

// add takes an entry in, or counts it with its equal: the newest time counts.
func (r *recorder) add(entry ActivityEntry) {
	key := activityKeyOf(&entry)
	if i, ok := r.places[key]; ok {
		entry.Count += r.entries[i].Count
		r.entries[i] = entry
		return
	}
	if len(r.entries) >= activityPending {
		r.dropped += entry.Count
		return
	}
	if r.places == nil {
		r.places = map[activityKey]int{}
	}
	r.places[key] = len(r.entries)
	r.entries = append(r.entries, entry)
}

// record notes something in the activity, to be written a moment later. It
// reports false, and does nothing, after Close.
func (e *Engine) record(entry ActivityEntry) bool {
	r := &e.activity
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return false
	}
	r.add(entry)
	if r.timer == nil {
		r.timer = time.AfterFunc(activityDelay, func() { e.spawn(e.writeActivity) })
	}
	return true
}

// writeActivity writes what was collected. What can't be written waits for the
// next try.
func (e *Engine) writeActivity() {
	r := &e.activity
	r.writing.Lock()
	defer r.writing.Unlock()
	r.mu.Lock()
	batch, dropped := r.entries, r.dropped
	r.entries, r.places, r.timer, r.dropped = nil, nil, nil, 0
	r.mu.Unlock()
	if dropped > 0 {
		e.log.Warn("activity was not recorded: there was too much of it", "entries", dropped)
	}
	if len(batch) == 0 {
		return
	}
	ctx, cancel := e.detached(readTimeout)
	defer cancel()
	err := e.store.AddActivity(ctx, batch)
	if err == nil {
		e.publish(EventActivity, "")
		return
	}
	e.log.Error("activity could not be written", "entries", len(batch), "error", err)
	r.mu.Lock()
	defer r.mu.Unlock()
	since := r.entries
	r.entries, r.places = nil, nil
	for _, entry := range append(batch, since...) {
		r.add(entry)
	}
	if r.timer != nil {
		r.timer.Stop()
	}
	if !r.closed {
		r.timer = time.AfterFunc(activityRetry, func() { e.spawn(e.writeActivity) })
	}
}

// closeActivity writes what is left, and takes nothing more.
func (e *Engine) closeActivity() {
	r := &e.activity
	r.mu.Lock()
	r.closed = true
	if r.timer != nil {
		r.timer.Stop()
	}
	r.mu.Unlock()
	e.writeActivity()
}

// pruneActivity removes what is older than the user wants it kept.
func (e *Engine) pruneActivity() {
	settings, err := e.store.Settings(e.ctx)
	if err != nil {
		return // the next day tries again
	}
	kept := ActivityKept
	if days, err := strconv.Atoi(settings[SettingActivityDays]); err == nil && days >= 1 && days <= maxActivityDays {
		kept = time.Duration(days) * 24 * time.Hour
	}
	if _, err := e.store.PruneActivity(e.ctx, e.now().UTC().Add(-kept)); err != nil && e.ctx.Err() == nil {
		e.log.Error("old activity could not be removed", "error", err)
	}
}

// RecordCopy implements HandOuts.
func (e *Engine) RecordCopy(ctx context.Context, id, what string) {
	entry := ActivityEntry{
		At: e.now().UTC(), Kind: WordCopy, AuthorizationID: id, Asker: Asker{Own: true}, Outcome: OutcomeOK, Detail: shownText(what), Count: 1,
	}
	if r, err := e.store.Load(ctx, id); err == nil {
		entry.Name = r.Authorization.Name
	}
	e.record(entry)
}
