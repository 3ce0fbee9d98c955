package auth_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// ownService is a service of the user's own that can be saved.
func (r *rig) ownService(name string) auth.Service {
	s := r.engine.SampleService("")
	s.Name, s.Redirect.Port = name, auth.PortAny // a fixed one may be taken on this machine
	s.Endpoints.Authorization, s.Endpoints.Token = r.server.URL()+authtest.PathAuthorize, r.server.URL()+authtest.PathToken
	s.Scopes = []auth.Scope{{Name: "read"}, {Name: "{place}.write"}}
	s.Parameters = []auth.Parameter{{Name: "place", Label: "Place", Default: "eu"}}
	return s
}

func (r *rig) saved(s auth.Service) auth.Service {
	r.Helper()
	s, err := r.engine.SaveService(background(), s)
	require.NoError(r, err)
	return s
}

// A service that another process has made since this one began is found when an
// authorization of it is due: nothing ends because this process did not know it.
func TestOwnServiceOfAnotherProcessIsFound(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	other := r.another(authtest.BrowserIgnore)
	s := r.saved(r.ownService("Intranet"))
	before := r.stored(func(r *auth.Record) { r.Authorization.ServiceID = s.ID })
	_, err := other.Refresh(background(), before.Authorization.ID)
	require.NoError(t, err)
	assert.Equal(t, auth.StateActive, r.row(before.Authorization.ID).Status.State)

	s = r.saved(r.ownService("Later"))
	second := r.stored(func(r *auth.Record) { r.Authorization.ServiceID = s.ID })
	r.store.Fault = func(method string) error {
		if method == "OwnServices" {
			return auth.ErrVaultLocked
		}
		return nil
	}
	_, err = other.Refresh(background(), second.Authorization.ID)
	require.Error(t, err)
	assert.Equal(t, auth.StateActive, r.row(second.Authorization.ID).Status.State, "what can't be read is not missing")
}

func TestOwnServiceIsUsedLikeAnyOther(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	told := r.events(r.engine, auth.EventServices, "")
	s := r.saved(r.ownService(" Intranet "))
	assert.Equal(t, "Intranet", s.Name)
	assert.True(t, s.IsOwn())
	<-told

	d := r.engine.DraftFor(s.ID)
	d.Name, d.ClientID, d.Public, d.Scopes = "Reports", authtest.ClientID, true, []string{"read"}
	signIn, err := r.engine.Authorize(background(), d)
	require.NoError(t, err)
	_, err = r.signIn(signIn)
	require.NoError(t, err)

	entries, err := r.engine.ServiceEntries(background())
	require.NoError(t, err)
	require.Len(t, entries, 2)
	assert.Equal(t, auth.ServiceEntry{Service: s, Own: true, Used: 1}, entries[0])
	assert.Equal(t, authtest.ServiceID, entries[1].Service.ID)
	assert.False(t, entries[1].Own)
	recent, err := r.engine.RecentServices(background())
	require.NoError(t, err)
	assert.Equal(t, []string{s.ID}, recent)

	again := r.another(authtest.BrowserFollow) // the next start of the program
	assert.Len(t, again.Services(), 1, "only those of the program before the vault is open")
	require.NoError(t, again.Start(background()))
	assert.Len(t, again.Services(), 2)
	again.Close()
}

func TestCatalogCannotBeChanged(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	shipped := r.engine.Services()[0]
	_, err := r.engine.SaveService(background(), shipped)
	assert.Equal(t, auth.CodeNotSupported, asFailure(t, err).Code)
	assert.Equal(t, auth.CodeNotSupported, asFailure(t, r.engine.DeleteService(background(), shipped.ID)).Code)

	stray := r.ownService("Stray")
	stray.ID = "another-id"
	_, err = r.engine.SaveService(background(), stray)
	assert.Equal(t, auth.CodeNotSupported, asFailure(t, err).Code, "an ID of another form can't be stored")
	assert.Zero(t, r.store.Calls("SaveService"))
}

// What is used can't be taken away, and who uses it is named.
func TestServiceAndScopeInUse(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	s := r.saved(r.ownService("Intranet"))
	for i := range 7 {
		r.store.Put(auth.Record{Authorization: auth.Authorization{
			ID: fmt.Sprint("id-", i), Name: fmt.Sprint("Report ", i), ServiceID: s.ID, Scopes: []string{"eu.write"},
		}})
	}
	var used *auth.ServiceInUse
	require.ErrorAs(t, r.engine.DeleteService(background(), s.ID), &used)
	assert.Equal(t, &auth.ServiceInUse{Names: []string{"Report 0", "Report 1", "Report 2", "Report 3", "Report 4"}, More: 2}, used)

	less := s
	less.Scopes, less.Parameters = s.Scopes[:1], nil
	_, err := r.engine.SaveService(background(), less)
	require.ErrorAs(t, err, &used)
	assert.Equal(t, "{place}.write", used.Scope, "a scope with a placeholder is found as it was filled")
	assert.Equal(t, 2, used.More)
	less = s
	less.Scopes = s.Scopes[1:]
	r.saved(less) // nobody asks for read

	for i := range 7 {
		if i > 0 {
			r.store.Forget(fmt.Sprint("id-", i))
		}
	}
	require.NoError(t, r.store.Delete(background(), "id-0", false, time.Now().Add(auth.UndoTime)))
	require.ErrorAs(t, r.engine.DeleteService(background(), s.ID), &used, "it can still be brought back")
	assert.Equal(t, []string{"Report 0"}, used.Gone)
	r.store.Forget("id-0")
	require.NoError(t, r.engine.DeleteService(background(), s.ID))
	assert.Len(t, r.engine.Services(), 1)
	require.NoError(t, r.engine.DeleteService(background(), s.ID), "gone already is as good")
}

