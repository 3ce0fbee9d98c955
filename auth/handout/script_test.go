package handout

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestScriptOf(t *testing.T) {
	if filepath.Separator != '/' {
		t.Skip("command lines are not known here")
	}
	const dir = "/home/ann/work"
	for _, c := range []struct{ path, line, want string }{
		{"/usr/bin/python3.12", "python3 x.py a", dir + "/x.py"},
		{"/usr/bin/python3.12", "python3 /srv/../srv/x.py", "/srv/x.py"},
		{"/usr/bin/python3", "python3 -u -W ignore -Xdev x.py -m y", dir + "/x.py"},
		{"/usr/bin/python3", "python3 -m http.server 80", "-m http.server"},
		{"/usr/bin/python3", "python3 -Im http.server", "-m http.server"},
		{"/usr/bin/python3", "python3 -mhttp.server", "-m http.server"},
		{"/usr/bin/python3", "python3 -c print(1) x.py", ""},
		{"/usr/bin/python3", "python3 -ic print(1) x.py", ""},
		{"/usr/bin/python3", "python3 - x.py", ""},
		{"/usr/bin/python3", "python3", ""},
		{"/opt/Python.app/Contents/MacOS/Python", "Python x.py", dir + "/x.py"},
		{"/bin/bash", "bash x.sh", dir + "/x.sh"},
		{"/bin/bash", "-bash", ""},
		{"/bin/bash", "bash /dev/fd/63 x", ""},
		{"/bin/bash", "bash /dev/./fd/63", ""},
		{"/usr/bin/python3", "python3 /proc/self/fd/3", ""},
		{"/usr/bin/python3", "python3 /dev/stdin", ""},
		{"/bin/bash", "bash /dev/fdx/x.sh", "/dev/fdx/x.sh"},
		{"/bin/bash", "bash -eo pipefail +x x.sh y", dir + "/x.sh"},
		{"/bin/bash", "bash -f x.sh", dir + "/x.sh"},
		{"/bin/bash", "bash --rcfile r --norc x.sh", dir + "/x.sh"},
		{"/bin/bash", "bash -euc code x.sh", ""},
		{"/bin/bash", "bash -l -- -x.sh", dir + "/-x.sh"},
		{"/bin/busybox", "sh x.sh", dir + "/x.sh"},
		{"/bin/busybox", "ls x.sh", ""},
		{"/usr/bin/fish", "fish -C init x.fish", dir + "/x.fish"},
		{"/usr/lib/R/bin/exec/R", "R --no-echo --no-restore --file=x.R --args y", dir + "/x.R"},
		{"/usr/lib/R/bin/exec/R", "R -f x.R", dir + "/x.R"},
		{"/usr/lib/R/bin/exec/R", "R --no-save -e 1 --args x.R", ""},
		{"/usr/lib/R/bin/exec/R", "R --args x.R", ""},
		{"/usr/bin/Rscript", "Rscript --vanilla x.R", dir + "/x.R"},
		{"/usr/bin/node", "node --require ./hook.js --inspect x.js", dir + "/x.js"},
		{"/usr/bin/node", "node -pe 1 x.js", ""},
		{"/usr/bin/node", "node --import=a x.js", dir + "/x.js"},
		{"/usr/bin/perl5.36.0", "perl -w -MFile::Spec -I lib x.pl", dir + "/x.pl"},
		{"/usr/bin/perl", "perl -i.bake -ne code x.txt", ""},
		{"/usr/bin/ruby3.1", "ruby -rjson -I lib x.rb", dir + "/x.rb"},
		{"/usr/bin/php8.2", "php -d a=b x.php", dir + "/x.php"},
		{"/usr/bin/php8.2", "php -f x.php", dir + "/x.php"},
		{"/usr/bin/php8.2", "php -r code x.php", ""},
		{"/opt/pwsh", "pwsh -NoProfile -ExecutionPolicy Bypass -File x.ps1", dir + "/x.ps1"},
		{"/opt/pwsh", "pwsh x.ps1", dir + "/x.ps1"},
		{"/opt/pwsh", "pwsh -Command x", ""},
		{"/usr/bin/java", "java -Xmx1g -cp a:b -jar x.jar", dir + "/x.jar"},
		{"/usr/bin/java", "java -cp a:b com.example.Main x", "-m com.example.Main"},
		{"/usr/bin/java", "java -m mod/com.example.Main", "-m mod/com.example.Main"},
		{"/usr/bin/java", "java X.java", dir + "/X.java"},
		{"/usr/bin/curl", "curl x.py", ""},
		{"/usr/bin/python3-config", "python3-config x", ""},
		{"", "python3 x.py", ""},
	} {
		assert.Equal(t, c.want, scriptOf(c.path, strings.Fields(c.line), dir), "%s: %s", c.path, c.line)
	}
}

// What can't be shown as it is, is not known: neither the interpreter alone nor
// another name may stand for it.
func TestAskerWithOddNames(t *testing.T) {
	for _, script := range []string{"x\n.py", "x\u202e.py", "x\x1b[2J.py", "x\xff.py", strings.Repeat("x", maxShown)} {
		got := process{pid: 1, path: "/usr/bin/python3", args: []string{"python3", script}, dir: "/"}.asker()
		assert.Empty(t, got.Path, "%q", script)
		assert.Empty(t, got.Script, "%q", script)
	}
}

func FuzzScriptOf(f *testing.F) {
	for _, line := range []string{"python3 -Im x", "bash -eo pipefail x", "java -cp a Main", "pwsh -File", "R --file=x", "perl -Mx -ne c", "sh\x00-", "+"} {
		f.Add("/usr/bin/"+strings.Fields(line)[0], strings.ReplaceAll(line, " ", "\x00"), "/home/x")
	}
	f.Fuzz(func(t *testing.T, path, line, dir string) {
		args := strings.Split(line, "\x00")
		script := scriptOf(path, args, dir)
		if script == "" {
			return
		}
		if module, ok := strings.CutPrefix(script, modulePrefix); ok {
			assert.NotEmpty(t, module)
			return
		}
		if dir != "" && filepath.IsAbs(dir) {
			assert.True(t, filepath.IsAbs(script), "%q", script)
		}
		a := process{path: path, args: args, dir: dir}.asker()
		assert.True(t, showable(a.Path) && showable(a.Script))
		assert.False(t, a.Path != "" && a.Script != script, "an interpreter never stands without its script")
	})
}
