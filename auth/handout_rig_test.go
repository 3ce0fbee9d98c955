package auth_test

import (
	"context"
	"strconv"
	"time"

	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// report is a program that asks for tokens.
var report = auth.Asker{PID: 4711, User: "mara", Path: "/usr/bin/python3.13", Script: "/home/mara/report.py", Parent: "bash"}

// anyone lets every program have the tokens.
func anyone(r *auth.Record) { r.Rule.Mode = auth.HandOutAnyone }

// left makes a token of an hour of which so much is left.
func left(now time.Time, left time.Duration) func(*auth.Record) {
	return func(r *auth.Record) {
		anyone(r)
		r.Status.Expiry = auth.Expiry{Rule: auth.ExpiryReported, At: now.Add(left), Lifetime: time.Hour}
		r.Status.IssuedAt = now.Add(left - time.Hour)
	}
}

// asking is what report asks for.
func asking(name string, edits ...func(*auth.HandOutRequest)) auth.HandOutRequest {
	r := auth.HandOutRequest{Name: name, Asker: report}
	for _, edit := range edits {
		edit(&r)
	}
	return r
}

func rejected(r *auth.HandOutRequest)    { r.Rejected = true }
func interactive(r *auth.HandOutRequest) { r.Interactive = true }
func own(r *auth.HandOutRequest)         { r.Asker = auth.Asker{Own: true} }

func forHost(host string) func(*auth.HandOutRequest) {
	return func(r *auth.HandOutRequest) { r.Host = host }
}

func forMin(d time.Duration) func(*auth.HandOutRequest) {
	return func(r *auth.HandOutRequest) { r.MinValid = d }
}

func byProgram(pid int, path, script string) func(*auth.HandOutRequest) {
	return func(r *auth.HandOutRequest) { r.Asker.PID, r.Asker.Path, r.Asker.Script = pid, path, script }
}

// ask asks an engine of the bubble for a token.
func (b *bubble) ask(id string, edits ...func(*auth.HandOutRequest)) (auth.HandedOut, error) {
	b.Helper()
	return b.engine.HandOut(b.Context(), asking(b.row(id).Authorization.Name, edits...))
}

// code is that of a refusal, which has to be one.
func (b *bubble) code(err error) string {
	b.Helper()
	require.Error(b, err)
	return asFailure(b.T, err).Code
}

// entries are all of the activity about handing out, the oldest first, written
// or not yet.
func (b *bubble) entries() []auth.ActivityEntry {
	b.Helper()
	b.pass(time.Second)
	page, err := b.engine.Activity(b.Context(), auth.ActivityQuery{Kinds: []auth.EventWord{auth.WordHandOut}})
	require.NoError(b, err)
	var all []auth.ActivityEntry
	for i := range page.Entries {
		all = append(all, page.Entries[len(page.Entries)-1-i])
	}
	return all
}

func numbered(prefix string, n int) string { return prefix + strconv.Itoa(n) }

func contextWithCancel(b *bubble) (context.Context, context.CancelFunc) {
	return context.WithCancel(b.Context())
}
