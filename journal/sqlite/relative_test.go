package sqlite_test

import (
	"os"
	"testing"

	"tandem/journal/sqlite"
)

// The data folder of a fresh install is relative to where tandem is started.
func TestRelativeFolderIsOpened(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, dir := range []string{"data", "with a space/and 100%?"} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		s, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
		if err != nil {
			t.Fatalf("folder %q: %v", dir, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(dir + "/" + sqlite.FileName); err != nil {
			t.Errorf("folder %q: %v", dir, err)
		}
	}
}
