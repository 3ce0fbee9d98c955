package db_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/db"
)

// ownEnv makes the test's program another one, which owns this data folder.
const ownEnv = "TOKENWELL_TEST_OWN"

// ownFolder owns a folder until its standard input ends.
func ownFolder(dir string) int {
	release, err := db.Own(dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer release()
	fmt.Println("owned")
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 0
}

// R18: whoever stands by has the folder soon after its owner's death, and stops
// waiting when it is told to.
func TestOwnWhenFree(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	owner := exec.CommandContext(context.Background(), os.Args[0]) //nolint:gosec // ourselves
	owner.Env = append(os.Environ(), ownEnv+"="+dir)
	owner.Stderr = os.Stderr
	_, err := owner.StdinPipe()
	require.NoError(t, err)
	out, err := owner.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, owner.Start())
	said, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "owned\n", said)

	short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = db.OwnWhenFree(short, dir)
	require.ErrorIs(t, err, context.DeadlineExceeded)

	owned := make(chan error, 1)
	go func() {
		release, err := db.OwnWhenFree(context.Background(), dir)
		if err == nil {
			defer release()
		}
		owned <- err
	}()
	select {
	case err := <-owned:
		require.Fail(t, "two own the folder", "%v", err)
	case <-time.After(300 * time.Millisecond):
	}
	require.NoError(t, owner.Process.Kill())
	killed := time.Now()
	require.NoError(t, <-owned)
	assert.Less(t, time.Since(killed), 2*time.Second)
	_ = owner.Wait() // by the kill

	release, err := db.OwnWhenFree(t.Context(), dir)
	require.NoError(t, err, "it was not given back")
	release()
}
