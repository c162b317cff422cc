package journal

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"

	"tandem"
)

// BatchVersion is the version of the header layout that this build writes.
const BatchVersion = 1

// MaxBodyBytes is the largest body of one batch. A record that is larger is
// a fault: big things stand beside records, in payload rows.
const MaxBodyBytes = 16 << 20

// headerBytes is the size of an encoded header: version, shard, first, count,
// epoch, hash of the previous batch, length of the body.
const headerBytes = 1 + 16 + 8 + 4 + 8 + 32 + 4

// Hash is the SHA-256 of a batch's header and body.
type Hash [sha256.Size]byte

// String is the hash in hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// Point is a place in a shard's chain: after record Seq, where the batch that
// ends there has this Hash. The zero Point is before the first record.
type Point struct {
	Seq  tandem.Seq
	Hash Hash
}

// Batch is one row of the journal: records that were committed together.
type Batch struct {
	Shard tandem.ID
	First tandem.Seq // number of the first record
	Count int        // how many records; at least 1
	Epoch tandem.Epoch
	Prev  Hash   // of the batch before, or of the cut where older ones were pruned
	CRC   uint32 // CRC-32C (Castagnoli) of header and body
	Body  []byte // the records, one after the other
}

// Last is the number of the batch's last record.
func (b *Batch) Last() tandem.Seq { return b.First + tandem.Seq(b.Count) - 1 }

// Point is the place in the chain where the batch ends.
func (b *Batch) Point() Point {
	header := b.header()
	h := sha256.New()
	h.Write(header[:])
	h.Write(b.Body)
	p := Point{Seq: b.Last()}
	h.Sum(p.Hash[:0])
	return p
}

// Follows verifies that the batch is undamaged and is the one that comes
// after p. The error is [ErrCorrupt] and names the record.
func (b *Batch) Follows(p Point) error {
	switch {
	case b.First > p.Seq+1:
		return Corrupt(b.Shard, p.Seq+1, "the record is missing")
	case b.First != p.Seq+1:
		return Corrupt(b.Shard, b.First, "the record is there twice")
	case b.Prev != p.Hash:
		return Corrupt(b.Shard, b.First, "the batch does not continue the one before it")
	}
	return b.Intact()
}

// Intact verifies the batch by itself: its checksum and its size.
func (b *Batch) Intact() error {
	switch {
	case b.Count < 1 || len(b.Body) == 0:
		return Corrupt(b.Shard, b.First, "the batch is empty")
	case b.CRC != b.checksum():
		return Corrupt(b.Shard, b.First, "the batch does not match its checksum")
	}
	return nil
}

// Next is the batch that a becomes when it is stored after p.
func (p Point) Next(a *Append) Batch {
	b := Batch{
		Shard: a.Shard, First: a.First, Count: a.Count, Epoch: a.Epoch,
		Prev: p.Hash, Body: a.Body,
	}
	b.CRC = b.checksum()
	return b
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (b *Batch) checksum() uint32 {
	header := b.header()
	return crc32.Update(crc32.Checksum(header[:], castagnoli), castagnoli, b.Body)
}

// header is what the checksum and the hash cover beside the body.
func (b *Batch) header() [headerBytes]byte {
	var h [headerBytes]byte
	w := append(h[:0], BatchVersion)
	w = append(w, b.Shard[:]...)
	w = binary.BigEndian.AppendUint64(w, uint64(b.First))
	w = binary.BigEndian.AppendUint32(w, uint32(b.Count))
	w = binary.BigEndian.AppendUint64(w, uint64(b.Epoch))
	w = append(w, b.Prev[:]...)
	binary.BigEndian.AppendUint32(w, uint32(len(b.Body)))
	return h
}
