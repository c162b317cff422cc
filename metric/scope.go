package metric

import "tandem"

// Scope is what figures are asked of (Amazon Connect API: GetCurrentMetricData,
// Filters).
type Scope struct {
	// QueueIDs: the contacts of these queues, and the agents whose routing
	// profile serves one of them.
	QueueIDs []tandem.ID
	// ProfileIDs: agents of these routing profiles only. Without QueueIDs, all
	// their agents, and the contacts of the queues that they serve.
	ProfileIDs []tandem.ID
	// Channels: contacts, slots and service of these channels only.
	Channels Channels
}

// Read is the metrics of a scope as a whole. An agent or contact that it
// reaches on several ways counts once; so this is not the sum of its queues.
func (l *Live) Read(of Scope, now tandem.Time) Figures {
	r := reach{queues: map[*queue]Channels{}, profiles: map[*profile]bool{}}
	if len(of.QueueIDs) > 0 {
		l.reachQueues(&r, of)
	} else {
		l.reachProfiles(&r, of)
	}
	return r.figures(of.Channels, now)
}

// reach is what a scope has gathered so far, and from where.
type reach struct {
	sum
	queues   map[*queue]Channels // channels whose contacts are counted
	profiles map[*profile]bool
}

func (l *Live) reachQueues(r *reach, of Scope) {
	wanted := make(map[tandem.ID]bool, len(of.ProfileIDs))
	for _, id := range of.ProfileIDs {
		wanted[id] = true
	}
	for _, id := range of.QueueIDs {
		q := l.queues[id]
		if q == nil {
			continue
		}
		r.addContacts(q, of.Channels.chosen())
		for _, by := range q.servers {
			if of.Channels.meets(by.channels) && (len(wanted) == 0 || wanted[by.profile.id]) {
				r.addProfile(by.profile, of.Channels)
			}
		}
	}
}

func (l *Live) reachProfiles(r *reach, of Scope) {
	for _, id := range of.ProfileIDs {
		p := l.profiles[id]
		if p == nil {
			continue
		}
		r.addProfile(p, of.Channels)
		for _, s := range p.serves {
			r.addContacts(s.queue, s.channels&of.Channels.chosen())
		}
	}
}

func (r *reach) addProfile(p *profile, in Channels) {
	if !r.profiles[p] {
		r.profiles[p] = true
		r.add(&p.tally, in)
	}
}

// addContacts adds the contacts of a queue in those channels that are not
// counted yet.
func (r *reach) addContacts(q *queue, in Channels) {
	if more := in &^ r.queues[q]; more != 0 {
		r.queues[q] |= more
		r.contacts(q, more)
	}
}

// chosen spells a choice out: zero becomes every channel.
func (c Channels) chosen() Channels {
	if c == 0 {
		return 1<<channels - 1
	}
	return c
}
