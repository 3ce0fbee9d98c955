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
	// OwnAuthorization, OwnToken and OwnDevice are the addresses that the user
	// enters, only for a service with OwnAddresses.
	OwnAuthorization, OwnToken, OwnDevice string
	// ClientAuth is the method for a client that is not public; empty: the service's.
	ClientAuth ClientAuth
	// Port overrides the service's redirect port; 0: as the service says.
	Port int

	// Values are the plain value fields of the grant, of the client
	// authentication and of the connection.
	Values Values
	// AuthParams and TokenParams are the user's own parameters, beside the
	// service's fixed ones; Headers further headers of token requests. Rows
	// without a name and a value count for nothing.
	AuthParams, TokenParams, Headers []Pair
	OmitHeaders, OmitFields          []string
	// AutoRefresh: new access tokens are fetched ahead of time.
	AutoRefresh bool
	// RefreshLimit is how many refreshes are allowed until the next sign-in; 0: any number.
	RefreshLimit int
	// AcceptEndpoints: the user has seen and accepted an *EndpointsChanged.
	AcceptEndpoints bool
}

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
