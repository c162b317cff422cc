package recording

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/fileblob" // file:// buckets
	_ "gocloud.dev/blob/memblob"  // mem:// buckets

	"tandem"
)

const (
	uploadTimeout  = 5 * time.Minute
	firstRetry     = time.Second
	longestRetry   = time.Minute
	maxWaiting     = 4096 // files waiting for their upload; more stay for the next start
	maxRecoverable = 100_000
)

// Config says where recordings go.
type Config struct {
	Dir    string // local folder for files that grow or wait for their upload
	Bucket string // gocloud.dev/blob URL, such as file:///var/lib/tandem/blobs
	Log    *slog.Logger
	// Ended is called once for each recording, when its first upload is done
	// or has failed (it is tried again), from the store's goroutine. It is
	// also called for recordings that a crash had cut off.
	Ended func(Result)
}

// Result is a finished recording.
type Result struct {
	Room, Recording  tandem.ID
	Location         string // the blob's key; empty: there is no file, for the disk failed
	Started, Stopped tandem.Time
}

// Store owns the local folder and the bucket.
type Store struct {
	config  Config
	bucket  *blob.Bucket
	queue   chan upload
	writers sync.WaitGroup
	workers sync.WaitGroup
	cancel  context.CancelFunc

	dropped, failed, failedUploads atomic.Uint64
}

type upload struct {
	name    fileName
	stopped tandem.Time
	report  bool
}

// Open opens the bucket and goes on with what an earlier life left over.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("recordings folder: %w", err)
	}
	bucket, err := blob.OpenBucket(ctx, cfg.Bucket)
	if err != nil {
		return nil, fmt.Errorf("recordings bucket: %w", err)
	}
	left, err := leftOver(cfg.Dir, cfg.Log)
	if err != nil {
		return nil, errors.Join(err, bucket.Close())
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s := &Store{config: cfg, bucket: bucket, queue: make(chan upload, maxWaiting), cancel: cancel}
	s.workers.Add(1)
	go s.uploads(ctx, left)
	return s, nil
}

// FileBucket is the URL of a bucket in a local folder, which is made if need
// be.
func FileBucket(dir string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(dir), RawQuery: "create_dir=true&no_tmp_dir=true&metadata=skip"}).String()
}

// Start begins a recording; its file is made in the background.
func (s *Store) Start(room, id tandem.ID, at tandem.Time) *Recorder {
	r := &Recorder{
		store: s, name: fileName{room: room, id: id, started: at}, dropped: &s.dropped,
		frames: make(chan frame, bufferFrames), stop: make(chan struct{}),
	}
	s.writers.Add(1)
	go r.run()
	return r
}

// path is where a recording's file is, without a suffix.
func (s *Store) path(name fileName) string { return filepath.Join(s.config.Dir, name.String()) }

// Dropped counts the frames that were lost because the disk was slow.
func (s *Store) Dropped() uint64 { return s.dropped.Load() }

// Failed counts the recordings that could not be begun or were cut short.
func (s *Store) Failed() uint64 { return s.failed.Load() }

// FailedUploads counts uploads that failed and were put off.
func (s *Store) FailedUploads() uint64 { return s.failedUploads.Load() }

// Close waits for the recordings, which must have been stopped, gives uploads
// a last chance until ctx ends, and closes the bucket. What was not uploaded
// is at the next start.
func (s *Store) Close(ctx context.Context) error {
	s.writers.Wait()
	close(s.queue)
	stop := context.AfterFunc(ctx, s.cancel)
	defer stop()
	s.workers.Wait()
	s.cancel()
	return s.bucket.Close()
}

// finished is called when a recorder has closed its file. What was written
// before an error is kept.
func (s *Store) finished(name fileName, stopped tandem.Time, err error) {
	path := s.path(name)
	renameErr := os.Rename(path+growing, path+complete)
	if err = errors.Join(err, renameErr); err != nil {
		s.failed.Add(1)
		s.config.Log.Error("recording failed or is cut short: check the disk", "room", name.room, "recording", name.id, "error", err)
	}
	if renameErr != nil {
		s.tell(Result{Room: name.room, Recording: name.id, Started: name.started, Stopped: stopped})
		return
	}
	u := upload{name: name, stopped: stopped, report: true}
	select {
	case s.queue <- u:
	default:
		s.config.Log.Warn("too many recordings wait for their upload: this one goes at the next start", "room", name.room, "recording", name.id)
		s.ended(u)
	}
}

// leftOver lists what an earlier life did not upload. Files that were growing
// are put right first. All are reported, for the earlier life may not have come
// to it.
func leftOver(dir string, log *slog.Logger) ([]upload, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("recordings folder: %w", err)
	}
	var left []upload
	for _, f := range files[:min(len(files), maxRecoverable)] {
		name, ok := parseName(strings.TrimSuffix(strings.TrimSuffix(f.Name(), growing), complete))
		if !ok {
			continue
		}
		millis, err := settleLeftOver(filepath.Join(dir, f.Name()))
		if err != nil {
			log.Error("recording left over cannot be repaired", "file", f.Name(), "error", err)
			continue
		}
		left = append(left, upload{name: name, stopped: name.started.Add(millis), report: true})
	}
	return left, nil
}

func settleLeftOver(path string) (millis int64, err error) {
	if millis, err = repair(path); err != nil {
		return 0, err
	}
	if base, ok := strings.CutSuffix(path, growing); ok {
		err = os.Rename(path, base+complete)
	}
	return millis, err
}

// uploads moves files to the bucket until the queue is closed. What fails is
// tried again, ever more slowly.
func (s *Store) uploads(ctx context.Context, waiting []upload) {
	defer s.workers.Done()
	retry := firstRetry
	queue := s.queue
	var timer <-chan time.Time
	for first := true; ; first = false {
		if !first || len(waiting) == 0 {
			select {
			case u, ok := <-queue:
				if !ok {
					return
				}
				waiting = append(waiting, u)
			case <-timer:
			case <-ctx.Done():
				return
			}
		}
		waiting = s.try(ctx, waiting)
		timer = nil
		if len(waiting) == 0 {
			retry = firstRetry
		} else {
			timer = time.After(retry)
			retry = min(2*retry, longestRetry)
		}
	}
}

// try uploads what waits and returns what failed.
func (s *Store) try(ctx context.Context, waiting []upload) []upload {
	var failed []upload
	for _, u := range waiting {
		err := s.upload(ctx, u.name)
		if err != nil {
			s.failedUploads.Add(1) // before it is told, so that who hears of it finds it counted
		}
		s.ended(u)
		u.report = false
		if err != nil {
			s.config.Log.Warn("recording is not uploaded yet: it will be tried again", "room", u.name.room, "recording", u.name.id, "error", err)
			failed = append(failed, u)
		}
	}
	return failed
}

func (s *Store) ended(u upload) {
	if u.report {
		s.tell(Result{Room: u.name.room, Recording: u.name.id, Location: u.name.key(), Started: u.name.started, Stopped: u.stopped})
	}
}

func (s *Store) tell(r Result) {
	if s.config.Ended != nil {
		s.config.Ended(r)
	}
}

// upload copies one file and deletes it. A blob that is cut off by an error
// never appears: the context is ended before the writer is closed.
func (s *Store) upload(ctx context.Context, name fileName) error {
	ctx, cancel := context.WithTimeout(ctx, uploadTimeout)
	defer cancel()
	path := s.path(name) + complete
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w, err := s.bucket.NewWriter(ctx, name.key(), &blob.WriterOptions{ContentType: "audio/wav"})
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, f); err != nil {
		cancel()
		return errors.Join(err, w.Close())
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.Remove(path)
}
