package auth_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

func TestHandOut_Rules(t *testing.T) {
	listed := auth.Program{Path: report.Path, Script: report.Script}
	for name, c := range map[string]struct {
		rule   auth.HandOutRule
		edit   func(*auth.HandOutRequest)
		detail string // "": refused
		code   string
	}{
		"anyone":             {auth.HandOutRule{Mode: auth.HandOutAnyone}, nil, "stored anyone", ""},
		"ask":                {auth.HandOutRule{}, nil, "", auth.CodeNobodyToAsk},
		"ask, listed":        {auth.HandOutRule{Programs: []auth.Program{listed}}, nil, "stored listed", ""},
		"listed":             {auth.HandOutRule{Mode: auth.HandOutListed, Programs: []auth.Program{listed}}, nil, "stored listed", ""},
		"not listed":         {auth.HandOutRule{Mode: auth.HandOutListed, Programs: []auth.Program{{Path: report.Path}}}, nil, "", auth.CodeDeniedByRule},
		"interpreter listed": {auth.HandOutRule{Programs: []auth.Program{{Path: report.Path}}}, nil, "", auth.CodeNobodyToAsk},
		"script elsewhere":   {auth.HandOutRule{Mode: auth.HandOutListed, Programs: []auth.Program{listed}}, byProgram(1, "/tmp/python3.13", report.Script), "", auth.CodeDeniedByRule},
		"later version":      {auth.HandOutRule{Mode: "of a later version"}, nil, "", auth.CodeDeniedByRule},
		"the user":           {auth.HandOutRule{Mode: auth.HandOutListed}, own, "stored", ""},
		"user, other host":   {auth.HandOutRule{Hosts: []string{"api.good.com"}}, func(r *auth.HandOutRequest) { own(r); r.Host = "evil.com" }, "", auth.CodeHostNotAllowed},
		"host":               {auth.HandOutRule{Mode: auth.HandOutAnyone, Hosts: []string{"api.good.com"}}, forHost("api.good.com"), "stored anyone", ""},
		"host not named":     {auth.HandOutRule{Mode: auth.HandOutAnyone, Hosts: []string{"api.good.com"}}, nil, "stored anyone", ""},
		"host like it":       {auth.HandOutRule{Mode: auth.HandOutAnyone, Hosts: []string{"api.good.com"}}, forHost("api.good.com.evil"), "", auth.CodeHostNotAllowed},
		"no host at all":     {auth.HandOutRule{Mode: auth.HandOutAnyone}, forHost("good.com/../evil"), "", auth.CodeHostNotAllowed},
		"git":                {auth.HandOutRule{Mode: auth.HandOutAnyone, Hosts: []string{"git.good.com"}}, git("git.good.com"), "stored anyone", ""},
		"git, anywhere":      {auth.HandOutRule{Mode: auth.HandOutAnyone}, git("git.good.com"), "", auth.CodeHostNotAllowed},
		"git, wildcard":      {auth.HandOutRule{Mode: auth.HandOutAnyone, Hosts: []string{"*.good.com"}}, git("git.good.com"), "", auth.CodeHostNotAllowed},
		"git, no host":       {auth.HandOutRule{Mode: auth.HandOutAnyone, Hosts: []string{"git.good.com"}}, git(""), "", auth.CodeHostNotAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			scheduled(t, func(b *bubble) {
				id := b.put(7001, func(r *auth.Record) {
					left(b.now(), 30*time.Minute)(r)
					r.Rule = c.rule
				})
				request := asking(b.row(id).Authorization.Name)
				if c.edit != nil {
					c.edit(&request)
				}
				got, err := b.engine.HandOut(b.Context(), request)
				entry := b.entries()[0]
				if c.code != "" {
					assert.Equal(t, c.code, b.code(err))
					assert.Equal(t, auth.EndDenied, auth.EndOf(err))
					assert.Zero(t, got)
					assert.Equal(t, c.code, entry.Outcome)
					return
				}
				require.NoError(t, err)
				assert.Equal(t, c.detail, entry.Detail)
			})
		})
	}
}

