package auth

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"software.sslmate.com/src/go-pkcs12"
)

func selfSigned(t *testing.T, key *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(7), NotAfter: time.Now().Add(time.Hour)}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	certificate, err := x509.ParseCertificate(raw)
	require.NoError(t, err)
	return certificate
}

func TestParseClientCertificate_Refuses(t *testing.T) {
	key := ecKey(t, elliptic.P256())
	certificate := selfSigned(t, key)
	pemCert := pemOf("CERTIFICATE", certificate.Raw)
	file := func(encoder *pkcs12.Encoder, password string) string {
		raw, err := encoder.Encode(key, certificate, nil, password)
		require.NoError(t, err)
		return base64.StdEncoding.EncodeToString(raw)
	}
	trust, err := pkcs12.Modern.EncodeTrustStore([]*x509.Certificate{certificate}, "x")
	require.NoError(t, err)
	for name, c := range map[string]struct {
		text, password string
		want           error
	}{
		"nothing":              {"", "", errClientCertEmpty},
		"no base64":            {"hunter2!", "", errClientCertForm},
		"no file":              {"AAAA", "", errClientCertForm},
		"no key":               {pemCert, "", errClientCertKey},
		"no certificate":       {pkcs8Of(t, key), "", errCertificateNone},
		"another's key":        {pemCert + pkcs8Of(t, ecKey(t, elliptic.P256())), "", errClientCertOther},
		"an encrypted key":     {pemCert + encryptedOf(t, key, cheapPBKDF2), "", errKeyPassword},
		"a wrong password":     {pemCert + encryptedOf(t, key, cheapPBKDF2), "another", errKeyWrongPassword},
		"file, no password":    {file(pkcs12.Modern, "TWSENT-p"), "", errKeyPassword},
		"file, wrong password": {file(pkcs12.LegacyDES, "TWSENT-p"), "another", errClientCertPassword},
		"file without a key":   {base64.StdEncoding.EncodeToString(trust), "x", errClientCertKey},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseClientCertificate(NewSecret(c.text), NewSecret(c.password))
			assert.Equal(t, c.want, err)
		})
	}
	for _, text := range []string{file(pkcs12.Modern, "p"), file(pkcs12.LegacyDES, "p"), file(pkcs12.LegacyRC2, "p"), pemCert + encryptedOf(t, key, cheapPBKDF2)} {
		password := "p"
		if len(text) > 0 && text[0] == '-' {
			password = keyPassword
		}
		made, err := parseClientCertificate(NewSecret(text), NewSecret(password))
		require.NoError(t, err)
		assert.Equal(t, certificate.Raw, made.Leaf.Raw)
	}
}

// T68: a PKCS#12 file that asks for 8 million rounds is not opened, whichever
// of its parts asks.
func TestParseClientCertificate_Cost(t *testing.T) {
	key := ecKey(t, elliptic.P256())
	certificate := selfSigned(t, key)
	for _, encoder := range []*pkcs12.Encoder{pkcs12.Modern, pkcs12.LegacyDES} {
		raw, err := encoder.WithIterations(70_000).Encode(key, certificate, nil, "p")
		require.NoError(t, err)
		rounds := []byte{2, 3, 0x01, 0x11, 0x70}
		places := bytes.Count(raw, rounds)
		require.GreaterOrEqual(t, places, 2)
		for place := range places {
			at := 0
			for range place {
				at += bytes.Index(raw[at:], rounds) + len(rounds)
			}
			at += bytes.Index(raw[at:], rounds)
			hostile := bytes.Clone(raw)
			copy(hostile[at:], []byte{2, 3, 0x7f, 0xff, 0xff})
			begun := time.Now()
			_, err := parseClientCertificate(NewSecret(base64.StdEncoding.EncodeToString(hostile)), NewSecret("p"))
			assert.Equal(t, errKeyCost, err, "place %d", place)
			assert.Less(t, time.Since(begun), 500*time.Millisecond)
		}
	}
}
