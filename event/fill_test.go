package event

import (
	"fmt"
	"math/rand"
	"reflect"
	"strings"

	"tandem"
)

// fill sets every field that x points to, to random values drawn from r. Lists
// and maps have up to three entries; private strings are marked by secret.
func fill(r *rand.Rand, x any) { fillValue(r, reflect.ValueOf(x).Elem()) }

// secret begins every private string that fill makes.
const secret = "secret:"

func fillValue(r *rand.Rand, v reflect.Value) {
	switch v.Type() {
	case reflect.TypeFor[tandem.ID]():
		v.Set(reflect.ValueOf(tandem.NameID("test", fmt.Sprint(r.Int()))))
		return
	case reflect.TypeFor[tandem.PersonalMap]():
		m := tandem.PersonalMap{}
		for range 1 + r.Intn(3) {
			m[secret+randomText(r)] = secret + randomText(r)
		}
		v.Set(reflect.ValueOf(m))
		return
	case reflect.TypeFor[tandem.Personal](), reflect.TypeFor[tandem.Blob]():
		v.SetString(secret + randomText(r))
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(r.Intn(2) == 0)
	case reflect.String:
		v.SetString(randomText(r))
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(r.Uint64()) >> (64 - v.Type().Bits()))
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(r.Uint64() >> (64 - v.Type().Bits()))
	default:
		fillCompound(r, v)
	}
}

func fillCompound(r *rand.Rand, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fillValue(r, v.Field(i))
		}
	case reflect.Slice:
		if n := r.Intn(4); n > 0 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
		}
		for i := range v.Len() {
			fillValue(r, v.Index(i))
		}
	case reflect.Map:
		if n := r.Intn(4); n > 0 {
			v.Set(reflect.MakeMap(v.Type()))
			for range n {
				key, elem := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
				fillValue(r, key)
				fillValue(r, elem)
				v.SetMapIndex(key, elem)
			}
		}
	default:
		panic("fill does not know " + v.Type().String())
	}
}

func randomText(r *rand.Rand) string {
	return strings.Repeat(string(rune('a'+r.Intn(26))), r.Intn(12)) + fmt.Sprint(r.Intn(1000))
}

// isPrivate reports whether a type is sealed.
func isPrivate(t reflect.Type) bool {
	switch t {
	case reflect.TypeFor[tandem.Personal](), reflect.TypeFor[tandem.PersonalMap](), reflect.TypeFor[tandem.Blob]():
		return true
	}
	return t.Kind() == reflect.Slice && isPrivate(t.Elem())
}

// withoutPrivate returns a copy of an event whose private fields are zero.
func withoutPrivate(ev tandem.Event) tandem.Event {
	v := reflect.New(reflect.TypeOf(ev).Elem())
	v.Elem().Set(reflect.ValueOf(ev).Elem())
	for i := range v.Elem().NumField() {
		if f := v.Elem().Field(i); isPrivate(f.Type()) {
			f.SetZero()
		}
	}
	return v.Interface().(tandem.Event)
}
