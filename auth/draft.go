package auth

// Draft is what stands in the form: not checked, not saved.
type Draft struct {
	// ID is empty for a new authorization. Else the draft edits that one, and
	// an empty ClientSecret means that the stored secret stays.
	ID string
	// CopyOf is the authorization that this new one duplicates: while
	// ClientSecret is empty, its stored secret is taken.
	CopyOf       string
	Name, Notes  string
	ServiceID    string
	Params       map[string]string
	Grant        Grant
	ClientID     string
	Public       bool // "This app has no secret"
	ClientSecret Secret
	Confirmation Secret
	Scopes       []string
	// OwnAuthorization and OwnToken are OAuth2 Endpoint and OAuth2 Token, only
	// for a service with OwnAddresses.
	OwnAuthorization, OwnToken string
	// ClientAuth is the method for a client with a secret; empty: the service's.
	ClientAuth ClientAuth
	// Port overrides the service's redirect port; 0: as the service says.
	Port int
}

// Field names a field of the form, for errors and focus.
type Field string

// The fields. A service parameter's field is ParamField(name).
const (
	FieldName             Field = "name"
	FieldService          Field = "service"
	FieldGrant            Field = "grant"
	FieldClientID         Field = "client_id"
	FieldClientSecret     Field = "client_secret"
	FieldConfirmation     Field = "client_secret_confirmation"
	FieldScopes           Field = "scopes"
	FieldOwnAuthorization Field = "authorization_endpoint"
	FieldOwnToken         Field = "token_endpoint"
	FieldPort             Field = "port"
	FieldNotes            Field = "notes"
)

// ParamField is the field of the service parameter name.
func ParamField(name string) Field { return Field("param:" + name) }

// FieldError is one thing to correct, said beside its field.
type FieldError struct {
	Field   Field
	Message string // one sentence, no full RFC terms without need
	// Fix is a value that would be accepted, offered as a link; empty: none.
	Fix string
}

// FieldErrors is the error that a draft is refused with: at least one entry,
// in the form's order.
type FieldErrors []FieldError

// Error implements error with the first message.
func (e FieldErrors) Error() string {
	if len(e) == 0 {
		return "nothing is wrong"
	}
	return e[0].Message
}
