package auth

// SnippetsFor makes the snippets of an authorization whose token is carried by header, after prefix.
func SnippetsFor(name, address, header, prefix string) []Snippet {
	return snippetsOf(snippetFacts{name: name, address: address, header: header, prefix: prefix, gitHost: exampleGitHost})
}
