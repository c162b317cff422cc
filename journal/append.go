package journal

import "tandem"

// Append is what one commit adds to a shard: records, and the rows that must
// become durable in the same transaction. A Store puts it into the chain.
//
// An Append without records (Count 0, no Body) stores rows only; First is the
// number that the next record will have.
type Append struct {
	Shard      tandem.ID
	Epoch      tandem.Epoch // of the caller's lease
	First      tandem.Seq   // must be the tail's plus 1
	Count      int
	Body       []byte // Count encoded records; see docs/journal-format.md
	Keys       []KeyRow
	Payloads   []PayloadRow
	Quarantine []QuarantineRow
}

// KeyRow is the key of one subject, wrapped by the vault's master key. A
// subject has at most one: a second is refused with [ErrExists], because what
// was sealed under the first could never be opened again.
type KeyRow struct {
	Subject tandem.ID
	Wrapped []byte
}

// PayloadRow is something too big for a record, sealed. Ref is the salted
// hash of Sealed ([tandem.HashPayload]); records refer to it by Ref.
type PayloadRow struct {
	Ref     tandem.PayloadRef
	Subject tandem.ID
	Salt    []byte
	Sealed  []byte
}

// QuarantineRow is a command that made the machine panic, kept aside for a
// person to look at. Sealed is the command under its subject's key.
type QuarantineRow struct {
	CommandID tandem.ID
	Subject   tandem.ID
	At        tandem.Time
	Reason    string // what went wrong; carries no personal data
	Sealed    []byte
}

// SecretRow is one named secret of the vault, sealed.
type SecretRow struct {
	Name   string
	Sealed []byte
}

// Last is the number of the last record, or of the tail when there is none.
func (a *Append) Last() tandem.Seq { return a.First + tandem.Seq(a.Count) - 1 }

// Bytes is about how much the Append will take in the store.
func (a *Append) Bytes() int {
	n := len(a.Body)
	for i := range a.Keys {
		n += len(a.Keys[i].Wrapped)
	}
	for i := range a.Payloads {
		n += len(a.Payloads[i].Sealed)
	}
	for i := range a.Quarantine {
		n += len(a.Quarantine[i].Sealed)
	}
	return n
}

// Check refuses an Append that no Store may take: one without a shard or
// a lease, with a count that does not fit its body, or with a body over
// [MaxBodyBytes].
func (a *Append) Check() error {
	switch {
	case a.Shard.IsZero():
		return tandem.Errorf(tandem.Internal, "Shard", "an append needs a shard")
	case a.Epoch < 1:
		return tandem.Errorf(tandem.Internal, "Epoch", "take the shard's lease first")
	case a.First < 1:
		return tandem.Errorf(tandem.Internal, "First", "records are numbered from 1")
	case a.Count < 0 || (a.Count == 0) != (len(a.Body) == 0):
		return tandem.Errorf(tandem.Internal, "Count", "%d records in %d bytes", a.Count, len(a.Body))
	case len(a.Body) > MaxBodyBytes:
		return tandem.Errorf(tandem.Internal, "Body", "%d bytes are over the limit of %d", len(a.Body), MaxBodyBytes)
	}
	return nil
}

// continues reports whether b can be joined to a: same lease, next records.
func (a *Append) continues(b *Append) bool {
	return a.Shard == b.Shard && a.Epoch == b.Epoch && b.First == a.Last()+1
}

// maxJoinedBytes bounds a joined batch, which is read and verified as a whole.
const maxJoinedBytes = 1 << 20

// joiner merges the appends of each shard, in their order, so that what is
// committed together becomes one row of the journal. Appends that do not
// continue each other stay apart, for the Store to judge.
type joiner struct {
	out    []Append
	bytes  []int // of bodies, for each of out
	last   map[tandem.ID]int
	places []int // for each append its place in out
	buf    []byte
}

// join merges; what it returns is good until it is called again.
func (j *joiner) join(in []Append) []Append {
	j.place(in)
	for i := range in {
		to, a := &j.out[j.places[i]], &in[i]
		if len(to.Body) == 0 && len(a.Body) == j.bytes[j.places[i]] {
			to.Body = a.Body // alone: no copy
		} else {
			to.Body = append(j.room(to.Body, j.bytes[j.places[i]]), a.Body...)
		}
		to.Keys = append(to.Keys, a.Keys...)
		to.Payloads = append(to.Payloads, a.Payloads...)
		to.Quarantine = append(to.Quarantine, a.Quarantine...)
	}
	return j.out
}

// place decides which appends become one.
func (j *joiner) place(in []Append) {
	clear(j.out)
	clear(j.last)
	if j.last == nil {
		j.last = make(map[tandem.ID]int)
	}
	j.out, j.bytes, j.places, j.buf = j.out[:0], j.bytes[:0], j.places[:0], j.buf[:0]
	for i := range in {
		a := &in[i]
		at, known := j.last[a.Shard]
		if !known || !j.out[at].continues(a) || j.bytes[at]+len(a.Body) > maxJoinedBytes {
			at = len(j.out)
			j.last[a.Shard] = at
			j.out = append(j.out, Append{Shard: a.Shard, Epoch: a.Epoch, First: a.First})
			j.bytes = append(j.bytes, 0)
		}
		j.out[at].Count += a.Count
		j.bytes[at] += len(a.Body)
		j.places = append(j.places, at)
	}
}

// room returns body, or, when it has none yet, n bytes of the buffer.
func (j *joiner) room(body []byte, n int) []byte {
	if body != nil {
		return body
	}
	at := len(j.buf)
	if cap(j.buf)-at < n {
		j.buf, at = make([]byte, 0, max(n, maxJoinedBytes)), 0
	}
	j.buf = j.buf[:at+n]
	return j.buf[at : at : at+n]
}
