package kinesis

import (
	"crypto/md5" // the service's own choice of a hash for partition keys
	"fmt"
	"math/big"
	"time"
)

const (
	readsPerSecond = 5 // of one shard
	iteratorLife   = 5 * time.Minute
	retention      = 24 * time.Hour
)

// stream is one data stream.
type stream struct {
	name    string
	created time.Time
	shards  []*shard
	next    int64 // of sequence numbers
}

// shard is a part of a stream: a range of hashed partition keys.
type shard struct {
	id       string
	parent   string
	from, to *big.Int // of the hash, both inside
	starting string   // sequence number
	ending   string   // "" while it is open
	records  []record
	read     []time.Time // in the last second
}

type record struct {
	sequence, key string
	data          []byte
	at            time.Time
}

// keySpace is the number of hash keys: 2^128.
var keySpace = new(big.Int).Lsh(big.NewInt(1), 128)

func newStream(name string, shards int, now time.Time) *stream {
	st := &stream{name: name, created: now}
	for i := range int64(shards) {
		st.add("", part(i, shards), new(big.Int).Sub(part(i+1, shards), big.NewInt(1)))
	}
	return st
}

// part is where the i-th of n equal parts of the key space begins.
func part(i int64, n int) *big.Int {
	p := new(big.Int).Mul(keySpace, big.NewInt(i))
	return p.Div(p, big.NewInt(int64(n)))
}

func (st *stream) add(parent string, from, to *big.Int) *shard {
	sh := &shard{id: fmt.Sprintf("shardId-%012d", len(st.shards)), parent: parent, from: from, to: to, starting: st.sequence()}
	st.shards = append(st.shards, sh)
	return sh
}

// sequence is the next sequence number: 56 digits, as the service's are, so
// that they are in order as text too.
func (st *stream) sequence() string {
	st.next++
	return fmt.Sprintf("49%054d", st.next)
}

func (st *stream) shard(id string) *shard {
	for _, sh := range st.shards {
		if sh.id == id {
			return sh
		}
	}
	return nil
}

// put adds a record to the open shard of its key.
func (st *stream) put(key string, data []byte, now time.Time) (*shard, string) {
	sum := md5.Sum([]byte(key))
	hash := new(big.Int).SetBytes(sum[:])
	for _, sh := range st.shards {
		if sh.ending == "" && hash.Cmp(sh.from) >= 0 && hash.Cmp(sh.to) <= 0 {
			r := record{sequence: st.sequence(), key: key, data: data, at: now}
			sh.records = append(sh.records, r)
			return sh, r.sequence
		}
	}
	panic("the open shards do not cover all keys")
}

// split closes a shard and opens two in its place.
func (st *stream) split(sh *shard, at *big.Int) {
	sh.ending = st.sequence()
	st.add(sh.id, sh.from, new(big.Int).Sub(at, big.NewInt(1)))
	st.add(sh.id, at, sh.to)
}

// trim drops records older than the retention.
func (sh *shard) trim(now time.Time) {
	for len(sh.records) > 0 && now.Sub(sh.records[0].at) > retention {
		sh.records = sh.records[1:]
	}
}

// mayRead counts a read, if the shard's quota allows it.
func (sh *shard) mayRead(now time.Time) bool {
	for len(sh.read) > 0 && now.Sub(sh.read[0]) >= time.Second {
		sh.read = sh.read[1:]
	}
	if len(sh.read) == readsPerSecond {
		return false
	}
	sh.read = append(sh.read, now)
	return true
}

// after is the sequence number of the last record before a moment; the
// beginning where there is none.
func (sh *shard) after(at time.Time) string {
	last := ""
	for _, r := range sh.records {
		if r.at.Before(at) {
			last = r.sequence
		}
	}
	return last
}
