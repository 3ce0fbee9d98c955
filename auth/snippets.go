package auth

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"
)

// snippetFacts are what the snippets of one authorization are made of.
type snippetFacts struct {
	name    string
	address string // of a first request
	host    string // of address
	header  string // the name of the header that carries the token
	prefix  string // what stands before the token in it, the blank included
	bearer  bool   // header and prefix are those of RFC 6750 section 2.1
	gitHost string // "": git gets nothing
}

// exampleAddress stands where a service names no address to fetch.
const exampleAddress = "https://api.example.com/"

// snippetKinds make the snippets, in the order of the list. In a text {name},
// {address}, {host}, {header}, {prefix}, {origin} and {path} are filled in,
// quoted by quote.
var snippetKinds = []struct {
	id, label string
	steps     bool
	quote     func(string) string
	text      func(f snippetFacts) string // "": not for this authorization
}{
	{id: "curl", label: "curl", quote: quoteTerminal, text: func(snippetFacts) string {
		return `tokenwell curl {name} -- {address}`
	}},
	{id: "powershell", label: "PowerShell", quote: quotePowerShell, text: func(snippetFacts) string {
		return `$token = tokenwell token {name}
if ($LASTEXITCODE -ne 0) { throw "tokenwell gave no token: exit code $LASTEXITCODE" }
Invoke-RestMethod -Uri {address} -Headers @{ {header} = {prefix} + $token }`
	}},
	{id: "python", label: "Python (requests)", quote: quoteDouble, text: func(snippetFacts) string {
		return `import subprocess

import requests

token = subprocess.run(
    ["tokenwell", "token", {name}],
    stdout=subprocess.PIPE, text=True, check=True,
).stdout.strip()
reply = requests.get({address}, headers={{header}: {prefix} + token}, timeout=30)
reply.raise_for_status()
print(reply.text)`
	}},
	{id: "r", label: "R (httr2)", quote: quoteDouble, text: func(f snippetFacts) string {
		carry := `req_headers(!!!setNames(list(paste0({prefix}, token)), {header}))`
		if f.bearer {
			carry = `req_auth_bearer_token(token)`
		}
		return `library(httr2)

token <- system2("tokenwell", c("token", shQuote({name})), stdout = TRUE)
stopifnot(is.null(attr(token, "status")))
reply <- request({address}) |>
  ` + carry + ` |>
  req_perform()
cat(resp_body_string(reply))`
	}},
	{id: "powerquery", label: "Power Query M", quote: quotePowerQuery, text: func(snippetFacts) string {
		return `// Power Query can't run a program. Run this first, in a terminal, and leave it open:
//   ` + forTerminal("tokenwell proxy {name} --to {origin}") + `
// It prints an address: put it in the place of the one below.
let
    Base = "http://127.0.0.1:PORT/KEY",
    Reply = Json.Document(Web.Contents(Base, [RelativePath = {path}]))
in
    Reply`
	}},
	{id: "go", label: "Go", quote: quoteDouble, text: func(snippetFacts) string {
		return `package main

import (
	"io"
	"log"
	"net/http"
	"os"
	"os/exec"
	"strings"
)

func main() {
	command := exec.Command("tokenwell", "token", {name})
	command.Stderr = os.Stderr
	token, err := command.Output()
	if err != nil {
		log.Fatal(err)
	}
	request, err := http.NewRequest(http.MethodGet, {address}, nil)
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set({header}, {prefix}+strings.TrimSpace(string(token)))
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer reply.Body.Close()
	io.Copy(os.Stdout, reply.Body)
}`
	}},
	{id: "javascript", label: "JavaScript (fetch)", quote: quoteDouble, text: func(snippetFacts) string {
		return `import { execFileSync } from "node:child_process";

const token = execFileSync("tokenwell", ["token", {name}], { encoding: "utf8" }).trim();
const reply = await fetch({address}, { headers: { [{header}]: {prefix} + token } });
if (!reply.ok) throw new Error("HTTP " + reply.status);
console.log(await reply.text());`
	}},
	{id: "excel", label: "Excel", steps: true, quote: asItIs, text: func(snippetFacts) string {
		return `1. In a terminal, run this and leave it open:
   ` + forTerminal("tokenwell proxy {name} --to {origin}") + `
   It prints an address that begins with http://127.0.0.1.
2. In Excel, choose Data > Get Data > From Other Sources > From Web.
3. Enter the printed address and, after it, the rest of the address that you
   want to read, such as {path}.
4. When Excel asks how to sign in, choose Anonymous: the token is added on the
   way, and Excel never sees it.
5. Close the terminal when you are done. The address is another one next time.`
	}},
	{id: "git", label: "git", quote: quoteShell, text: func(f snippetFacts) string {
		if f.gitHost == "" {
			return ""
		}
		section := "credential.https://" + f.gitHost + ".helper"
		helper := quoteShell("!tokenwell git-credential --name " + quoteShell(f.name))
		return "git config --global --replace-all " + quoteShell(section) + " ''\n" +
			"git config --global --add " + quoteShell(section) + " " + helper
	}},
}

