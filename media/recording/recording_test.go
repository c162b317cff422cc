package recording

import (
	"context"
	"encoding/binary"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tandem"
	"tandem/media/rtp"
)

const patience = 10 * time.Second

var roomID, recordingID = tandem.NameID("test", "room"), tandem.NameID("test", "recording")

func openStore(t *testing.T, dir, bucket string) (*Store, chan Result) {
	t.Helper()
	ended := make(chan Result, 16)
	s, err := Open(context.Background(), Config{
		Dir: dir, Bucket: bucket, Log: slog.New(slog.DiscardHandler), Ended: func(r Result) { ended <- r },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, ended
}

func closeStore(t *testing.T, s *Store) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.Close(ctx); err != nil {
		t.Error(err)
	}
}

func await(t *testing.T, ended chan Result) Result {
	t.Helper()
	select {
	case r := <-ended:
		return r
	case <-time.After(patience):
		t.Fatal("the recording does not end")
		return Result{}
	}
}

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it never came true that %s", what)
		}
	}
}

// write sends frames at the pace that the recorder takes them.
func write(r *Recorder, frames int, left, right int16) {
	var l, a rtp.Frame
	for i := range l {
		l[i], a[i] = left, right
	}
	for range frames {
		for len(r.frames) == cap(r.frames) {
			time.Sleep(time.Millisecond)
		}
		r.Write(&l, &a)
	}
}

// read checks the header against the file's length and returns the channels.
func read(t *testing.T, path string) (left, right []int16) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if size := int(binary.LittleEndian.Uint32(raw[40:])); size > len(raw)-headerBytes || binary.LittleEndian.Uint32(raw[4:]) != uint32(size+36) {
		t.Errorf("the header says %d bytes, the file has %d", size, len(raw)-headerBytes)
	} else {
		raw = raw[:headerBytes+size]
	}
	for b := raw[headerBytes:]; len(b) >= 4; b = b[4:] {
		left = append(left, int16(binary.LittleEndian.Uint16(b)))
		right = append(right, int16(binary.LittleEndian.Uint16(b[2:])))
	}
	return left, right
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestRecordingIsUploadedAndDeletedHere(t *testing.T) {
	dir, bucket := t.TempDir(), t.TempDir()
	s, ended := openStore(t, dir, FileBucket(bucket))
	r := s.Start(roomID, recordingID, 1000)
	write(r, 60, 11, 22)
	r.Stop(2200)
	got := await(t, ended)
	want := Result{roomID, recordingID, "recordings/" + roomID.String() + "/" + recordingID.String() + ".wav", 1000, 2200}
	if got != want {
		t.Errorf("the result is %+v, want %+v", got, want)
	}
	left, right := read(t, filepath.Join(bucket, filepath.FromSlash(got.Location)))
	if len(left) != 60*rtp.FrameSamples || left[0] != 11 || right[0] != 22 {
		t.Errorf("there are %d samples, the first are %d and %d", len(left), left[0], right[0])
	}
	closeStore(t, s)
	if left := files(t, dir); len(left) != 0 {
		t.Errorf("these files are left: %v", left)
	}
}

func TestGrowingFilePlaysAtAnyTime(t *testing.T) {
	dir := t.TempDir()
	s, ended := openStore(t, dir, "mem://")
	r := s.Start(roomID, recordingID, 1000)
	write(r, 120, 11, 22)
	path := s.path(r.name) + growing
	eventually(t, "two seconds are settled", func() bool {
		left, _ := read(t, path)
		return len(left) == 100*rtp.FrameSamples
	})
	r.Stop(3400)
	await(t, ended)
	closeStore(t, s)
}

