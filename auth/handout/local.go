package handout

import (
	"context"
	"slices"
	"strings"
	"time"

	"tokenwell/auth"
)

// engine is what Local needs. *auth.Engine is one.
type engine interface {
	HandOut(ctx context.Context, r auth.HandOutRequest) (auth.HandedOut, error)
	HandOutList(ctx context.Context) ([]auth.HandOutListing, error)
	IDOf(ctx context.Context, name string) (string, error)
	Refresh(ctx context.Context, id string) (auth.Detail, error)
	Revoke(ctx context.Context, id string) (auth.RevokeOutcome, error)
	Test(ctx context.Context, id, address string) (auth.TestResult, error)
	Reauthorize(ctx context.Context, id string, o auth.ReauthorizeOptions) (*auth.SignIn, error)
	VaultStatus(ctx context.Context) (auth.VaultStatus, error)
	Offline() bool
}

// Values of Status.Vault.
const (
	VaultOpen    = "open"
	VaultLocked  = "locked"
	VaultMissing = "missing"
)

// Bounds of what a request may ask for.
const (
	maxMinValid = 366 * 24 * 60 * 60 // seconds
	maxHost     = 300                // characters: a DNS name and a port are shorter
	maxAddress  = 8 << 10            // bytes of TestRequest.Address
)

// Local returns a Backend over an engine of this process. API, Vault and Offline
// of status are filled in for each answer.
func Local(engine *auth.Engine, status Status, asker auth.Asker) Backend {
	return &local{engine: engine, status: status, asker: func() auth.Asker { return asker }}
}

// local carries the verbs out for one asker.
type local struct {
	engine engine
	status Status
	asker  func() auth.Asker
}

// Status implements Backend.
func (l *local) Status(ctx context.Context) (Status, error) {
	status := l.status
	vault, err := l.engine.VaultStatus(ctx)
	if err != nil {
		return Status{}, errorOf(err)
	}
	switch {
	case !vault.Exists:
		status.Vault = VaultMissing
	case vault.Open:
		status.Vault = VaultOpen
	default:
		status.Vault = VaultLocked
	}
	status.API, status.Offline = Version, l.engine.Offline()
	return status, nil
}

// List implements Backend.
func (l *local) List(ctx context.Context) ([]Listing, error) {
	rows, err := l.engine.HandOutList(ctx)
	if err != nil {
		return nil, errorOf(err)
	}
	all := make([]Listing, len(rows))
	for i, row := range rows {
		all[i] = listing(row)
	}
	return all, nil
}

// listing is a row as the API has it.
func listing(row auth.HandOutListing) Listing {
	hosts := row.Hosts
	if hosts == nil {
		hosts = []string{}
	}
	return Listing{
		Name: row.Name, Service: row.Service, Grant: row.Grant, State: row.State,
		ExpiresAt: known(row.Expiry.At), SignInEnds: known(row.SignInEnds), Hosts: hosts, Practice: row.Local,
	}
}

// known is a time that may not be there.
func known(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	at = at.UTC()
	return &at
}

// listingOf is the listing of one authorization.
func (l *local) listingOf(ctx context.Context, id string) (Listing, error) {
	rows, err := l.engine.HandOutList(ctx)
	if err != nil {
		return Listing{}, errorOf(err)
	}
	at := slices.IndexFunc(rows, func(row auth.HandOutListing) bool { return row.ID == id })
	if at < 0 { // deleted meanwhile
		return Listing{}, errorOf(&auth.CodedError{Code: auth.CodeUnknownName})
	}
	return listing(rows[at]), nil
}

// idOf finds an authorization.
func (l *local) idOf(ctx context.Context, name string) (string, error) {
	if name == "" {
		return "", noName()
	}
	id, err := l.engine.IDOf(ctx, name)
	if err != nil {
		return "", errorOf(err)
	}
	return id, nil
}

func noName() *Error { return badRequest("It names no authorization.") }

