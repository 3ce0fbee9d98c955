package main

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"tokenwell/auth"
	"tokenwell/auth/handout"
)

// Codes of what only the credential helper can say.
const (
	codeGitInput = "git_input"
	codeGitHost  = "git_host" // no authorization names the host
	codeGitMany  = "git_many" // several do
)

// gitUsers are the names that servers want beside a token; elsewhere any name
// does.
var gitUsers = map[string]string{"bitbucket.org": "x-token-auth"}

const gitUser = "oauth2"

// gitHelper answers git.
type gitHelper struct {
	*env
	name, username string // --name, --username
}

// gitCommand is git's credential helper.
func gitCommand(e *env) *cobra.Command {
	g := &gitHelper{env: e}
	c := &cobra.Command{
		Use:   "git-credential get|store|erase",
		Short: "Answer git when it wants a password",
		Long: "git-credential speaks the protocol of git's credential helpers. It answers with the access token of the authorization " +
			"that names the https host under “Who may use it”, written there in full.\n\n" +
			"When several name it, git's credential.username or --name says which one is meant. Nothing is stored for git, " +
			"and tokens of the local server, which are for practice, are never given to it.",
		Example:   "  git config --global credential.https://git.example.com.helper '!tokenwell git-credential'",
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		ValidArgs: []string{"get", "store", "erase"},
		RunE: func(c *cobra.Command, args []string) error {
			switch args[0] {
			case "get":
				return g.get(c.Context())
			case "erase":
				return g.erase(c.Context())
			default: // the app has it already
				return nil
			}
		},
	}
	c.Flags().StringVar(&g.name, "name", "", "use the authorization with this Friendly `name`")
	c.Flags().StringVar(&g.username, "username", "", "tell git this user `name` beside the token")
	return c
}

// get answers with a token. When one was meant for the host and can't be had,
// git is told to stop: another question would only hide the reason.
func (g *gitHelper) get(ctx context.Context) error {
	asked, token, err := g.ask(ctx, false)
	if err != nil || token.AccessToken.Empty() {
		if err != nil && asked.host != "" {
			_ = writeGit(g.out, [2]string{"quit", "1"})
		}
		return err
	}
	host, _, _ := strings.Cut(asked.host, ":")
	username := cmp.Or(g.username, gitUsers[host], gitUser)
	if asked.username != "" && auth.FoldName(asked.username) != auth.FoldName(token.Name) {
		username = asked.username
	}
	pairs := [][2]string{{"username", username}, {"password", token.AccessToken.Reveal()}}
	if token.ExpiresAt != nil {
		pairs = append(pairs, [2]string{"password_expiry_utc", strconv.FormatInt(token.ExpiresAt.Unix(), 10)})
	}
	if err := writeGit(g.out, pairs...); err != nil {
		return refusal(auth.EndOther, codeTokenUnfit, "The token can't be given to git", err.Error()+".")
	}
	return nil
}

// erase is told that a server refused a password: if it is the token in force, a
// new one is fetched for the next time.
func (g *gitHelper) erase(ctx context.Context) error {
	_, _, err := g.ask(ctx, true)
	return err
}

// ask reads what git wants and gets the token for it. An empty token: none of
// the authorizations is meant.
func (g *gitHelper) ask(ctx context.Context, rejected bool) (gitAsked, handout.Token, error) {
	asked, err := readGit(g.in)
	if err != nil {
		return gitAsked{}, handout.Token{}, refusal(auth.EndUsage, codeGitInput, "Git gets no answer", sentence(err.Error()))
	}
	if asked.protocol != "https" || asked.host == "" {
		return gitAsked{}, handout.Token{}, nil // tokens travel over TLS alone
	}
	all, err := g.listings(ctx) // the vault stays closed for hosts that are none of ours
	if err != nil {
		return gitAsked{}, handout.Token{}, err
	}
	name, err := g.choose(all, asked)
	if err != nil || name == "" {
		return asked, handout.Token{}, err
	}
	want := handout.TokenRequest{Name: name, Purpose: auth.PurposeGit, Host: strings.ToLower(asked.host), Interactive: g.interactive}
	backend, done, err := g.backend(ctx)
	if err != nil {
		return asked, handout.Token{}, err
	}
	defer done()
	token, err := backend.Token(ctx, want)
	if err != nil || !rejected || !token.AccessToken.Equal(asked.password) {
		return asked, token, err
	}
	want.Rejected = true
	token, err = backend.Token(ctx, want)
	return asked, token, err
}

// choose finds the authorization that is meant for the host; "": none is.
func (g *gitHelper) choose(all []handout.Listing, asked gitAsked) (string, error) {
	host := strings.ToLower(asked.host)
	var fit []string
	for _, a := range all {
		if !a.Practice && !strings.HasPrefix(host, "*") && slices.Contains(a.Hosts, host) { // a wildcard names no host
			fit = append(fit, a.Name)
		}
	}
	if g.name != "" {
		if !slices.ContainsFunc(fit, sameName(g.name)) {
			return "", refusal(auth.EndDenied, codeGitHost, "“"+shown(g.name)+"” is not for this git server",
				"It does not name "+asked.host+" as a host that its tokens may be sent to.",
				"Open “Who may use it” of the authorization in Tokenwell and add "+asked.host+".")
		}
		return g.name, nil
	}
	if named := slices.IndexFunc(fit, sameName(asked.username)); asked.username != "" && named >= 0 {
		return fit[named], nil
	}
	switch len(fit) {
	case 0:
		return "", nil
	case 1:
		return fit[0], nil
	}
	return "", refusal(auth.EndUsage, codeGitMany, "Several authorizations are for "+asked.host,
		"They are "+listed(fit)+".",
		"Say which one: git config --global credential.https://"+asked.host+".username NAME")
}

// sameName compares Friendly Names as the app does.
func sameName(name string) func(string) bool {
	folded := auth.FoldName(name)
	return func(other string) bool { return auth.FoldName(other) == folded }
}

// listed puts names into a sentence.
func listed(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = "“" + name + "”"
	}
	last := len(quoted) - 1
	return strings.Join(quoted[:last], ", ") + " and " + quoted[last]
}
