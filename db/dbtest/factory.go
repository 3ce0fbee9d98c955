package dbtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db"
)

// Authorization returns a complete configuration; change what the test is about.
func Authorization(change ...func(*auth.Authorization)) auth.Authorization {
	id := uuid.NewString()
	a := auth.Authorization{
		ID: id, Name: "Authorization " + id[:8], ServiceID: "example", ServiceName: "Example Service",
		Params: map[string]string{"tenant": "contoso"},
		Grant:  auth.GrantAuthorizationCode,
		Endpoints: auth.Endpoints{
			Authorization: "https://login.example.com/authorize", Token: "https://login.example.com/token",
			Revocation: "https://login.example.com/revoke",
		},
		ClientID: "client-" + id[:8], ClientAuth: auth.ClientAuthBasic, ClientSecret: auth.NewSecret("TWSENT-secret-" + id),
		Scopes:    []string{"openid", "offline_access", "reports.read"},
		Redirect:  auth.Redirect{Host: "127.0.0.1", Port: 17654, Path: "/callback"},
		CreatedAt: time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC),
	}
	for _, c := range change {
		c(&a)
	}
	return a
}

// Grantee returns what a token endpoint may have granted, an hour from now.
func Grantee(change ...func(*auth.Grantee)) auth.Grantee {
	now := time.Now().UTC().Truncate(time.Millisecond)
	tag := uuid.NewString()
	g := auth.Grantee{
		Tokens: auth.Tokens{
			Access: auth.NewSecret("TWSENT-access-" + tag), Refresh: auth.NewSecret("TWSENT-refresh-" + tag),
			ID: auth.NewSecret("TWSENT-id-" + tag),
		},
		Status: auth.Status{
			State: auth.StateActive, TokenType: "Bearer", Granted: []string{"openid", "reports.read"}, IssuedAt: now,
			Expiry:  auth.Expiry{Rule: auth.ExpiryReported, At: now.Add(time.Hour), Lifetime: time.Hour},
			HandOut: true, SignedInAs: "analyst@example.com",
		},
	}
	for _, c := range change {
		c(&g)
	}
	return g
}

// Create stores a configuration and returns it.
func Create(t testing.TB, d *db.DB, change ...func(*auth.Authorization)) auth.Authorization {
	t.Helper()
	a := Authorization(change...)
	require.NoError(t, d.Create(context.Background(), a, auth.StateNeverAuthorized))
	return a
}

// CreateActive stores a configuration with tokens, generation 1.
func CreateActive(t testing.TB, d *db.DB, change ...func(*auth.Authorization)) (auth.Authorization, auth.Grantee) {
	t.Helper()
	a, g := Create(t, d, change...), Grantee()
	require.NoError(t, d.CommitGrant(context.Background(), a.ID, 0, g))
	return a, g
}

// What Fill draws from.
var (
	fillTeams    = []string{"Contoso", "Fabrikam", "Northwind", "Adventure", "Tailspin", "Wingtip", "Litware", "Proseware"}
	fillTopics   = []string{"sales", "finance", "marketing", "reporting", "warehouse", "forecast", "ledger", "payroll"}
	fillServices = []string{"Microsoft Graph", "Google Workspace", "GitHub", "Local server", "Generic OpenID Connect"}
	fillScopes   = []string{
		"User.Read", "Mail.Read", "Files.ReadWrite.All", "offline_access", "openid", "profile", "repo", "admin:org",
		"https://www.googleapis.com/auth/drive.readonly", "Calendars.Read", "Sites.Read.All", "Directory.Read.All",
	}
	fillStates = []auth.State{
		auth.StateActive, auth.StateActive, auth.StateActive, auth.StateActive, auth.StateActive, auth.StateActive,
		auth.StateNeedsSignIn, auth.StateNeedsAttention, auth.StateRevoked, auth.StateNeverAuthorized,
	}
)

// Records makes n different records, the same for the same seed: several
// services and states, expiries two hours around now.
func Records(n int, seed uint64, now time.Time) []auth.Record {
	rnd := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // test data has to be the same each time
	pick := func(from []string) string { return from[rnd.IntN(len(from))] }
	records := make([]auth.Record, n)
	for i := range records {
		service := rnd.IntN(len(fillServices))
		a := Authorization(func(a *auth.Authorization) {
			a.Name = fmt.Sprintf("%s %s %06d", pick(fillTeams), pick(fillTopics), i)
			a.ServiceName, a.ServiceID = fillServices[service], fmt.Sprintf("service-%d", service)
			a.Scopes = nil
			for _, j := range rnd.Perm(len(fillScopes))[:1+rnd.IntN(6)] {
				a.Scopes = append(a.Scopes, fillScopes[j])
			}
			a.CreatedAt = now.Add(-time.Duration(rnd.IntN(1e6)) * time.Second).Truncate(time.Millisecond)
			a.AutoRefresh, a.RefreshLimit = true, rnd.IntN(3)*10
		})
		s := auth.Status{State: fillStates[rnd.IntN(len(fillStates))]}
		record := auth.Record{Authorization: a}
		if s.State != auth.StateNeverAuthorized {
			g := Grantee()
			state := s.State
			s = g.Status
			s.State, s.Generation, s.LastOutcome = state, 1, auth.OutcomeOK
			s.Expiry.At = now.Add(time.Duration(rnd.IntN(4*3600)-2*3600) * time.Second).Truncate(time.Millisecond)
			s.LastUsedAt = now.Add(-time.Duration(rnd.IntN(1e6)) * time.Second).Truncate(time.Millisecond)
			s.HasRefresh, s.Refreshes = true, rnd.IntN(15)
			if i%3 == 0 {
				s.SignInEnds = now.AddDate(0, 0, i%91).Truncate(time.Millisecond)
			}
			if state == auth.StateActive {
				s.NextRefreshAt = s.Expiry.At.Add(-5 * time.Minute)
			}
			record.Tokens = g.Tokens
		}
		record.Status = s
		records[i] = record
	}
	return records
}

// Fill stores n records of Records, quickly.
func Fill(t testing.TB, d *db.DB, n int, now time.Time) {
	t.Helper()
	records := Records(n, 1, now)
	for len(records) > 0 {
		some := min(len(records), 5000)
		require.NoError(t, d.Restore(context.Background(), records[:some]))
		records = records[some:]
	}
}
