package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"tokenwell/auth"
)

// row is an authorization as its tables hold it, with every column.
type row struct {
	seq int64
	id  string

	// authorizations
	name, nameKey                      string
	serviceID, serviceName, serviceKey string
	grant                              string
	scopeCount, lastUsedAt, createdAt  int64
	secretEndsAt                       int64 // see secretEnds
	search                             string
	listColumns

	stored listColumns // what the file holds

	// authorization_configs
	notes, params, endpoints, clientID, clientAuth, scopes string
	redirectHost                                           string
	redirectPort                                           int64
	redirectPath, redirectURI                              string
	autoRefresh, refreshLimit                              int64
	parts                                                  *configParts // of params, endpoints and scopes; nil: not read yet
	rule                                                   string       // handout; empty: the zero rule
	configSealed                                           []byte

	// authorization_status
	generation           int64
	tokenType, granted   string
	issuedAt, handOut    int64
	signedInAs           string
	lastOutcome          string
	lastOutcomeAt, fails int64
	refreshes            int64
	attemptID            string // empty: no attempt is open
	attemptKind          string // of the open attempt, in refresh_attempts; empty: not known here
	statusSeal           []byte

	tokensSealed []byte // nil: none stored
}

// configParts are the columns of a configuration that hold JSON, read. They are
// never changed.
type configParts struct {
	params    map[string]string
	endpoints auth.Endpoints
	scopes    []string
}

// listColumns are the columns of authorizations that belong to the running
// state. They stand in many indexes, so that only those are written that change.
type listColumns struct {
	state, expiryRule            string
	expiresAt, lifetime          int64
	hasRefresh, changed, purgeAt int64
	nextRefreshAt, refreshesLeft int64
	signInEndsAt                 int64
}

const selectRows = `SELECT a.seq, a.id, a.name, a.name_key, a.service_id, a.service_name, a.service_key, a.grant_type,
	a.state, a.expiry_rule, a.expires_at, a.lifetime, a.scope_count, a.has_refresh, a.changed_outside,
	a.purge_at, a.last_used_at, a.created_at, a.search, a.next_refresh_at, a.refreshes_left, a.signin_ends_at, a.secret_ends_at,
	coalesce(c.notes, ''), coalesce(c.params, ''), coalesce(c.endpoints, ''), coalesce(c.client_id, ''),
	coalesce(c.client_auth, ''), coalesce(c.scopes, ''), coalesce(c.redirect_host, ''), coalesce(c.redirect_port, 0),
	coalesce(c.redirect_path, ''), coalesce(c.redirect_uri, ''), coalesce(c.auto_refresh, 0), coalesce(c.refresh_limit, 0),
	coalesce(c.handout, ''), c.sealed,
	coalesce(s.generation, 0), coalesce(s.token_type, ''), coalesce(s.granted, ''), coalesce(s.issued_at, 0),
	coalesce(s.hand_out, 0), coalesce(s.signed_in_as, ''), coalesce(s.last_outcome, ''),
	coalesce(s.last_outcome_at, 0), coalesce(s.failures, 0), coalesce(s.refreshes, 0), coalesce(s.attempt_id, ''), s.seal, t.sealed
	FROM authorizations a
	LEFT JOIN authorization_configs c ON c.id = a.id
	LEFT JOIN authorization_status s ON s.id = a.id
	LEFT JOIN tokens t ON t.id = a.id `

const selectRow = selectRows + `WHERE a.id = ?`