// T58: a service that was changed outside is not acted on: no request is made
// under it, and its authorizations say why.
func TestDamagedServiceMakesNoRequest(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	s := r.saved(r.ownService("Intranet"))
	record := r.stored(func(rec *auth.Record) { rec.Authorization.ServiceID = s.ID })
	id := record.Authorization.ID
	r.store.DamageService(s.ID)
	engine := r.another(authtest.BrowserFollow)
	require.NoError(t, engine.Start(background()))
	assert.Len(t, engine.Services(), 1)
	assert.Contains(t, r.log.String(), s.ID)

	_, err := engine.Refresh(background(), id)
	assert.Equal(t, auth.CodeServiceMissing, asFailure(t, err).Code)
	assert.Equal(t, auth.StateNeedsAttention, r.row(id).Status.State)
	_, err = engine.Reauthorize(background(), id, auth.ReauthorizeOptions{})
	assert.Equal(t, auth.CodeServiceMissing, asFailure(t, err).Code)
	_, err = engine.DraftOf(background(), id, false)
	assert.Equal(t, auth.CodeServiceMissing, asFailure(t, err).Code)
	engine.Close()
	assert.Empty(t, r.server.Requests(""))
	assert.True(t, r.row(id).Tokens.Refresh.Equal(record.Tokens.Refresh), "nothing stored is erased")
}

func TestSampleServiceSharesNothing(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	first := r.engine.SampleService(authtest.ServiceID)
	assert.Equal(t, "Evilas 2", first.Name)
	assert.Equal(t, authtest.ServiceID, first.BasedOn)
	assert.Empty(t, first.ID)
	assert.Empty(t, r.engine.CheckService(first))
	first.Scopes[0].Name, first.Parameters[0].Label = "changed", "changed"
	second := r.engine.SampleService(authtest.ServiceID)
	assert.Equal(t, "openid", second.Scopes[0].Name)
	assert.Equal(t, "Issuer", second.Parameters[0].Label)
	assert.Empty(t, r.engine.ServiceDifferences(authtest.Service()), "of the catalog's own")
}

func TestServiceDifferences(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	s := r.engine.SampleService(authtest.ServiceID)
	assert.Equal(t, []auth.Difference{{Field: "name", Label: "Name", Was: "Evilas", Is: "Evilas 2"}}, r.engine.ServiceDifferences(s))
	s.Name = "Evilas"
	s.Names.ClientID = "app_id"
	s.AuthParams = map[string]string{"b": "2", "a": "1"}
	s.Scopes[0].Description = "Another word."
	s.Scopes = append(s.Scopes[:1:1], auth.Scope{Name: "more"})
	assert.Equal(t, []auth.Difference{
		{Field: "names.client_id", Label: "Client ID parameter", Is: "app_id"},
		{Field: "auth_params", Label: "Authorization parameters", Is: "a=1, b=2"},
		{Field: "scopes", Label: "Scopes", Was: "openid, read, offline_access", Is: "openid (changed), more"},
	}, r.engine.ServiceDifferences(s))
	s = r.engine.SampleService(authtest.ServiceID)
	s.Name, s.Scopes[0].Description = "Evilas", "Another word."
	assert.Equal(t, []auth.Difference{{Field: "scopes", Label: "Scopes", Was: "openid", Is: "openid (changed)"}}, r.engine.ServiceDifferences(s),
		"a part of the same name that says something else")
	s.BasedOn = "gone"
	assert.Nil(t, r.engine.ServiceDifferences(s))
}

func TestCatalogIsReadWhileItChanges(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			s := r.ownService(fmt.Sprint("Service ", i))
			for range 20 {
				saved, err := r.engine.SaveService(background(), s)
				if !assert.NoError(t, err) {
					return
				}
				s = saved
				_, there := r.engine.Services(), r.engine.DraftFor(authtest.ServiceID)
				assert.Equal(t, authtest.ServiceID, there.ServiceID)
			}
		})
	}
	all.Wait()
	assert.Len(t, r.engine.Services(), 5)
}
