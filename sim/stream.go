package sim

import (
	"bufio"
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/view/agentevent"

	_ "modernc.org/sqlite" // the driver of the readers' tables
)

// streamEvery is of how many seeds one has its agent events written, which
// costs as much as all else.
const streamEvery = 100

// stream is the agent events as the real view writes them, from a replay of its
// own, and which of them there must be (SIM-S12).
type stream struct {
	run     *run
	core    *core
	folder  string
	db      *sql.DB
	tx      *sql.Tx
	view    *agentevent.View
	states  map[tandem.ID]agentState
	wanted  []string // ids of events
	records int
}

// agentState is what of an agent the stream must tell.
type agentState struct {
	online       bool
	status, next tandem.ID
	since        tandem.Time
	contacts     [maxSlots]slotState
	profile      tandem.ID
}

type slotState struct {
	contact tandem.ID
	state   center.AgentContactState
}

// maxSlots is how many of an agent's contacts are looked at.
const maxSlots = 12

// streamPage is how many records are told in one transaction.
const streamPage = 1_000

func newStream(r *run) *stream {
	s := &stream{run: r, core: newCore(), states: map[tandem.ID]agentState{}}
	var err error
	if s.folder, err = os.MkdirTemp("", "tandem-sim"); err == nil {
		s.view = agentevent.New(s.file(), slog.New(slog.DiscardHandler))
		s.db, err = sql.Open("sqlite", "file:"+filepath.Join(s.folder, "views.db")+"?_pragma=synchronous(OFF)&_pragma=journal_mode(MEMORY)")
	}
	if err == nil {
		_, err = s.db.Exec(s.view.Schema())
	}
	r.found(journalWorks, err)
	return s
}

func (s *stream) file() string { return filepath.Join(s.folder, "agent-events.jsonl") }

func (s *stream) close() {
	err := s.view.Close()
	if s.tx != nil {
		err = errors.Join(err, s.tx.Rollback())
	}
	s.run.found(journalWorks, errors.Join(err, s.db.Close(), os.RemoveAll(s.folder)))
}

// take tells a record to the view.
func (s *stream) take(rec *tandem.Record) (err error) {
	if s.tx == nil {
		if s.tx, err = s.db.Begin(); err != nil {
			return err
		}
	}
	if err := s.core.Replay(rec); err != nil {
		return err
	}
	s.core.TakeEffects()
	s.records++
	if dropped := s.run.mutant.dropsEvents && s.records%40 == 0; !dropped {
		if err := s.view.Apply(s.tx, shard, s.core.Instance, rec); err != nil {
			return fmt.Errorf("the view of agent events, at record %d: %w", rec.Seq, err)
		}
	}
	s.expect(rec)
	if s.records%streamPage == 0 {
		return s.commit()
	}
	return nil
}

func (s *stream) commit() error {
	if s.tx == nil {
		return nil
	}
	tx := s.tx
	s.tx = nil
	return errors.Join(s.view.Flush(tx), tx.Commit())
}

// expect notes which agents' events must be there after the record.
func (s *stream) expect(rec *tandem.Record) {
	st := s.core.center.State()
	for id, a := range st.Agents {
		now := stateOf(st, a)
		before := s.states[id]
		if now == before {
			continue
		}
		s.states[id] = now
		if before.online || now.online {
			s.wanted = append(s.wanted, tandem.NameID("agent event", rec.CommandID.String()+id.String()).String())
		}
	}
}

func stateOf(st *center.State, a *center.Agent) agentState {
	s := agentState{status: a.StatusID, next: a.NextStatusID, since: a.StatusSince, profile: a.User.RoutingProfileID}
	if status := st.Statuses[a.StatusID]; status != nil {
		s.online = status.Type != event.Offline
	}
	for i := range a.Contacts[:min(len(a.Contacts), maxSlots)] {
		s.contacts[i] = slotState{a.Contacts[i].ContactID, a.Contacts[i].State}
		if s.contacts[i].state == center.Dialing { // the stream says connecting for both
			s.contacts[i].state = center.Connecting
		}
	}
	return s
}

// check reads the stream: each agent's events are a chain, and none is missing.
func (s *stream) check() error {
	if err := s.commit(); err != nil {
		return err
	}
	f, err := os.Open(s.file())
	if err != nil {
		return err
	}
	defer f.Close()
	told, last := map[string]bool{}, map[string]json.RawMessage{}
	in := bufio.NewReader(f)
	for {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = follow(line, told, last)
		}
		if err != nil {
			return err
		}
	}
	s.run.tally[string(simS12)] += len(told)
	for _, id := range s.wanted {
		if !told[id] {
			return fmt.Errorf("of %d agent events, event %s is missing", len(s.wanted), id)
		}
	}
	return nil
}

// follow takes one line of the stream.
func follow(line []byte, told map[string]bool, last map[string]json.RawMessage) error {
	var ev struct {
		AgentARN, EventType                         string
		EventID                                     string `json:"EventId"`
		CurrentAgentSnapshot, PreviousAgentSnapshot json.RawMessage
	}
	if err := json.Unmarshal(line, &ev); err != nil {
		return err
	}
	if told[ev.EventID] {
		return fmt.Errorf("event %s comes twice", ev.EventID)
	}
	told[ev.EventID] = true
	before, known := last[ev.AgentARN]
	if ev.EventType == agentevent.Login {
		before = json.RawMessage("null")
	}
	if known && !bytes.Equal(before, ev.PreviousAgentSnapshot) {
		return fmt.Errorf("%s event %s of agent %s begins with %s; the one before ended with %s", ev.EventType, ev.EventID, ev.AgentARN, ev.PreviousAgentSnapshot, before)
	}
	last[ev.AgentARN] = ev.CurrentAgentSnapshot
	return nil
}
