package auth

import (
	"bytes"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/youmark/pkcs8"
)

const keyPassword = "TWSENT-key-password"

var testRSA = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func pemOf(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func pkcs8Of(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return pemOf("PRIVATE KEY", der)
}

func sec1Of(t *testing.T, key *ecdsa.PrivateKey) string {
	t.Helper()
	der, err := x509.MarshalECPrivateKey(key)
	require.NoError(t, err)
	return pemOf("EC PRIVATE KEY", der)
}

func encryptedOf(t *testing.T, key any, kdf pkcs8.KDFOpts) string {
	t.Helper()
	der, err := pkcs8.MarshalPrivateKey(key, []byte(keyPassword), &pkcs8.Opts{Cipher: pkcs8.AES256CBC, KDFOpts: kdf})
	require.NoError(t, err)
	return pemOf("ENCRYPTED PRIVATE KEY", der)
}

func legacyOf(t *testing.T, kind string, der []byte) string {
	t.Helper()
	block, err := x509.EncryptPEMBlock(rand.Reader, kind, der, []byte(keyPassword), x509.PEMCipherAES128) //nolint:staticcheck // what users have
	require.NoError(t, err)
	return string(pem.EncodeToMemory(block))
}

func ecKey(t *testing.T, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	require.NoError(t, err)
	return key
}

var (
	cheapPBKDF2 = pkcs8.PBKDF2Opts{SaltSize: 16, IterationCount: 2048, HMACHash: crypto.SHA256}
	cheapScrypt = pkcs8.ScryptOpts{SaltSize: 16, CostParameter: 1 << 14, BlockSize: 8, ParallelizationParameter: 1}
)

func TestParsePrivateKey(t *testing.T) {
	p256 := ecKey(t, elliptic.P256())
	sec1, err := x509.MarshalECPrivateKey(p256)
	require.NoError(t, err)
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	pkcs1 := pemOf("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(testRSA()))
	for name, c := range map[string]struct {
		text      string
		algorithm string
	}{
		"PKCS#1":                     {pkcs1, "RS256"},
		"PKCS#8 of RSA":              {pkcs8Of(t, testRSA()), "RS256"},
		"PKCS#8 of EC":               {pkcs8Of(t, p256), "ES256"},
		"SEC1":                       {sec1Of(t, p256), "ES256"},
		"SEC1 of P-384":              {sec1Of(t, ecKey(t, elliptic.P384())), "ES384"},
		"SEC1 of P-521":              {sec1Of(t, ecKey(t, elliptic.P521())), "ES512"},
		"SEC1 after its parameters":  {pemOf("EC PARAMETERS", []byte{6, 8, 42, 134, 72, 206, 61, 3, 1, 7}) + sec1Of(t, p256), "ES256"},
		"Ed25519":                    {pkcs8Of(t, ed), "EdDSA"},
		"PKCS#8 with PBKDF2":         {encryptedOf(t, testRSA(), cheapPBKDF2), "RS256"},
		"PKCS#8 with scrypt":         {encryptedOf(t, p256, cheapScrypt), "ES256"},
		"PKCS#1 with OpenSSL's own":  {legacyOf(t, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(testRSA())), "RS256"},
		"SEC1 with OpenSSL's own":    {legacyOf(t, "EC PRIVATE KEY", sec1), "ES256"},
		"after its certificate":      {pemOf("CERTIFICATE", []byte("x")) + pkcs1, "RS256"},
		"with text around":           {"Bag Attributes\n  friendlyName: x\n" + pkcs1 + "\n\n", "RS256"},
		"with the line ends of JSON": {strings.ReplaceAll(pkcs1, "\n", `\n`), "RS256"},
		"with those of Windows":      {strings.ReplaceAll(pkcs1, "\n", "\r\n"), "RS256"},
	} {
		t.Run(name, func(t *testing.T) {
			key, err := ParsePrivateKey(NewSecret(c.text), NewSecret(keyPassword))
			require.NoError(t, err)
			assert.Equal(t, c.algorithm, AlgorithmsFor(key)[0])
			_, err = signAssertion(key, c.algorithm, nil, map[string]any{})
			assert.NoError(t, err)
		})
	}
}

func TestParsePrivateKey_Refuses(t *testing.T) {
	p256 := ecKey(t, elliptic.P256())
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	exchange, err := ecdh.X25519().GenerateKey(rand.Reader)
	require.NoError(t, err)
	public, err := x509.MarshalPKIXPublicKey(p256.Public())
	require.NoError(t, err)
	broken := pkcs8Of(t, p256)
	for name, c := range map[string]struct {
		text, password string
		want           error
	}{
		"nothing":                   {" \n", "", errKeyEmpty},
		"no PEM":                    {"hunter2", "", errKeyNoPEM},
		"too much":                  {strings.Repeat("x", maxKeyText+1), "", errKeyLong},
		"half of it":                {broken[:len(broken)/2], "", errKeyBroken},
		"other bytes inside":        {pemOf("PRIVATE KEY", []byte("not a key")), "", errKeyBroken},
		"a public key":              {pemOf("PUBLIC KEY", public), "", errKeyPublic},
		"a certificate":             {pemOf("CERTIFICATE", []byte{1}), "", errKeyCertificate},
		"OpenSSH":                   {pemOf("OPENSSH PRIVATE KEY", []byte{1}), "", errKeyOpenSSH},
		"encrypted, no password":    {encryptedOf(t, p256, cheapPBKDF2), "", errKeyPassword},
		"encrypted, wrong password": {encryptedOf(t, p256, cheapPBKDF2), "another", errKeyWrongPassword},
		"scrypt, wrong password":    {encryptedOf(t, p256, cheapScrypt), "another", errKeyWrongPassword},
		"OpenSSL's, no password":    {legacyOf(t, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(testRSA())), "", errKeyPassword},
		"OpenSSL's, wrong password": {legacyOf(t, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(testRSA())), "another", errKeyWrongPassword},
		"RSA of 1,024 bits":         {pkcs8Of(t, short), "", errKeyShort},
		"PKCS#1 of 1,024 bits":      {pemOf("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(short)), "", errKeyShort},
		"a curve that can't sign":   {pkcs8Of(t, exchange), "", errKeyType},
		"a curve of no JWS":         {sec1Of(t, ecKey(t, elliptic.P224())), "", errKeyType},
		"a kind that is not known":  {pemOf("DSA PRIVATE KEY", []byte{1}), "", errKeyType},
		"encrypted, not even ASN.1": {pemOf("ENCRYPTED PRIVATE KEY", []byte{1}), "x", errKeyBroken},
		"encrypted by another cipher": {pemOf("ENCRYPTED PRIVATE KEY", bytes.Replace(derOf(t, encryptedOf(t, p256, cheapPBKDF2)),
			[]byte{0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2a}, []byte{0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x63}, 1)), keyPassword, errKeyEncryption},
		"encrypted with a short vector": {pemOf("ENCRYPTED PRIVATE KEY", shortVector(t, p256)), keyPassword, errKeyBroken},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParsePrivateKey(NewSecret(c.text), NewSecret(c.password))
			assert.Equal(t, c.want, err)
		})
	}
}

// shortVector is a key whose initialization vector has 8 bytes for a cipher of
// blocks of 16: the library panics over it.
func shortVector(t *testing.T, key any) []byte {
	t.Helper()
	der := derOf(t, encryptedOf(t, key, cheapPBKDF2))
	type algorithm struct {
		ID         asn1.ObjectIdentifier
		Parameters asn1.RawValue
	}
	var info struct {
		Encryption struct {
			ID         asn1.ObjectIdentifier
			Parameters struct{ KDF, Cipher algorithm }
		}
		Data []byte
	}
	_, err := asn1.Unmarshal(der, &info)
	require.NoError(t, err)
	info.Encryption.Parameters.Cipher.Parameters = asn1.RawValue{Tag: asn1.TagOctetString, Bytes: make([]byte, 8)}
	der, err = asn1.Marshal(info)
	require.NoError(t, err)
	return der
}

func derOf(t *testing.T, text string) []byte {
	t.Helper()
	block, _ := pem.Decode([]byte(text))
	require.NotNil(t, block)
	return block.Bytes
}

// T68: what a file asks to be computed is judged before any of it is.
func TestParsePrivateKey_Cost(t *testing.T) {
	p256 := ecKey(t, elliptic.P256())
	patched := func(text string, before, after []byte) string {
		der := derOf(t, text)
		require.Equal(t, 1, bytes.Count(der, before))
		return pemOf("ENCRYPTED PRIVATE KEY", bytes.Replace(der, before, after, 1))
	}
	slow := encryptedOf(t, p256, pkcs8.PBKDF2Opts{SaltSize: 16, IterationCount: 100_000, HMACHash: crypto.SHA256})
	scrypt := encryptedOf(t, p256, pkcs8.ScryptOpts{SaltSize: 16, CostParameter: 1 << 15, BlockSize: 8, ParallelizationParameter: 1})
	for name, text := range map[string]string{
		"8 million iterations":   patched(slow, []byte{2, 3, 0x01, 0x86, 0xa0}, []byte{2, 3, 0x7f, 0xff, 0xff}),
		"scrypt with much N":     patched(scrypt, []byte{2, 3, 0, 0x80, 0, 2, 1, 8, 2, 1, 1}, []byte{2, 3, 0x10, 0, 0, 2, 1, 8, 2, 1, 1}),
		"scrypt with much r":     patched(scrypt, []byte{2, 3, 0, 0x80, 0, 2, 1, 8, 2, 1, 1}, []byte{2, 3, 0, 0x80, 0, 2, 1, 127, 2, 1, 1}),
		"scrypt with much p":     patched(scrypt, []byte{2, 3, 0, 0x80, 0, 2, 1, 8, 2, 1, 1}, []byte{2, 3, 0, 0x80, 0, 2, 1, 8, 2, 1, 127}),
		"scrypt below zero":      patched(scrypt, []byte{2, 3, 0, 0x80, 0, 2, 1, 8, 2, 1, 1}, []byte{2, 3, 0, 0x80, 0, 2, 1, 0xff, 2, 1, 1}),
		"a number beyond 64 bit": pemOf("ENCRYPTED PRIVATE KEY", []byte{0x30, 14, 4, 1, 0, 2, 9, 0x7f, 0, 0, 0, 0, 0, 0, 0, 0}),
	} {
		t.Run(name, func(t *testing.T) {
			begun := time.Now()
			_, err := ParsePrivateKey(NewSecret(text), NewSecret(keyPassword))
			assert.Equal(t, errKeyCost, err)
			assert.Less(t, time.Since(begun), 200*time.Millisecond)
		})
	}
	_, err := ParsePrivateKey(NewSecret(slow), NewSecret(keyPassword))
	require.NoError(t, err, "100,000 iterations are fair")
	_, err = ParsePrivateKey(NewSecret(scrypt), NewSecret(keyPassword))
	require.NoError(t, err)
}

func FuzzParsePrivateKey(f *testing.F) {
	f.Add([]byte("-----BEGIN PRIVATE KEY-----\nMA==\n-----END PRIVATE KEY-----\n"), "x")
	f.Add([]byte{0x30, 6, 4, 1, 0, 2, 1, 5}, "")
	f.Fuzz(func(t *testing.T, data []byte, password string) {
		for _, kind := range []string{"PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY"} {
			key, err := ParsePrivateKey(NewSecret(pemOf(kind, data)), NewSecret(password))
			require.True(t, (key == nil) == (err != nil))
		}
		_, _ = ParsePrivateKey(NewSecret(string(data)), NewSecret(password))
		_, _ = parseClientCertificate(NewSecret(string(data)), NewSecret(password))
	})
}
