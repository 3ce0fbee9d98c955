package auth

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// exportFormat is the version of the exported JSON. It grows when a member
// changes its meaning or goes; new members do not count.
const exportFormat = 1

// exported is an authorization as a file shows it: what a colleague or a
// support desk may see. Values of parameters, headers and fields stay here,
// because any of them can be a secret.
type exported struct {
	Format      int             `json:"format"`
	ExportedAt  time.Time       `json:"exported_at"`
	Name        string          `json:"name"`
	Service     exportedService `json:"service"`
	Grant       Grant           `json:"grant"`
	Endpoints   Endpoints       `json:"endpoints"`
	Client      exportedClient  `json:"client"`
	Scopes      exportedScopes  `json:"scopes"`
	AuthParams  []string        `json:"authorization_parameter_names,omitempty"`
	TokenParams []string        `json:"token_parameter_names,omitempty"`
	Headers     []string        `json:"header_names,omitempty"`
	OmitHeaders []string        `json:"headers_left_out,omitempty"`
	OmitFields  []string        `json:"fields_left_out,omitempty"`
	Fields      []Field         `json:"filled_fields,omitempty"`
	CreatedAt   time.Time       `json:"created_at"`
	State       State           `json:"state"`
	Token       exportedToken   `json:"token"`
	Refreshing  exportedRefresh `json:"refreshing"`
	// Facts are what the service said beside the tokens, such as the address of its API.
	Facts   map[string]string `json:"facts,omitempty"`
	History []exportedEvent   `json:"history"`
}

type exportedService struct {
	ID     string            `json:"id"`
	Name   string            `json:"name"`
	Params map[string]string `json:"parameters,omitempty"`
}

type exportedClient struct {
	ID             string     `json:"id,omitempty"`
	Authentication ClientAuth `json:"authentication"`
	HasSecret      bool       `json:"has_secret"`
	SecretEndsAt   *time.Time `json:"secret_ends_at"`
}

type exportedScopes struct {
	Asked []string `json:"asked"`
	// Granted is null when the service did not say: then as asked.
	Granted []string `json:"granted"`
	Missing []string `json:"missing,omitempty"`
}

type exportedToken struct {
	Type            string     `json:"type,omitempty"`
	HasAccessToken  bool       `json:"has_access_token"`
	HasRefreshToken bool       `json:"has_refresh_token"`
	HasIDToken      bool       `json:"has_id_token"`
	IssuedAt        *time.Time `json:"issued_at"`
	ExpiresAt       *time.Time `json:"expires_at"`
	ExpiryRule      ExpiryRule `json:"expiry_rule,omitempty"`
	SignedInAs      string     `json:"signed_in_as,omitempty"`
	SignInEndsAt    *time.Time `json:"sign_in_ends_at"`
}

type exportedRefresh struct {
	Automatic     bool       `json:"automatic"`
	Limit         int        `json:"limit"` // 0: none
	Done          int        `json:"done"`
	Left          *int       `json:"left"` // null: no limit
	NextAt        *time.Time `json:"next_at"`
	LastOutcome   string     `json:"last_outcome,omitempty"`
	LastOutcomeAt *time.Time `json:"last_outcome_at"`
	Failures      int        `json:"failures_in_a_row"`
}

type exportedEvent struct {
	At      time.Time `json:"at"`
	What    EventWord `json:"what"`
	Outcome string    `json:"outcome"`
}

// Export returns the authorization as indented JSON with its history and
// without any secret: of parameters, headers and fields it holds the names, the
// notes it leaves out.
func (e *Engine) Export(ctx context.Context, id string) ([]byte, error) {
	r, err := e.load(ctx, id)
	if err != nil {
		return nil, err
	}
	events, err := e.History(ctx, id)
	if err != nil {
		return nil, err
	}
	data, err := json.MarshalIndent(e.exportOf(r, events), "", "  ")
	if err != nil {
		return nil, err
	}
	return append(data, '\n'), nil
}

func (e *Engine) exportOf(r Record, events []HistoryEvent) exported {
	a, s, d := r.Authorization, r.Status, e.detailOf(r)
	out := exported{
		Format: exportFormat, ExportedAt: e.now().UTC(), Name: a.Name,
		Service: exportedService{ID: a.ServiceID, Name: a.ServiceName, Params: a.Params},
		Grant:   a.Grant, Endpoints: a.Endpoints,
		Client:     exportedClient{ID: a.ClientID, Authentication: a.ClientAuth, HasSecret: d.HasSecret, SecretEndsAt: orNull(d.SecretEnds)},
		Scopes:     exportedScopes{Asked: a.Scopes, Granted: s.Granted, Missing: d.Missing},
		AuthParams: namesOf(a.AuthParams), TokenParams: namesOf(a.TokenParams), Headers: namesOf(a.Headers),
		OmitHeaders: a.OmitHeaders, OmitFields: a.OmitFields, Fields: namesOf(a.Values),
		CreatedAt: a.CreatedAt, State: s.Effective(e.now()),
		Token: exportedToken{
			Type: s.TokenType, HasAccessToken: !r.Tokens.Access.Empty(), HasRefreshToken: d.HasRefreshToken, HasIDToken: d.HasIDToken,
			IssuedAt: orNull(s.IssuedAt), ExpiresAt: orNull(s.Expiry.At), ExpiryRule: s.Expiry.Rule, SignedInAs: s.SignedInAs,
			SignInEndsAt: orNull(s.SignInEnds),
		},
		Refreshing: exportedRefresh{
			Automatic: a.AutoRefresh, Limit: a.RefreshLimit, Done: s.Refreshes, NextAt: orNull(s.NextRefreshAt),
			LastOutcome: s.LastOutcome, LastOutcomeAt: orNull(s.LastOutcomeAt), Failures: s.Failures,
		},
		Facts: d.Facts, History: []exportedEvent{},
	}
	if d.RefreshesLeft != Unlimited {
		out.Refreshing.Left = &d.RefreshesLeft
	}
	for _, event := range events {
		out.History = append(out.History, exportedEvent{At: event.At, What: event.Kind, Outcome: event.Outcome})
	}
	return out
}

// namesOf returns the names alone, sorted.
func namesOf[K ~string, V any](values map[K]V) []K { return slices.Sorted(maps.Keys(values)) }

// orNull makes null of a time that is not there.
func orNull(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}
