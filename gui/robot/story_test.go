//go:build e2e

package robot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// The story's names.
const (
	appTitle    = "Tokenwell"
	signInTitle = "Sign in - Tokenwell local server"
	grantTitle  = "Grant access - Tokenwell local server"
	localIssuer = "http://127.0.0.1:17655"
	localUser   = "analyst"
	friendly    = "Practice reports"

	messageTime = 6 * time.Second // how long the program's messages stay at most
)

// story is the main job from the first start to a token in use.
type story struct {
	*desktop
	binary   string
	data     string // the program's data folder
	usual    bool   // it is where the program finds it without being told
	pictures string // where each step leaves its picture
	patience time.Duration
	say      func(format string, args ...any)

	database string
	process  *os.Process
	exit     chan error // the program's end
	shown    picture
	steps    int
	token    string // the access token that was copied
	password string // the practice user's
}

// run tells the story and stops at the first step that fails.
func (s *story) run() error {
	err := s.tell([]step{
		{"empty-state", s.openProgram},
		{"form", s.openForm},
		{"form-filled", s.fillForm},
		{"sign-in-sheet", s.saveAndAuthorize},
		{"browser-sign-in", s.signIn},
		{"browser-approval", s.submitSignIn},
		{"browser-success", s.grant},
		{"table-active", s.comeBack},
		{"refreshed", s.refresh},
		{"token-copied", s.copyToken},
		{"clipboard-cleared", s.waitCleared},
	})
	if err != nil {
		return err
	}
	if err := tellTales(s.token, s.password); err != nil {
		return err
	}
	if err := s.quit(); err != nil {
		return err
	}
	return s.readDatabase()
}

// step is one thing that is done, named as its picture.
type step struct {
	name string
	do   func() error
}

// tell does the steps, takes a picture after each, and stops at the first that
// fails.
func (s *story) tell(steps []step) error {
	for _, step := range steps {
		s.steps++
		if err := step.do(); err != nil {
			s.picture(step.name + "-failed")
			s.say("%2d %s FAILED: %v", s.steps, step.name, err)
			return fmt.Errorf("step %d, %s: %w", s.steps, step.name, err)
		}
		s.picture(step.name)
		s.say("%2d %s", s.steps, step.name)
	}
	return nil
}

// picture leaves what the screen shows in the pictures' folder.
func (s *story) picture(name string) {
	shown, err := s.look()
	if err == nil {
		err = save(shown, filepath.Join(s.pictures, fmt.Sprintf("%02d-%s.png", s.steps, name)))
	}
	if err != nil {
		s.say("no picture of %s: %v", name, err)
	}
}

// change does something and waits until the screen shows its effect.
func (s *story) change(do ...func() error) error {
	before, err := s.look()
	if err != nil {
		return err
	}
	for _, each := range do {
		if err := each(); err != nil {
			return err
		}
	}
	s.shown, err = s.settle(before, s.patience)
	return err
}

func (s *story) clicks(p point) func() error      { return func() error { return s.click(p) } }
func (s *story) keys(keys ...string) func() error { return func() error { return s.key(keys...) } }
func (s *story) types(text string) func() error   { return func() error { return s.write(text) } }

// openProgram starts the release binary.
func (s *story) openProgram() error {
	folder := []string{"--data-dir", s.data}
	if s.usual {
		folder = nil
	}
	said, err := s.output(s.binary, append(folder, "--paths")...)
	if err != nil {
		return fmt.Errorf("--paths: %w", err)
	}
	found := regexp.MustCompile(`(?m)^database +(.+)$`).FindStringSubmatch(said)
	if found == nil {
		return fmt.Errorf("--paths names no database: %q", said)
	}
	s.database = found[1]

	command := s.command(context.Background(), s.binary, folder...)
	if err := command.Start(); err != nil {
		return err
	}
	s.process = command.Process
	s.exit = make(chan error, 1)
	go func() { s.exit <- command.Wait() }()
	if err := s.waitWindow(appTitle, s.patience); err != nil {
		select {
		case ended := <-s.exit:
			return fmt.Errorf("the program has ended: %w", errors.Join(ended, err))
		default:
			return err
		}
	}
	s.shown, err = s.settle(nil, s.patience)
	return err
}

func (s *story) openForm() error { return s.change(s.clicks(placeTryLocal)) }

func (s *story) fillForm() error {
	if err := s.change(s.clicks(placePractice)); err != nil {
		return fmt.Errorf("use the practice client: %w", err)
	}
	return s.change(s.clicks(placeFriendlyName), s.types(friendly))
}

// saveAndAuthorize ends the form; the program opens the browser, which covers it.
func (s *story) saveAndAuthorize() error {
	if err := s.click(placeSubmit); err != nil {
		return err
	}
	if err := s.waitWindow(signInTitle, s.patience); err != nil {
		return err
	}
	if err := s.activate("^" + appTitle + "$"); err != nil {
		return err
	}
	var err error
	s.shown, err = s.settle(nil, s.patience)
	return err
}

// signIn copies the password from the program's sheet into the browser's page.
func (s *story) signIn() error {
	if err := s.click(placeCopyPassword); err != nil {
		return err
	}
	err := s.until("the password on the clipboard", s.patience, func() bool {
		text, err := s.clipboard()
		s.password = text
		return err == nil && len(text) >= 12
	})
	if err != nil {
		return err
	}
	if err := s.activate(signInTitle); err != nil {
		return err
	}
	if err := s.change(s.types(localUser), s.keys("Tab")); err != nil {
		return err
	}
	return s.change(s.keys("ctrl+v"))
}

