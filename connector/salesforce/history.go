package salesforce

import (
	"sync"
	"time"
)

// reasonLogin is a log-in to Omni-Channel, in the toolkit's words.
const reasonLogin = "OmniLoginStatusChange"

const (
	// A query may be answered from before what the console reported this long
	// ago; the console counts more.
	reportTrust = 5 * time.Second
	// A report and a record of the same status that are this close are one
	// change.
	pairing = 10 * time.Second
)

// state is what an agent shows, with a revision in milliseconds of the org's
// clock. Salesforce has no revisions, and its times have whole seconds, so they
// are made here; the same change has the same revision, whoever tells of it.
type state struct {
	status  string
	version uint64
	reason  string    // of the console; "" from a query
	at      time.Time // by the org's clock; zero: unknown
}

// past is the newest that is known of an agent.
type past struct {
	state
	record string // the presence record; "" as long as only the console told
	absent bool   // the last query found no record, and the console was waited for
}

// history remembers what agents showed last. It is safe for many goroutines.
type history struct {
	mu     sync.Mutex
	agents map[string]*past
}

func newHistory() *history { return &history{agents: map[string]*past{}} }

func millis(t time.Time) uint64 { return uint64(max(0, t.UnixMilli())) }

// queried takes what a query, or a push topic, told of an agent: a current
// record, or none. With patience a change that has just happened is left to the
// agent's console, which knows why; the next query believes it.
func (h *history) queried(agent string, r record, found, patience bool, now time.Time) state {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.agents[agent]
	if p == nil {
		p = &past{}
		h.agents[agent] = p
	}
	status := Offline
	if found {
		status = r.Status
	}
	sinceReport := now.Sub(p.at)
	switch {
	case found && p.record == r.ID && p.status != "":
		p.absent = false
		return p.state
	case p.status == status && (!found || p.record == "" && r.Created.Sub(p.at).Abs() <= pairing):
		p.record = r.ID
		return p.state
	case p.status != "" && p.record == "" && sinceReport < reportTrust:
		return p.state
	case p.status != "" && patience && (found && now.Sub(r.Created.Time) < reportTrust || !found && !p.absent):
		p.absent = !found
		return p.state
	}
	before := p.version
	*p = past{state: state{status: status, at: r.Created.Time}, record: r.ID}
	switch {
	case found:
		p.version = max(millis(r.Created.Time), before+1)
	case before > 0:
		p.version, p.at = max(millis(now), before+1), now
	}
	return p.state
}

// reported takes what the console told of an agent, and when it was so. The
// same status again, within moments, is the same change, as a second tab tells
// of it too. What was over before the newest that is known changes nothing.
func (h *history) reported(agent, status, reason string, when time.Time) state {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.agents[agent]
	if p == nil {
		p = &past{}
		h.agents[agent] = p
	}
	if p.status == status && (reason == "" || when.Sub(p.at) < pairing) {
		return p.state
	}
	if p.status != "" && p.at.Sub(when) > pairing {
		return p.state
	}
	*p = past{state: state{status: status, version: max(millis(when), p.version+1), reason: reason, at: when}}
	return p.state
}
