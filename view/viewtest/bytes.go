package viewtest

import (
	"bytes"
	"os"
	"testing"
)

// Holds reports whether any of the files, those that exist, contains the text.
func Holds(t testing.TB, text string, paths ...string) bool {
	t.Helper()
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte(text)) {
			return true
		}
	}
	return false
}
