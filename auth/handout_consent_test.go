package auth_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// asked is a program that waits for a token.
type asked struct {
	got auth.HandedOut
	err error
	end chan struct{}
}

// askInBackground asks for a token and returns when the engine waits for somebody.
func (b *bubble) askInBackground(ctx context.Context, id string, edits ...func(*auth.HandOutRequest)) *asked {
	b.Helper()
	a := &asked{end: make(chan struct{})}
	request := asking(b.row(id).Authorization.Name, edits...)
	go func() {
		defer close(a.end)
		a.got, a.err = b.engine.HandOut(ctx, request)
	}()
	synctest.Wait()
	return a
}

// outcome is how it ended, which has to have happened.
func (b *bubble) outcome(a *asked) string {
	b.Helper()
	synctest.Wait()
	select {
	case <-a.end:
	default:
		return "waits"
	}
	if a.err != nil {
		assert.True(b, a.got.Access.Empty())
		return b.code(a.err)
	}
	return "ok"
}

// question is the one that is open.
func (b *bubble) question() auth.Consent {
	b.Helper()
	open := b.engine.Consents()
	require.Len(b, open, 1)
	return open[0]
}

func (b *bubble) answer(answer auth.ConsentAnswer) {
	b.Helper()
	require.NoError(b, b.engine.AnswerConsent(b.Context(), b.question().ID, answer))
	synctest.Wait()
}

// askable is an authorization about which the user is asked.
func (b *bubble) askable() string {
	return b.put(7001, func(r *auth.Record) {
		left(b.now(), 50*time.Minute)(r)
		r.Rule = auth.HandOutRule{}
		r.Status.Granted = []string{"read", "undescribed"}
	})
}

// T49: without a window, and without an answer, it is no.
func TestConsent_NobodyAnswers(t *testing.T) {
	scheduled(t, func(b *bubble) {
		id := b.askable()
		_, err := b.ask(id)
		assert.Equal(t, auth.CodeNobodyToAsk, b.code(err))
		assert.Equal(t, auth.EndDenied, auth.EndOf(err))
		assert.Contains(t, asFailure(t, err).Happened, "report.py")

		withdraw := b.engine.OfferConsent()
		a := b.askInBackground(b.Context(), id)
		q := b.question()
		b.pass(auth.ConsentTimeout - time.Millisecond)
		assert.Equal(t, "waits", b.outcome(a))
		b.pass(time.Millisecond)
		assert.Equal(t, auth.CodeNotAnswered, b.outcome(a))
		assert.ErrorIs(t, b.engine.AnswerConsent(b.Context(), q.ID, auth.AllowAlways), auth.ErrNotFound)
		assert.Empty(t, b.row(id).Rule.Programs)

		a = b.askInBackground(b.Context(), id)
		withdraw()
		assert.Equal(t, auth.CodeNobodyToAsk, b.outcome(a), "the window went")
		withdraw()
		assert.Empty(t, b.engine.Consents())
		assert.Equal(t, 4, b.seen(auth.EventConsent))
	})
}

// A machine that slept through the deadline, or whose clock was set, does not
// let an old question be answered.
func TestConsent_ClockPastDeadline(t *testing.T) {
	scheduled(t, func(b *bubble) {
		defer b.engine.OfferConsent()()
		id := b.askable()
		a := b.askInBackground(b.Context(), id)
		q := b.question()
		b.shift(auth.ConsentTimeout)
		assert.Empty(t, b.engine.Consents())
		assert.ErrorIs(t, b.engine.AnswerConsent(b.Context(), q.ID, auth.AllowOnce), auth.ErrNotFound)
		b.pass(auth.ConsentTimeout)
		assert.Equal(t, auth.CodeNotAnswered, b.outcome(a))
	})
}

// What the window shows is what the program wants.
func TestConsent_Question(t *testing.T) {
	scheduled(t, func(b *bubble) {
		defer b.engine.OfferConsent()()
		id := b.askable()
		now := b.now().UTC()
		a := b.askInBackground(b.Context(), id, forHost("api.example.com"), func(r *auth.HandOutRequest) { r.Purpose = auth.PurposeCurl })
		q := b.question()
		assert.NotEmpty(t, q.ID)
		q.ID = ""
		require.Len(t, q.Scopes, 2)
		assert.Equal(t, "undescribed", q.Scopes[1].Name)
		q.Scopes = nil
		assert.Equal(t, auth.Consent{
			AuthorizationID: id, Name: b.row(id).Authorization.Name, Service: "Evilas", Asker: report, Purpose: auth.PurposeCurl,
			Host: "api.example.com", Until: b.row(id).Status.Expiry.At, Deadline: now.Add(auth.ConsentTimeout),
		}, q)
		b.answer(auth.AllowOnce)
		assert.Equal(t, "ok", b.outcome(a))
		b.pass(time.Second)
		b.askInBackground(b.Context(), id)
		assert.Equal(t, now, b.question().Before, "it got one before")
		b.answer(auth.Deny)
	})
}

