// Package sqlite keeps the journal in one SQLite file, DIR/journal.db: in WAL
// mode with synchronous=FULL, so that a commit is synced before it is answered, with
// secure_delete, so that what is erased is overwritten, and with exactly one
// write connection. Reads have their own connections and never hold up a
// commit. There is no memory mapping: a failed read is an error, not a signal.
//
// SQLite has no checksums of its own; the journal's chain finds damage.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"tandem"
	"tandem/journal"
)

// FileName is the name of the journal's file in its folder.
const FileName = "journal.db"

// Options are choices for tests. The zero value is right for everything else.
type Options struct {
	// Synchronous is SQLite's setting of that name; "" means FULL. With OFF,
	// commits are not durable: only a test that shows how a lost tail is
	// noticed may want that.
	Synchronous string
}

// walPages is after how many pages of log, 2 MB, SQLite copies them into the
// file. That takes three more syncs within one commit: smaller portions would
// slow down more commits, larger ones the slowest.
const walPages = 500

// readConns is how many reads may go on at once.
const readConns = 4

// Store implements [journal.Store].
type Store struct {
	path  string
	lock  *os.File
	read  *sql.DB
	write *sql.DB
	conn  *sql.Conn // the one connection that writes
	stmts statements

	writing chan struct{} // holds a token while someone writes
	closed  chan struct{}
	once    sync.Once
	err     error // of Close

	mu    sync.Mutex
	tails map[tandem.ID]journal.Point // verified ends of chains; see tail
}

// Open opens the journal in the folder dir, and makes it if it is not there.
// It refuses a journal that another process has open ([journal.ErrLocked]),
// that a newer version wrote ([journal.ErrNewer]), or that is not a journal.
func Open(ctx context.Context, dir string, opts Options) (*Store, error) {
	if opts.Synchronous == "" {
		opts.Synchronous = "FULL"
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	s := &Store{
		path: filepath.Join(dir, FileName), lock: lock,
		writing: make(chan struct{}, 1), closed: make(chan struct{}),
		tails: make(map[tandem.ID]journal.Point),
	}
	if err := s.connect(ctx, opts); err != nil {
		return nil, errors.Join(s.explain(fmt.Errorf("open %s: %w", s.path, err)), s.Close())
	}
	return s, nil
}

func (s *Store) connect(ctx context.Context, opts Options) (err error) {
	writeURL := s.url("rwc", "journal_mode(WAL)", "synchronous("+opts.Synchronous+")",
		"secure_delete(ON)", fmt.Sprintf("wal_autocheckpoint(%d)", walPages))
	if s.write, err = sql.Open("sqlite", writeURL); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	if s.conn, err = s.write.Conn(ctx); err != nil {
		return err
	}
	if err := prepareSchema(ctx, s.conn); err != nil {
		return err
	}
	if err := syncDir(filepath.Dir(s.path)); err != nil {
		return err
	}
	if s.read, err = sql.Open("sqlite", s.url("ro", "query_only(1)")); err != nil {
		return err
	}
	s.read.SetMaxOpenConns(readConns)
	s.read.SetMaxIdleConns(readConns)
	return s.stmts.prepare(ctx, s.conn, s.read)
}

func (s *Store) url(mode string, pragmas ...string) string {
	q := url.Values{"mode": {mode}, "_pragma": append([]string{"busy_timeout(5000)"}, pragmas...)}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: s.path, RawQuery: q.Encode()}).String()
}

// Close implements [journal.Store].
func (s *Store) Close() error {
	s.once.Do(func() {
		close(s.closed)
		s.writing <- struct{}{} // wait for the write that is under way
		s.err = s.disconnect()
	})
	return s.err
}

func (s *Store) disconnect() error {
	errs := []error{s.stmts.close()}
	if s.read != nil {
		errs = append(errs, s.read.Close())
	}
	if s.conn != nil {
		errs = append(errs, s.conn.Close())
	}
	if s.write != nil {
		errs = append(errs, s.write.Close()) // the last one out empties the WAL
	}
	return errors.Join(append(errs, s.lock.Close())...)
}

func (s *Store) isClosed() bool {
	select {
	case <-s.closed:
		return true
	default:
		return false
	}
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
