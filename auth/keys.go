package auth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"slices"
	"strings"

	"github.com/youmark/pkcs8"
)

// maxKeyText is the greatest length of a key in PEM form, in bytes; it bounds
// what a signature costs too.
const maxKeyText = 16 << 10

// minRSABits is the least length of an RSA key (RFC 7518 section 3.3).
const minRSABits = 2048

// What is wrong with a private key. errKeyPassword and errKeyWrongPassword are
// about its password.
const (
	errKeyEmpty         complaint = "Paste the private key or load its file"
	errKeyLong          complaint = "This is too long for a key"
	errKeyNoPEM         complaint = "This is no key in PEM form, which begins with -----BEGIN"
	errKeyPublic        complaint = "This is a public key; the private key is needed"
	errKeyCertificate   complaint = "This is a certificate; the private key that belongs to it is needed"
	errKeyOpenSSH       complaint = "This key is in OpenSSH's own form; convert it with ssh-keygen -p -m PEM"
	errKeyPassword      complaint = "This key is encrypted; enter its password"
	errKeyWrongPassword complaint = "The password does not open this key"
	errKeyEncryption    complaint = "This kind of encryption can't be opened; encrypt the key again with openssl pkcs8 -topk8"
	errKeyCost          complaint = "Opening this key would take too long; encrypt it again with openssl pkcs8 -topk8"
	errKeyType          complaint = "This kind of key can't be used; take RSA, EC (P-256, P-384 or P-521) or Ed25519"
	errKeyShort         complaint = "This RSA key is too short; take one of at least 2,048 bits"
	errKeyBroken        complaint = "This key is damaged; paste it once more as a whole"
)

// ParsePrivateKey reads a private key in PEM form: PKCS#1, PKCS#8, SEC1 and
// Ed25519, each also encrypted. RSA keys have at least 2,048 bits. What opening
// an encrypted key costs is bounded before it begins (T68). The error's text is
// fit for a field. The key is *rsa.PrivateKey, *ecdsa.PrivateKey or
// ed25519.PrivateKey.
func ParsePrivateKey(text, password Secret) (crypto.Signer, error) {
	block, err := privateKeyBlock(text.Reveal())
	if err != nil {
		return nil, err
	}
	return parseKeyBlock(block, []byte(password.Reveal()))
}

// privateKeyBlock finds the block of PEM that holds the private key. Keys that
// were copied out of JSON have \n in place of line ends.
func privateKeyBlock(text string) (*pem.Block, error) {
	switch {
	case strings.TrimSpace(text) == "":
		return nil, errKeyEmpty
	case len(text) > maxKeyText:
		return nil, errKeyLong
	case !strings.Contains(text, "\n"):
		text = strings.ReplaceAll(text, `\n`, "\n")
	}
	return privateKeyBlockIn(text)
}

// privateKeyBlockIn finds the first private key among the blocks of PEM.
func privateKeyBlockIn(text string) (*pem.Block, error) {
	err := errKeyNoPEM
	for rest := []byte(strings.TrimSpace(text) + "\n"); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			if err == errKeyNoPEM && strings.Contains(text, "-----BEGIN") {
				return nil, errKeyBroken
			}
			return nil, err
		}
		switch kind := block.Type; {
		case kind == "OPENSSH PRIVATE KEY":
			return nil, errKeyOpenSSH
		case strings.HasSuffix(kind, "PRIVATE KEY"):
			return block, nil
		case strings.HasSuffix(kind, "PUBLIC KEY"):
			err = errKeyPublic
		case strings.HasSuffix(kind, "CERTIFICATE"):
			err = errKeyCertificate
		}
	}
}

