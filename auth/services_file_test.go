package auth_test

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/assets"
	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// shippedRig is a rig whose catalog is the program's own.
func shippedRig(t *testing.T) *rig {
	t.Helper()
	r := newRig(t, authtest.EvilasParams{})
	files, err := fs.Sub(assets.Services, "services")
	require.NoError(t, err)
	catalog, err := auth.LoadCatalog(files)
	require.NoError(t, err)
	r.engine, err = auth.New(auth.Params{
		Store: r.store, Vault: r.store.Vault(), Catalog: catalog, Wire: auth.NewWire(auth.WireParams{}),
		Browser: authtest.NewBrowser(t, authtest.BrowserFollow, nil),
	})
	require.NoError(t, err)
	t.Cleanup(r.engine.Close)
	return r
}

// Every entry of the catalog can be a sample, and a file that comes back as it was.
func TestEveryServiceGoesThroughAFile(t *testing.T) {
	r := shippedRig(t)
	for _, shipped := range r.engine.Services() {
		sample := r.engine.SampleService(shipped.ID)
		if shipped.ID != auth.OtherServiceID { // its addresses are still to be entered
			assert.Empty(t, r.engine.CheckService(sample), shipped.ID)
		}
		data, err := r.engine.ExportService(shipped.ID)
		require.NoError(t, err)
		back, err := r.engine.ImportService(data)
		require.NoError(t, err, shipped.ID)
		assert.Empty(t, back.ID)
		assert.Equal(t, shipped.Name+" 2", back.Name)
		assert.Empty(t, back.BasedOn)
		back.ID, back.Name = shipped.ID, shipped.Name
		back.Departures, back.Sources, back.Unconfirmed = shipped.Departures, shipped.Sources, shipped.Unconfirmed
		assert.Equal(t, shipped, back)
	}
}

func TestOwnServiceGoesThroughAFile(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	s := r.saved(r.ownService("Intranet & more"))
	data, err := r.engine.ExportService(s.ID)
	require.NoError(t, err)
	assert.Contains(t, string(data), `"id": "intranet-more"`)
	assert.Contains(t, string(data), `"Intranet & more"`)
	require.NoError(t, r.engine.DeleteService(background(), s.ID))
	back, err := r.engine.ImportService(data)
	require.NoError(t, err)
	s.ID = ""
	assert.Equal(t, s, back)
	back, err = r.engine.ImportService(append([]byte("\ufeff"), data...))
	require.NoError(t, err, "with the mark that some editors put first")
	assert.Equal(t, s, back)
	_, err = r.engine.ExportService("gone")
	assert.Error(t, err)
}

// T68: a file is capped before it is read, is read whole or not at all, and
// takes the place of nothing, whatever it says.
func TestHostileServiceFiles(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	s := r.saved(r.ownService("Intranet"))
	file, err := r.engine.ExportService(s.ID)
	require.NoError(t, err)
	good := string(file)
	for name, c := range map[string]struct{ file, says string }{
		"empty":              {" ", "empty"},
		"too large":          {good + strings.Repeat(" ", 1) + `{"x":"` + strings.Repeat("x", 256<<10) + `"}`, "256 KiB"},
		"nested":             {`{"schema":1,"x":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + "}", "nested"},
		"a list":             {"[]", "object"},
		"another encoding":   {"\xff\xfe{\x00", "UTF-8"},
		"broken letters":     {strings.Replace(good, "Intranet", "Intra\xffnet", 1), "UTF-8"},
		"cut off":            {good[:len(good)/2], "Line"},
		"two services":       {good + good, "Line"},
		"a name twice":       {strings.Replace(good, `"schema": 1,`, `"schema": 1, "schema": 1,`, 1), "twice"},
		"no schema":          {`{"name":"x"}`, "schema"},
		"a later version":    {strings.Replace(good, `"schema": 1`, `"schema": 2`, 1), "version 2"},
		"an unknown part":    {strings.Replace(good, `"schema": 1,`, `"schema": 1, "approved_for": ["*"],`, 1), "approved_for"},
		"another kind":       {strings.Replace(good, `"name": "Intranet"`, `"name": 7`, 1), "name"},
		"an http endpoint":   {strings.Replace(good, r.server.URL()+authtest.PathToken, "http://evil.test/token", 1), "endpoints.token"},
		"a path as host":     {strings.Replace(good, r.server.URL()+authtest.PathToken, "../../token", 1), "endpoints.token"},
		"an unknown quirk":   {strings.Replace(good, `"quirks": null`, `"quirks": [{"id":"run","params":{"x":"y"}}]`, 1), "quirks"},
		"stored addresses":   {strings.Replace(good, `"endpoints": {`, `"endpoints": {"issuer": "https://evil.test",`, 1), "endpoints"},
		"a secret parameter": {strings.Replace(good, `"auth_params": {}`, `"auth_params": {"client_secret":"x"}`, 1), "auth_params"},
	} {
		t.Run(name, func(t *testing.T) {
			require.NotEqual(t, good, c.file)
			_, err := r.engine.ImportService([]byte(c.file))
			f := asFailure(t, err)
			assert.Equal(t, auth.CodeServiceFile, f.Code)
			assert.Contains(t, f.Happened, c.says)
			assert.NotContains(t, f.Happened, "json:")
		})
	}
	for name, id := range map[string]string{"own": s.ID, "shipped": authtest.ServiceID} {
		t.Run("the ID of another, "+name, func(t *testing.T) {
			claims := strings.Replace(good, `"id": "intranet"`, `"id": "`+id+`", "based_on": "`+s.ID+`"`, 1)
			back, err := r.engine.ImportService([]byte(claims))
			require.NoError(t, err)
			assert.Empty(t, back.ID)
			assert.Empty(t, back.BasedOn)
			assert.Equal(t, "Intranet 2", back.Name)
			saved := r.saved(back)
			assert.NotEqual(t, s.ID, saved.ID)
			require.NoError(t, r.engine.DeleteService(background(), saved.ID))
		})
	}
	assert.Len(t, r.engine.Services(), 2, "an import stores nothing")
}

// Whatever a file holds, it is refused with a sentence or can be saved.
func FuzzImportService(f *testing.F) {
	files, err := fs.Sub(assets.Services, "services")
	require.NoError(f, err)
	for _, name := range []string{"github.json", "microsoft-graph.json", "other.json", "local-server.json"} {
		data, err := fs.ReadFile(files, name)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Add([]byte(`{"schema":1,"name":"\u200b","scopes":[{"name":"{"}],"parameters":[{"name":"x","pattern":"("}]}`))
	f.Add([]byte(`{"schema":1,"endpoints":{"authorization":"{a}","token":"https://{a}"},"parameters":[{"name":"a","url":true}]}`))
	catalog, err := auth.LoadCatalog(files)
	require.NoError(f, err)
	store := authtest.NewMemStore()
	engine, err := auth.New(auth.Params{
		Store: store, Vault: store.Vault(), Catalog: catalog, Wire: auth.NewWire(auth.WireParams{}),
		Browser: authtest.NewBrowser(f, authtest.BrowserFollow, nil),
	})
	require.NoError(f, err)
	f.Cleanup(engine.Close)
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := engine.ImportService(data)
		if err != nil {
			asFailure(t, err)
			return
		}
		assert.Empty(t, engine.CheckService(s))
		assert.Empty(t, s.ID)
		_, _ = auth.Resolve(s, auth.Draft{Grant: s.Grants[0]})
		engine.ServiceDifferences(s)
	})
}
