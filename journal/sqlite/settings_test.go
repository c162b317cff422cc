package sqlite

import (
	"os"
	"path/filepath"
	"testing"
)

// Without these settings a commit would not survive power loss, or erased
// bytes would stay in the file; nothing else would show it.
func TestWriteConnectionIsDurableAndOverwritesWhatIsDeleted(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "secure_delete": "1", "wal_autocheckpoint": "500", "mmap_size": "0",
	} {
		var got string
		if err := s.conn.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q (%v), want %q", pragma, got, err, want)
		}
	}
	if n := s.write.Stats().MaxOpenConnections; n != 1 {
		t.Errorf("up to %d connections write", n)
	}
	if _, err := s.read.ExecContext(t.Context(), "DELETE FROM batch"); err == nil {
		t.Error("a read connection can write")
	}
}

// After an ordered stop the journal is one file, which may be copied.
func TestCloseLeavesOneFile(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, FileName+"-*")); err != nil || len(left) > 0 {
		t.Errorf("files are left beside the journal: %v, %v", left, err)
	}
	if info, err := os.Stat(filepath.Join(dir, FileName)); err != nil || info.Size() <= 4096 {
		t.Errorf("the tables are not in the file: %v", err)
	}
}
