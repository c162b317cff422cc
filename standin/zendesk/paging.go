package zendesk

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

const largestPage = 100

// page is one cursor page: the items and the meta and links that go with them
// ("Zendesk: Pagination").
type page[T any] struct {
	items []T
	meta  object
	links object
}

// cursorPage cuts a page out of items, which are ordered by key. A cursor
// names the key it stands at, so items that come and go do not shift a page.
func cursorPage[T any](r *http.Request, items []T, key func(T) string) (page[T], error) {
	query := r.URL.Query()
	size := largestPage
	if text := query.Get("page[size]"); text != "" {
		number, err := strconv.Atoi(text)
		if err != nil || number < 1 || number > largestPage {
			return page[T]{}, fmt.Errorf("page[size] must be between 1 and %d", largestPage)
		}
		size = number
	}
	from, to, err := window(query, items, key, size)
	if err != nil {
		return page[T]{}, err
	}
	p := page[T]{items: items[from:to], meta: object{"has_more": to < len(items), "after_cursor": nil, "before_cursor": nil}, links: object{"next": nil, "prev": nil}}
	if from < to {
		p.meta["before_cursor"], p.meta["after_cursor"] = encodeCursor(key(items[from])), encodeCursor(key(items[to-1]))
		if to < len(items) {
			p.links["next"] = pageURL(r, "page[after]", p.meta["after_cursor"].(string))
		}
		if from > 0 {
			p.links["prev"] = pageURL(r, "page[before]", p.meta["before_cursor"].(string))
		}
	}
	if query.Has("page[before]") {
		p.meta["has_more"] = from > 0
	}
	return p, nil
}

func window[T any](query url.Values, items []T, key func(T) string, size int) (from, to int, err error) {
	if cursor := query.Get("page[before]"); cursor != "" {
		at, err := findCursor(cursor, items, key, false)
		return max(0, at-size), at, err
	}
	if cursor := query.Get("page[after]"); cursor != "" {
		if from, err = findCursor(cursor, items, key, true); err != nil {
			return 0, 0, err
		}
	}
	return from, min(len(items), from+size), nil
}

// findCursor returns the index of the first item at the cursor's key, or past
// it when past is set.
func findCursor[T any](cursor string, items []T, key func(T) string, past bool) (int, error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return 0, fmt.Errorf("the cursor %q is not one of ours", cursor)
	}
	for i, item := range items {
		if order := strings.Compare(key(item), string(raw)); order > 0 || (order == 0 && !past) {
			return i, nil
		}
	}
	return len(items), nil
}

func encodeCursor(key string) string { return base64.RawURLEncoding.EncodeToString([]byte(key)) }

// idKey makes a number sort as text.
func idKey(id int64) string { return fmt.Sprintf("%019d", id) }

// pageURL is this request's address with one page parameter replaced.
func pageURL(r *http.Request, name, value string) string {
	query := r.URL.Query()
	query.Del("page[after]")
	query.Del("page[before]")
	query.Set(name, value)
	return baseURL(r) + r.URL.Path + "?" + query.Encode()
}

func baseURL(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
