package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"tandem/journal"
)

// lockName is the file whose lock says that a process has the journal open.
// The lock goes with the process, so a crash leaves nothing to clean up.
const lockName = "journal.lock"

func lockDir(dir string) (*os.File, error) {
	path := filepath.Join(dir, lockName)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the journal's lock file: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, errors.Join(lockedError(dir, path, err), f.Close())
	}
	if err := f.Truncate(0); err != nil {
		return nil, errors.Join(fmt.Errorf("write %s: %w", path, err), f.Close())
	}
	if _, err := fmt.Fprintf(f, "%d\n", os.Getpid()); err != nil {
		return nil, errors.Join(fmt.Errorf("write %s: %w", path, err), f.Close())
	}
	return f, nil
}

func lockedError(dir, path string, cause error) error {
	if !errors.Is(cause, unix.EWOULDBLOCK) {
		return fmt.Errorf("lock %s: %w", path, cause)
	}
	holder := "a process"
	if pid, err := os.ReadFile(path); err == nil && len(pid) > 0 {
		holder = "process " + strings.TrimSpace(string(pid))
	}
	return &journal.Error{
		Reason: journal.ErrLocked,
		Detail: fmt.Sprintf("%s has %s open", holder, filepath.Join(dir, FileName)),
		Remedy: "Stop that tandem first, or use another data folder",
	}
}
