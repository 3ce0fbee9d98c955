package localserver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"tokenwell/auth"
)

// Names of the settings.
const (
	settingKey     = "signing_key"  // PKCS #8, base64
	settingRetired = "retired_keys" // JSON of []retiredKey
	settingPort    = "port"
)

// practiceUser is the account of the first run.
const practiceUser = "analyst"

// practice is what the window shows for trying the server out.
type practice struct {
	user   User
	client Client
}

// firstRun returns user and client of the first run, and makes them and the
// scopes when there are none. Errors are sentences for the user.
func (s *Server) firstRun(ctx context.Context) (practice, error) {
	s.making.Lock()
	defer s.making.Unlock()
	if err := loadScopes(ctx, s.store); err != nil {
		return practice{}, fmt.Errorf("the local server can't read or make its scopes: %w", err)
	}
	user, err := loadUser(ctx, s.store, s.now())
	if err != nil {
		return practice{}, fmt.Errorf("the local server can't read or make its user: %w", err)
	}
	client, err := loadPracticeClient(ctx, s.store, s.now())
	if err != nil {
		return practice{}, fmt.Errorf("the local server can't read or make the practice client: %w", err)
	}
	return practice{user: user, client: client}, nil
}

// loadScopes adds the scopes of the first run when there are none, and those
// that the server itself acts on whenever one is missing.
func loadScopes(ctx context.Context, store Store) error {
	stored, err := store.Scopes(ctx)
	if err != nil {
		return err
	}
	for _, s := range Scopes() {
		builtin := slices.Contains(builtinScopes, s.Name)
		there := slices.ContainsFunc(stored, func(o Scope) bool { return auth.FoldName(o.Name) == auth.FoldName(s.Name) })
		if there || (len(stored) > 0 && !builtin) {
			continue
		}
		scope := Scope{Name: s.Name, Description: s.Label, Default: s.Name == defaultScope, Builtin: builtin}
		if err := store.SaveScope(ctx, scope, true); err != nil {
			return err
		}
	}
	return nil
}

// isPractice tells whether the user was made at the first run: the program
// shows the password of no other.
func isPractice(u User) bool { return !u.Password.Empty() }

// loadUser returns the account of the first run, made when there is none.
func loadUser(ctx context.Context, store Store, now time.Time) (User, error) {
	users, err := store.Users(ctx)
	if err != nil {
		return User{}, err
	}
	if i := slices.IndexFunc(users, isPractice); i >= 0 {
		return users[i], nil
	}
	u := User{
		ID:       newUserID(),
		Name:     practiceUser,
		FullName: "Practice Analyst",
		Email:    "analyst@localhost.invalid",
		Password: auth.NewSecret(readablePassword()),
		Active:   true,
		Created:  now,
	}
	err = store.AddUser(ctx, u)
	if errors.Is(err, ErrTaken) { // the user made one of that name
		u.Name = practiceUser + "-" + readableText(4)
		err = store.AddUser(ctx, u)
	}
	return u, err
}

// loadPracticeClient returns the client of the first run, made when there is none.
func loadPracticeClient(ctx context.Context, store Store, now time.Time) (Client, error) {
	c, err := store.PracticeClient(ctx)
	if !errors.Is(err, ErrNotFound) {
		return c, err
	}
	c = Client{
		ID:            "practice-" + readableText(8),
		Name:          "Practice client",
		Version:       "1.0",
		Description:   "Made at the first start, for trying things out.",
		Secret:        auth.NewSecret(randomValue(secretPrefix)),
		RedirectURIs:  []string{"http://127.0.0.1/callback"},
		Grants:        []auth.LocalGrant{auth.LocalGrantCode, auth.LocalGrantClientCredentials, auth.LocalGrantDevice, auth.LocalGrantPassword},
		AccessSeconds: int64(accessLifetime / time.Second),
		RefreshCount:  auth.LocalUnlimited,
		Scopes:        scopeNames(),
		Active:        true,
		Practice:      true,
		Created:       now,
	}
	err = store.AddClient(ctx, c)
	if errors.Is(err, ErrTaken) { // the user made one of that name
		c.Version += "-" + readableText(4)
		err = store.AddClient(ctx, c)
	}
	return c, err
}

// storedPort returns the port that the server had before, 0 when it had none.
func storedPort(ctx context.Context, store Store) (int, error) {
	value, err := store.Setting(ctx, settingPort)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	port, err := strconv.Atoi(value.Reveal())
	if err != nil {
		return 0, errors.New("the local server's stored port is not a number")
	}
	return port, nil
}
