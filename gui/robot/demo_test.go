//go:build e2e

package robot

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tellStory runs the story on a desktop of its own, in which everything is
// over when it returns.
func tellStory(t *testing.T, pictures string, patience time.Duration) error {
	t.Helper()
	binary, err := filepath.Abs("../../bin/tokenwell-desktop")
	require.NoError(t, err)
	require.FileExists(t, binary, "make build makes it")

	d, err := startDesktop()
	if d != nil {
		defer func() {
			assert.NoError(t, d.close(), "nothing is left behind")
			assert.NoDirExists(t, d.home)
		}()
	}
	require.NoError(t, err)
	s := &story{desktop: d, binary: binary, data: filepath.Join(d.home, "tokenwell"), pictures: pictures, patience: patience, say: t.Logf}
	return d.errLog(s.run())
}

// needsLocalPort makes sure that the local server can start.
func needsLocalPort(t *testing.T) {
	t.Helper()
	listener, err := net.Listen("tcp4", strings.TrimPrefix(localIssuer, "http://"))
	require.NoError(t, err, "the local server's port is taken: close the Tokenwell that runs on this machine")
	require.NoError(t, listener.Close())
}

// TestDemo does the main job unattended and for real.
func TestDemo(t *testing.T) {
	needsLocalPort(t)
	pictures, err := filepath.Abs("../../build/demo")
	require.NoError(t, err)
	require.NoError(t, os.RemoveAll(pictures))
	require.NoError(t, tellStory(t, pictures, 60*time.Second))
}

// A demo that passes without a server would prove nothing.
func TestDemoFailsWithoutItsServer(t *testing.T) {
	squatter, err := net.Listen("tcp4", "127.0.0.1:17655")
	require.NoError(t, err)
	defer squatter.Close()
	go func() {
		for {
			connection, err := squatter.Accept()
			if err != nil {
				return
			}
			_ = connection.Close()
		}
	}()
	err = tellStory(t, t.TempDir(), 15*time.Second)
	require.Error(t, err)
	t.Log("as it must be:", err)
}
