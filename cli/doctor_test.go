//go:build unix

package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/http/httpproxy"

	"tokenwell/auth"
	"tokenwell/db"
)

func TestDoctorFindsNothingInASetUpInOrder(t *testing.T) {
	p := newPatient(t, "", answering)
	before := modes(t, p.doctor.place.Data)
	r, code := p.examined()
	assert.Zero(t, code)
	assert.Zero(t, r.Failed+r.Warnings, "%+v", r.Findings)
	assert.Equal(t, version, r.Version)
	for _, c := range checks {
		assert.NotEmpty(t, r.of(c.id), c.id)
	}
	way := r.of("network")[0]
	assert.Contains(t, way.About, "example.com:")
	var hops []string
	for _, h := range way.Hops {
		hops = append(hops, h.Name)
	}
	assert.Equal(t, []string{hopTCP, hopTLS, hopHTTP}, hops)
	assert.Contains(t, way.Found, "HTTP 405")
	assert.Equal(t, before, modes(t, p.doctor.place.Data), "the doctor changes nothing")
}

// modes lists what lies in a folder. What SQLite makes beside an open database is left out.
func modes(t *testing.T, dir string) map[string]string {
	all := map[string]string{}
	require.NoError(t, filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && !strings.HasSuffix(path, "-wal") && !strings.HasSuffix(path, "-shm") {
			all[path] = info.Mode().String()
		}
		return err
	}))
	return all
}

// sickness is a set-up that is broken in one way, and what the doctor has to say.
type sickness struct {
	name       string
	passphrase string // of the vault; "": the keyring opens it
	answer     http.HandlerFunc
	breakIt    func(*patient)
	check      string
	verdict    verdict
	found, do  string // parts of it
	code       int
}

