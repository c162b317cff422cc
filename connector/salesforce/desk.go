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
	verbLoad   = "getAgentWorkload"
)

// The ids of the commands that a page gets first.
const (
	askStatus   = "look"
	askWorkload = "load"
)

var (
	errNoConsole   = errors.New("the agent has no Salesforce console open with Tandem's component; the status is set when it is")
	errElsewhere   = errors.New("the agent's Omni-Channel session is in another tab or browser, which Tandem's component has not joined; the status is set when it has")
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
	asked   int       // how many of the first commands it got
	lost    bool      // the agent's Omni-Channel session was taken over by another tab
}

// desk is an agent with open pages. The first page leads: it alone gets
// commands, and none while another tab has the agent's session. Pages that have
// lost it come last.
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

// leads reports whether there is a page to write through.
func (d *desk) leads() bool { return len(d.pages) > 0 && !d.pages[0].lost }

// absence says why there is no page to write through.
func (d *desk) absence() error {
	if len(d.pages) > 0 {
		return errElsewhere
	}
	return errNoConsole
}

// has reports whether an agent has a page open that can be written through.
func (h *hub) has(agent string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	d := h.desks[agent]
	return d != nil && d.leads()
}

// do lets an agent's leading page carry out a verb. sent says that it may have
// been done although there is an error.
func (h *hub) do(ctx context.Context, agent, verb, status string) (answer pageResult, sent bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, h.timeout)
	defer cancel()
	h.mu.Lock()
	d := h.desk(agent)
	if !d.leads() && !time.Now().Before(h.settled) {
		err := d.absence()
		if len(d.pages) == 0 {
			delete(h.desks, agent)
		}
		h.mu.Unlock()
		return pageResult{}, false, err
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
	case !d.leads():
		return pageResult{}, false, d.absence()
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
	if p.waiting++; len(d.pages) == 1 && p.asked == 0 {
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
	behind := slices.IndexFunc(d.pages, func(p *page) bool { return p.lost })
	if behind < 0 {
		behind = len(d.pages)
	}
	d.pages = slices.Insert(d.pages, behind, p)
	return p
}

// take hands a command to the page if it leads; a page that leads for the
// first time is asked what the agent shows and has to do. hub.mu is held.
func (d *desk) take(p *page) *order {
	if !d.leads() || d.pages[0] != p {
		return nil
	}
	p.asked++
	switch p.asked {
	case 1:
		return &order{id: askStatus, verb: verbLook}
	case 2:
		return &order{id: askWorkload, verb: verbLoad}
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
// user, and this page has just lost it. What its toolkit shows from then on
// says nothing of the agent.
func (h *hub) demote(agent, id string) {
	h.move(agent, id, func(d *desk, p *page) bool {
		p.lost = true
		d.pages = append(d.pages, p)
		return true
	})
}

// restore lets a page lead that had lost the agent's session and has it again.
func (h *hub) restore(agent, id string) {
	h.move(agent, id, func(d *desk, p *page) bool {
		if !p.lost {
			return false
		}
		p.lost, p.asked = false, 0
		d.pages = slices.Insert(d.pages, 0, p)
		return true
	})
}

// move takes a page out of an agent's desk for to, which puts it where it
// belongs, or returns false to leave all as it was.
func (h *hub) move(agent, id string, to func(*desk, *page) bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	d := h.desks[agent]
	if d == nil {
		return
	}
	before := d.pages
	i := slices.IndexFunc(before, func(p *page) bool { return p.id == id })
	if i < 0 {
		return
	}
	d.pages = slices.Delete(slices.Clone(before), i, i+1)
	if !to(d, before[i]) {
		d.pages = before
		return
	}
	d.change()
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