func git(host string) func(*auth.HandOutRequest) {
	return func(r *auth.HandOutRequest) { r.Purpose, r.Host = auth.PurposeGit, host }
}

// T55: a token for practice never goes to git.
func TestHandOut_PracticeNeverToGit(t *testing.T) {
	scheduled(t, func(b *bubble) {
		id := b.put(7001, func(r *auth.Record) {
			left(b.now(), 30*time.Minute)(r)
			r.Rule.Hosts, r.Authorization.ServiceID = []string{"git.good.com"}, auth.LocalServiceID
		})
		_, err := b.ask(id, git("git.good.com"))
		assert.Equal(t, auth.CodeHostNotAllowed, b.code(err))
		_, err = b.ask(id, forHost("git.good.com"))
		require.NoError(t, err)
	})
}

// What comes from outside never breaks a sentence.
func TestHandOut_ShownText(t *testing.T) {
	scheduled(t, func(b *bubble) {
		id := b.put(7001, func(r *auth.Record) {
			left(b.now(), 30*time.Minute)(r)
			r.Rule.Hosts = []string{"api.good.com"}
		})
		_, err := b.ask(id, byProgram(1, "/tmp/a\nb\x1b[2J\u202e\xff"+numbered("x", 1_000_000), ""), forHost("evil.com\r\nX: y\u202e"))
		f := asFailure(t, err)
		assert.Contains(t, f.Happened, "ab[2Jx1000000")
		assert.Contains(t, f.Happened, "evil.comX: y")
		assert.NotContains(t, f.Happened, "\u202e")
		assert.Empty(t, b.entries()[0].Host, "what is no host stands nowhere")
	})
}

// SetHandOutRule stores what was meant, or says what is wrong and stores nothing.
func TestSetHandOutRule(t *testing.T) {
	scheduled(t, func(b *bubble) {
		id := b.put(7001, anyone)
		before := b.row(id).Status.Generation
		require.NoError(t, b.engine.SetHandOutRule(b.Context(), id, auth.HandOutRule{Mode: auth.HandOutListed, Hosts: []string{" API.Example.com"}}))
		rule, err := b.engine.HandOutRule(b.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, auth.HandOutRule{Mode: auth.HandOutListed, Hosts: []string{"api.example.com"}}, rule)
		assert.Equal(t, before, b.row(id).Status.Generation)
		assert.Equal(t, 1, b.seen(auth.EventList))

		var wrong auth.FieldErrors
		require.ErrorAs(t, b.engine.SetHandOutRule(b.Context(), id, auth.HandOutRule{Hosts: []string{"a b"}}), &wrong)
		assert.Equal(t, rule, b.row(id).Rule)
		assert.Equal(t, auth.CodeNotFoundHere, b.code(b.engine.SetHandOutRule(b.Context(), "gone", auth.HandOutRule{})))

		b.pass(time.Second)
		history, err := b.engine.History(b.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, auth.WordPrograms, history[0].Kind)
	})
}

// T68: the rule stays with its authorization through sign-ins and names, and
// goes to no copy.
func TestHandOutRule_Stays(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	rule := auth.HandOutRule{Mode: auth.HandOutListed, Hosts: []string{"api.good.com"}, Programs: []auth.Program{{Path: "/bin/x", Since: time.Now().UTC()}}}
	stored := r.stored(func(record *auth.Record) { record.Rule = rule })
	id := stored.Authorization.ID
	s, err := r.engine.Reauthorize(background(), id, auth.ReauthorizeOptions{})
	require.NoError(t, err)
	_, err = r.signIn(s)
	require.NoError(t, err)
	_, err = r.engine.Refresh(background(), id)
	require.NoError(t, err)
	require.NoError(t, r.engine.Rename(background(), id, "Sales, new", ""))
	assert.Equal(t, rule, r.row(id).Rule)

	d, err := r.engine.DraftOf(background(), id, true)
	require.NoError(t, err)
	s, err = r.engine.Authorize(background(), d)
	require.NoError(t, err)
	_, err = r.signIn(s)
	require.NoError(t, err)
	require.NotEqual(t, id, s.ID())
	assert.Equal(t, auth.HandOutRule{}, r.row(s.ID()).Rule)
}