var sicknesses = []sickness{
	{
		name: "others can write in the data folder", check: "data_folder", verdict: verdictFailed, found: "others can write", do: "chmod 700", code: 1,
		breakIt: func(p *patient) { p.chmod(p.doctor.place.Data, 0o777) },
	},
	{
		name: "others can read the database", check: "data_folder", verdict: verdictWarning, found: "open to others (mode 0644)", do: "chmod 600",
		breakIt: func(p *patient) { p.chmod(db.File(p.doctor.place.Data), 0o644) },
	},
	{
		name: "the lock file is a link", check: "data_folder", verdict: verdictFailed, found: "is a link", do: "Move it away", code: 1,
		breakIt: func(p *patient) {
			require.NoError(p, os.Symlink("/dev/null", filepath.Join(p.doctor.place.Data, "owner.lock")))
		},
	},
	{
		name: "there is no data folder", check: "data_folder", verdict: verdictWarning, found: "is not there yet", do: "--data-dir",
		breakIt: func(p *patient) { p.doctor.place = db.PlaceIn(filepath.Join(p.doctor.place.Data, "other")) },
	},
	{
		name: "the database is damaged", check: "database", verdict: verdictFailed, found: "", do: "restore", code: 1,
		breakIt: func(p *patient) {
			file, err := os.OpenFile(db.File(p.doctor.place.Data), os.O_WRONLY, 0)
			require.NoError(p, err)
			_, err = file.WriteAt(make([]byte, 64), 0)
			require.NoError(p, errors.Join(err, file.Close()))
		},
	},
	{
		name: "a program has the folder and serves no socket", check: "socket", verdict: verdictFailed, found: "is not there", do: "log", code: 1,
		breakIt: func(p *patient) { p.own() },
	},
	{
		name: "the owner hands nothing out", check: "owner", verdict: verdictWarning, found: "hands nothing out", do: "end it", code: 1,
		breakIt: func(p *patient) { p.own() },
	},
	{
		name: "a killed program has left its socket", check: "socket", verdict: verdictWarning, found: "was killed", do: "Nothing",
		breakIt: func(p *patient) { p.deadSocket(0o600) },
	},
	{
		name: "the socket is dead while a program runs", check: "socket", verdict: verdictFailed, found: "nobody answers", do: "End the Tokenwell", code: 1,
		breakIt: func(p *patient) { p.deadSocket(0o600); p.own() },
	},
	{
		name: "the socket is open to others", check: "socket", verdict: verdictFailed, found: "open to others (mode 0666)", do: "start it again", code: 1,
		breakIt: func(p *patient) { p.deadSocket(0o666) },
	},
	{
		name: "the socket's folder is open to others", check: "socket", verdict: verdictFailed, found: "others can write", do: "chmod 700", code: 1,
		breakIt: func(p *patient) { p.deadSocket(0o600); p.chmod(p.doctor.place.Run, 0o777) },
	},
	{
		name: "the socket's folder is a link", check: "socket", verdict: verdictFailed, found: "is a link", do: "Remove it", code: 1,
		breakIt: func(p *patient) { require.NoError(p, os.Symlink(p.TempDir(), p.doctor.place.Run)) },
	},
	{
		name: "what lies at the socket's path is a file", check: "socket", verdict: verdictFailed, found: "is no socket", do: "Remove it", code: 1,
		breakIt: func(p *patient) {
			require.NoError(p, os.Mkdir(p.doctor.place.Run, 0o700))
			require.NoError(p, os.WriteFile(p.doctor.place.Socket(), nil, 0o600))
		},
	},
	{
		name: "the keyring is gone", check: "keyring", verdict: verdictFailed, found: "the vault opens through it", do: "Start your desktop's keyring", code: 5,
		breakIt: func(p *patient) { p.keyring.Fault = func(string) error { return errors.New("no bus") } },
	},
	{
		name: "the keyring is locked", check: "vault", verdict: verdictFailed, found: "does not open without a prompt", do: "Unlock the keyring", code: 5,
		breakIt: func(p *patient) {
			p.keyring.Fault = func(op string) error {
				if op == "get" {
					return errors.New("locked")
				}
				return nil
			}
		},
	},
	{
		name: "the vault has a passphrase and nobody runs", passphrase: "correct horse battery", check: "vault", verdict: verdictWarning,
		found: "which nobody has given", do: "--passphrase-fd",
	},
	{
		name: "an authorization needs the user", check: "authorizations", verdict: verdictWarning, found: "1 active, 1 in need of a sign-in", do: "tokenwell authorize",
		breakIt: func(p *patient) {
			p.change(func(store *db.DB) { keepAt(p.T, store, "Old", p.address("example.com"), auth.StateNeedsSignIn) })
		},
	},
	{
		name: "the proxy's address is none", check: "proxy", verdict: verdictFailed, found: "no address", do: "Set it to", code: 1,
		breakIt: func(p *patient) {
			p.doctor.network.proxy = httpproxy.Config{HTTPSProxy: "ftp://x", NoProxy: "example.com"}
		},
	},
	{
		name: "the proxy can't be reached", check: "network", verdict: verdictFailed, found: "proxy 127.0.0.1:9 can't be reached", do: "NO_PROXY", code: 7,
		breakIt: func(p *patient) {
			p.doctor.network.proxy = httpproxy.Config{HTTPSProxy: "http://127.0.0.1:9"}
			p.refuseAll()
		},
	},
	{
		name: "a name does not resolve", check: "network", verdict: verdictFailed, found: "DNS no address for example.com", do: "DNS servers", code: 7,
		breakIt: func(p *patient) {
			p.doctor.network.dial = func(context.Context, string, string) (net.Conn, error) {
				return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Name: "example.com", Err: "no such host", IsNotFound: true}}
			}
		},
	},
	{
		name: "the service refuses connections", check: "network", verdict: verdictFailed, found: "TCP refused", do: "firewall", code: 7,
		breakIt: (*patient).refuseAll,
	},
	{
		name: "a proxy that inspects traffic", check: "network", verdict: verdictFailed, found: "TLS the certificate by “Acme Co” is not trusted", do: "inspects traffic", code: 7,
		breakIt: func(p *patient) { p.doctor.network.roots = nil },
	},
	{
		name: "the certificate is another host's", check: "network", verdict: verdictFailed, found: "for other names", do: "sign-in page", code: 7,
		breakIt: func(p *patient) {
			p.change(func(store *db.DB) { keepAt(p.T, store, "Other", p.address("other.test"), auth.StateActive) })
		},
	},
	{
		name: "the service has trouble", check: "network", verdict: verdictWarning, found: "HTTP 503", do: "Wait",
		answer: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
	},
	{
		name: "the clock is behind", check: "clock", verdict: verdictWarning, found: "clock is 3m", do: "Set the clock",
		answer: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Date", time.Now().Add(3*time.Minute+30*time.Second).UTC().Format(http.TimeFormat))
			answering(w, r)
		},
	},
	{
		name: "the desktop app is of another version", check: "versions", verdict: verdictWarning, found: "is version 9.9.9", do: "the same version",
		breakIt: func(p *patient) {
			app := filepath.Join(p.TempDir(), "tokenwell-desktop")
			require.NoError(p, os.WriteFile(app, []byte("#!/bin/sh\necho 'Tokenwell 9.9.9 (build 1)'\n"), 0o700))
			p.doctor.lookPath = func(string) []string { return []string{app} }
		},
	},
}

