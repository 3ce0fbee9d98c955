package auth

// Signatures that the rooms of this package owe each other while they are built
// side by side. This file goes when all of them stand.
//
// name.go      func FoldName(name string) string            NFC + Unicode case folding
//              func CheckName(name string) error            the naming rule; message for the field
// catalog.go   type Catalog; func LoadCatalog(fsys fs.FS) (*Catalog, error)  (reads *.json of fsys, validates all)
//              func (c *Catalog) All() []Service; func (c *Catalog) Get(id string) (Service, bool)
// resolve.go   func Resolve(svc Service, d Draft) (Endpoints, FieldErrors)   fills placeholders, checks addresses (T23 rules)
//              func RedirectFor(svc Service, d Draft) Redirect
//              func RedirectToRegister(svc Service, port int) string         the literal to enter at the service
//              func NewAuthorization(id string, svc Service, d Draft, e Endpoints, now time.Time) Authorization
//              func MissingRefreshScope(svc Service, scopes []string) string "" when nothing is missing
// validate.go  func Validate(svc Service, d Draft) FieldErrors               all but the name's uniqueness
// wire.go      type Wire; func NewWire(p WireParams) *Wire
//              type TokenRequest struct { Endpoint, ClientID string; ClientAuth ClientAuth; ClientSecret Secret; Form url.Values; Quirks []Quirk; Never bool }
//              func (w *Wire) Token(ctx context.Context, r TokenRequest) (Reply, error)
//              type Reply struct { Tokens Tokens; TokenType string; Granted []string; Expiry Expiry; HandOut bool; At time.Time }
//              func (w *Wire) Revoke(ctx context.Context, r Revocation) error
//              func (w *Wire) UserInfo(ctx context.Context, endpoint string, access Secret) (who string, err error)
//              func (w *Wire) Discover(ctx context.Context, issuer string, quirks []Quirk) (Endpoints, error)
//              type WireError struct { Phase WirePhase; Op, Host string; Status int; Code string; RetryAfter time.Duration; Ref string; ... }
//              WirePhase: NotSent (certain that no byte left), Ambiguous (bytes may have arrived, no usable answer), Answered
// explain.go   func Explain(err error, c ExplainContext) *Failure            ExplainContext{Host, Service, Name string, State State}
//              type CodedError struct { Code string; Cause error }  any error with one of the codes of explain_codes.go (CodeStateMismatch, CodePortInUse, …)
//              func wireSafeCode(code string, sent []string) string    for error= of an authorization response, before it goes into a CodedError
// browser.go   type Browser interface { Open(ctx context.Context, link string) error }; func SystemBrowser() Browser
// loopback.go  type Loopback; func ListenLoopback(r Redirect) (*Loopback, error)
//              (l) RedirectURI() string; (l) Close()
// flow.go      type flow: one authorization request and its answer
//              func startFlow(p flowParams) (*flow, error)      binds the listener, makes state, PKCE, nonce and the link (x/oauth2 Config.AuthCodeURL)
//              (f) URL() string; (f) RedirectURI() string; (f) Host() string
//              (f) Paste(address string) error
//              (f) WaitCode(ctx context.Context) (answer, error)       answer{Code, Verifier Secret; Nonce, RedirectURI string}; error is *Failure-able (access_denied …)
//              (f) Finish(ok bool)                              what the waiting browser page shows; then closes the listener
//              (f) Close()
// engine.go    type Engine with the methods of gui.Engine, Close(), Start(ctx) (recovery, purge, revocation queue, verify)
//              type Params struct { Store Store; Vault Vault; Catalog *Catalog; Wire *Wire; Browser Browser; Local func() LocalInfo; Log *slog.Logger; Now func() time.Time }
