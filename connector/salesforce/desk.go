package salesforce

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"tandem"
	"tandem/connector"
)

const (
	holdWait     = 25 * time.Second // how long a page's question for commands is held
	maxPagesEach = 20               // of one agent; the oldest that is silent makes room
	defaultGrace = 15 * time.Second // a page that is loaded again must fit in
)

// The verbs of the console toolkit that pages are asked for.
const (
	verbSet    = "setServicePresenceStatus"
	verbLogout = "logout"
	verbLook   = "getServicePresenceStatusId"
)

var (
	errNoConsole   = errors.New("the agent has no Salesforce console open with Tandem's component; the status is set when it is")
	errNoAnswer    = errors.New("the agent's Salesforce console did not answer")
	errNotReceived = errors.New("the agent's Salesforce console did not take the order in time")
)

// order is one command to an agent's console.
type order struct {
	id, verb, status string
	page             string // which page has taken it
	done             chan pageResult
}

// pageResult is what a page answers to a command.
type pageResult struct {
	ok      bool
	status  string // in which the agent is now
	message string // why not
}

// page is one tab of an agent's console.
type page struct {
	id      string
	seq     int64     // of its newest report
	seen    time.Time // heard of last
	waiting int       // questions that are held
	greeted bool      // was asked what the agent shows
}

// desk is an agent with open pages. The first page leads: it alone gets
// commands.
type desk struct {
	pages   []*page
	order   *order        // under way
	changed chan struct{} // closed at each change
}

// hub knows the open consoles of one org. It is safe for many goroutines.
type hub struct {
	clock   connector.Clock
	timeout time.Duration // of an order, in the machine's time
	grace   time.Duration

	mu      sync.Mutex
	desks   map[string]*desk
	ids     uint64
	settled time.Time // by the machine's clock: until then consoles may still be on their way
	open    bool
	closing chan struct{}
	arrived chan struct{} // an agent's first page came
}

func newHub(clock connector.Clock, timeout, grace time.Duration) *hub {
	return &hub{clock: clock, timeout: timeout, grace: grace, desks: map[string]*desk{}, arrived: make(chan struct{}, 1)}
}

// start lets pages in. Those that were open before a restart come back within
// moments, and orders wait for them that long.
func (h *hub) start() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.open, h.closing, h.settled = true, make(chan struct{}), time.Now().Add(h.timeout)
}

// stop ends every question that is held.
func (h *hub) stop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.open {
		h.open = false
		close(h.closing)
		clear(h.desks)
	}
}

// desk wants mu held.
func (h *hub) desk(agent string) *desk {
	d := h.desks[agent]
	if d == nil {
		d = &desk{changed: make(chan struct{})}
		h.desks[agent] = d
	}
	return d
}

func (d *desk) change() {
	close(d.changed)
	d.changed = make(chan struct{})
}

// has reports whether an agent has a page open.
func (h *hub) has(agent string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	d := h.desks[agent]
	return d != nil && len(d.pages) > 0
}

// do lets an agent's leading page carry out a verb. sent says that it may have
// been done although there is an error.
func (h *hub) do(ctx context.Context, agent, verb, status string) (answer pageResult, sent bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, h.timeout)
	defer cancel()
	h.mu.Lock()
	d := h.desk(agent)
	if len(d.pages) == 0 && !time.Now().Before(h.settled) {
		delete(h.desks, agent)
		h.mu.Unlock()
		return pageResult{}, false, errNoConsole
	}
	h.ids++
	o := &order{id: tandem.NameID("order", agent).Derive(h.ids).String(), verb: verb, status: status, done: make(chan pageResult, 1)}
	d.order = o
	d.change()
	h.mu.Unlock()
	select {
	case answer := <-o.done:
		return answer, true, nil
	case <-ctx.Done():
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if d.order == o {
		d.order = nil
	}
	switch {
	case o.page != "":
		return pageResult{}, true, errNoAnswer
	case len(d.pages) == 0:
		return pageResult{}, false, errNoConsole
	}
	return pageResult{}, false, errNotReceived
}

// wait holds a page's question until there is a command for it, or for a
// while. ok is false when the connector does not run.
func (h *hub) wait(ctx context.Context, agent, id string) (o *order, ok bool) {
	h.mu.Lock()
	if !h.open {
		h.mu.Unlock()
		return nil, false
	}
	closing := h.closing
	d := h.desk(agent)
	p := d.page(id, h.clock.Now())
	if p.waiting++; len(d.pages) == 1 && !p.greeted {
		select {
		case h.arrived <- struct{}{}:
		default: // it is known already
		}
	}
	defer func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		p.waiting--
		p.seen = h.clock.Now()
	}()
	hold := time.NewTimer(holdWait)
	defer hold.Stop()
	for {
		if o := d.take(p); o != nil {
			h.mu.Unlock()
			return o, true
		}
		changed := d.changed
		h.mu.Unlock()
		select {
		case <-changed:
		case <-closing:
			return nil, false
		case <-hold.C:
			return nil, true
		case <-ctx.Done():
			return nil, true
		}
		h.mu.Lock()
	}
}

// page finds or adds a page; hub.mu is held.
func (d *desk) page(id string, now time.Time) *page {
	i := slices.IndexFunc(d.pages, func(p *page) bool { return p.id == id })
	if i >= 0 {
		return d.pages[i]
	}
	if len(d.pages) >= maxPagesEach {
		d.pages = slices.Delete(d.pages, 0, 1)
	}
	p := &page{id: id, seen: now}
	d.pages = append(d.pages, p)
	return p
}

// take hands a command to the page if it leads; a page that leads for the
// first time is asked what the agent shows. hub.mu is held.
func (d *desk) take(p *page) *order {
	if len(d.pages) == 0 || d.pages[0] != p {
		return nil
	}
	if !p.greeted {
		p.greeted = true
		return &order{id: "look", verb: verbLook}
	}
	if d.order == nil || d.order.page != "" {
		return nil
	}
	d.order.page = p.id
	return d.order
}

// news takes the number of a report; it is false for one that was taken before.
func (h *hub) news(agent, id string, seq int64) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.open {
		return false
	}
	p := h.desk(agent).page(id, h.clock.Now())
	p.seen = h.clock.Now()
	if seq <= p.seq {
		return false
	}
	p.seq = seq
	return true
}

// answer ends the order under way.
func (h *hub) answer(agent, id string, r pageResult) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if d := h.desks[agent]; d != nil && d.order != nil && d.order.id == id {
		d.order.done <- r
		d.order = nil
	}
}

// demote lets another page lead: there is one Omni-Channel session for each
// user, and this page has just lost it.
func (h *hub) demote(agent, id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	d := h.desks[agent]
	if d == nil {
		return
	}
	if i := slices.IndexFunc(d.pages, func(p *page) bool { return p.id == id }); i >= 0 {
		p := d.pages[i]
		p.greeted = false
		d.pages = append(slices.Delete(d.pages, i, i+1), p)
		d.change()
	}
}

// sweep forgets pages that were not heard of for the grace, and returns the
// agents who have any.
func (h *hub) sweep() map[string]bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.clock.Now()
	open := map[string]bool{}
	for _, agent := range tandem.SortedKeys(h.desks) {
		d := h.desks[agent]
		before := len(d.pages)
		d.pages = slices.DeleteFunc(d.pages, func(p *page) bool { return p.waiting == 0 && now.Sub(p.seen) > h.grace })
		if len(d.pages) > 0 {
			open[agent] = true
		} else if d.order == nil {
			delete(h.desks, agent)
		}
		if len(d.pages) != before {
			d.change()
		}
	}
	return open
}
