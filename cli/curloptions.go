package main

import "strings"

// curlOption says what an option of curl's means for the token.
type curlOption struct {
	value  bool   // it takes one
	effect effect // on where the token goes
}

// effect is what an option can do to the token.
type effect int

const (
	harmless   effect = iota
	isURL             // its value is an address to fetch
	follows           // it follows redirects
	insecure          // it takes any certificate
	steers            // it connects elsewhere than the address says
	shows             // it prints or stores what is sent
	unjudged          // what it does is not in the arguments
	everywhere        // it sends the token to any host
)

// curlShort are the options of one letter by their long names.
var curlShort = shortNames(`
a append  E cert  K config  C continue-at  b cookie  c cookie-jar  d data  q disable  D dump-header  f fail  F form
P ftp-port  G get  g globoff  I head  H header  h help  i include  k insecure  4 ipv4  6 ipv6  j junk-session-cookies
l list-only  L location  M manual  m max-time  n netrc  : next  N no-buffer  o output  Z parallel  # progress-bar
x proxy  U proxy-user  p proxytunnel  Q quote  r range  e referer  J remote-header-name  O remote-name  R remote-time
X request  S show-error  s silent  Y speed-limit  y speed-time  2 sslv2  3 sslv3  t telnet-option  z time-cond
1 tlsv1  T upload-file  B use-ascii  u user  A user-agent  v verbose  V version  w write-out  0 http1.0`)

// curlEffects are the options that can do something to the token, or that have
// to be understood.
var curlEffects = map[string]effect{
	"url": isURL, "location": follows, "follow": follows, "location-trusted": everywhere, "insecure": insecure,
	"verbose": shows, "trace": shows, "trace-ascii": shows, "trace-config": shows, "libcurl": shows,
	"config": unjudged, "next": unjudged, "variable": unjudged, "metalink": unjudged, "disable": harmless,
	"proto": unjudged, "proto-default": unjudged, "proto-redir": unjudged,
	"proxy": steers, "preproxy": steers, "proxy1.0": steers, "socks4": steers, "socks4a": steers, "socks5": steers,
	"socks5-hostname": steers, "noproxy": steers, "resolve": steers, "connect-to": steers, "unix-socket": steers,
	"abstract-unix-socket": steers, "doh-url": steers, "dns-servers": steers, "alt-svc": steers,
}

// curlValues are the options that take a value, those of curl 7.40 to 8.16.
var curlValues = nameSet(`
abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout connect-to continue-at
cookie cookie-jar create-file-mode crlfile curves data data-ascii data-binary data-raw data-urlencode delegation
dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-header ech egd-file engine etag-compare etag-save
expect100-timeout form form-string ftp-account ftp-alternative-to-user ftp-method ftp-port ftp-ssl-ccc-mode
happy-eyeballs-timeout-ms haproxy-clientip header help hostpubmd5 hostpubsha256 hsts interface ip-tos ipfs-gateway json
keepalive-cnt keepalive-time key key-type krb libcurl limit-rate local-port login-options mail-auth mail-from mail-rcpt
max-filesize max-redirs max-time netrc-file noproxy oauth2-bearer output output-dir parallel-max parallel-max-host pass
pinnedpubkey preproxy proto proto-default proto-redir proxy proxy-cacert proxy-capath proxy-cert proxy-cert-type
proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type proxy-pass proxy-pinnedpubkey proxy-service-name
proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy-user proxy1.0 pubkey quote random-file range
rate referer request request-target resolve retry retry-delay retry-max-time sasl-authzid service-name sigalgs socks4
socks4a socks5 socks5-gssapi-service socks5-hostname speed-limit speed-time stderr telnet-option tftp-blksize time-cond
tls-max tls13-ciphers tlsauthtype tlspassword tlsuser trace trace-ascii trace-config unix-socket upload-file
upload-flags url url-query user user-agent variable vlan-priority write-out`)

// curlSwitches are those that take none.
var curlSwitches = nameSet(`
alpn anyauth append basic ca-native cert-status clobber compressed compressed-ssh create-dirs crlf digest disable
disable-eprt disable-epsv disallow-username-in-url dns-shuffle doh-cert-status doh-insecure dump-ca-embed epsv eprt fail
fail-early fail-with-body false-start follow form-escape ftp-create-dirs ftp-pasv ftp-pret ftp-skip-pasv-ip ftp-ssl-ccc
ftp-ssl-control get globoff haproxy-protocol head http0.9 http1.0 http1.1 http2 http2-prior-knowledge http3 http3-only
ignore-content-length include insecure ipv4 ipv6 junk-session-cookies keepalive list-only location location-trusted
mail-rcpt-allowfails manual metalink mptcp negotiate netrc netrc-optional next npn ntlm ntlm-wb out-null buffer parallel
parallel-immediate path-as-is post301 post302 post303 progress-bar progress-meter proxy-anyauth proxy-basic
proxy-ca-native proxy-digest proxy-http2 proxy-insecure proxy-negotiate proxy-ntlm proxy-ssl-allow-beast
proxy-ssl-auto-client-cert proxy-tlsv1 proxytunnel raw remote-header-name remote-name remote-name-all remote-time
remove-on-error retry-all-errors retry-connrefused sasl-ir sessionid show-error show-headers silent skip-existing
socks5-basic socks5-gssapi socks5-gssapi-nec ssl ssl-allow-beast ssl-auto-client-cert ssl-no-revoke ssl-reqd
ssl-revoke-best-effort sslv2 sslv3 ssl-sessions styled-output suppress-connect-headers tcp-fastopen tcp-nodelay
tftp-no-options tls-earlydata tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 tr-encoding trace-ids trace-time use-ascii verbose
version xattr`)

// optionOf looks an option up by its long name; ok is false for one that is not
// known: a newer curl's may do anything.
func optionOf(name string) (o curlOption, ok bool) {
	if curlValues()[name] {
		return curlOption{value: true, effect: curlEffects[name]}, true
	}
	if curlSwitches()[name] {
		return curlOption{effect: curlEffects[name]}, true
	}
	if plain, negated := strings.CutPrefix(name, "no-"); negated && curlSwitches()[plain] {
		return curlOption{}, true
	}
	return curlOption{}, false
}
