package browsertest

import (
	"os"
	"path/filepath"
	"sync"
)

// axePath is where scripts/setup-tests puts axe-core, below the folder for
// caches.
const axePath = "tandem-tests/axe-core-4.14.1/node_modules/axe-core/axe.min.js"

var axeSource = sync.OnceValues(func() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	b, err := os.ReadFile(filepath.Join(cache, axePath))
	return string(b), err
})

// Axe runs axe-core in the page, all its rules for WCAG 2.2 A and AA and its
// best practices, and returns what it found.
func (b *Browser) Axe() (found []string) {
	b.T.Helper()
	source, err := axeSource()
	if err != nil {
		b.T.Fatalf("the pages are looked at by axe-core; install it with scripts/setup-tests: %v", err)
	}
	var there bool
	if b.Eval("Boolean(window.axe)", &there); !there {
		b.Eval(source+";undefined", nil)
	}
	b.Eval(`axe.run(document, { resultTypes: ["violations"] }).then((r) => r.violations.map((v) =>
		v.id + " (" + v.help + "): " + v.nodes.map((n) => n.html).join(" | ")))`, &found)
	return found
}
