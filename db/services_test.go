package db_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db/dbtest"
)

func ownService(id, name string) auth.Service {
	rotates := true
	return auth.Service{
		Schema: auth.ServiceSchema, ID: id, Name: name, Endpoints: auth.Endpoints{Token: "https://as.example.test/token"},
		AuthParams: map[string]string{"access_type": "offline"}, Refresh: auth.RefreshRule{Needs: "nothing", Rotates: &rotates},
		Scopes: []auth.Scope{{Name: "read", Description: "Read.", Default: true}}, BasedOn: "github",
	}
}

func TestOwnServicesSurviveReopening(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	d := p.create(t)
	zulu, alpha := ownService("own-1", "Zulu"), ownService("own-2", "alpha")
	require.NoError(t, d.SaveService(ctx, zulu))
	require.NoError(t, d.SaveService(ctx, alpha))
	zulu.Description = "changed"
	require.NoError(t, d.SaveService(ctx, zulu))
	require.NoError(t, d.Close())

	d = p.reopen(t)
	d.Vault().Lock()
	_, _, err := d.OwnServices(ctx)
	require.ErrorIs(t, err, auth.ErrVaultLocked)
	require.ErrorIs(t, d.SaveService(ctx, zulu), auth.ErrVaultLocked)
	require.ErrorIs(t, d.DeleteService(ctx, zulu.ID), auth.ErrVaultLocked)
	require.NoError(t, d.Vault().Unlock(ctx, auth.Secret{}))
	own, damaged, err := d.OwnServices(ctx)
	require.NoError(t, err)
	assert.Empty(t, damaged)
	assert.Equal(t, []auth.Service{alpha, zulu}, own, "by name, whatever its case")

	require.NoError(t, d.DeleteService(ctx, alpha.ID))
	require.ErrorIs(t, d.DeleteService(ctx, alpha.ID), auth.ErrNotFound)
	own, _, err = d.OwnServices(ctx)
	require.NoError(t, err)
	assert.Equal(t, []auth.Service{zulu}, own)
	assert.NotContains(t, string(p.bytes(t)), "as.example.test/token", "a service is sealed as a whole")
}

// T58: a service that was changed from outside, or put under another ID, is left
// out and named; the others go on.
func TestServicesChangedFromOutside(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	d := p.create(t)
	raw := p.raw(t)
	good := ownService("own-good", "Good")
	require.NoError(t, d.SaveService(ctx, good))
	for column, kind := range columnsOf(t, raw, "services") {
		t.Run(column, func(t *testing.T) {
			require.NoError(t, d.SaveService(ctx, ownService("own-bad", "Bad")))
			value := mutation(column, kind)
			if kind == "BLOB" {
				value = "CAST(" + value + " AS BLOB)"
			}
			result, err := raw.Exec(fmt.Sprintf("UPDATE services SET %s = %s WHERE id = 'own-bad'", column, value))
			require.NoError(t, err)
			n, err := result.RowsAffected()
			require.NoError(t, err)
			require.EqualValues(t, 1, n)
			own, damaged, err := d.OwnServices(ctx)
			require.NoError(t, err)
			assert.Equal(t, []auth.Service{good}, own)
			assert.Len(t, damaged, 1)
			_, err = raw.Exec("DELETE FROM services WHERE id <> 'own-good'")
			require.NoError(t, err)
		})
	}
	t.Run("the blob of another", func(t *testing.T) {
		require.NoError(t, d.SaveService(ctx, ownService("own-bad", "Bad")))
		_, err := raw.Exec("UPDATE services SET (changed_at, sealed) = (SELECT changed_at, sealed FROM services WHERE id = 'own-good') WHERE id = 'own-bad'")
		require.NoError(t, err)
		own, damaged, err := d.OwnServices(ctx)
		require.NoError(t, err)
		assert.Equal(t, []auth.Service{good}, own)
		assert.Equal(t, []string{"own-bad"}, damaged)
	})
}

func TestServiceUsersAndRecentServices(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	now := time.Now()
	create := func(name, service string, age time.Duration) auth.Authorization {
		return dbtest.Create(t, d, func(a *auth.Authorization) {
			a.Name, a.ServiceID, a.Scopes, a.CreatedAt = name, service, []string{"read", name}, now.Add(-age).UTC()
		})
	}
	create("b", "one", 5*time.Hour)
	create("A", "one", 4*time.Hour)
	create("c", "two", 3*time.Hour)
	create("d", "one", 2*time.Hour)
	gone := create("e", "three", time.Hour)
	require.NoError(t, d.Delete(ctx, gone.ID, false, now.Add(time.Minute)))

	users, err := d.ServiceUsers(ctx, "one", 2)
	require.NoError(t, err)
	require.Len(t, users, 2)
	assert.Equal(t, "A", users[0].Name)
	assert.Equal(t, []string{"read", "A"}, users[0].Scopes)
	assert.Equal(t, "b", users[1].Name)
	users, err = d.ServiceUsers(ctx, "three", 10)
	require.NoError(t, err)
	assert.Equal(t, []auth.ServiceUser{{ID: gone.ID, Name: "e", Scopes: []string{"read", "e"}, Deleted: true}}, users, "it can still be brought back")

	for limit, want := range map[int][]string{1: {"one"}, 9: {"one", "two"}} {
		recent, err := d.RecentServices(ctx, limit)
		require.NoError(t, err)
		assert.Equal(t, want, recent)
	}
}
