package gui

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"

	"tokenwell/auth"
)

func modelServices() []auth.Service {
	return []auth.Service{
		{
			ID: "a", Name: "A", ClientAuth: []auth.ClientAuth{auth.ClientAuthNone, auth.ClientAuthPost},
			Parameters: []auth.Parameter{{Name: "tenant", Label: "Tenant", Default: "common"}, {Name: "local", Hidden: true}},
			Scopes:     []auth.Scope{{Name: "one", Default: true}, {Name: "two"}, {Name: "stay"}},
			Refresh:    auth.RefreshRule{Needs: "scope", Scope: "stay"},
		},
		{
			ID: "b", Name: "B", ClientAuth: []auth.ClientAuth{auth.ClientAuthBasic, auth.ClientAuthPost},
			Scopes: []auth.Scope{{Name: "x"}},
		},
	}
}

func modelDefaults(id string) auth.Draft {
	if id == "a" {
		return auth.Draft{ServiceID: "a", Grant: auth.GrantAuthorizationCode, Params: map[string]string{"tenant": "common"}, Public: true, Scopes: []string{"one"}}
	}
	return auth.Draft{ServiceID: id, Grant: auth.GrantAuthorizationCode, Params: map[string]string{}}
}

func newModel() *formModel { return newFormModel(modelServices(), modelDefaults("a"), modelDefaults) }

func TestFormModel_OpensClean(t *testing.T) {
	m := newModel()
	assert.False(t, m.dirty())
	assert.True(t, m.canSave())
	assert.Empty(t, m.visible())
}

func TestFormModel_ErrorsWaitForTheUser(t *testing.T) {
	m := newModel()
	wrong := []auth.FieldError{{Field: auth.FieldClientID, Message: "Enter it."}, {Field: auth.FieldName, Message: "Enter it."}}
	m.endCheck(m.beginCheck(), wrong)
	assert.Empty(t, m.visible(), "nobody has been there yet")
	m.touch(auth.FieldClientID)
	assert.Len(t, m.visible(), 1)
	m.refuse(wrong)
	shown := m.visible()
	assert.Len(t, shown, 2)
	assert.Equal(t, auth.FieldName, shown[0].Field, "in the form's order")
	assert.False(t, m.canSave())
}

func TestFormModel_OldAnswersAreDropped(t *testing.T) {
	m := newModel()
	n := m.beginCheck()
	m.draft.Name = "new"
	m.edited(auth.FieldName)
	assert.False(t, m.endCheck(n, []auth.FieldError{{Field: auth.FieldName, Message: "taken"}}))
	assert.Empty(t, m.visible())
	assert.False(t, m.nameFree(), "nobody has looked at the new name yet")
	assert.True(t, m.endCheck(m.beginCheck(), nil))
	assert.True(t, m.nameFree())
}

// Typing the last correction and pressing Ctrl+Enter at once must not be
// swallowed because the check has not come back yet.
func TestFormModel_CorrectedFieldHoldsNobodyBack(t *testing.T) {
	m := newModel()
	m.refuse([]auth.FieldError{{Field: auth.FieldName, Message: "Enter it."}})
	assert.False(t, m.canSave())
	m.draft.Name = "x"
	m.edited(auth.FieldName)
	assert.True(t, m.canSave())
}

// Choosing the service before typing a name once called the name missing.
func TestFormModel_AFieldThatIsPassedByIsNoMistakeYet(t *testing.T) {
	m := newModel()
	assert.False(t, m.leave(auth.FieldName))
	assert.True(t, m.endCheck(m.beginCheck(), []auth.FieldError{{Field: auth.FieldName, Message: "Enter a name"}}))
	assert.Empty(t, m.visible())
	m.edited(auth.FieldName)
	assert.True(t, m.leave(auth.FieldName))
}

func TestFormModel_Secrets(t *testing.T) {
	m := newModel()
	m.draft.Public = false
	m.draft.ClientSecret = auth.NewSecret("abc")
	assert.False(t, m.canSave())
	m.draft.Confirmation = auth.NewSecret("ab")
	assert.True(t, m.typingConfirmation())
	m.draft.Confirmation = auth.NewSecret("x")
	assert.False(t, m.typingConfirmation())
	m.touch(auth.FieldConfirmation)
	e, wrong := m.errorOf(auth.FieldConfirmation)
	assert.True(t, wrong)
	assert.Equal(t, "The two secrets do not match.", e.Message)
	m.draft.Confirmation = auth.NewSecret("abc")
	assert.True(t, m.canSave())
}

func TestFormModel_ServiceChange(t *testing.T) {
	m := newModel()
	m.draft.ClientID, m.draft.Name = "id", "name"
	m.setParam("tenant", "mine")
	m.addScope("own")
	m.setService("b")
	assert.False(t, m.draft.Public)
	assert.Empty(t, m.draft.Scopes)
	assert.Empty(t, m.shownParams())
	assert.Equal(t, "id", m.draft.ClientID)
	assert.Equal(t, "name", m.draft.Name)
	m.setService("a")
	assert.True(t, m.draft.Public)
	assert.Equal(t, "mine", m.draft.Params["tenant"])
	assert.Equal(t, []string{"one", "own"}, m.draft.Scopes)
	assert.Len(t, m.shownParams(), 1, "hidden parameters are not shown")
}

