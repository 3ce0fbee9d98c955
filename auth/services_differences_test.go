package auth_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"tokenwell/auth"
)

// notInACopy are the parts of a service that no service of the user's own has,
// or that are its own in each.
var notInACopy = []string{"Schema", "ID", "BasedOn", "Endpoints.Issuer", "Endpoints.MTLS", "Departures", "Sources", "Unconfirmed"}

// A copy says of each part that it differs, whatever part it is: one that is added
// to the format and forgotten here breaks this test.
func TestEveryDifferenceIsTold(t *testing.T) {
	r := shippedRig(t)
	fresh := func() *auth.Service {
		s := r.engine.SampleService("google-ads")
		s.Quirks = append(s.Quirks, auth.Quirk{ID: auth.QuirkNonce, Params: map[string]string{"a": "b"}})
		return &s
	}
	before, changed := r.engine.ServiceDifferences(*fresh()), 0
	var walk func(path string, part func(*auth.Service) reflect.Value)
	walk = func(path string, part func(*auth.Service) reflect.Value) {
		for _, not := range notInACopy {
			if path == not {
				return
			}
		}
		s := fresh()
		v := part(s)
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				walk(strings.TrimPrefix(path+"."+v.Type().Field(i).Name, "."), func(s *auth.Service) reflect.Value { return part(s).Field(i) })
			}
			return
		case reflect.Slice:
			if v.Len() > 0 {
				walk(path+"[0]", func(s *auth.Service) reflect.Value { return part(s).Index(0) })
				v.Set(v.Slice(0, v.Len()-1)) // one less
			}
		case reflect.Map:
			more := reflect.MakeMap(v.Type())
			more.SetMapIndex(reflect.ValueOf("another"), reflect.ValueOf("value"))
			v.Set(more)
		case reflect.String:
			v.SetString(v.String() + "-")
		case reflect.Bool:
			v.SetBool(!v.Bool())
		case reflect.Int, reflect.Int64:
			v.SetInt(v.Int() + 1)
		case reflect.Pointer:
			v.SetZero()
		default:
			t.Fatalf("%s is of a kind that this test does not know", path)
		}
		if reflect.DeepEqual(*s, *fresh()) {
			return // an empty list, of which nothing can be taken
		}
		changed++
		assert.NotEqual(t, before, r.engine.ServiceDifferences(*s), "%s differs, and nobody says so", path)
	}
	walk("", func(s *auth.Service) reflect.Value { return reflect.ValueOf(s).Elem() })
	assert.Greater(t, changed, 70)
}
