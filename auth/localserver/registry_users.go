package localserver

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"tokenwell/auth"
)

// Users implements auth.LocalRegistry.
func (r Registry) Users(ctx context.Context) ([]auth.LocalUser, error) {
	if err := r.ready(ctx); err != nil {
		return nil, err
	}
	stored, err := r.server.store.Users(ctx)
	if err != nil {
		return nil, err
	}
	users := make([]auth.LocalUser, 0, len(stored))
	for _, u := range stored {
		users = append(users, shownUser(u))
	}
	return users, nil
}

// shownUser is a user without anything of the password.
func shownUser(u User) auth.LocalUser {
	return auth.LocalUser{
		ID: u.ID, Name: u.Name, FullName: u.FullName, Email: u.Email, Active: u.Active, Practice: isPractice(u), Created: u.Created,
	}
}

// SaveUser implements auth.LocalRegistry. The password of the first run's user
// is kept so that the program can go on showing it; of others there is a hash.
func (r Registry) SaveUser(ctx context.Context, u auth.LocalUser) (auth.LocalUser, error) {
	r.server.editing.Lock()
	defer r.server.editing.Unlock()
	u.Name, u.FullName, u.Email = auth.CleanName(u.Name), auth.CleanName(u.FullName), auth.CleanName(u.Email)
	if found := checkUser(u); len(found) > 0 {
		return u, found.err()
	}
	if err := r.ready(ctx); err != nil {
		return u, err
	}
	to := User{ID: newUserID(), Created: r.server.now()}
	if u.ID != "" {
		var err error
		if to, err = r.server.store.User(ctx, u.ID); err != nil {
			return u, gone("user", err)
		}
	}
	practice := isPractice(to)
	to.Name, to.FullName, to.Email, to.Active = u.Name, u.FullName, u.Email, u.Active
	switch {
	case u.Password.Empty():
	case practice:
		to.Password = u.Password
	default:
		to.Hash = hashPassword(u.Password)
	}
	var err error
	if u.ID == "" {
		err = r.server.store.AddUser(ctx, to)
	} else {
		err = gone("user", r.server.store.UpdateUser(ctx, to, r.server.now()))
	}
	r.signOut(to, u, err)
	switch {
	case errors.Is(err, ErrTaken):
		return u, oneFault("user.name", "There is a user of this name already")
	case practice:
		err = r.renew(ctx, err)
	default:
		err = r.done(err)
	}
	return shownUser(to), err
}

// signOut ends the sessions in browsers of a user who was switched off or whose
// password is another now.
func (r Registry) signOut(to User, u auth.LocalUser, err error) {
	p := r.server.current()
	switch {
	case p == nil || err != nil:
	case !to.Active:
		p.userOff(to.ID)
	case !u.Password.Empty():
		p.state.endSessions(to.ID)
	}
}

// DeleteUser implements auth.LocalRegistry. The user of the first run stays: the
// program tells how to sign in with it.
func (r Registry) DeleteUser(ctx context.Context, id string) error {
	r.server.editing.Lock()
	defer r.server.editing.Unlock()
	u, err := r.server.store.User(ctx, id)
	if err != nil && !errors.Is(err, ErrNotFound) && !errors.Is(err, auth.ErrChangedOutside) {
		return err
	}
	if isPractice(u) {
		return fmt.Errorf("%s can't be deleted, because the program shows how to sign in with it; switch it off instead", u.Name)
	}
	return r.done(r.server.store.DeleteUser(ctx, id))
}

func checkUser(u auth.LocalUser) faults {
	var found faults
	found.add("user.name", auth.CheckName(u.Name))
	found.add("user.full_name", checkText(u.FullName, auth.MaxName, false))
	found.add("user.email", checkEmail(u.Email))
	found.add("user.password", checkPassword(u))
	return found
}

// checkEmail takes what looks like an address; it is never written to.
func checkEmail(email string) error {
	name, host, found := strings.Cut(email, "@")
	if email != "" && (!found || name == "" || host == "" || strings.ContainsAny(email, " <>,;")) {
		return complaint("Enter an e-mail address, or none")
	}
	return checkText(email, maxEmail, false)
}

// checkPassword takes an empty one where one is stored.
func checkPassword(u auth.LocalUser) error {
	typed := u.Password.Reveal()
	switch {
	case typed == "" && u.ID != "":
		return nil
	case utf8.RuneCountInString(typed) < minPassword:
		return complaint(fmt.Sprintf("Use at least %d characters", minPassword))
	case len(typed) > maxPassword:
		return complaint("This is too long for a password")
	}
	return nil
}
