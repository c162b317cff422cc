package browsertest

import (
	"strings"
	"testing"
)

// TestAxeFindsFaults holds that the check of the pages can fail.
func TestAxeFindsFaults(t *testing.T) {
	b := Start(t)
	b.Open("data:text/html,<title>x</title><main><h1>x</h1><img src=x><input></main>")
	b.Await(`document.querySelector("input")`)
	found := strings.Join(b.Axe(), "\n")
	for _, rule := range []string{"image-alt", "label", "html-has-lang"} {
		if !strings.Contains(found, rule) {
			t.Errorf("axe does not find %s in: %s", rule, found)
		}
	}
}
