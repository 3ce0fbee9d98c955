package gui

import (
	"context"
	"time"

	"tokenwell/auth"
)

// Engine is what the screens need of the program. *auth.Engine is one. All
// methods may wait for disk, keyring or network: call them through the runner
// only. Errors that a user meets are *auth.Failure.
type Engine interface {
	// VaultStatus, ProbeKeyring, CreateVault and Unlock: see auth.Vault.
	VaultStatus(ctx context.Context) (auth.VaultStatus, error)
	ProbeKeyring(ctx context.Context) error
	CreateVault(ctx context.Context, passphrase auth.Secret) error
	Unlock(ctx context.Context, passphrase auth.Secret) error

	// Services returns the catalog in the order of the form's list. Quick.
	Services() []auth.Service
	// ServiceEntries to RecentServices: see auth.Engine. SampleService,
	// CheckService, ServiceDifferences, ImportService, ExportService and
	// CanRegister are quick.
	ServiceEntries(ctx context.Context) ([]auth.ServiceEntry, error)
	SampleService(id string) auth.Service
	CheckService(s auth.Service) []auth.FieldError
	SaveService(ctx context.Context, s auth.Service) (auth.Service, error)
	DeleteService(ctx context.Context, id string) error
	ServiceDifferences(s auth.Service) []auth.Difference
	ImportService(data []byte) (auth.Service, error)
	ExportService(id string) ([]byte, error)
	FillFromIssuer(ctx context.Context, issuer string, private bool) (auth.Metadata, error)
	CanRegister(d auth.Draft) bool
	RegisterClient(ctx context.Context, d auth.Draft) (auth.Registered, error)
	RecentServices(ctx context.Context) ([]string, error)
	// LocalServer tells about the built-in authorization server. Quick.
	LocalServer() auth.LocalInfo

	List(ctx context.Context, q auth.Query) (auth.Page, error)
	CountStates(ctx context.Context) (map[auth.State]int, error)
	UsedServices(ctx context.Context) (map[string]int, error)
	Detail(ctx context.Context, id string) (auth.Detail, error)
	// AccessToken returns the token for the clipboard or for showing, and
	// records the use.
	AccessToken(ctx context.Context, id string) (auth.Secret, error)

	// DraftFor returns an empty draft with the service's defaults.
	DraftFor(serviceID string) auth.Draft
	// DraftOf returns a draft that edits an authorization; with duplicate one
	// for a new authorization with the same service, client and scopes. The
	// secret of a duplicate is copied inside the engine when the draft's stays empty.
	DraftOf(ctx context.Context, id string, duplicate bool) (auth.Draft, error)
	// Check returns what is wrong with the draft, in the form's order, the
	// name's uniqueness included.
	Check(ctx context.Context, d auth.Draft) ([]auth.FieldError, error)
	// Authorize saves the draft and starts a sign-in. Invalid drafts give an
	// error of type auth.FieldErrors. For an edited one (Draft.ID set) nothing
	// stored changes until the new tokens are there.
	Authorize(ctx context.Context, d auth.Draft) (*auth.SignIn, error)
	// Reauthorize starts a sign-in with the stored settings.
	Reauthorize(ctx context.Context, id string, o auth.ReauthorizeOptions) (*auth.SignIn, error)
	Rename(ctx context.Context, id, name, notes string) error
	Refresh(ctx context.Context, id string) (auth.Detail, error)
	Revoke(ctx context.Context, id string) (auth.RevokeOutcome, error)
	Pause(ctx context.Context, id string) error
	Resume(ctx context.Context, id string) error
	SetRefreshRule(ctx context.Context, id string, auto bool, limit int) error
	Test(ctx context.Context, id, address string) (auth.TestResult, error)
	History(ctx context.Context, id string) ([]auth.HistoryEvent, error)
	Inspect(ctx context.Context, id string) (auth.Inspection, error)
	Introspect(ctx context.Context, id string) (auth.Introspection, error)
	Export(ctx context.Context, id string) ([]byte, error)
	// PreviewAssertion returns what the JWT bearer assertion of a draft says,
	// or auth.FieldErrors.
	PreviewAssertion(ctx context.Context, d auth.Draft) (auth.AssertionPreview, error)
	// Explanations returns the table of errors. Quick.
	Explanations() []auth.Explanation
	// Offline tells whether there is no network at present. Quick.
	Offline() bool
	// Delete hides the authorization and returns until when Undelete brings it back.
	Delete(ctx context.Context, id string, revoke bool) (until time.Time, err error)
	Undelete(ctx context.Context, id string) error

	// HandOuts: who may have tokens, questions to the user, the activity.
	auth.HandOuts
	// Snippets: ways to use an authorization in other programs.
	Snippets(ctx context.Context, id string) ([]auth.Snippet, error)

	Settings(ctx context.Context) (map[string]string, error)
	SetSetting(ctx context.Context, key, value string) error

	// Subscribe calls f, from any goroutine, at each event until cancel is called.
	Subscribe(f func(auth.Event)) (cancel func())
}
