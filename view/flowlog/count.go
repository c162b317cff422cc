package flowlog

import (
	"context"
	"database/sql"
	"fmt"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/flow"
)

// errorOutcomes are the outcomes of blocks that leave by the branch of an error.
// No match, and no input in time, are not among them: a customer's ordinary
// answers are no errors of the flow.
var errorOutcomes = map[string]bool{
	flow.NoMatchingError: true, flow.QueueAtCapacity: true, flow.InvalidCallbackNumber: true, flow.CallbackNumberNotDialable: true,
	flow.CallFailed: true, flow.ConnectionTimeLimitExceeded: true, flow.ParticipantNotFound: true, flow.ChannelMismatch: true,
	flow.InFlightRedactionConfigurationFailed: true, "InvalidPhoneNumber": true,
}

// side is one side of a contact.
type side struct {
	contact tandem.ID
	side    event.FlowSide
}

// places is which flow runs on each side of contacts: events of blocks do not
// say. What it does not know, after a start, it takes from the state.
type places map[side][]tandem.ID // the modules entered from the flow behind it

// Counts are the errors of one flow.
type Counts struct {
	FlowID tandem.ID // zero: it is not known, for the server started while the flow ended
	Name   string
	Errors int64 // exits by an error's branch
	Fatal  int64 // ends by an error that had no branch
}

// count counts the errors of a record.
func (v *View) count(tx *sql.Tx, shard tandem.ID, st *center.State, rec *tandem.Record) error {
	p := v.places[shard]
	if p == nil {
		p = &places{}
		v.places[shard] = p
	}
	for _, ev := range rec.Events {
		var err error
		switch ev := ev.(type) {
		case *event.FlowEntered:
			(*p)[side{ev.ContactID, ev.Side}] = []tandem.ID{ev.FlowID}
		case *event.ModuleEntered:
			s := side{ev.ContactID, ev.Side}
			(*p)[s] = append(p.at(st, s), ev.ModuleID)
		case *event.ModuleLeft:
			s := side{ev.ContactID, ev.Side}
			if at := p.at(st, s); len(at) > 1 {
				(*p)[s] = at[:len(at)-1]
			}
		case *event.FlowBlockRan:
			flowID := p.flow(st, side{ev.ContactID, ev.Side})
			if errorOutcomes[ev.Outcome] {
				err = add(tx, shard, st, flowID, 1, 0)
			}
		case *event.FlowEnded:
			s := side{ev.ContactID, ev.Side}
			if ev.Outcome == string(flow.EndFault) {
				err = add(tx, shard, st, p.flow(st, s), 0, 1)
			}
			delete(*p, s)
		case *event.ContactEnded:
			delete(*p, side{ev.ContactID, event.CustomerSide})
			delete(*p, side{ev.ContactID, event.AgentSide})
		}
		if err != nil {
			return fmt.Errorf("%s: %w", ev.EventName(), err)
		}
	}
	return nil
}

// at is where a side of a contact stands; it is remembered, for the state will
// not have it any more once the flow has ended.
func (p places) at(st *center.State, s side) []tandem.ID {
	if at := p[s]; at != nil {
		return at
	}
	c := st.Contacts[s.contact]
	if c == nil {
		return nil
	}
	at := c.Flow.FlowID
	if s.side == event.AgentSide {
		at = c.AgentFlow.FlowID
	}
	if at.IsZero() {
		return nil
	}
	p[s] = []tandem.ID{at}
	return p[s]
}

func (p places) flow(st *center.State, s side) tandem.ID {
	if at := p.at(st, s); len(at) > 0 {
		return at[len(at)-1]
	}
	return tandem.ID{}
}

func add(tx *sql.Tx, shard tandem.ID, st *center.State, flowID tandem.ID, errors, fatal int64) error {
	var name string
	if f := st.Flows[flowID]; f != nil {
		name = f.Saved.Name
	}
	_, err := tx.Exec(`INSERT INTO flowlog_count VALUES (?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET name = excluded.name, errors = errors + excluded.errors, fatal = fatal + excluded.fatal`,
		shard[:], flowID[:], name, errors, fatal)
	return err
}

// CountsOf lists the flows of an instance that ever had an error, by id.
func CountsOf(ctx context.Context, db *sql.DB, shard tandem.ID) ([]Counts, error) {
	rows, err := db.QueryContext(ctx, "SELECT flow, name, errors, fatal FROM flowlog_count WHERE shard = ? ORDER BY flow", shard[:])
	if err != nil {
		return nil, fmt.Errorf("read the errors of flows: %w", err)
	}
	defer rows.Close()
	var all []Counts
	for rows.Next() {
		var c Counts
		var id []byte
		if err := rows.Scan(&id, &c.Name, &c.Errors, &c.Fatal); err != nil {
			return nil, fmt.Errorf("read the errors of flows: %w", err)
		}
		copy(c.FlowID[:], id)
		all = append(all, c)
	}
	return all, rows.Err()
}
