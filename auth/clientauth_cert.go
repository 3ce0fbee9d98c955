package auth

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"strings"

	"software.sslmate.com/src/go-pkcs12"
)

// What is wrong with a client certificate, beside what is wrong with its key.
const (
	errClientCertEmpty    complaint = "Paste the client certificate or load its file"
	errClientCertLong     complaint = "This is too long for a client certificate"
	errClientCertForm     complaint = "This is neither a certificate in PEM form nor a PKCS#12 file"
	errClientCertKey      complaint = "Add the private key: certificate and key belong here together"
	errClientCertOther    complaint = "The private key does not belong to the certificate"
	errClientCertPassword complaint = "The password does not open this PKCS#12 file"
)

// parseClientCertificate reads the certificate by which a client proves itself
// (RFC 8705), with its chain and its private key: PEM, the key perhaps
// encrypted, or base64 of a PKCS#12 file. The error's text is fit for a field.
func parseClientCertificate(text, password Secret) (tls.Certificate, error) {
	plain := strings.TrimSpace(text.Reveal())
	switch {
	case plain == "":
		return tls.Certificate{}, errClientCertEmpty
	case len(plain) > maxCertificateText:
		return tls.Certificate{}, errClientCertLong
	case strings.Contains(plain, "-----BEGIN"):
		return clientCertificatePEM(plain, password)
	}
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(plain), ""))
	if err != nil {
		return tls.Certificate{}, errClientCertForm
	}
	return clientCertificatePKCS12(raw, password)
}

func clientCertificatePEM(text string, password Secret) (tls.Certificate, error) {
	chain, err := parseCertificates(text)
	if err != nil {
		return tls.Certificate{}, err
	}
	if !strings.Contains(text, "PRIVATE KEY-----") {
		return tls.Certificate{}, errClientCertKey
	}
	block, err := privateKeyBlockIn(text)
	if err != nil {
		return tls.Certificate{}, err
	}
	key, err := parseKeyBlock(block, []byte(password.Reveal()))
	if err != nil {
		return tls.Certificate{}, err
	}
	return clientCertificate(key, chain)
}

// clientCertificatePKCS12 opens a file of RFC 7292. What that costs is bounded
// before it begins (T68).
func clientCertificatePKCS12(raw []byte, password Secret) (made tls.Certificate, err error) {
	if !affordable(raw) {
		return tls.Certificate{}, errKeyCost
	}
	defer func() {
		if recover() != nil { // a cipher under it does not take what a damaged file gives
			made, err = tls.Certificate{}, errClientCertForm
		}
	}()
	opened, leaf, rest, err := pkcs12.DecodeChain(raw, password.Reveal())
	switch {
	case err == pkcs12.ErrIncorrectPassword && password.Empty(): //nolint:errorlint // the library returns it as it is
		return tls.Certificate{}, errKeyPassword
	case err == pkcs12.ErrIncorrectPassword: //nolint:errorlint // as above
		return tls.Certificate{}, errClientCertPassword
	case err != nil && strings.Contains(err.Error(), "private key missing"):
		return tls.Certificate{}, errClientCertKey
	case err != nil:
		return tls.Certificate{}, errClientCertForm
	}
	key, err := usableKey(opened)
	if err != nil {
		return tls.Certificate{}, err
	}
	return clientCertificate(key, append([]*x509.Certificate{leaf}, rest...))
}

// clientCertificate puts a key and its chain together. The certificate that
// belongs to the key comes first, wherever it stood.
func clientCertificate(key crypto.Signer, chain []*x509.Certificate) (tls.Certificate, error) {
	public, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok {
		return tls.Certificate{}, errKeyType
	}
	var made tls.Certificate
	for _, certificate := range chain {
		if made.Leaf == nil && public.Equal(certificate.PublicKey) {
			made.Leaf = certificate
			made.Certificate = append([][]byte{certificate.Raw}, made.Certificate...)
			continue
		}
		made.Certificate = append(made.Certificate, certificate.Raw)
	}
	if made.Leaf == nil {
		return tls.Certificate{}, errClientCertOther
	}
	made.PrivateKey = key
	return made, nil
}