func (s *story) submitSignIn() error {
	if err := s.key("Return"); err != nil {
		return err
	}
	if err := s.waitWindow(grantTitle, s.patience); err != nil {
		return err
	}
	var err error
	s.shown, err = s.settle(nil, s.patience)
	return err
}

// grant presses the button that has the focus: Grant access.
func (s *story) grant() error {
	if err := s.change(s.keys("Return")); err != nil {
		return err
	}
	if err := s.waitWindow("Signed in", s.patience); err != nil {
		return err
	}
	err := s.until("an authorization that is Active", s.patience, func() bool {
		return s.query("SELECT state || generation FROM authorizations JOIN authorization_status USING (id)") == "active1"
	})
	if err != nil {
		return err
	}
	// The program has come to the front by itself.
	if err := s.activate("Signed in"); err != nil {
		return err
	}
	s.shown, err = s.settle(nil, s.patience)
	return err
}

func (s *story) comeBack() error {
	if err := s.activate("^" + appTitle + "$"); err != nil {
		return err
	}
	var err error
	s.shown, err = s.settle(nil, s.patience)
	return err
}

func (s *story) refresh() error {
	if err := s.key("ctrl+r"); err != nil {
		return err
	}
	err := s.until("a second generation of tokens", s.patience, func() bool {
		return s.query("SELECT state || generation FROM authorizations JOIN authorization_status USING (id)") == "active2"
	})
	if err != nil {
		return err
	}
	s.shown, err = s.settle(nil, s.patience)
	return err
}

// copyToken copies the access token and uses it at the server that gave it.
func (s *story) copyToken() error {
	before, _ := s.clipboard()
	if err := s.key("ctrl+c"); err != nil {
		return err
	}
	err := s.until("the access token on the clipboard", s.patience, func() bool {
		text, err := s.clipboard()
		s.token = text
		return err == nil && text != "" && text != before
	})
	if err != nil {
		return err
	}
	s.shown, err = s.settle(nil, s.patience)
	if err != nil {
		return err
	}
	return s.useToken()
}

// useToken asks the local server who the token belongs to.
func (s *story) useToken() error {
	ctx, cancel := context.WithTimeout(context.Background(), s.patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, localIssuer+"/userinfo", nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+s.token)
	response, err := (&http.Client{}).Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var who map[string]any
	if err := json.NewDecoder(response.Body).Decode(&who); err != nil || response.StatusCode != http.StatusOK {
		return fmt.Errorf("the server did not take the token: status %d, %w", response.StatusCode, err)
	}
	s.say("   the server says that the token belongs to %v", who["sub"])
	return nil
}

// waitCleared waits until the program has taken the token off the clipboard
// and its messages have gone.
func (s *story) waitCleared() error {
	err := s.until("an empty clipboard", s.patience, func() bool {
		text, _ := s.clipboard()
		return text != s.token
	})
	if err != nil {
		return err
	}
	pause(messageTime)
	s.shown, err = s.settle(nil, s.patience)
	return err
}

// quit closes the window as a user does and waits for the program's end.
func (s *story) quit() (err error) {
	defer func() {
		if err != nil {
			s.picture("quit-failed")
			s.say("quit FAILED: %v", err)
			err = fmt.Errorf("quit: %w", err)
		}
	}()
	if err := s.activate("^" + appTitle + "$"); err != nil {
		return err
	}
	if err := s.key("alt+F4"); err != nil {
		return err
	}
	select {
	case err := <-s.exit:
		return err
	case <-time.After(s.patience):
		s.saveStacks()
		return errors.New("the program does not end")
	}
}

// saveStacks ends a program that hangs and leaves beside the pictures what it
// was doing.
func (s *story) saveStacks() {
	_ = s.process.Signal(syscall.SIGQUIT)
	select {
	case <-s.exit:
	case <-time.After(5 * time.Second):
	}
	said, err := os.ReadFile(s.log.Name())
	if err == nil {
		err = os.WriteFile(filepath.Join(s.pictures, "stacks.txt"), said, 0o600)
	}
	s.say("where it hangs is in stacks.txt: %v", err)
}

// query asks the database through a process of its own; "" when it cannot.
func (s *story) query(sql string) string {
	said, err := s.output("sqlite3", "-readonly", s.database, sql)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(said)
}

// readDatabase prints the table after the program's end and makes sure that no
// secret can be read in any of its files.
func (s *story) readDatabase() error {
	said, err := s.output("sqlite3", "-readonly", "-box", s.database, `SELECT name, service_name AS service, grant_type AS "grant", state,
		generation, datetime(expires_at / 1000, 'unixepoch') AS "expires (UTC)", scope_count AS scopes, signed_in_as AS "signed in as"
		FROM authorizations JOIN authorization_status USING (id)`)
	if err != nil {
		return err
	}
	if !strings.Contains(said, friendly) {
		return fmt.Errorf("the database does not hold the authorization: %s", said)
	}
	s.say("The table authorizations, read by another process:\n%s", said)
	return s.nothingReadable(s.token, s.password)
}

// nothingReadable makes sure that none of the secrets stands in any file of the
// data folder.
func (s *story) nothingReadable(secrets ...string) error {
	return filepath.WalkDir(s.data, func(file string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(file)
		for _, secret := range secrets {
			if strings.Contains(string(content), secret) {
				return fmt.Errorf("a secret can be read in %s", filepath.Base(file))
			}
		}
		return err
	})
}
