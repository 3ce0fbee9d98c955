package auth

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// All that is special about a service is acted on, or the user is told: at most
// one in ten is left, with a reason.
func TestShippedServices_DeparturesAreHandled(t *testing.T) {
	by, nothing, total := map[string]int{}, 0, 0
	for _, s := range shippedCatalog(t).All() {
		if slices.Contains(CatalogIDs, s.ID) {
			assert.NotEmpty(t, s.Departures, "%s: nothing is said to be special", s.ID)
		}
		for _, d := range s.Departures {
			total++
			by[d.By]++
			if d.By == HandledByNothing {
				nothing++
				t.Logf("%s: %s Not handled: %s", s.ID, d.What, d.Why)
			}
		}
	}
	assert.Greater(t, total, 500)
	assert.LessOrEqual(t, nothing*10, total)
	t.Logf("%d departures: %v", total, by)
}

// What the engine can do for a service is used by one at least: a quirk or a
// standing rule that nobody needs is not proven by the catalog's plays either.
func TestShippedServices_UseEveryQuirkAndStandingRule(t *testing.T) {
	quirks, standing := map[QuirkID]bool{}, map[string]bool{}
	for _, s := range shippedCatalog(t).All() {
		for _, q := range s.Quirks {
			quirks[q.ID] = true
		}
		for _, d := range s.Departures {
			if d.By == HandledByStanding {
				standing[d.Ref] = true
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(quirkRules())) {
		assert.True(t, quirks[id], "the quirk %s is used by no service", id)
	}
	for _, id := range slices.Sorted(maps.Keys(Standing)) {
		assert.True(t, standing[id], "the standing rule %s is named by no service", id)
	}
}

func TestShippedServices_TickWhatBringsARefreshToken(t *testing.T) {
	for _, s := range shippedCatalog(t).All() {
		if s.Refresh.Needs != "scope" || s.OwnAddresses {
			continue
		}
		assert.True(t, slices.ContainsFunc(s.Scopes, func(scope Scope) bool {
			return scope.Name == s.Refresh.Scope && scope.Default
		}), "%s: %s is not ticked", s.ID, s.Refresh.Scope)
	}
}

// registersNoRedirect are the services at which no redirect URI is entered.
var registersNoRedirect = []string{
	"google-ads", "google-analytics", "google-cloud", "google-workspace", "youtube", // a desktop client there has none
	"strava",       // a host alone
	LocalServiceID, // the practice client is registered
}

func TestShippedServices_HelpLeadsThroughRegistering(t *testing.T) {
	for _, s := range shippedCatalog(t).All() {
		if s.ID == LocalServiceID {
			continue
		}
		assert.GreaterOrEqual(t, len(s.Help.Steps), 3, s.ID)
		assert.NotEmpty(t, s.Help.Notes, s.ID)
		signs := slices.Contains(s.Grants, GrantAuthorizationCode) && !slices.Contains(registersNoRedirect, s.ID)
		assert.Equal(t, signs, s.Help.RedirectStep > 0, "%s: the step that asks for the redirect URI", s.ID)
	}
}

// aboutLoopback finds doubts about a redirect to this computer.
var aboutLoopback = regexp.MustCompile(`(?i)loopback|localhost|this computer|own machine`)

// Who registers an app acts on what is said of the redirect URI: a doubt about it
// is shown. One about the port alone is not, where the registered one is used.
func TestShippedServices_FlagDoubtsAboutTheRedirect(t *testing.T) {
	for _, s := range shippedCatalog(t).All() {
		for _, u := range s.Unconfirmed {
			onlyPort := strings.Contains(u.What, "port") && s.Redirect.Port == PortFixed
			if aboutLoopback.MatchString(u.What) && !onlyPort {
				assert.True(t, u.Note > 0 || !s.Redirect.Confirmed, "%s: %s", s.ID, u.What)
			}
		}
	}
}

// aboutSteps finds doubts about what is done at the service, aboutEnds those about
// how long a sign-in lasts, which the table tells in days.
var (
	aboutSteps = regexp.MustCompile(`(?i)steps|address of the (page for|developer|registry)|what (some permissions|the scopes)`)
	aboutEnds  = regexp.MustCompile(`\b(days|year)\b`)
	aboutToken = regexp.MustCompile(`^\d+ days for access tokens`) // which the reply tells
)

// Who follows the steps, ticks permissions or plans by the end of a sign-in acts on
// what is said of them: a doubt about it is shown.
func TestShippedServices_FlagDoubtsThatAUserActsOn(t *testing.T) {
	for _, s := range shippedCatalog(t).All() {
		for _, u := range s.Unconfirmed {
			ends := s.Refresh.Lifetime.Seconds > 0 && aboutEnds.MatchString(u.What) && !aboutToken.MatchString(u.What)
			if ends || aboutSteps.MatchString(u.What) {
				assert.Positive(t, u.Note, "%s: %s", s.ID, u.What)
			}
		}
	}
}

func TestByGroupGivesEachGroupOneHeading(t *testing.T) {
	apart := 0
	for _, s := range shippedCatalog(t).All() {
		grouped := ByGroup(s.Scopes)
		assert.ElementsMatch(t, s.Scopes, grouped, s.ID)
		headings := func(scopes []Scope) (groups []string) {
			for _, scope := range scopes {
				groups = append(groups, scope.Group)
			}
			return slices.Compact(groups)
		}
		shown := headings(grouped)
		assert.Len(t, shown, len(slices.Compact(slices.Sorted(slices.Values(shown)))), "%s: %q", s.ID, shown)
		if len(headings(s.Scopes)) > len(shown) {
			apart++
		}
	}
	assert.Positive(t, apart, "the data have groups whose scopes stand apart")
}

const maxScopeDescription = 90 // characters; two lines of the checklist

func TestShippedServices_DescribeEveryScope(t *testing.T) {
	scopes := 0
	for _, s := range shippedCatalog(t).All() {
		seen := map[string]bool{}
		once := func(text string) {
			for sentence := range strings.SplitSeq(text, ". ") {
				sentence = strings.ToLower(strings.Trim(sentence, ". "))
				assert.False(t, seen[sentence], "%s: %q stands twice", s.ID, sentence)
				seen[sentence] = true
			}
		}
		once(s.Description)
		for _, scope := range s.Scopes {
			scopes++
			length := len([]rune(scope.Description))
			assert.True(t, length > 0 && length <= maxScopeDescription, "%s: %s has %d characters", s.ID, scope.Name, length)
			once(scope.Description)
		}
	}
	assert.Greater(t, scopes, 1000)
	t.Logf("%d scopes", scopes)
}
