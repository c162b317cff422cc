package admin

import (
	"tandem"
	"tandem/presence"
)

// whyJSON explains what the systems show for an agent.
type whyJSON struct {
	UserID  tandem.ID       `json:"user_id" doc:"The agent."`
	Wish    string          `json:"wish" doc:"The status that was chosen last, where, by whom and when."`
	Contact string          `json:"contact" doc:"Whether the agent is on a contact."`
	Lately  []sentenceJSON  `json:"lately" doc:"What happened last that concerns all systems, oldest first."`
	Systems []systemWhyJSON `json:"systems" doc:"What each system shows: the contact center first."`
}

// systemWhyJSON explains what one system shows.
type systemWhyJSON struct {
	SystemID tandem.ID      `json:"system_id" doc:"The system; that of the contact center itself is the instance."`
	System   string         `json:"system" doc:"What it is called."`
	Shows    string         `json:"shows" doc:"What it shows."`
	Should   string         `json:"should,omitempty" doc:"What it should show; left out: it is left as it is."`
	Why      string         `json:"why" doc:"Why it should, and why it does not yet."`
	Lately   []sentenceJSON `json:"lately" doc:"What happened there last, oldest first."`
}

// sentenceJSON is a sentence of an agent's story.
type sentenceJSON struct {
	At   string `json:"at" doc:"When (RFC 3339)."`
	Text string `json:"text" doc:"What happened."`
}

func (h *Handler) why(q *request) (whyJSON, error) {
	j := whyJSON{UserID: q.user, Lately: []sentenceJSON{}, Systems: []systemWhyJSON{}}
	var w presence.Why
	known := false
	if err := h.look(q, func(v View) { w, known = v.Why(q.user) }); err != nil {
		return j, err
	}
	if !known {
		return j, tandem.Errorf(tandem.NotFound, "user_id", "there is no agent %s", q.user)
	}
	lines, err := h.cfg.Tables.Lines(q.Context(), q.instance, q.user)
	if err != nil {
		return j, err
	}
	lately := map[tandem.ID][]sentenceJSON{}
	for _, l := range lines {
		lately[l.SystemID] = append(lately[l.SystemID], sentenceJSON{At: l.At.String(), Text: l.Text})
	}
	j.Wish, j.Contact = w.Wish, w.Contact
	j.Lately = append(j.Lately, lately[tandem.ID{}]...)
	for _, s := range w.Systems {
		j.Systems = append(j.Systems, systemWhyJSON{
			SystemID: s.SystemID, System: s.System, Shows: s.Shows, Should: s.Should, Why: s.Why, Lately: append([]sentenceJSON{}, lately[s.SystemID]...),
		})
	}
	return j, nil
}
