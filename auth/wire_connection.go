package auth

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// wireConnection is what one authorization's requests are sent over.
type wireConnection struct {
	proxy  func(*http.Request) (*url.URL, error) // nil: the environment's
	answer time.Duration                         // from the written request to the answer's first byte
	tls    *tls.Config
}

// connect makes the transports of w. A proxy is asked for https alone, by
// CONNECT; plain http stays on this machine (T42).
func (w *Wire) connect(c wireConnection) {
	if c.proxy == nil {
		c.proxy = http.ProxyFromEnvironment
	}
	c.proxy = notingProxy(c.proxy)
	w.secure = newWireTransport(w.params, wireDialPublic, c)
	c.proxy = nil
	w.plain = newWireTransport(w.params, wireDialLoopback, c)
}

// notingProxy notes in the call which proxy it uses, for the log (T42).
func notingProxy(proxy func(*http.Request) (*url.URL, error)) func(*http.Request) (*url.URL, error) {
	return func(r *http.Request) (*url.URL, error) {
		used, err := proxy(r)
		if c, ok := r.Context().Value(wireCallKey{}).(*wireCall); ok && used != nil {
			c.proxy = used.Host
		}
		return used, err
	}
}

// Via returns a Wire that sends over the connection of r: its time-out, its
// proxy, its CA and, for a client that has one, its certificate. Settings that
// can't be used make every request of it fail before anything is sent. It needs
// no closing.
func (w *Wire) Via(r ClientRequest) *Wire {
	if !r.connectsByItself() {
		return w
	}
	via := *w
	c := wireConnection{
		proxy: w.params.proxy, answer: wireAnswerTimeout,
		tls: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: w.params.RootCAs},
	}
	if via.refuse = via.configure(&c, r); via.refuse == nil {
		via.connect(c)
	}
	return &via
}

// connectsByItself tells that r has settings of its own for the connection.
func (r ClientRequest) connectsByItself() bool {
	v := r.Values
	return r.ClientAuth.usesCertificate() || !v[FieldTimeout].Empty() || !v[FieldProxy].Empty() || !v[FieldCA].Empty()
}

// configure fills in what r asks for.
func (w *Wire) configure(c *wireConnection, r ClientRequest) error {
	if text := r.Values.Text(FieldTimeout); text != "" {
		total, err := parseTimeout(text)
		if err != nil {
			return &settingError{CodeConnection, err}
		}
		w.total, c.answer = total, total
	}
	if text := r.Values.Text(FieldProxy); text != "" {
		proxy, err := parseProxy(text)
		if err != nil {
			return &settingError{CodeConnection, err}
		}
		c.proxy = http.ProxyURL(proxy)
	}
	if text := r.Values.Text(FieldCA); text != "" {
		certificates, err := parseCertificates(text)
		if err != nil {
			return &settingError{CodeConnection, err}
		}
		c.tls.RootCAs = poolWith(c.tls.RootCAs, certificates)
	}
	if r.ClientAuth.usesCertificate() {
		certificate, err := parseClientCertificate(r.Values[FieldClientCert], r.Values[FieldClientCertPassword])
		if err != nil {
			return &settingError{CodeClientCertificate, err}
		}
		// Always this one: left to choose, crypto/tls would show none to a
		// server that names other CAs.
		c.tls.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &certificate, nil }
	}
	return nil
}

// poolWith returns the certificates that are trusted anyway and those given.
func poolWith(trusted *x509.CertPool, certificates []*x509.Certificate) *x509.CertPool {
	if trusted != nil {
		trusted = trusted.Clone()
	} else if system, err := x509.SystemCertPool(); err == nil {
		trusted = system
	} else {
		trusted = x509.NewCertPool()
	}
	for _, certificate := range certificates {
		trusted.AddCert(certificate)
	}
	return trusted
}

// The bounds of FieldTimeout.
const (
	wireMinTimeout = time.Second
	wireMaxTimeout = 300 * time.Second
)

// What is wrong with the settings of a connection.
const (
	errTimeout         complaint = "Enter whole seconds from 1 to 300"
	errProxyForm       complaint = "Enter the proxy as http://host:port, with user:password@ in front of the host where it asks for them"
	errCertificateNone complaint = "This is no certificate in PEM form, which begins with -----BEGIN CERTIFICATE-----"
	errCertificateRead complaint = "This certificate is damaged; paste it once more as a whole"
	errCertificateLong complaint = "These are too many certificates; keep those that are needed"
)

// maxCertificateText is the greatest length of certificates in PEM form, in bytes.
const maxCertificateText = 256 << 10

// parseTimeout reads the seconds of FieldTimeout. The error's text is fit for a field.
func parseTimeout(text string) (time.Duration, error) {
	seconds, err := strconv.Atoi(strings.TrimSpace(text))
	total := time.Duration(seconds) * time.Second
	if err != nil || seconds > int(wireMaxTimeout/time.Second) || total < wireMinTimeout {
		return 0, errTimeout
	}
	return total, nil
}

// parseProxy reads the address of FieldProxy: http or https, a host, perhaps
// user name and password, nothing else. The error's text is fit for a field.
func parseProxy(text string) (*url.URL, error) {
	text = strings.TrimSpace(text)
	if len(text) > maxAddress {
		return nil, errProxyForm
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || strings.HasSuffix(u.Host, ":") ||
		u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" || strings.ContainsAny(text, "?#") {
		return nil, errProxyForm
	}
	u.Path = ""
	return u, nil
}

// parseCertificates reads one or more certificates in PEM form. The error's
// text is fit for a field.
func parseCertificates(text string) ([]*x509.Certificate, error) {
	if len(text) > maxCertificateText {
		return nil, errCertificateLong
	}
	var all []*x509.Certificate
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" && block.Type != "TRUSTED CERTIFICATE" {
			continue
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, errCertificateRead
		}
		all = append(all, certificate)
	}
	switch {
	case len(all) > 0:
		return all, nil
	case strings.Contains(text, "-----BEGIN CERTIFICATE"):
		return nil, errCertificateRead
	default:
		return nil, errCertificateNone
	}
}

// patience is how long a caller waits for a request over a connection: longer
// than the Wire does, which ends it first. A client with an assertion may need
// two, see withClock.
func patience(v Values, m ClientAuth) time.Duration {
	total, err := parseTimeout(v.Text(FieldTimeout))
	if err != nil {
		total = wireTotalTimeout
	}
	if m.signsAssertion() {
		total *= 2
	}
	return max(postTimeout, total+wirePatience)
}

// wirePatience is the least that a caller waits beyond the limit of the Wire.
const wirePatience = 15 * time.Second