// purposes are the ways that a program may name.
var purposes = []auth.HandOutPurpose{
	"", auth.PurposeToken, auth.PurposeHeader, auth.PurposeExec, auth.PurposeCurl, auth.PurposeGit, auth.PurposeProxy,
}

// Token implements Backend.
func (l *local) Token(ctx context.Context, r TokenRequest) (Token, error) {
	if err := checkToken(r); err != nil {
		return Token{}, err
	}
	request := auth.HandOutRequest{
		Name: r.Name, Asker: l.asker(), Purpose: r.Purpose, Rejected: r.Rejected, Host: r.Host, Interactive: r.Interactive,
	}
	if request.Purpose == "" {
		request.Purpose = auth.PurposeToken
	}
	if r.MinValid != nil {
		// Zero would be the engine's own choice: who asks for none gets one that has not ended.
		request.MinValid = max(time.Nanosecond, time.Duration(*r.MinValid)*time.Second)
	}
	out, err := l.engine.HandOut(ctx, request)
	if err != nil {
		return Token{}, errorOf(err)
	}
	return Token{
		Name: out.Name, AccessToken: out.Access, TokenType: out.TokenType, Header: out.Header, HeaderValue: out.Value,
		ExpiresAt: known(out.Expiry.At), ExpiryKnown: out.Expiry.Rule != auth.ExpiryNotReported, Scopes: out.Scopes, Renewed: out.Renewed,
	}, nil
}

// checkToken refuses requests that make no sense.
func checkToken(r TokenRequest) error {
	odd := func(c rune) bool { return c <= ' ' || c == 0x7f }
	switch {
	case r.Name == "":
		return noName()
	case !slices.Contains(purposes, r.Purpose):
		return badRequest("Its purpose is none of the API's.")
	case r.MinValid != nil && (*r.MinValid < 0 || *r.MinValid > maxMinValid):
		return badRequest("min_valid is a number of seconds from 0 to one year.")
	case len(r.Host) > maxHost || strings.ContainsFunc(r.Host, odd):
		return badRequest("Its host is not the name of a host.")
	}
	return nil
}

// Refresh implements Backend.
func (l *local) Refresh(ctx context.Context, name string) (Listing, error) {
	id, err := l.idOf(ctx, name)
	if err != nil {
		return Listing{}, err
	}
	if _, err := l.engine.Refresh(ctx, id); err != nil {
		return Listing{}, errorOf(err)
	}
	return l.listingOf(ctx, id)
}

// Revoke implements Backend.
func (l *local) Revoke(ctx context.Context, name string) (Revocation, error) {
	id, err := l.idOf(ctx, name)
	if err != nil {
		return Revocation{}, err
	}
	outcome, err := l.engine.Revoke(ctx, id)
	if err != nil {
		return Revocation{}, errorOf(err)
	}
	return Revocation{Name: auth.CleanName(name), Outcome: outcome}, nil
}

// Test implements Backend. Where the token is sent is the program's to choose, and
// what comes back is for the token's owner: who may not have the token for that
// host may not have it sent there either (T48, T49).
func (l *local) Test(ctx context.Context, r TestRequest) (TestReply, error) {
	if len(r.Address) > maxAddress {
		return TestReply{}, badRequest("The address is too long.")
	}
	if r.Name == "" {
		return TestReply{}, noName()
	}
	may, err := l.engine.HandOut(ctx, auth.HandOutRequest{
		Name: r.Name, Asker: l.asker(), Purpose: auth.PurposeToken, ForTest: true, Address: r.Address, MinValid: time.Nanosecond,
	})
	if err != nil {
		return TestReply{}, errorOf(err)
	}
	result, err := l.engine.Test(ctx, may.ID, r.Address)
	if err != nil {
		return TestReply{}, errorOf(err)
	}
	return TestReply{
		Name: may.Name, Renewed: result.Renewed || may.Renewed, Address: result.Address, Status: result.Status,
		ContentType: result.ContentType, Size: result.Size, Body: result.Body, Cut: result.Cut,
	}, nil
}
