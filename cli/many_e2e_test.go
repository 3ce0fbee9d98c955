//go:build (e2e || bench) && linux

package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// residentMemory reads VmRSS, in bytes.
func residentMemory(t testing.TB, pid int) int64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(text), "VmRSS:")
	require.True(t, found)
	kilobytes, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
	require.NoError(t, err)
	return kilobytes << 10
}

// keepMany stores authorizations that are not due for an hour.
func (h *home) keepMany(n int) {
	h.Helper()
	store := h.open()
	defer func() { _ = store.Close() }()
	ctx := h.Context()
	require.NoError(h, store.Vault().Unlock(ctx, h.passphrase()))
	for i := range n {
		record := h.server.Stored(fmt.Sprintf("Name %d", i), time.Now())
		record.Authorization.ServiceID = auth.OtherServiceID
		record.Status.Expiry.At = time.Now().Add(time.Hour).UTC().Truncate(time.Millisecond)
		id := record.Authorization.ID
		require.NoError(h, store.Create(ctx, record.Authorization, auth.StateNeverAuthorized))
		require.NoError(h, store.CommitGrant(ctx, id, 0, auth.Grantee{Tokens: record.Tokens, Status: record.Status}))
		require.NoError(h, store.SetHandOutRule(ctx, id, auth.HandOutRule{Mode: auth.HandOutAnyone}))
	}
}
