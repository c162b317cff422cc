package sqlite_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem"
	"tandem/journal"
	"tandem/journal/sqlite"
)

// writerDir, when set in the environment, makes the test binary a process
// that writes records there until it is killed.
const writerDir = "JOURNAL_WRITER_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(writerDir); dir != "" {
		if err := writeUntilKilled(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

var crashShard = tandem.NameID("test", "crash")

// crashRecord is record seq; some are larger than a page.
func crashRecord(epoch tandem.Epoch, seq tandem.Seq) journal.Append {
	line := fmt.Appendf(nil, "record %d;", seq)
	return journal.Append{
		Shard: crashShard, Epoch: epoch, First: seq, Count: 1, Body: bytes.Repeat(line, 1+int(seq%7)*int(seq%97)),
		Keys: []journal.KeyRow{{Subject: crashShard.Derive(uint64(seq)), Wrapped: line}},
	}
}

// writeUntilKilled prints the number of each record once it is durable.
func writeUntilKilled(dir string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	s, err := sqlite.Open(ctx, dir, sqlite.Options{})
	if err != nil {
		return err
	}
	epoch, tail, err := s.Lease(ctx, crashShard, "writer")
	if err != nil {
		return err
	}
	w := journal.NewWriter(s, journal.Options{QueueAppends: 50})
	for seq := tail.Seq + 1; ctx.Err() == nil; seq++ {
		err := w.Submit(crashRecord(epoch, seq), func(err error) {
			if err == nil {
				fmt.Println(seq)
			}
		})
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// checkPrefix fails unless the journal holds the records 1 to its tail, each
// with its row, and reaches at least the record acked.
func checkPrefix(t *testing.T, s *sqlite.Store, acked tandem.Seq) (tail tandem.Seq) {
	t.Helper()
	for b, err := range s.Read(t.Context(), crashShard, 0) {
		if err != nil {
			t.Fatal(err)
		}
		var want []byte
		for seq := b.First; seq <= b.Last(); seq++ {
			want = append(want, crashRecord(0, seq).Body...)
			if _, err := s.Key(t.Context(), crashShard, crashShard.Derive(uint64(seq))); err != nil {
				t.Fatalf("the key of record %d: %v", seq, err)
			}
		}
		if !bytes.Equal(b.Body, want) {
			t.Fatalf("the batch at %d holds other records", b.First)
		}
		tail = b.Last()
	}
	if tail < acked {
		t.Fatalf("the journal ends with record %d, but %d was acknowledged", tail, acked)
	}
	if _, err := s.Key(t.Context(), crashShard, crashShard.Derive(uint64(tail+1))); err == nil {
		t.Fatal("a key is there without its record")
	}
	return tail
}

func TestKilledProcessLosesNothingThatWasAcknowledged(t *testing.T) {
	dir := t.TempDir()
	var last tandem.Seq
	for round := range 6 {
		acked := killAfter(t, dir, 20+rand.IntN(400))
		s := open(t, dir)
		tail := checkPrefix(t, s, acked)
		if tail <= last {
			t.Errorf("round %d added nothing", round)
		}
		last = tail
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// killAfter runs a writer, kills it after some acknowledgements, and returns
// the last record that it acknowledged.
func killAfter(t *testing.T, dir string, acks int) (acked tandem.Seq) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), writerDir+"="+dir)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		seq, err := strconv.ParseUint(lines.Text(), 10, 64)
		if err != nil {
			break // cut in the middle of a line by the kill
		}
		acked = tandem.Seq(seq)
		if n == acks {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); cmd.ProcessState.ExitCode() != -1 {
		t.Fatalf("the writer was not killed: %v %s", err, complaint.String())
	}
	return acked
}

// Power loss without synchronous=FULL loses the end of the log file.
func TestLostEndOfTheLogGivesAPrefixAndIsNoticed(t *testing.T) {
	const records = 40
	dir := t.TempDir()
	s, err := sqlite.Open(t.Context(), dir, sqlite.Options{Synchronous: "OFF"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil { // the tables are in the file now
		t.Fatal(err)
	}
	s = open(t, dir)
	defer s.Close()
	epoch, _, err := s.Lease(t.Context(), crashShard, "test")
	if err != nil {
		t.Fatal(err)
	}
	for seq := tandem.Seq(1); seq <= records; seq++ {
		if err := s.Commit(t.Context(), []journal.Append{crashRecord(epoch, seq)}); err != nil {
			t.Fatal(err)
		}
	}
	file := read(t, filepath.Join(dir, sqlite.FileName))
	log := read(t, filepath.Join(dir, sqlite.FileName+"-wal"))
	shorter, random := 0, rand.New(rand.NewPCG(1, 1))
	for range 40 {
		if tail := openCut(t, file, log[:random.IntN(len(log))], records); tail < records {
			shorter++
		}
	}
	if shorter == 0 {
		t.Error("no cut lost a record")
	}
}

// openCut opens a journal with a cut log and returns where it ends.
func openCut(t *testing.T, file, log []byte, seen tandem.Seq) tandem.Seq {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, sqlite.FileName), file)
	write(t, filepath.Join(dir, sqlite.FileName+"-wal"), log)
	s := open(t, dir)
	defer s.Close()
	tail := checkPrefix(t, s, 0)
	err := s.RaiseFloor(t.Context(), crashShard, seen)
	if short := tail < seen; short != isShort(err) {
		t.Fatalf("the journal ends with %d, %d was seen: %v", tail, seen, err)
	}
	return tail
}

func isShort(err error) bool {
	return err != nil && strings.Contains(err.Error(), journal.ErrShort.Error())
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// A bit that flips anywhere in the file is found, or hits nothing that is read.
func TestFlippedBitInTheFileIsFoundOrHarmless(t *testing.T) {
	const records = 60
	dir := t.TempDir()
	s := open(t, dir)
	epoch, _, err := s.Lease(t.Context(), crashShard, "test")
	if err != nil {
		t.Fatal(err)
	}
	for seq := tandem.Seq(1); seq <= records; seq++ {
		if err := s.Commit(t.Context(), []journal.Append{crashRecord(epoch, seq)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.RaiseFloor(t.Context(), crashShard, records); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, sqlite.FileName)
	whole := read(t, path)
	found, random := 0, rand.New(rand.NewPCG(1, 1))
	for range 150 {
		spoilt := bytes.Clone(whole)
		spoilt[random.IntN(len(spoilt))] ^= 1 << random.IntN(8)
		write(t, path, spoilt)
		if readAll(t, dir) != nil {
			found++
		} else if n := countRecords(t, dir); n != records {
			t.Fatalf("a flipped bit silently left %d of %d records", n, records)
		}
	}
	if found == 0 {
		t.Error("no flipped bit was found")
	}
}

func readAll(t *testing.T, dir string) error {
	s, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.RaiseFloor(t.Context(), crashShard, 1); err != nil {
		return err
	}
	_, err = journal.Verify(t.Context(), s, crashShard, journal.Checks{})
	return err
}

func countRecords(t *testing.T, dir string) (n int) {
	s := open(t, dir)
	defer s.Close()
	r, err := journal.Verify(t.Context(), s, crashShard, journal.Checks{})
	if err != nil {
		t.Fatal(err)
	}
	return int(r.Records)
}
