package auth

import (
	"slices"
	"strings"
	"sync"
)

// providerTable holds what one provider's errors mean. Its words replace those
// of the RFC's code; what follows for the authorization stays with the code.
type providerTable struct {
	provider string   // as the catalog names it
	hosts    []string // its own, each with all names below it
	page     string   // its page about errors, for rows without a link
	rows     []providerError
}

// explainAnywhere holds words of the RFCs behind which another code of ours stands.
var explainAnywhere = providerTable{
	rows: []providerError{
		{
			code: "unsupported_token_type", means: CodeNotSupported, title: "This kind of token can't be revoked here",
			happened: "{host} does not revoke tokens of this kind.",
			mover:    MoverUser, steps: []string{"Remove the access in the account settings of {service}."},
			action: ActionNone, link: rfc + "7009#section-2.2.1",
		},
	},
}

// providerError is one row.
type providerError struct {
	// code is as the provider writes it, in "error" or in member; a code of the
	// RFCs stands here when it means something of its own at this provider.
	code, member string
	// means is the code that the engine acts on; "" is that of "error".
	means           string
	title, happened string
	mover           Mover
	steps           []string
	action          Action
	link            string
}

// The providers that have a table.
const (
	providerMicrosoft  = "Microsoft"
	providerGoogle     = "Google"
	providerGitHub     = "GitHub"
	providerSlack      = "Slack"
	providerMeta       = "Meta"
	providerSalesforce = "Salesforce"
	providerOkta       = "Okta"
	providerAtlassian  = "Atlassian"
	providerHubSpot    = "HubSpot"
)

var providerTables = []providerTable{
	explainMicrosoft, explainMicrosoftUser, explainGoogle, explainGitHub, explainSlack, explainSalesforce,
	explainOkta, explainAtlassian, explainHubSpot, explainMeta, explainAnywhere,
}

// providerKey finds a row: the code in lower case.
type providerKey struct{ provider, code string }

// providerRow is a row with what its table says for all.
type providerRow struct {
	providerError
	provider string
}

// explainMembers are the members of an answer beside "error" in which words of
// the tables stand, in the order in which they count.
var explainMembers = []string{"error_subtype", "status", "errorCode", "error_description"}

// providerIndex finds what stands in providerTables.
type providerIndex struct {
	// rows has every provider's row, words those whose word stands in another
	// member than "error", by member and word.
	rows, words map[providerKey]providerRow
	// meanings is the code of the RFCs for a word that stands in "error".
	meanings map[string]string
}

var explainIndex = sync.OnceValue(func() providerIndex {
	rows, words, meanings := map[providerKey]providerRow{}, map[providerKey]providerRow{}, map[string]string{}
	for _, table := range providerTables {
		for _, row := range table.rows {
			switch {
			case row.link != "":
			case strings.HasPrefix(row.code, "AADSTS"):
				row.link = entraPage + strings.TrimPrefix(row.code, "AADSTS")
			default:
				row.link = table.page
			}
			word, whole := strings.ToLower(row.code), providerRow{row, table.provider}
			rows[providerKey{table.provider, word}] = whole
			switch {
			case row.member != "":
				words[providerKey{row.member, word}] = whole
			case row.means != "":
				meanings[word] = row.means
			}
		}
	}
	return providerIndex{rows, words, meanings}
})

// entraPage is where Microsoft explains each of its numbers.
const entraPage = "https://login.microsoftonline.com/error?code="

// explainWord finds the row of a word that stands in a member of an answer; nil
// when there is none. Only a whole word of the table counts.
func explainWord(member, word string) *providerRow {
	row, ok := explainIndex().words[providerKey{member, strings.TrimSuffix(strings.ToLower(word), ".")}]
	if !ok {
		return nil
	}
	return &row
}

// explainOfProvider finds what a provider means by a word of its own, or by a
// code. A word counts for the catalog's provider and for the provider's hosts, a
// code of the RFCs for the hosts alone; a number of Microsoft is like no other.
func explainOfProvider(word, code, host, provider string) (providerRow, bool) {
	if entraPattern().MatchString(word) {
		if row, ok := explainIndex().rows[providerKey{providerMicrosoft, strings.ToLower(word)}]; ok {
			return row, true
		}
	}
	here := providerOf(host)
	for _, key := range []providerKey{{here, word}, {provider, word}, {"", word}, {here, code}} {
		if row, ok := explainIndex().rows[providerKey{key.provider, strings.ToLower(key.code)}]; ok && key.code != "" {
			return row, true
		}
	}
	return providerRow{}, false
}

// providerOf returns whose host it is, "" when that is not known.
func providerOf(host string) string {
	host, _, _ = strings.Cut(strings.ToLower(host), ":")
	for _, table := range providerTables {
		if slices.ContainsFunc(table.hosts, func(own string) bool { return host == own || strings.HasSuffix(host, "."+own) }) {
			return table.provider
		}
	}
	return ""
}

// explanation returns the row in the form of the table of all.
func (r providerRow) explanation() explanation {
	return explanation{title: r.title, happened: r.happened, mover: r.mover, steps: r.steps, action: r.action, link: r.link}
}
