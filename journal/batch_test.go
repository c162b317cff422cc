package journal_test

import (
	"errors"
	"strings"
	"testing"

	"tandem"
	"tandem/journal"
)

// Computed from docs/journal-format.md by other means.
const (
	wantCRC  = 0x76d84dad
	wantHash = "acffd9104add700bb6f87c6cede2fb58416c4233213b1e48efbf4c767493761a"
)

// The bytes of a batch's header are part of the format: a change here makes
// every journal unreadable.
func TestHashAndChecksumOfABatchNeverChange(t *testing.T) {
	a := journal.Append{Shard: tandem.ID{1, 2, 3}, Epoch: 7, First: 42, Count: 2, Body: []byte("two records")}
	b := journal.Point{Seq: 41, Hash: journal.Hash{9}}.Next(&a)
	if b.CRC != wantCRC || b.Point().Hash.String() != wantHash || b.Point().Seq != 43 {
		t.Errorf("crc %#x, hash %s, last %d", b.CRC, b.Point().Hash, b.Point().Seq)
	}
}

func TestBatchFollowsOnlyTheOneBefore(t *testing.T) {
	before := journal.Point{Seq: 41, Hash: journal.Hash{9}}
	a := journal.Append{Shard: shard, Epoch: 7, First: 42, Count: 2, Body: []byte("two records")}
	good := before.Next(&a)
	if err := good.Follows(before); err != nil {
		t.Fatal(err)
	}
	for want, spoil := range map[string]func(*journal.Batch, *journal.Point){
		"record 43: the record is missing":        func(b *journal.Batch, p *journal.Point) { p.Seq, b.First = 42, 44 },
		"record 42: the record is there twice":    func(_ *journal.Batch, p *journal.Point) { p.Seq = 42 },
		"record 42: the batch does not continue":  func(_ *journal.Batch, p *journal.Point) { p.Hash[31] ^= 1 },
		"record 42: the batch does not match its": func(b *journal.Batch, _ *journal.Point) { b.Epoch++ },
		"record 42: the batch is empty":           func(b *journal.Batch, _ *journal.Point) { b.Count = 0 },
	} {
		b, p := good, before
		spoil(&b, &p)
		err := b.Follows(p)
		if !errors.Is(err, journal.ErrCorrupt) || !strings.Contains(err.Error(), want) ||
			!strings.Contains(err.Error(), "tandem journal verify") {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}
