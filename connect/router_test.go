package connect

import (
	"net/url"
	"regexp"
	"testing"
)

var uriLabel = regexp.MustCompile(`\{(\w+)\}`)

// concrete fills the labels of an operation's URI.
func concrete(op Operation, value string) string {
	return uriLabel.ReplaceAllString(op.URI, url.PathEscape(value))
}

func TestEveryOperationIsFoundAtItsOwnPath(t *testing.T) {
	r := newRouter(operations)
	if len(operations) != 370 {
		t.Errorf("%d operations, want 370", len(operations))
	}
	for _, want := range operations {
		for _, value := range []string{"x", "a b/ü+?%", "..", testARNs.Of("i", ResourceQueue, "q")} {
			got, labels := r.route(want.Method, concrete(want, value))
			if got == nil || got.Name != want.Name {
				t.Errorf("%s %s found %v, want %s", want.Method, concrete(want, value), got, want.Name)
				continue
			}
			for _, m := range uriLabel.FindAllStringSubmatch(want.URI, -1) {
				if labels[m[1]] != value {
					t.Errorf("%s: label %s = %q, want %q", want.Name, m[1], labels[m[1]], value)
				}
			}
		}
	}
}

func TestRouterNeverCleansPaths(t *testing.T) {
	r := newRouter(operations)
	for _, path := range []string{
		"", "*", "/", "//", "/users", "/users/i/u/", "//users/i/u", "/users//u", "/users/i/u/../v", "/./users/i/u", "/users/i/%zz", "/nosuch/i",
	} {
		if op, _ := r.route("GET", path); op != nil {
			t.Errorf("GET %q found %s, want nothing", path, op.Name)
		}
	}
	if op, _ := r.route("PATCH", "/users/i/u"); op != nil {
		t.Errorf("PATCH found %s, want nothing", op.Name)
	}
}

func FuzzRouteReturnsAllLabels(f *testing.F) {
	r := newRouter(operations)
	f.Add("GET", "/users/i/u")
	f.Add("POST", "/tags/arn%3Aaws%2Fx")
	f.Add("DELETE", "/a/%2e%2e//")
	f.Fuzz(func(t *testing.T, method, path string) {
		op, labels := r.route(method, path)
		if op == nil {
			return
		}
		for _, m := range uriLabel.FindAllStringSubmatch(op.URI, -1) {
			if labels[m[1]] == "" {
				t.Errorf("%s %q found %s without its label %s", method, path, op.Name, m[1])
			}
		}
	})
}
