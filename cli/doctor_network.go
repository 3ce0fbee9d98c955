package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/http/httpproxy"

	"tokenwell/auth"
)

const (
	mostHosts = 10              // that are asked
	hostTime  = 5 * time.Second // for each of them, all at the same time
	// clockLeeway is by how much the clock may be off: services take assertions
	// and codes within about a minute.
	clockLeeway = 30 * time.Second
)

// network is the way to the services.
type network struct {
	proxy httpproxy.Config
	dial  func(ctx context.Context, network, address string) (net.Conn, error)
	roots *x509.CertPool // nil: the system's
}

// internet is the way that the engine takes too.
func internet() network {
	return network{proxy: *httpproxy.FromEnvironment(), dial: (&net.Dialer{}).DialContext}
}

// reached is a host that answered.
type reached struct {
	loopback bool
	offset   time.Duration // of its clock against ours
	dated    bool          // it told its clock
}

// checkProxy shows the environment's proxies without their credentials.
func (d *doctor) checkProxy(context.Context) []finding {
	var all []finding
	for _, p := range []struct{ name, value string }{
		{"HTTPS_PROXY", d.network.proxy.HTTPSProxy}, {"HTTP_PROXY", d.network.proxy.HTTPProxy},
	} {
		if p.value == "" {
			continue
		}
		address, err := proxyAddress(p.value)
		if err != nil {
			all = append(all, wrong(p.name, "Set it to an address such as http://proxy.example.com:8080, or remove it.", "is no address of a proxy"))
			continue
		}
		with := ""
		if address.User != nil {
			with = ", with a user name"
		}
		all = append(all, fine(p.name, "%s://%s%s", address.Scheme, address.Host, with))
	}
	if len(all) == 0 {
		return []finding{fine("", "the environment names none")}
	}
	if no := d.network.proxy.NoProxy; no != "" {
		all = append(all, fine("NO_PROXY", "%s", no))
	}
	return all
}

// proxyAddress reads the value of a variable as Go's HTTP client does.
func proxyAddress(value string) (*url.URL, error) {
	address, err := url.Parse(value)
	if err != nil || address.Scheme == "" || address.Host == "" {
		address, err = url.Parse("http://" + value)
	}
	if err != nil || address.Hostname() == "" || !slices.Contains([]string{"http", "https", "socks5", "socks5h"}, address.Scheme) {
		return nil, errors.New("no address")
	}
	return address, nil
}

// checkNetwork goes the way to each service in use, all at the same time.
func (d *doctor) checkNetwork(ctx context.Context) []finding {
	if d.data == nil {
		return nil
	}
	endpoints, err := d.data.TokenEndpoints(ctx)
	if err != nil {
		return []finding{wrong("", "See what is said of the database.", "the services in use can't be read: %v", err)}
	}
	targets, left := hostsOf(endpoints)
	if len(targets) == 0 {
		return []finding{fine("", "no service is in use yet")}
	}
	all := make([]finding, len(targets))
	answers := make([]*reached, len(targets))
	var asking sync.WaitGroup
	for i, target := range targets {
		asking.Go(func() { all[i], answers[i] = d.visit(ctx, target) })
	}
	asking.Wait()
	for _, a := range answers {
		if a != nil {
			d.hosts = append(d.hosts, *a)
		}
	}
	if left > 0 {
		all = append(all, fine("", "%s were not asked: those above were used last", counted(left, "more host", "more hosts")))
	}
	return all
}

// hostsOf takes the first endpoint of each host, at most mostHosts, and counts
// the hosts that are left.
func hostsOf(endpoints []string) (targets []*url.URL, left int) {
	var seen []string
	for _, endpoint := range endpoints {
		target, err := url.Parse(endpoint)
		if err != nil || target.Host == "" || slices.Contains(seen, target.Host) {
			continue
		}
		seen = append(seen, target.Host)
		if len(targets) == mostHosts {
			left++
			continue
		}
		target.RawQuery, target.Fragment, target.User = "", "", nil
		targets = append(targets, target)
	}
	return targets, left
}

