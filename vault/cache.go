package vault

import (
	"container/list"
	"crypto/cipher"
	"crypto/sha256"

	"tandem"
)

// subjectKey is a subject's key, ready for use.
type subjectKey struct {
	id   [idBytes]byte // tells an erased key from the one that came after it
	aead cipher.AEAD
}

func newSubjectKey(key []byte) *subjectKey {
	k := &subjectKey{aead: newAEAD(key)}
	sum := sha256.Sum256(append([]byte("tandem subject key id\x00"), key...))
	copy(k.id[:], sum[:])
	return k
}

// keyCache keeps the keys used last, at most limit.
type keyCache struct {
	limit int
	order *list.List // of *cached, used last in front
	items map[tandem.ID]*list.Element
}

type cached struct {
	subject tandem.ID
	key     *subjectKey
}

func newKeyCache(limit int) *keyCache {
	return &keyCache{limit: limit, order: list.New(), items: make(map[tandem.ID]*list.Element)}
}

func (c *keyCache) get(subject tandem.ID) *subjectKey {
	e := c.items[subject]
	if e == nil {
		return nil
	}
	c.order.MoveToFront(e)
	return e.Value.(*cached).key
}

func (c *keyCache) put(subject tandem.ID, key *subjectKey) {
	c.drop(subject)
	c.items[subject] = c.order.PushFront(&cached{subject, key})
	if c.order.Len() > c.limit {
		c.drop(c.order.Back().Value.(*cached).subject)
	}
}

func (c *keyCache) drop(subject tandem.ID) {
	if e := c.items[subject]; e != nil {
		c.order.Remove(e)
		delete(c.items, subject)
	}
}
