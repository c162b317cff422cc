package journal

import (
	"context"
	"errors"
	"fmt"

	"tandem"
)

// Checks is how [Verify] looks into batches, which are only bytes to this
// package. Without Decode it verifies the chain alone.
type Checks struct {
	// Decode reads the batch's records and returns the payloads they refer
	// to (see [Collector]).
	Decode func(Batch) ([]Reference, error)
	// Erased reports whether one of the records decoded says that the
	// subject was erased. It is asked after the last batch.
	Erased func(subject tandem.ID) bool
}

// Reference is a record's mention of a payload row.
type Reference struct {
	Ref     tandem.PayloadRef
	Subject tandem.ID
}

// Report is what Verify found to be whole.
type Report struct {
	Batches, Records uint64
	Bytes            uint64     // of bodies
	Payloads         uint64     // present and matching their hash
	Erased           uint64     // payloads absent because their subject was erased
	First, Last      tandem.Seq // zero when there are no records
	Hash             Hash       // of the last batch: note it down to compare copies
}

// Verify walks a shard's whole chain: every checksum, every link, every
// record, every payload. A payload may be absent only if its subject was
// erased. The error names the first record that is not as it must be; the
// report holds what was verified before.
func Verify(ctx context.Context, store Store, shard tandem.ID, checks Checks) (Report, error) {
	v := verifier{store: store, shard: shard, checks: checks, missing: make(map[tandem.ID]tandem.Seq)}
	for b, err := range store.Read(ctx, shard, 0) {
		if err != nil {
			return v.report, err
		}
		if err := v.batch(ctx, &b); err != nil {
			return v.report, err
		}
	}
	return v.report, v.judgeMissing()
}

type verifier struct {
	store   Store
	shard   tandem.ID
	checks  Checks
	report  Report
	missing map[tandem.ID]tandem.Seq // subject of an absent payload to where it is first mentioned
}

func (v *verifier) batch(ctx context.Context, b *Batch) error {
	if v.checks.Decode != nil {
		refs, err := v.checks.Decode(*b)
		if err != nil {
			e := Corrupt(v.shard, b.First, "the records cannot be read")
			e.Err = err
			return e
		}
		for _, r := range refs {
			if err := v.payload(ctx, b, r); err != nil {
				return err
			}
		}
	}
	r := &v.report
	if r.First == 0 {
		r.First = b.First
	}
	r.Batches++
	r.Records += uint64(b.Count)
	r.Bytes += uint64(len(b.Body))
	at := b.Point()
	r.Last, r.Hash = at.Seq, at.Hash
	return nil
}

func (v *verifier) payload(ctx context.Context, b *Batch, r Reference) error {
	row, err := v.store.Payload(ctx, v.shard, r.Ref)
	switch {
	case errors.Is(err, ErrAbsent):
		if _, known := v.missing[r.Subject]; !known {
			v.missing[r.Subject] = b.First
		}
		v.report.Erased++
		return nil
	case err != nil:
		return err
	case tandem.HashPayload(row.Salt, row.Sealed) != r.Ref:
		return Corrupt(v.shard, b.First, fmt.Sprintf("the payload %x does not match its hash", r.Ref))
	}
	v.report.Payloads++
	return nil
}

// judgeMissing refuses the earliest payload that is absent without an erasure.
func (v *verifier) judgeMissing() error {
	var first tandem.Seq
	for subject, seq := range v.missing {
		erased := v.checks.Erased != nil && v.checks.Erased(subject)
		if !erased && (first == 0 || seq < first) {
			first = seq
		}
	}
	if first == 0 {
		return nil
	}
	return Corrupt(v.shard, first, "a payload is missing, and no record says that its subject was erased")
}

// Collector is a [tandem.Sealer] that opens nothing and notes which payloads
// are referred to. Decoding with it needs no keys: every private field reads
// as erased.
type Collector struct {
	refs []Reference
	next *tandem.PayloadRef
}

// Take returns the references noted since the last Take.
func (c *Collector) Take() []Reference {
	refs := c.refs
	c.refs = nil
	return refs
}

// Payload implements tandem.Sealer.
func (c *Collector) Payload(ref tandem.PayloadRef) ([]byte, error) {
	c.next = &ref
	return nil, nil
}

// Open implements tandem.Sealer: it is asked right after Payload, and knows
// the subject.
func (c *Collector) Open(_ []byte, subject tandem.ID, _ []byte) ([]byte, error) {
	if c.next != nil {
		c.refs = append(c.refs, Reference{Ref: *c.next, Subject: subject})
		c.next = nil
	}
	return nil, tandem.ErrErased
}

var errOnlyReads = errors.New("a collector only reads")

// Seal implements tandem.Sealer by refusing.
func (c *Collector) Seal([]byte, tandem.ID, []byte) ([]byte, error) { return nil, errOnlyReads }

// PutPayload implements tandem.Sealer by refusing.
func (c *Collector) PutPayload(tandem.ID, []byte) (tandem.PayloadRef, error) {
	return tandem.PayloadRef{}, errOnlyReads
}
