package prompt

import (
	"container/list"
	"sync"
)

type cacheKey [32]byte

// cache keeps clips up to a number of bytes; the least recently used go first.
type cache struct {
	mu    sync.Mutex
	limit int
	size  int
	order *list.List // of *entry, most recently used first
	byKey map[cacheKey]*list.Element
}

type entry struct {
	key  cacheKey
	clip []int16
}

func newCache(limit int) *cache {
	return &cache{limit: limit, order: list.New(), byKey: map[cacheKey]*list.Element{}}
}

func (c *cache) get(key cacheKey) ([]int16, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey[key]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*entry).clip, true
}

func (c *cache) put(key cacheKey, clip []int16) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.byKey[key]; ok || 2*len(clip) > c.limit {
		return
	}
	c.byKey[key] = c.order.PushFront(&entry{key, clip})
	c.size += 2 * len(clip)
	for c.size > c.limit {
		oldest := c.order.Remove(c.order.Back()).(*entry)
		delete(c.byKey, oldest.key)
		c.size -= 2 * len(oldest.clip)
	}
}
