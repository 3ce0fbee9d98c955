package auth

// Claim is one member of a token's JSON, as text fit for one line or, where
// the value is an object or a list, for several.
type Claim struct{ Name, Value string }

// SignatureVerdict says whether a token's signature is known to be good. What
// can't be known is called unchecked.
type SignatureVerdict string

// The verdicts.
const (
	SignatureValid     SignatureVerdict = "valid"
	SignatureInvalid   SignatureVerdict = "invalid"
	SignatureUnchecked SignatureVerdict = "unchecked"
)

// JWTView is what a JWT says (RFC 7519). It holds no signature, so that it is
// no token any more.
type JWTView struct {
	Header, Claims []Claim
	Signature      SignatureVerdict
	Why            string // why the signature is invalid or unchecked
}

// Inspection is what the tokens of an authorization say; nil where there is no
// token or it is no JWT.
type Inspection struct {
	Access, ID *JWTView
}

// Introspection is what the service says of the access token (RFC 7662).
type Introspection struct {
	Active bool
	Claims []Claim
}