// forTerminal marks a line that stands in another language's text but is quoted
// for the terminal.
func forTerminal(line string) string {
	for _, place := range []string{"{name}", "{origin}"} {
		line = strings.ReplaceAll(line, place, "{shell "+place[1:])
	}
	return line
}

// exampleGitHost stands where the rule of an authorization names no host.
const exampleGitHost = "git.example.com"

// Snippets returns the ways to use an authorization in other programs.
func (e *Engine) Snippets(ctx context.Context, id string) ([]Snippet, error) {
	d, err := e.Detail(ctx, id)
	if err != nil {
		return nil, err
	}
	rule, err := e.HandOutRule(ctx, id)
	if err != nil {
		return nil, err
	}
	svc, _ := e.catalog.Get(d.Authorization.ServiceID)
	facts := snippetFacts{name: d.Authorization.Name, address: cmp.Or(d.TestAddress, exampleAddress)}
	facts.header, facts.prefix = svc.Use.Line("")
	facts.bearer = facts.header == "Authorization" && facts.prefix == "Bearer "
	if d.Authorization.ServiceID != LocalServiceID { // practice tokens are for no git server (T55)
		facts.gitHost = exampleGitHost
		if named := slices.IndexFunc(rule.Hosts, func(host string) bool { return !strings.HasPrefix(host, "*.") }); named >= 0 {
			facts.gitHost = rule.Hosts[named]
		}
	}
	return snippetsOf(facts), nil
}

func snippetsOf(f snippetFacts) []Snippet {
	origin, path := f.address, ""
	if u, err := url.Parse(f.address); err == nil {
		origin = u.Scheme + "://" + u.Host
		path = cmp.Or(strings.TrimPrefix(u.RequestURI(), "/"), "reports")
	}
	snippets := make([]Snippet, 0, len(snippetKinds))
	for _, kind := range snippetKinds {
		text := kind.text(f)
		if text == "" {
			continue
		}
		fill := strings.NewReplacer(
			"{name}", kind.quote(f.name), "{address}", kind.quote(f.address), "{header}", kind.quote(f.header),
			"{prefix}", kind.quote(f.prefix), "{path}", kind.quote(path),
			"{shell name}", quoteTerminal(f.name), "{shell origin}", quoteTerminal(origin),
		)
		snippets = append(snippets, Snippet{ID: kind.id, Label: kind.label, Steps: kind.steps, Text: fill.Replace(text) + "\n"})
	}
	return snippets
}

// quoteShell makes one word of text for a POSIX shell.
func quoteShell(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// quoteTerminal makes one word of text for the terminals of all systems: between
// double quotation marks, the only ones of the Windows command prompt, unless a
// shell would act on what stands between them.
func quoteTerminal(text string) string {
	if strings.ContainsAny(text, "\"$`\\!“”„") {
		return quoteShell(text)
	}
	return `"` + text + `"`
}

// quoteDouble is a string of Python, R, Go and JavaScript. Friendly Names and
// addresses hold no control characters; all else may stand as it is.
func quoteDouble(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// quotePowerShell is a string of PowerShell that nothing is expanded in. It
// takes the typographic quotation marks for plain ones.
func quotePowerShell(text string) string {
	double := strings.NewReplacer("'", "''", "‘", "‘‘", "’", "’’", "‚", "‚‚", "‛", "‛‛")
	return "'" + double.Replace(text) + "'"
}

// quotePowerQuery is a string of the M formula language, in which #( begins an escape.
func quotePowerQuery(text string) string {
	return `"` + strings.NewReplacer(`"`, `""`, "#(", "#(#)(").Replace(text) + `"`
}

func asItIs(text string) string { return text }
