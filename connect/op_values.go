package connect

import (
	"maps"
	"reflect"
	"slices"

	"tandem"
)

// Between the API's values, of which each may be absent, and ours.

// set takes a value over if the request has it.
func set[T ~string](into *T, value *string) {
	if value != nil {
		*into = T(*value)
	}
}

// text is what the request has, or nothing.
func text[T ~string](value *string) (t T) {
	set(&t, value)
	return t
}

// given is nil for empty text: the API leaves it out.
func given[T ~string](value T) *string {
	if value == "" {
		return nil
	}
	return new(string(value))
}

// idText is nil for the zero id.
func idText(id tandem.ID) *string {
	if id.IsZero() {
		return nil
	}
	return new(id.String())
}

// moment is nil for what has not happened.
func moment(t tandem.Time) *EpochTime {
	if t.IsZero() {
		return nil
	}
	return &EpochTime{t.Std()}
}

// present is a copy of the map that is not nil: SDKs' users index it without
// asking.
func present[M ~map[string]string](m M) map[string]string {
	c := make(map[string]string, len(m))
	maps.Copy(c, m)
	return c
}

// among reports whether v is one of the values that a request filters by; none
// means all.
func among[T comparable](v T, filter []T) bool { return len(filter) == 0 || slices.Contains(filter, v) }

// refuse refuses a request that has one of the members, which are not
// supported: to pass over them would be to promise what is not done.
func refuse(in any, members ...string) error {
	v := reflect.ValueOf(in).Elem()
	for _, member := range members {
		if !v.FieldByName(member).IsZero() {
			return tandem.Errorf(tandem.Invalid, member, "is not supported; leave it out")
		}
	}
	return nil
}