func TestWhatACrashLeftIsRepairedReportedAndUploaded(t *testing.T) {
	dir, bucket := t.TempDir(), t.TempDir()
	name := fileName{roomID, recordingID, 5000}
	w, err := createWAV(filepath.Join(dir, name.String()+growing))
	if err != nil {
		t.Fatal(err)
	}
	var f rtp.Frame
	for range 50 {
		if err := w.write(&f, &f); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.out.Flush(); err != nil { // the header is not settled
		t.Fatal(err)
	}
	if _, err := w.file.Write([]byte{1, 2, 3}); err != nil { // half a sample
		t.Fatal(err)
	}
	w.file.Close()
	if err := os.WriteFile(filepath.Join(dir, "something else.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s, ended := openStore(t, dir, FileBucket(bucket))
	got := await(t, ended)
	if got.Started != 5000 || got.Stopped != 6000 {
		t.Errorf("it ran from %d to %d, want 5000 to 6000", got.Started, got.Stopped)
	}
	if left, _ := read(t, filepath.Join(bucket, filepath.FromSlash(got.Location))); len(left) != 8000 {
		t.Errorf("there are %d samples, want 8000", len(left))
	}
	closeStore(t, s)
	if left := files(t, dir); len(left) != 1 {
		t.Errorf("these files are left: %v", left)
	}
}

func TestFailedUploadIsTriedAgain(t *testing.T) {
	dir, bucket := t.TempDir(), t.TempDir()
	s, ended := openStore(t, dir, FileBucket(bucket))
	blocked := filepath.Join(bucket, "recordings")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil { // where a folder should be
		t.Fatal(err)
	}
	r := s.Start(roomID, recordingID, 1000)
	write(r, 50, 1, 1)
	r.Stop(2000)
	got := await(t, ended)
	if s.FailedUploads() == 0 {
		t.Error("no upload failed")
	}
	if err := os.Remove(blocked); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the recording is uploaded", func() bool {
		_, err := os.Stat(filepath.Join(bucket, filepath.FromSlash(got.Location)))
		return err == nil
	})
	closeStore(t, s)
	if len(ended) != 0 {
		t.Error("it was reported twice")
	}
}

func TestSlowDiskDropsFramesButKeepsTime(t *testing.T) {
	s, ended := openStore(t, t.TempDir(), "mem://")
	r := &Recorder{store: s, dropped: &s.dropped, frames: make(chan frame, 2), stop: make(chan struct{})}
	var f rtp.Frame
	for range 5 { // nobody takes them
		r.Write(&f, &f)
	}
	if s.Dropped() != 3 || r.skipped != 3 {
		t.Errorf("%d frames dropped, %d to be made up for", s.Dropped(), r.skipped)
	}
	dir := t.TempDir()
	w, err := createWAV(filepath.Join(dir, "x.wav"))
	if err != nil {
		t.Fatal(err)
	}
	r.file = w
	<-r.frames
	r.Write(&f, &f)
	<-r.frames
	if err := r.append(<-r.frames, 1, nil); err != nil {
		t.Fatal(err)
	}
	if w.bytes != 4*frameBytes {
		t.Errorf("%d frames were written, want 3 silent ones and 1", w.bytes/frameBytes)
	}
	w.close()
	closeStore(t, s)
	if len(ended) != 0 {
		t.Error("something was reported")
	}
}

func TestRecordingWithoutADiskIsReportedWithoutALocation(t *testing.T) {
	dir := t.TempDir()
	s, ended := openStore(t, dir, "mem://")
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	r := s.Start(roomID, recordingID, 1000)
	write(r, 10, 1, 1)
	r.Stop(1200)
	if got := await(t, ended); got.Location != "" || got.Recording != recordingID || s.Failed() != 1 {
		t.Errorf("the result is %+v, %d failed", got, s.Failed())
	}
	closeStore(t, s)
}

func TestFileNameIsReadBack(t *testing.T) {
	want := fileName{roomID, recordingID, 1234567890123}
	if got, ok := parseName(want.String()); !ok || got != want {
		t.Errorf("%v was read as %v, %v", want, got, ok)
	}
	for _, bad := range []string{"", "_", "a_b_c", roomID.String() + "_" + recordingID.String(), roomID.String() + "_" + recordingID.String() + "_x"} {
		if _, ok := parseName(bad); ok {
			t.Errorf("%q was read", bad)
		}
	}
}