// Each answer holds for what it says, and for nothing else.
func TestConsent_Answers(t *testing.T) {
	other := byProgram(4712, report.Path, "/home/mara/other.py")
	again := byProgram(4713, report.Path, report.Script) // another process of the same program
	bare := byProgram(4714, report.Path, "")             // the interpreter alone
	for answer, c := range map[auth.ConsentAnswer]struct{ now, again, afterHour, detail string }{
		auth.Deny:                            {auth.CodeDeniedByUser, "waits", "waits", ""},
		auth.AllowOnce:                       {"ok", "waits", "waits", "stored once"},
		auth.AllowHour:                       {"ok", "ok", "waits", "stored hour"},
		auth.AllowAlways:                     {"ok", "ok", "ok", "stored always"},
		auth.ConsentAnswer("something else"): {auth.CodeDeniedByUser, "waits", "waits", ""},
	} {
		t.Run(string(answer), func(t *testing.T) {
			scheduled(t, func(b *bubble) {
				defer b.engine.OfferConsent()()
				id, another := b.askable(), b.askable()
				leave := func(id string, edits ...func(*auth.HandOutRequest)) string {
					ctx, cancel := context.WithCancel(b.Context())
					defer cancel()
					return b.outcome(b.askInBackground(ctx, id, edits...))
				}
				a := b.askInBackground(b.Context(), id)
				b.answer(answer)
				assert.Equal(t, c.now, b.outcome(a))
				assert.Equal(t, c.detail, b.entries()[0].Detail)
				assert.Equal(t, c.again, leave(id))
				assert.Equal(t, c.again, leave(id, again))
				assert.Equal(t, "waits", leave(id, other), "another script")
				assert.Equal(t, "waits", leave(id, bare), "another way to start the interpreter")
				assert.Equal(t, "waits", leave(another), "another authorization")
				synctest.Wait()
				assert.Empty(t, b.engine.Consents(), "a question goes with the programs that wait for it")
				b.pass(auth.ConsentHour)
				b.store.Put(func() auth.Record {
					r := b.row(id)
					left(b.now(), time.Hour)(&r)
					r.Rule.Mode = auth.HandOutAsk
					return r
				}())
				assert.Equal(t, c.afterHour, leave(id))
				if answer == auth.AllowAlways {
					programs := b.row(id).Rule.Programs
					require.Len(t, programs, 1)
					assert.Equal(t, []string{report.Path, report.Script}, []string{programs[0].Path, programs[0].Script})
				}
			})
		})
	}
}

// The rule is the user's last word: it ends what was allowed for an hour.
func TestConsent_RuleEndsHour(t *testing.T) {
	scheduled(t, func(b *bubble) {
		defer b.engine.OfferConsent()()
		id := b.askable()
		a := b.askInBackground(b.Context(), id)
		b.answer(auth.AllowHour)
		require.Equal(t, "ok", b.outcome(a))
		require.NoError(t, b.engine.SetHandOutRule(b.Context(), id, auth.HandOutRule{}))
		a = b.askInBackground(b.Context(), id)
		assert.Equal(t, "waits", b.outcome(a))
		b.answer(auth.Deny)
		require.NoError(t, b.engine.SetHandOutRule(b.Context(), id, auth.HandOutRule{Mode: auth.HandOutListed}))
		_, err := b.ask(id)
		assert.Equal(t, auth.CodeDeniedByRule, b.code(err))
	})
}

// A program that can't be told from others is allowed once at most.
func TestConsent_UnknownProgram(t *testing.T) {
	scheduled(t, func(b *bubble) {
		defer b.engine.OfferConsent()()
		id := b.askable()
		for _, answer := range []auth.ConsentAnswer{auth.AllowHour, auth.AllowAlways} {
			a, other := b.askInBackground(b.Context(), id, byProgram(1, "", "")), b.askInBackground(b.Context(), id, byProgram(2, "", ""))
			open := b.engine.Consents()
			require.Len(t, open, 2, "each process has its own question")
			require.NoError(t, b.engine.AnswerConsent(b.Context(), open[0].ID, answer))
			assert.Equal(t, "ok", b.outcome(a))
			b.answer(auth.Deny)
			assert.Equal(t, auth.CodeDeniedByUser, b.outcome(other))
		}
		assert.Empty(t, b.row(id).Rule.Programs)
		require.NoError(t, b.engine.SetHandOutRule(b.Context(), id, auth.HandOutRule{Mode: auth.HandOutListed}))
		_, err := b.ask(id, byProgram(1, "", ""))
		assert.Equal(t, auth.CodeDeniedByRule, b.code(err))
	})
}