func TestDoctorNamesWhatIsBroken(t *testing.T) {
	for _, s := range sicknesses {
		t.Run(s.name, func(t *testing.T) {
			if s.answer == nil {
				s.answer = answering
			}
			p := newPatient(t, s.passphrase, s.answer)
			if s.breakIt != nil {
				s.breakIt(p)
			}
			r, code := p.examined()
			assert.Equal(t, s.code, code, "%+v", r.Findings)
			for _, f := range r.of(s.check) {
				if f.Verdict == s.verdict && strings.Contains(f.Found, s.found) {
					assert.Contains(t, f.Do, s.do)
					return
				}
			}
			t.Errorf("not found: %+v", r.of(s.check))
		})
	}
}

func (p *patient) chmod(path string, mode os.FileMode) {
	p.Helper()
	require.NoError(p, os.Chmod(path, mode))
}

// own takes the data folder, as a program that serves nothing.
func (p *patient) own() {
	p.Helper()
	release, err := db.Own(p.doctor.place.Data)
	require.NoError(p, err)
	p.Cleanup(release)
}

// deadSocket leaves a socket behind, as a killed program does.
func (p *patient) deadSocket(mode os.FileMode) {
	p.Helper()
	require.NoError(p, os.Mkdir(p.doctor.place.Run, 0o700))
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: p.doctor.place.Socket(), Net: "unix"})
	require.NoError(p, err)
	listener.SetUnlinkOnClose(false)
	require.NoError(p, listener.Close())
	p.chmod(p.doctor.place.Socket(), mode)
}

func (p *patient) refuseAll() {
	p.doctor.network.dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, "127.0.0.1:1")
	}
}

func TestDoctorAsksAtMostTenHostsAndNeverShowsCredentials(t *testing.T) {
	p := newPatient(t, "", answering)
	p.change(func(store *db.DB) {
		for _, name := range strings.Split("a b c d e f g h i j k", " ") {
			keepAt(t, store, "More "+name, p.address(name+".example.com"), auth.StateActive)
		}
	})
	p.doctor.network.proxy = httpproxy.Config{HTTPProxy: "http://me:" + sentinel + "@proxy.example.com:8080"}
	r, _ := p.examined()
	ways := r.of("network")
	require.Len(t, ways, mostHosts+1)
	assert.Contains(t, ways[mostHosts].Found, "2 more hosts were not asked")
	assert.Equal(t, "http://proxy.example.com:8080, with a user name", r.of("proxy")[0].Found)
}

func TestDoctorThroughAProxyThatWantsAPassword(t *testing.T) {
	p := newPatient(t, "", answering)
	proxy := http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusProxyAuthRequired)
	}), ReadHeaderTimeout: time.Minute}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = proxy.Serve(listener) }()
	t.Cleanup(func() { _ = proxy.Close() })
	p.doctor.network.dial = (&net.Dialer{}).DialContext
	p.doctor.network.proxy = httpproxy.Config{HTTPSProxy: (&url.URL{Scheme: "http", Host: listener.Addr().String()}).String()}
	r, code := p.examined()
	assert.Equal(t, 7, code)
	f := r.of("network")[0]
	assert.Equal(t, hopProxy, f.Hops[len(f.Hops)-1].Name)
	assert.Contains(t, f.Found, "wants a user name")
}

func TestDoctorForReaders(t *testing.T) {
	p := newPatient(t, "", answering)
	p.deadSocket(0o600)
	defer p.doctor.close()
	require.NoError(t, p.env.diagnose(p.doctor.examine(t.Context())))
	assert.Regexp(t, `(?m)^warning socket .*handout\.sock: a Tokenwell that was killed has left it behind\n +-> Nothing`, p.out.String())
	assert.Contains(t, p.out.String(), "Nothing failed; 1 warning.")
}
