package auth

import (
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// docs/services.md and the table in README.md are written from the catalog and the
// code, between markers, so that neither can tell another story.
func TestServicesDocument(t *testing.T) {
	all := shippedCatalog(t).All()
	parts := map[string]map[string]string{
		"../docs/services.md": {
			"fields": documentFields(t), "quirks": documentQuirks(all), "standing": documentStanding(all),
			"departures": documentDepartures(all), "not handled": documentNotHandled(all),
		},
		"../README.md": {"services": documentServices(all)},
	}
	for file, sections := range parts {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		want := string(data)
		for _, name := range slices.Sorted(maps.Keys(sections)) {
			want = between(t, file, want, name, sections[name])
		}
		if want == string(data) {
			continue
		}
		if os.Getenv("TOKENWELL_WRITE_DOCS") == "" {
			t.Errorf("%s differs from the catalog. To write it:\nTOKENWELL_WRITE_DOCS=1 go test ./auth -run TestServicesDocument", strings.TrimPrefix(file, "../"))
			continue
		}
		require.NoError(t, os.WriteFile(file, []byte(want), 0o644)) //nolint:gosec // a document for everybody
	}
}

// between puts content between the markers of a name.
func between(t *testing.T, file, text, name, content string) string {
	begin, end := "<!-- begin "+name+" (written by a test) -->\n", "<!-- end "+name+" -->"
	head, rest, found := strings.Cut(text, begin)
	_, tail, ended := strings.Cut(rest, end)
	require.True(t, found && ended, "%s has no markers for %q", file, name)
	return head + begin + "\n" + content + "\n" + end + tail
}

// table writes a table; a bar in a cell would end it.
func table(columns []string, rows [][]string) string {
	var text strings.Builder
	write := func(cells []string) {
		for _, cell := range cells {
			fmt.Fprintf(&text, "| %s ", strings.ReplaceAll(cell, "|", `\|`))
		}
		text.WriteString("|\n")
	}
	write(columns)
	write(slices.Repeat([]string{"---"}, len(columns)))
	for _, row := range rows {
		write(row)
	}
	return text.String()
}

func code(word string) string { return "`" + word + "`" }

// documentFields explains every field of a file, in the order of the types.
func documentFields(t *testing.T) string {
	var rows [][]string
	explained := map[string]bool{}
	var walk func(path string, of reflect.Type)
	walk = func(path string, of reflect.Type) {
		for field := range of.Fields() {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			name = path + name
			explained[name] = true
			assert.NotEmpty(t, fieldSentences[name], "the field %s is not explained", name)
			rows = append(rows, []string{code(name), kindOf(field.Type), fieldSentences[name]})
			inner := field.Type
			for inner.Kind() == reflect.Slice || inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			if stored := name == "endpoints.mtls_endpoint_aliases"; inner.Kind() == reflect.Struct && !stored {
				walk(name+".", inner)
			}
		}
	}
	walk("", reflect.TypeFor[Service]())
	for name := range fieldSentences {
		assert.True(t, explained[name], "there is no field %s", name)
	}
	return table([]string{"field", "kind", "meaning"}, rows)
}

func kindOf(of reflect.Type) string {
	switch of.Kind() {
	case reflect.Slice:
		return "list of " + strings.TrimPrefix(kindOf(of.Elem()), "a ")
	case reflect.Pointer:
		return kindOf(of.Elem()) + " or null"
	case reflect.Map:
		return "texts by name"
	case reflect.Struct:
		return "object"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "number"
	default:
		return "text"
	}
}

// users are the names of the services that a predicate picks, the first few.
func users(all []Service, uses func(Service) bool) string {
	const shown = 3
	var names []string
	count := 0
	for _, s := range all {
		if uses(s) {
			if count++; count <= shown {
				names = append(names, s.Name)
			}
		}
	}
	text := strings.Join(names, ", ")
	if count > shown {
		text += fmt.Sprintf(" and %d more", count-shown)
	}
	return text
}

func documentQuirks(all []Service) string {
	var rows [][]string
	for _, q := range Quirks() {
		var params []string
		for _, name := range q.Needed {
			params = append(params, code(name))
		}
		for _, name := range q.Optional {
			params = append(params, code(name)+" (optional)")
		}
		rows = append(rows, []string{code(string(q.ID)), strings.Join(params, ", "), q.Sentence, users(all, func(s Service) bool {
			_, has := s.Quirk(q.ID)
			return has
		})})
	}
	return table([]string{"quirk", "parameters", "meaning", "used by"}, rows)
}

func documentStanding(all []Service) string {
	var rows [][]string
	for _, id := range slices.Sorted(maps.Keys(Standing)) {
		rows = append(rows, []string{code(id), Standing[id], users(all, func(s Service) bool {
			return slices.ContainsFunc(s.Departures, func(d Departure) bool { return d.By == HandledByStanding && d.Ref == id })
		})})
	}
	return table([]string{"rule", "meaning", "named by"}, rows)
}

func documentDepartures(all []Service) string {
	by, total := map[string]int{}, 0
	for _, s := range all {
		for _, d := range s.Departures {
			by[d.By]++
			total++
		}
	}
	rows := [][]string{
		{code(HandledByQuirk), fmt.Sprint(by[HandledByQuirk]), "the engine acts on a quirk"},
		{code(HandledByStanding), fmt.Sprint(by[HandledByStanding]), "the engine does so with every service"},
		{code(HandledByData), fmt.Sprint(by[HandledByData]), "a field of the file says it"},
		{code(HandledByHelp), fmt.Sprint(by[HandledByHelp]), "nothing for the program to do: a step or a note tells the user"},
		{code(HandledByNothing), fmt.Sprint(by[HandledByNothing]), "not handled, see below"},
	}
	return fmt.Sprintf("The %d files name %d things that are special about their services.\n\n", len(all), total) +
		table([]string{"by", "how many", "what becomes of them"}, rows)
}

func documentNotHandled(all []Service) string {
	var text strings.Builder
	for _, s := range all {
		for _, d := range s.Departures {
			if d.By == HandledByNothing {
				fmt.Fprintf(&text, "- **%s.** %s Not handled, because: %s\n", s.Name, d.What, d.Why)
			}
		}
	}
	return text.String()
}

// documentServices is the table of the services in README.md.
func documentServices(all []Service) string {
	var rows [][]string
	for _, s := range all {
		if s.ID == LocalServiceID || s.OwnAddresses {
			continue
		}
		var grants []string
		for _, g := range s.Grants {
			if info, _ := g.Info(); g != GrantRefreshToken && g != GrantAccessToken {
				grants = append(grants, info.Label)
			}
		}
		rows = append(rows, []string{s.Name, s.Category, strings.Join(grants, ", "), registeredAs(s)})
	}
	return fmt.Sprintf("%d services:\n\n", len(rows)) + table([]string{"service", "category", "grants", "redirect URI to register"}, rows)
}

// registeredAs says what is entered as redirect URI at a service.
func registeredAs(s Service) string {
	literal := code(RedirectToRegister(s, 0))
	switch {
	case !slices.Contains(s.Grants, GrantAuthorizationCode):
		return "none"
	case s.Redirect.Port == PortNone:
		return literal + ", you paste the address"
	case s.Help.RedirectStep == 0:
		return "none: see its steps"
	case s.Redirect.Port == PortAny:
		return literal + ", any port"
	default:
		return literal
	}
}