// visit asks a token endpoint for nothing (HEAD) and tells how far that came.
func (d *doctor) visit(ctx context.Context, target *url.URL) (finding, *reached) {
	ctx, cancel := context.WithTimeout(ctx, hostTime)
	defer cancel()
	w := newWay(target, d.now)
	transport := &http.Transport{
		Proxy:             func(r *http.Request) (*url.URL, error) { return d.network.proxy.ProxyFunc()(r.URL) },
		DialContext:       d.network.dial,
		TLSClientConfig:   &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: d.network.roots},
		DisableKeepAlives: true,
	}
	transport.OnProxyConnectResponse = w.proxyAnswered
	if proxy, err := d.network.proxy.ProxyFunc()(target); err == nil && proxy != nil {
		w.proxy = proxy.Host
	}
	request, err := http.NewRequestWithContext(w.watched(ctx), http.MethodHead, target.String(), nil)
	if err != nil {
		return wrong(target.Host, "Edit the authorization: its token endpoint is no address.", "can't be asked"), nil
	}
	request.Header.Set("User-Agent", "Tokenwell/"+version+" (doctor)")
	sent := d.now()
	response, err := transport.RoundTrip(request) // follows nothing
	if err != nil {
		return d.broken(w, err), nil
	}
	_ = response.Body.Close()
	answer := &reached{loopback: loopbackHost(target.Hostname())}
	if date, err := http.ParseTime(response.Header.Get("Date")); err == nil {
		answered := d.now()
		answer.offset, answer.dated = date.Sub(sent.Add(answered.Sub(sent)/2)), true
	}
	w.http(response.StatusCode)
	f := finding{About: target.Host, Verdict: verdictOK, Found: w.text(), Hops: w.hops}
	switch {
	case response.StatusCode == http.StatusProxyAuthRequired:
		f.Verdict, f.Do, f.end = verdictFailed, proxyAdvice, auth.EndUnreachable
	case response.StatusCode >= http.StatusInternalServerError:
		f.Verdict, f.Do = verdictWarning, "Wait: the service has trouble of its own."
	}
	return f, answer
}

func loopbackHost(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// broken is the finding about a way that ended early.
func (d *doctor) broken(w *way, err error) finding {
	name, found, do := w.brokenAt(err)
	w.hops = append(w.hops, hop{Name: name, Verdict: verdictFailed, Found: found})
	f := finding{About: w.target.Host, Verdict: verdictFailed, Found: w.text(), Do: do, Hops: w.hops, end: auth.EndUnreachable}
	if loopbackHost(w.target.Hostname()) && name == hopTCP {
		f.Verdict, f.end = verdictWarning, ""
		f.Do = "The local server runs with the desktop app or the agent: start one of them."
	}
	return f
}

// checkClock compares our clock with those of the services that answered, or
// else of this machine's own server.
func (d *doctor) checkClock(context.Context) []finding {
	var offsets, own []time.Duration
	for _, h := range d.hosts {
		switch {
		case !h.dated:
		case h.loopback:
			own = append(own, h.offset)
		default:
			offsets = append(offsets, h.offset)
		}
	}
	if len(offsets) == 0 {
		offsets = own
	}
	if len(offsets) == 0 {
		return []finding{fine("", "not compared: no service answered")}
	}
	slices.Sort(offsets)
	off := offsets[len(offsets)/2] // one service may be wrong
	if off.Abs() <= clockLeeway {
		return []finding{fine("", "right to %s", max(off.Abs().Round(time.Second), time.Second))}
	}
	direction := "behind"
	if off < 0 {
		direction = "ahead"
	}
	return []finding{doubtful("", "Set the clock, or let the system keep it (timedatectl set-ntp true).",
		"this machine's clock is %s %s", off.Abs().Round(time.Second), direction)}
}

// proxyAdvice is for a proxy that wants to know who asks.
const proxyAdvice = "Put user name and password into HTTPS_PROXY, as http://user:password@host:port, or ask who runs the proxy."

// hopWords are the hops of a way on one line.
func hopWords(hops []hop) string {
	parts := make([]string, 0, len(hops))
	for _, h := range hops {
		parts = append(parts, fmt.Sprintf("%s %s", hopNames[h.Name], h.Found))
	}
	return strings.Join(parts, " > ")
}
