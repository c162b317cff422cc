package sqlite

import "testing"

// Without these settings a commit would not survive power loss, or erased
// bytes would stay in the file; nothing else would show it.
func TestWriteConnectionIsDurableAndOverwritesWhatIsDeleted(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "secure_delete": "1", "wal_autocheckpoint": "200", "mmap_size": "0",
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