func (r *row) scan(from interface{ Scan(...any) error }) error {
	err := from.Scan(&r.seq, &r.id, &r.name, &r.nameKey, &r.serviceID, &r.serviceName, &r.serviceKey, &r.grant,
		&r.state, &r.expiryRule, &r.expiresAt, &r.lifetime, &r.scopeCount, &r.hasRefresh, &r.changed,
		&r.purgeAt, &r.lastUsedAt, &r.createdAt, &r.search, &r.nextRefreshAt, &r.refreshesLeft, &r.signInEndsAt, &r.secretEndsAt,
		&r.notes, &r.params, &r.endpoints, &r.clientID,
		&r.clientAuth, &r.scopes, &r.redirectHost, &r.redirectPort,
		&r.redirectPath, &r.redirectURI, &r.autoRefresh, &r.refreshLimit, &r.rule, &r.configSealed,
		&r.generation, &r.tokenType, &r.granted, &r.issuedAt,
		&r.handOut, &r.signedInAs, &r.lastOutcome,
		&r.lastOutcomeAt, &r.fails, &r.refreshes, &r.attemptID, &r.statusSeal, &r.tokensSealed)
	r.stored = r.listColumns
	return err
}

// querier is a pool, a connection or a transaction.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// boundConfig are the plain columns that the sealed part of the configuration
// is tied to. The notes are free. What came in later is part of the list as
// soon as it is used: the seals from before go on to hold, and a list of another
// length never equals this one, for what came in together never has as many
// entries as anything else, alone or joined with others.
func (r *row) boundConfig() []string {
	bound := []string{
		r.name, r.serviceID, r.serviceName, r.grant, r.params, r.endpoints, r.clientID, r.clientAuth,
		r.scopes, r.redirectHost, text(r.redirectPort), r.redirectPath,
	}
	if r.autoRefresh != 0 || r.refreshLimit != 0 {
		bound = append(bound, text(r.autoRefresh), text(r.refreshLimit))
	}
	if r.redirectURI != "" {
		bound = append(bound, r.redirectURI)
	}
	if r.rule != "" {
		bound = append(bound, "handout", r.rule, "", "") // four: see above
	}
	return bound
}

// boundStatus are the plain columns that the seal of the status is tied to.
// The last use is free. Later columns as in boundConfig.
func (r *row) boundStatus() []string {
	bound := []string{
		r.state, r.expiryRule, text(r.expiresAt), text(r.lifetime), text(r.hasRefresh), text(r.purgeAt),
		r.tokenType, r.granted, text(r.issuedAt), text(r.handOut), r.signedInAs,
		r.lastOutcome, text(r.lastOutcomeAt), text(r.fails), r.attemptID,
	}
	if r.refreshes != 0 || r.nextRefreshAt != 0 {
		bound = append(bound, text(r.refreshes), text(r.nextRefreshAt))
	}
	if r.signInEndsAt != 0 {
		bound = append(bound, text(r.signInEndsAt))
	}
	return bound
}

func text(n int64) string { return strconv.FormatInt(n, 10) }

// left is how many refreshes the limit still allows, as the list shows it.
func (r *row) left() int64 {
	if r.refreshLimit == 0 {
		return auth.Unlimited
	}
	return max(0, r.refreshLimit-r.refreshes)
}

// derive fills the columns that only serve the list from those that count.
func (r *row) derive(scopes []string) {
	r.nameKey = auth.FoldName(r.name)
	r.serviceKey = auth.FoldName(r.serviceName)
	r.scopeCount = int64(len(scopes))
	r.refreshesLeft = r.left()
	r.search = r.nameKey + "\n" + r.serviceKey + "\n" + auth.FoldName(strings.Join(scopes, " "))
}

// setConfig fills the plain columns of the configuration.
func (r *row) setConfig(a auth.Authorization) error {
	params, err := json.Marshal(a.Params)
	if err != nil {
		return err
	}
	endpoints, err := json.Marshal(a.Endpoints)
	if err != nil {
		return err
	}
	scopes, err := json.Marshal(a.Scopes)
	if err != nil {
		return err
	}
	r.name, r.notes = a.Name, a.Notes
	r.serviceID, r.serviceName, r.grant = a.ServiceID, a.ServiceName, string(a.Grant)
	r.params, r.endpoints, r.scopes, r.parts = string(params), string(endpoints), string(scopes), nil
	r.clientID, r.clientAuth = a.ClientID, string(a.ClientAuth)
	r.redirectHost, r.redirectPort, r.redirectPath = a.Redirect.Host, int64(a.Redirect.Port), a.Redirect.Path
	r.redirectURI = a.Redirect.URI
	r.autoRefresh, r.refreshLimit = flag(a.AutoRefresh), int64(a.RefreshLimit)
	r.secretEndsAt = millis(a.SecretEndsIn(time.UTC))
	r.derive(a.Scopes)
	return nil
}