func TestFormModel_Scopes(t *testing.T) {
	m := newModel()
	assert.Equal(t, "stay", m.missingRefreshScope())
	m.choose("stay", true)
	m.choose("two", true)
	assert.Empty(t, m.missingRefreshScope())
	assert.Equal(t, []string{"one", "two", "stay"}, m.draft.Scopes, "in the service's order")
	assert.Equal(t, 2, m.addScope(" extra  two "))
	assert.Equal(t, []string{"one", "two", "stay", "extra"}, m.draft.Scopes)
	assert.Zero(t, m.addScope("  "))
	m.choose("one", false)
	assert.False(t, m.chosen("one"))
	assert.True(t, m.dirty())
}

func TestFormModel_EditKeepsScopesThatTheServiceDoesNotName(t *testing.T) {
	d := modelDefaults("b")
	d.ID, d.Scopes = "id", []string{"x", "own"}
	m := newFormModel(modelServices(), d, modelDefaults)
	assert.Equal(t, []string{"x", "own"}, m.draft.Scopes)
	assert.True(t, m.keepsSecret())
	assert.False(t, m.dirty())
}

func TestFormModel_DirtyReturnsToClean(t *testing.T) {
	m := newModel()
	m.setParam("tenant", "mine")
	assert.True(t, m.dirty())
	m.setParam("tenant", "common")
	assert.False(t, m.dirty())
}

// filledDraft sets one field of a draft, found by its number, to something.
func filledDraft(t *testing.T, field int) auth.Draft {
	t.Helper()
	var d auth.Draft
	f := reflect.ValueOf(&d).Elem().Field(field)
	switch value := f.Addr().Interface().(type) {
	case *string:
		*value = "x"
	case *auth.Grant:
		*value = "x"
	case *auth.ClientAuth:
		*value = "x"
	case *bool:
		*value = true
	case *int:
		*value = 7
	case *auth.Secret:
		*value = auth.NewSecret("x")
	case *[]string:
		*value = []string{"x"}
	case *map[string]string:
		*value = map[string]string{"x": "y"}
	case *[]auth.Pair:
		*value = []auth.Pair{{Name: "x", Value: auth.NewSecret("y")}}
	case *auth.Values:
		*value = auth.Values{"x": auth.NewSecret("y")}
	default:
		t.Fatalf("no sample for %T", value)
	}
	return d
}

// A field that sameDraft forgets is lost without a question when the user
// leaves; one that cloneDraft shares changes while it is being saved.
func TestDraft_NoFieldIsForgotten(t *testing.T) {
	kind := reflect.TypeFor[auth.Draft]()
	for i := range kind.NumField() {
		name := kind.Field(i).Name
		d := filledDraft(t, i)
		assert.False(t, sameDraft(d, auth.Draft{}), name)
		clone := cloneDraft(d)
		assert.True(t, sameDraft(d, clone), name)
		switch value := reflect.ValueOf(&d).Elem().Field(i).Addr().Interface().(type) {
		case *[]string:
			(*value)[0] = "other"
		case *map[string]string:
			(*value)["x"] = "other"
		case *[]auth.Pair:
			(*value)[0].Name = "other"
		case *auth.Values:
			(*value)["x"] = auth.NewSecret("other")
		default:
			continue
		}
		assert.False(t, sameDraft(d, clone), "%s is shared with its copy", name)
	}
}

// The order decides which wrong field gets the focus; one that it lacks would
// come first.
func TestFormModel_EveryFieldHasItsPlace(t *testing.T) {
	for _, info := range auth.Grants {
		m := newModel()
		m.draft.Grant, m.draft.Public = info.ID, false
		order := m.order()
		for _, f := range append(m.valueFields(), m.moreFields()...) {
			assert.Contains(t, order, f, info.ID)
		}
		seen := map[auth.Field]bool{}
		for _, f := range order {
			assert.False(t, seen[f], "%s: %s stands there twice", info.ID, f)
			seen[f] = true
		}
	}
}

func TestFormModel_BlankRowsAreNoChange(t *testing.T) {
	m := newModel()
	m.draft.Headers = []auth.Pair{{}}
	assert.False(t, m.dirty())
	m.setUnreadable(auth.FieldHeaders, "Line 1: …")
	assert.True(t, m.dirty(), "JSON that can't be read was typed by somebody")
}

// The service's usual permissions are a user's: an app that acts for itself
// starts with none, and each kind keeps its own choice.
func TestFormModel_AnAppsPermissionsAreNotAUsers(t *testing.T) {
	m := newModel()
	m.setGrant(auth.GrantClientCredentials)
	assert.Empty(t, m.outgoing().Scopes)
	m.addScope("https://api.example/.default")
	m.setGrant(auth.GrantDeviceCode)
	assert.Equal(t, []string{"one"}, m.outgoing().Scopes)
	m.setService("b")
	m.setService("a")
	m.setGrant(auth.GrantClientCredentials)
	assert.Equal(t, []string{"https://api.example/.default"}, m.outgoing().Scopes)
}
