package auth_test

import (
	"context"
	"testing"
	"time"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// benchStore finds and peeks at one authorization at no cost, so that what is
// measured is the engine's own work.
type benchStore struct {
	auth.Store
	record auth.Record
}

func (s *benchStore) IDOf(context.Context, string) (string, error) {
	return s.record.Authorization.ID, nil
}
func (s *benchStore) Peek(context.Context, string) (auth.Record, error) { return s.record, nil }

// BenchmarkHandOut measures what a hand-out of a stored token costs beside the
// store's own work: activity included, for 8 programs.
func BenchmarkHandOut(b *testing.B) {
	server := authtest.NewEvilas(b, authtest.EvilasParams{})
	record := server.Stored("Sales", time.Now().Add(time.Hour))
	record.Rule = auth.HandOutRule{Hosts: []string{"api.example.com"}, Programs: []auth.Program{{Path: report.Path, Script: report.Script}}}
	record.Status.Expiry = auth.Expiry{Rule: auth.ExpiryReported, At: time.Now().Add(time.Hour), Lifetime: time.Hour}
	record.Status.IssuedAt = time.Now()
	memory := authtest.NewMemStore()
	catalog, err := authtest.Catalog()
	if err != nil {
		b.Fatal(err)
	}
	e, err := auth.New(auth.Params{
		Store: &benchStore{Store: memory, record: record}, Vault: memory.Vault(), Catalog: catalog, Wire: auth.NewWire(auth.WireParams{}),
		Browser: authtest.NewBrowser(b, authtest.BrowserIgnore, nil),
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(e.Close)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		got, err := e.HandOut(b.Context(), asking("Sales", forHost("api.example.com"), byProgram(i%8, report.Path, report.Script)))
		if err != nil || got.Renewed {
			b.Fatal(err)
		}
	}
}