// parseKeyBlock reads one block that says that it is a private key.
func parseKeyBlock(block *pem.Block, password []byte) (crypto.Signer, error) {
	der := block.Bytes
	switch encrypted := x509.IsEncryptedPEMBlock(block); { //nolint:staticcheck // weak, but such keys are about, and nothing new is encrypted so
	case (encrypted || block.Type == "ENCRYPTED PRIVATE KEY") && len(password) == 0:
		return nil, errKeyPassword
	case encrypted:
		var err error
		if der, err = x509.DecryptPEMBlock(block, password); err != nil { //nolint:staticcheck // as above
			return nil, errKeyWrongPassword
		}
	case block.Type == "ENCRYPTED PRIVATE KEY":
		return decryptPKCS8(der, password)
	}
	var key any
	var err error
	switch block.Type {
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(der)
	case "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(der)
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(der)
	default:
		return nil, errKeyType
	}
	if err != nil {
		return nil, unreadableKey(block.Type, der)
	}
	return usableKey(key)
}

// decryptPKCS8 opens an EncryptedPrivateKeyInfo (RFC 5958 section 3).
func decryptPKCS8(der, password []byte) (signer crypto.Signer, err error) {
	if !affordable(der) {
		return nil, errKeyCost
	}
	defer func() {
		if recover() != nil { // a vector or a text of a length that the cipher does not take
			signer, err = nil, errKeyBroken
		}
	}()
	key, _, err := pkcs8.ParsePrivateKey(der, password)
	switch {
	case err == nil:
		return usableKey(key)
	case strings.Contains(err.Error(), "only PKCS #5"):
		return nil, errKeyBroken
	case strings.Contains(err.Error(), "only PBES2"), strings.Contains(err.Error(), "unsupported"):
		return nil, errKeyEncryption
	default: // padding that is not there, or no key inside: nothing tells the two apart
		return nil, errKeyWrongPassword
	}
}

// unreadableKey says why a key that is not encrypted can't be read: the library
// refuses short RSA keys and curves that it does not know with words of its own.
func unreadableKey(kind string, der []byte) error {
	var whole struct {
		Version   int
		Algorithm asn1.RawValue `asn1:"optional"`
		Key       []byte        `asn1:"optional"`
	}
	var pkcs1 struct {
		Version int
		N       asn1.RawValue
	}
	if kind == "RSA PRIVATE KEY" {
		if _, err := asn1.Unmarshal(der, &pkcs1); err == nil && len(pkcs1.N.Bytes) < minRSABits/8 {
			return errKeyShort
		}
		return errKeyBroken
	}
	if _, err := asn1.Unmarshal(der, &whole); err != nil {
		return errKeyBroken
	}
	if kind == "PRIVATE KEY" {
		if _, err := asn1.Unmarshal(whole.Key, &pkcs1); err == nil && pkcs1.N.Tag == asn1.TagInteger {
			return unreadableKey("RSA PRIVATE KEY", whole.Key)
		}
	}
	return errKeyType
}

// usableKey lets keys through that can sign a JWT.
func usableKey(key any) (crypto.Signer, error) {
	signer, ok := key.(crypto.Signer)
	if !ok || len(AlgorithmsFor(signer)) == 0 {
		return nil, errKeyType
	}
	if key, ok := key.(*rsa.PrivateKey); ok && key.N.BitLen() < minRSABits {
		return nil, errKeyShort
	}
	return signer, nil
}

// AlgorithmsFor returns the JWS algorithms (RFC 7518 section 3.1, RFC 8037) that
// fit a key, the usual one first; none for a key that can't be used.
func AlgorithmsFor(key crypto.Signer) []string {
	switch key := key.(type) {
	case *rsa.PrivateKey:
		return []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}
	case *ecdsa.PrivateKey:
		switch key.Curve {
		case elliptic.P256():
			return []string{"ES256"}
		case elliptic.P384():
			return []string{"ES384"}
		case elliptic.P521():
			return []string{"ES512"}
		}
	case ed25519.PrivateKey:
		return []string{"EdDSA"}
	}
	return nil
}

// secretAlgorithms are those of a shared secret.
var secretAlgorithms = []string{"HS256", "HS384", "HS512"}

// fits tells whether an algorithm can sign with a key, a crypto.Signer or the
// bytes of a shared secret. "none" fits nothing.
func fits(key any, algorithm string) bool {
	switch key := key.(type) {
	case []byte:
		return len(key) > 0 && slices.Contains(secretAlgorithms, algorithm)
	case crypto.Signer:
		return slices.Contains(AlgorithmsFor(key), algorithm)
	default:
		return false
	}
}
