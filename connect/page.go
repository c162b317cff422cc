package connect

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"sort"
	"time"

	"tandem"
)

// Entries on a page: when MaxResults is absent, and in any case.
const (
	defaultPageSize = 100
	maxPageSize     = 1000
)

// A page token is base64url of: 16 bytes of digest over principal, operation
// and parameters; 8 bytes of Unix seconds when it was made; the cursor. It is
// opaque to clients and good only for the call it came from.
const (
	tokenDigestBytes = 16
	tokenHeadBytes   = tokenDigestBytes + 8
)

// page cuts one page out of all, which is in ascending order of key; a page
// ends with a token if more follows. The cursor is the last key given, so
// entries that come or go between two pages move no others. maxResults is in
// range already, as the model limits it.
func page[T any](call *Call, all []T, key func(T) string, maxResults *int32, token *string) ([]T, *string, error) {
	return pageWithin(call, 0, all, key, maxResults, token)
}

// pageWithin is page with tokens that are refused once they are older than
// maxAge.
func pageWithin[T any](call *Call, maxAge time.Duration, all []T, key func(T) string, maxResults *int32, token *string) ([]T, *string, error) {
	cursor, more, err := call.cursor(token, maxAge)
	if err != nil {
		return nil, nil, err
	}
	if more {
		all = all[sort.Search(len(all), func(i int) bool { return key(all[i]) > cursor }):]
	}
	size := pageSize(maxResults)
	if len(all) <= size {
		return append([]T{}, all...), nil, nil
	}
	return slices.Clone(all[:size]), call.nextToken(key(all[size-1])), nil
}

func pageSize(maxResults *int32) int {
	if maxResults == nil || *maxResults < 1 {
		return defaultPageSize
	}
	return int(min(*maxResults, maxPageSize))
}

// cursor reads a page token; ok is false if there is none. A token is refused
// if it was made for another call or is older than maxAge; maxAge 0 means that
// it does not grow old.
func (c *Call) cursor(token *string, maxAge time.Duration) (cursor string, ok bool, err error) {
	if token == nil || *token == "" {
		return "", false, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(*token)
	if err != nil || len(raw) < tokenHeadBytes || subtle.ConstantTimeCompare(raw[:tokenDigestBytes], c.digest()) != 1 {
		return "", false, tandem.Errorf(tandem.Invalid, "NextToken",
			"is not from this operation with these parameters; start again without it.")
	}
	made := time.Unix(int64(binary.BigEndian.Uint64(raw[tokenDigestBytes:])), 0)
	if maxAge > 0 && c.Time.Sub(made) > maxAge {
		return "", false, tandem.Errorf(tandem.Invalid, "NextToken", "is older than %s; start again without it.", maxAge)
	}
	return string(raw[tokenHeadBytes:]), true, nil
}

// nextToken makes the token that leads to what follows the cursor.
func (c *Call) nextToken(cursor string) *string {
	raw := binary.BigEndian.AppendUint64(c.digest(), uint64(c.Time.Unix()))
	token := base64.RawURLEncoding.EncodeToString(append(raw, cursor...))
	return &token
}

// digest covers all that must stay the same from page to page.
func (c *Call) digest() []byte {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q", c.Principal, c.Operation.Name)
	v := reflect.ValueOf(c.in).Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if name == "NextToken" || name == "MaxResults" {
			continue
		}
		value, err := json.Marshal(v.Field(i).Interface())
		if err != nil {
			panic(fmt.Sprintf("%s.%s was read from JSON and cannot be written as JSON: %v", v.Type().Name(), name, err))
		}
		fmt.Fprintf(h, " %s=%s", name, value)
	}
	return h.Sum(nil)[:tokenDigestBytes]
}