// Wish 6: programs that ask the same share one question, and its answer.
func TestConsent_Shared(t *testing.T) {
	scheduled(t, func(b *bubble) {
		defer b.engine.OfferConsent()()
		id := b.askable()
		var all []*asked
		for pid := range 50 {
			all = append(all, b.askInBackground(b.Context(), id, byProgram(pid, report.Path, report.Script)))
		}
		elsewhere := b.askInBackground(b.Context(), id, forHost("elsewhere.example.com"))
		b.answer(auth.AllowOnce)
		for _, a := range all {
			assert.Equal(t, "ok", b.outcome(a))
		}
		assert.Equal(t, "waits", b.outcome(elsewhere), "once was for where the others send it")
		assert.Equal(t, "elsewhere.example.com", b.question().Host)
		b.answer(auth.Deny)
		assert.Equal(t, auth.CodeDeniedByUser, b.outcome(elsewhere))
		assert.Len(t, b.entries(), 51)
	})
}

// However many wait for the user, others are heard.
func TestConsent_ManyWait(t *testing.T) {
	scheduled(t, func(b *bubble) {
		defer b.engine.OfferConsent()()
		id := b.askable()
		all := make([]*asked, 256)
		for i := range all {
			all[i] = b.askInBackground(b.Context(), id)
		}
		b.question()
		_, err := b.ask(id)
		assert.Equal(t, auth.CodeNotAnswered, b.code(err))
		b.answer(auth.AllowOnce)
		for _, a := range all {
			assert.Equal(t, "ok", b.outcome(a))
		}
		again := b.askInBackground(b.Context(), id)
		assert.Equal(t, "waits", b.outcome(again))
		b.answer(auth.AllowOnce)
		assert.Equal(t, "ok", b.outcome(again))
	})
}

// One answer counts, however many are given.
func TestConsent_AnsweredOnce(t *testing.T) {
	scheduled(t, func(b *bubble) {
		defer b.engine.OfferConsent()()
		id := b.askable()
		a := b.askInBackground(b.Context(), id)
		q := b.question()
		var taken sync.Map
		var wait sync.WaitGroup
		for _, answer := range []auth.ConsentAnswer{auth.AllowAlways, auth.Deny, auth.AllowOnce, auth.AllowHour} {
			wait.Go(func() {
				if b.engine.AnswerConsent(b.Context(), q.ID, answer) == nil {
					taken.Store(answer, true)
				}
			})
		}
		wait.Wait()
		n := 0
		taken.Range(func(any, any) bool { n++; return true })
		assert.Equal(t, 1, n)
		assert.NotEqual(t, "waits", b.outcome(a))
		assert.ErrorIs(t, b.engine.AnswerConsent(b.Context(), "no such", auth.Deny), auth.ErrNotFound)
	})
}

// An answer that could not be stored leaves the question to the user.
func TestConsent_AlwaysNotStored(t *testing.T) {
	scheduled(t, func(b *bubble) {
		defer b.engine.OfferConsent()()
		id := b.askable()
		a := b.askInBackground(b.Context(), id)
		full := true
		b.store.Fault = func(method string) error {
			if full && method == "SetHandOutRule" {
				return auth.ErrStorage
			}
			return nil
		}
		err := b.engine.AnswerConsent(b.Context(), b.question().ID, auth.AllowAlways)
		assert.Equal(t, auth.CodeStorage, b.code(err))
		assert.Equal(t, "waits", b.outcome(a))
		full = false
		b.answer(auth.AllowAlways)
		assert.Equal(t, "ok", b.outcome(a))
	})
}

// A program that is refused again and again is not asked about for a while.
func TestConsent_NoStorm(t *testing.T) {
	scheduled(t, func(b *bubble) {
		defer b.engine.OfferConsent()()
		id := b.askable()
		for range 3 {
			a := b.askInBackground(b.Context(), id)
			b.answer(auth.Deny)
			assert.Equal(t, auth.CodeDeniedByUser, b.outcome(a))
		}
		events := b.seen(auth.EventConsent)
		for range 200 {
			_, err := b.ask(id)
			assert.Equal(t, auth.CodeDeniedByUser, b.code(err))
		}
		assert.Equal(t, events, b.seen(auth.EventConsent))
		other := b.askInBackground(b.Context(), id, byProgram(1, "/bin/other", ""))
		b.answer(auth.AllowOnce)
		assert.Equal(t, "ok", b.outcome(other), "others are asked about as before")
		b.pass(5 * time.Minute)
		a := b.askInBackground(b.Context(), id)
		assert.Equal(t, "waits", b.outcome(a))
		b.answer(auth.AllowOnce)

		for i := range 30 { // thirty programs at once
			b.askInBackground(b.Context(), id, byProgram(i, numbered("/bin/p", i), ""))
		}
		assert.Len(t, b.engine.Consents(), 20)
	})
}

// Close ends what waits for the user.
func TestConsent_Close(t *testing.T) {
	scheduled(t, func(b *bubble) {
		b.engine.OfferConsent()
		id := b.askable()
		a := b.askInBackground(b.Context(), id)
		b.engine.Close()
		assert.Equal(t, auth.CodeCancelled, b.outcome(a))
		_, err := b.engine.HandOut(b.Context(), asking(b.row(id).Authorization.Name))
		assert.Equal(t, auth.CodeCancelled, b.code(err))
	})
}
