package sqlite_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"tandem"
	"tandem/journal"
	"tandem/journal/journaltest"
	"tandem/journal/sqlite"
)

func TestSQLitePassesTheSuite(t *testing.T) {
	journaltest.Run(t, func(t *testing.T) journaltest.Medium { return medium{t.TempDir()} })
}

// medium lets the suite damage a journal file behind the store's back.
type medium struct{ dir string }

func (m medium) Open(t *testing.T) journal.Store { return open(t, m.dir) }

func open(t testing.TB, dir string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (m medium) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(m.dir, sqlite.FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func (m medium) Flip(t *testing.T, shard tandem.ID, first tandem.Seq, c journaltest.Column) {
	t.Helper()
	if c != journaltest.Prev && c != journaltest.Body {
		m.exec(t, fmt.Sprintf(`UPDATE batch SET %[1]s = (%[1]s | 64) - (%[1]s & 64) WHERE shard = ?1 AND first = ?2`, c), shard[:], int64(first))
		return
	}
	db, err := sql.Open("sqlite", filepath.Join(m.dir, sqlite.FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var b []byte
	err = db.QueryRow(fmt.Sprintf(`SELECT %s FROM batch WHERE shard = ?1 AND first = ?2`, c), shard[:], int64(first)).Scan(&b)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 64
	if _, err := db.Exec(fmt.Sprintf(`UPDATE batch SET %s = ?3 WHERE shard = ?1 AND first = ?2`, c), shard[:], int64(first), b); err != nil {
		t.Fatal(err)
	}
}

func (m medium) Remove(t *testing.T, shard tandem.ID, from, to tandem.Seq) {
	t.Helper()
	m.exec(t, `DELETE FROM batch WHERE shard = ?1 AND first BETWEEN ?2 AND ?3`, shard[:], int64(from), int64(to))
}

func (m medium) Holds(t *testing.T, needle []byte) bool {
	t.Helper()
	files, err := os.ReadDir(m.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(m.dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, needle) {
			return true
		}
	}
	return false
}

func TestSecondProcessIsRefusedByName(t *testing.T) {
	dir := t.TempDir()
	first := open(t, dir)
	_, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
	if !errors.Is(err, journal.ErrLocked) || !strings.Contains(err.Error(), fmt.Sprintf("process %d has %s open", os.Getpid(), filepath.Join(dir, sqlite.FileName))) {
		t.Errorf("got %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := open(t, dir).Close(); err != nil {
		t.Error(err)
	}
}

func TestJournalOfANewerVersionIsRefused(t *testing.T) {
	m := medium{t.TempDir()}
	if err := open(t, m.dir).Close(); err != nil {
		t.Fatal(err)
	}
	m.exec(t, `PRAGMA user_version = 2`)
	_, err := sqlite.Open(t.Context(), m.dir, sqlite.Options{})
	if !errors.Is(err, journal.ErrNewer) || !strings.Contains(err.Error(), "Start the newer tandem again") {
		t.Errorf("got %v", err)
	}
}

func TestAnotherFileIsRefused(t *testing.T) {
	m := medium{t.TempDir()}
	m.exec(t, `CREATE TABLE other (x)`)
	if _, err := sqlite.Open(t.Context(), m.dir, sqlite.Options{}); err == nil || !strings.Contains(err.Error(), "not a Tandem journal") {
		t.Errorf("a foreign database: %v", err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, sqlite.FileName), bytes.Repeat([]byte("not a database "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Open(t.Context(), dir, sqlite.Options{}); !errors.Is(err, journal.ErrCorrupt) {
		t.Errorf("a text file: %v", err)
	}
}
