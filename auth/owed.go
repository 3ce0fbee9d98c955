package auth

import "context"

// Methods that are owed: each is moved to its own file by the one who writes it.

// SignInKind is what a sign-in asks of the user; see Prompt.
func (s *SignIn) Kind() Prompt { return PromptBrowser }

// Device is what the user needs for a device sign-in; the zero value for another kind.
func (s *SignIn) Device() DevicePrompt { return DevicePrompt{} }

// SetRefreshRule changes automatic refresh and its limit (0: none) at once.
func (e *Engine) SetRefreshRule(ctx context.Context, id string, auto bool, limit int) error {
	return ErrNotSupported
}

// Test gets a fresh access token where it can, then fetches address with it;
// "" means the service's userinfo endpoint, where it has one.
func (e *Engine) Test(ctx context.Context, id, address string) (TestResult, error) {
	return TestResult{}, ErrNotSupported
}

// History returns the last HistoryLength events, the newest first.
func (e *Engine) History(ctx context.Context, id string) ([]HistoryEvent, error) {
	return nil, ErrNotSupported
}

// Inspect reads the tokens that are JWTs and checks their signatures.
func (e *Engine) Inspect(ctx context.Context, id string) (Inspection, error) {
	return Inspection{}, ErrNotSupported
}

// Introspect asks the service about the access token (RFC 7662).
func (e *Engine) Introspect(ctx context.Context, id string) (Introspection, error) {
	return Introspection{}, ErrNotSupported
}

// Export returns the authorization as indented JSON without any secret.
func (e *Engine) Export(ctx context.Context, id string) ([]byte, error) { return nil, ErrNotSupported }

// PreviewAssertion returns what the JWT bearer assertion of a draft says, or
// FieldErrors.
func (e *Engine) PreviewAssertion(ctx context.Context, d Draft) (AssertionPreview, error) {
	return AssertionPreview{}, ErrNotSupported
}

// Offline tells whether the last requests failed for want of a network. Quick.
func (e *Engine) Offline() bool { return false }
