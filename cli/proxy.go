package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tokenwell/auth"
	"tokenwell/auth/handout"
)

// Codes of what only the proxy can say.
const (
	codeProxyTarget = "proxy_target"
	codeProxyPort   = "proxy_port"
)

// proxyKeyBytes make the key in the path: 192 bits (T45).
const proxyKeyBytes = 24

// Time limits of the proxy's server, which only this machine reaches, and of
// reaching the host.
const (
	proxyHostTime   = 15 * time.Second
	proxyHeaderTime = 10 * time.Second
	proxyIdleTime   = 2 * time.Minute
	proxyEndTime    = 2 * time.Second
)

// proxyCommand lends an authorization to tools that can only take an address.
func proxyCommand(e *env) *cobra.Command {
	var to string
	var port uint16
	c := &cobra.Command{
		Use:   "proxy NAME --to https://host [--port N]",
		Short: "Give tools that can only take an address, such as Excel, one that adds the token",
		Long: "proxy prints an address on this machine, with a random key in it. What is fetched from below that address comes from " +
			"the host given with --to, and the access token is added on the way, to that host alone. The address ends with the command.\n\n" +
			"Whoever knows the address can use the authorization for that host: don't share it. Web pages are refused.",
		Example:           "  tokenwell proxy \"Graph mail\" --to https://graph.microsoft.com",
		Args:              oneName,
		ValidArgsFunction: completeName(e),
		RunE: func(c *cobra.Command, args []string) error {
			target, err := proxyTarget(to)
			if err != nil {
				return err
			}
			if err := checkName(args[0]); err != nil {
				return err
			}
			return e.proxy(c.Context(), args[0], target, port)
		},
	}
	c.Flags().StringVar(&to, "to", "", "the `address` that requests go to: https, or http on this machine; required")
	c.Flags().Uint16Var(&port, "port", 0, "listen on this `port`; 0: any free one")
	_ = c.MarkFlagRequired("to") // the flag is there
	return c
}

// proxyTarget checks the address that requests go to.
func proxyTarget(to string) (*url.URL, error) {
	target, err := url.Parse(to)
	complaint := ""
	switch {
	case err != nil || target.Host == "" || target.Hostname() == "":
		complaint = "--to wants a whole address, such as https://api.example.com"
	case target.User != nil || target.RawQuery != "" || target.Fragment != "":
		complaint = "--to wants an address without user name, question mark and #"
	case target.Scheme == "https", target.Scheme == "http" && isLoopback(target.Hostname()):
	default:
		complaint = "--to wants https: anybody on the way could read the token"
	}
	if complaint != "" {
		return nil, refusal(auth.EndUsage, codeProxyTarget, "The proxy has nowhere to send requests", sentence(complaint))
	}
	target.Host = plainHost(target)
	target.Path, target.RawPath = strings.TrimSuffix(target.Path, "/"), strings.TrimSuffix(target.RawPath, "/")
	return target, nil
}

// plainHost is an address's host in lower case, with its port unless that is the
// scheme's own.
func plainHost(a *url.URL) string {
	own := map[string]string{"https": ":443", "http": ":80"}[a.Scheme]
	return strings.TrimSuffix(strings.ToLower(a.Host), own)
}

// isLoopback tells whether a host is this machine.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// proxy serves until it is interrupted. The first token is asked for at once:
// what stands in the way is said here, and not to a tool that can't show it.
func (e *env) proxy(ctx context.Context, name string, target *url.URL, port uint16) error {
	p := &proxy{target: target, key: proxyKey(), token: func(ctx context.Context, rejected bool) (handout.Token, error) {
		return e.tokenFor(ctx, handout.TokenRequest{
			Name: name, Purpose: auth.PurposeProxy, Host: target.Host, Rejected: rejected, Interactive: e.interactive,
		})
	}}
	if err := p.begin(ctx); err != nil {
		return err
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(int(port))))
	if err != nil {
		return refusal(auth.EndOther, codeProxyPort, "The proxy can't listen",
			"Port "+strconv.Itoa(int(port))+" of this machine can't be used.", "Choose another one with --port, or leave that out.")
	}
	p.authority = listener.Addr().String()
	server := &http.Server{
		Handler: p.handler(), ReadHeaderTimeout: proxyHeaderTime, IdleTimeout: proxyIdleTime, MaxHeaderBytes: 64 << 10,
		ErrorLog: silent,
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	if err := e.announce(p.address()); err != nil {
		_ = server.Close()
		return err
	}
	select {
	case <-ctx.Done():
	case err = <-served:
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), proxyEndTime)
	defer cancel()
	if server.Shutdown(ending) != nil {
		_ = server.Close()
	}
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		return refusal(auth.EndOther, codeProxyPort, "The proxy has stopped", "Its address can't be served any longer.")
	}
	return nil
}

// announce prints the address.
func (e *env) announce(address string) error {
	line := address + "\n"
	if e.json {
		text, err := json.Marshal(map[string]string{"address": address})
		if err != nil {
			return err
		}
		line = string(text) + "\n"
	}
	if _, err := fmt.Fprint(e.out, line); err != nil {
		return refusal(auth.EndOther, codeOutputLost, "The address could not be printed", "Standard output can't be written.")
	}
	return nil
}

// tokenFor asks for one token: the program that is asked may be another one
// each time.
func (e *env) tokenFor(ctx context.Context, r handout.TokenRequest) (handout.Token, error) {
	backend, done, err := e.backend(ctx)
	if err != nil {
		return handout.Token{}, err
	}
	defer done()
	return backend.Token(ctx, r)
}

// proxyKey is a new key.
func proxyKey() string {
	key := make([]byte, proxyKeyBytes)
	_, _ = rand.Read(key) // never fails
	return base64.RawURLEncoding.EncodeToString(key)
}
