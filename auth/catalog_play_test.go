package auth_test

import (
	"io/fs"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/assets"
	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// Every service that the program ships is played through, from the empty form to
// the revocation, by each of its grants and each way in which its clients may
// prove themselves. The provider is authtest.Provider, which knows the service's
// data alone and lets nothing pass that departs from it.
func TestCatalogPlays(t *testing.T) {
	files, err := fs.Sub(assets.Services, "services")
	require.NoError(t, err)
	names, err := fs.Glob(files, "*.json")
	require.NoError(t, err)
	catalog, err := auth.LoadCatalog(files)
	require.NoError(t, err)
	world := authtest.NewWorld(t)

	played := map[string]int{}
	var grants, plays int
	for _, svc := range catalog.All() {
		t.Run(svc.ID, func(t *testing.T) {
			begun := map[auth.Grant]bool{}
			for _, p := range playsOf(svc) {
				ok := t.Run(p.name(), func(t *testing.T) { p.run(t, world, catalog) })
				begun[p.grant] = true
				if ok {
					played[svc.ID]++
				}
				plays++
			}
			for _, g := range svc.Grants {
				assert.True(t, begun[g], "the grant %s was not played", g)
			}
			grants += len(svc.Grants)
		})
	}
	var ids []string
	for id := range played {
		ids = append(ids, id)
	}
	assert.Len(t, ids, len(names), "services played, and files")
	var listed []string
	for _, id := range auth.CatalogIDs {
		if played[id] > 0 {
			listed = append(listed, id)
		}
	}
	assert.ElementsMatch(t, auth.CatalogIDs, listed)
	t.Logf("%d of %d services of the list, %d entries in all, %d grants, %d plays", len(listed), len(auth.CatalogIDs), len(ids), grants, plays)
}

// playable are the client authentications that can be played; sap-btp-xsuaa's
// certificate has tests of its own.
var playable = []auth.ClientAuth{auth.ClientAuthBasic, auth.ClientAuthPost, auth.ClientAuthNone, auth.ClientAuthPrivateKeyJWT}

// playsOf are all plays of a service. The first of each grant leaves the form as
// it begins.
func playsOf(svc auth.Service) []catalogPlay {
	var plays []catalogPlay
	for _, grant := range svc.Grants {
		info, _ := grant.Info()
		methods := slices.DeleteFunc(slices.Clone(svc.ClientAuth), func(m auth.ClientAuth) bool {
			return !slices.Contains(playable, m) || info.Confidential && m == auth.ClientAuthNone
		})
		if grant == auth.GrantAccessToken {
			plays = append(plays, catalogPlay{svc: svc, grant: grant})
			continue
		}
		if grant != auth.GrantAuthorizationCode {
			methods = methods[:1]
		}
		for _, method := range methods {
			plays = append(plays, catalogPlay{svc: svc, grant: grant, method: method, asIs: method == svc.ClientAuth[0]})
		}
		if grant == auth.GrantAuthorizationCode {
			plays = append(plays, catalogPlay{svc: svc, grant: grant, method: methods[0], asIs: methods[0] == svc.ClientAuth[0], full: true})
		}
	}
	return plays
}