// config reads the plain columns back.
func (r *row) config() (auth.Authorization, error) {
	a := auth.Authorization{
		ID: r.id, Name: r.name, Notes: r.notes, ServiceID: r.serviceID, ServiceName: r.serviceName,
		Grant: auth.Grant(r.grant), ClientID: r.clientID, ClientAuth: auth.ClientAuth(r.clientAuth),
		Redirect:    auth.Redirect{Host: r.redirectHost, Port: int(r.redirectPort), Path: r.redirectPath, URI: r.redirectURI},
		AutoRefresh: r.autoRefresh != 0, RefreshLimit: int(r.refreshLimit),
		CreatedAt: fromMillis(r.createdAt),
	}
	if r.parts == nil {
		parts := &configParts{}
		for _, part := range []struct {
			text string
			into any
		}{{r.params, &parts.params}, {r.endpoints, &parts.endpoints}, {r.scopes, &parts.scopes}} {
			if err := json.Unmarshal([]byte(part.text), part.into); err != nil {
				return auth.Authorization{}, fmt.Errorf("%w: %w", auth.ErrChangedOutside, err)
			}
		}
		r.parts = parts
	}
	a.Params, a.Endpoints, a.Scopes = maps.Clone(r.parts.params), r.parts.endpoints, slices.Clone(r.parts.scopes)
	return a, nil
}

// setRule fills the column of the rule of handing out.
func (r *row) setRule(rule auth.HandOutRule) error {
	r.rule = ""
	if rule.Mode == auth.HandOutAsk && len(rule.Programs) == 0 && len(rule.Hosts) == 0 {
		return nil
	}
	text, err := json.Marshal(rule)
	r.rule = string(text)
	return err
}

// handOutRule reads it back.
func (r *row) handOutRule() (rule auth.HandOutRule, err error) {
	if r.rule == "" {
		return rule, nil
	}
	if err := json.Unmarshal([]byte(r.rule), &rule); err != nil {
		return auth.HandOutRule{}, fmt.Errorf("%w: %w", auth.ErrChangedOutside, err)
	}
	return rule, nil
}

// setExpiry fills the columns of an expiry.
func (r *row) setExpiry(e auth.Expiry) {
	r.expiryRule, r.expiresAt, r.lifetime = string(e.Rule), millis(e.At), e.Lifetime.Milliseconds()
}

func (r *row) expiry() auth.Expiry {
	return auth.Expiry{
		Rule: auth.ExpiryRule(r.expiryRule), At: fromMillis(r.expiresAt), Lifetime: time.Duration(r.lifetime) * time.Millisecond,
	}
}

// status reads the columns of the running state.
func (r *row) status() (auth.Status, error) {
	s := auth.Status{
		State: auth.State(r.state), Generation: r.generation, TokenType: r.tokenType,
		IssuedAt: fromMillis(r.issuedAt), Expiry: r.expiry(), HandOut: r.handOut != 0, HasRefresh: r.hasRefresh != 0,
		SignedInAs: r.signedInAs, LastOutcome: r.lastOutcome, LastOutcomeAt: fromMillis(r.lastOutcomeAt),
		Failures: int(r.fails), Refreshes: int(r.refreshes), NextRefreshAt: fromMillis(r.nextRefreshAt),
		SignInEnds: fromMillis(r.signInEndsAt), LastUsedAt: fromMillis(r.lastUsedAt),
	}
	if err := json.Unmarshal([]byte(r.granted), &s.Granted); err != nil {
		return auth.Status{}, fmt.Errorf("%w: %w", auth.ErrChangedOutside, err)
	}
	return s, nil
}

// millis is a time as it is stored; 0 is the zero time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
