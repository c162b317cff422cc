package admin

import (
	"encoding/json"
	"fmt"

	"tandem"
	"tandem/directory"
)

// changeJSON is one change of the audit.
type changeJSON struct {
	At        string          `json:"at" doc:"When (RFC 3339)."`
	By        string          `json:"by" doc:"Who did it, by name."`
	ActorID   tandem.ID       `json:"actor_id" doc:"The key, user or system that did it; empty: the admin token, or the server itself."`
	What      string          `json:"what" doc:"What was done, by a stable name such as system_saved."`
	Text      string          `json:"text" doc:"The same in a sentence."`
	SystemID  tandem.ID       `json:"system_id" doc:"Of which system; empty: of none."`
	UserID    tandem.ID       `json:"user_id" doc:"For which user; empty: for none."`
	SubjectID tandem.ID       `json:"subject_id" doc:"The notice, key, contact or user that it is about; empty: none."`
	Before    json.RawMessage `json:"before,omitempty" doc:"What was there before, without secrets; left out: nothing, or nothing to tell."`
	After     json.RawMessage `json:"after,omitempty" doc:"What is there since, without secrets; left out: nothing, or nothing to tell."`
	Seq       uint64          `json:"seq" doc:"Its record in the journal."`
}

// changePage is one page of the audit.
type changePage struct {
	Changes []changeJSON `json:"changes" doc:"The newest first."`
	Next    string       `json:"next,omitempty" doc:"The after of the next page; left out: this is the last."`
}

func (h *Handler) instanceAudit(q *request) (changePage, error) { return h.audit(q, q.instance) }

func (h *Handler) serverAudit(q *request) (changePage, error) { return h.audit(q, directory.Shard) }

func (h *Handler) audit(q *request, shard tandem.ID) (changePage, error) {
	j := changePage{Changes: []changeJSON{}}
	limit, err := q.limit()
	if err != nil {
		return j, err
	}
	var seq tandem.Seq
	var place int
	if text := q.URL.Query().Get("after"); text != "" {
		if _, err := fmt.Sscanf(text, "%d.%d", &seq, &place); err != nil {
			return j, tandem.Errorf(tandem.Invalid, "after", "give the next of the page before")
		}
	}
	names, err := h.people(q)
	if err != nil {
		return j, err
	}
	found, err := h.cfg.Tables.Changes(q.Context(), shard, seq, place, limit+1)
	if err != nil {
		return j, err
	}
	for i := range found {
		c := &found[i]
		if i == limit {
			last := &found[i-1]
			j.Next = fmt.Sprintf("%d.%d", last.Seq, last.Place)
			break
		}
		j.Changes = append(j.Changes, changeJSON{
			At: c.At.String(), By: names.actor(c.Actor), ActorID: c.Actor.ID, What: c.What, Text: changeTexts[c.What],
			SystemID: c.SystemID, UserID: c.UserID, SubjectID: c.SubjectID, Before: c.Before, After: c.After, Seq: uint64(c.Seq),
		})
	}
	return j, nil
}

// changeTexts are the sentences of the audit.
var changeTexts = map[string]string{
	"system_saved": "The settings of a system were saved.", "system_deleted": "A system was deleted.", "secret_replaced": "The client secret of a system was replaced.",
	"rules_saved": "The rules of a system were saved.", "agent_linked": "A user was linked.", "agent_unlinked": "A user was unlinked.",
	"agent_released": "An agent's status was started again.", "notice_seen": "A notice was seen.", "subject_erased": "Personal data was erased.",
	"key_created": "A key was made.", "key_ended": "A key was ended.",
}
