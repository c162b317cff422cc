package explain

import (
	"fmt"
	"strings"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/route"
)

// offered tells to whom the contact was offered, and why to nobody else. The
// agents not chosen are found in the state just before the offer.
func (s *contactStory) offered(rec *tandem.Record, ev *event.OfferMade) (string, []string) {
	what := fmt.Sprintf("offered to %s, until %s at most", s.user(ev.UserID), clock(ev.Deadline))
	candidates, err := s.center.ExplainOffer(s.id, rec.At)
	if err != nil { // it waits in no queue
		return what, []string{"chosen: the contact is for " + s.user(ev.UserID) + " alone"}
	}
	able, own := 0, false
	for _, c := range candidates {
		own = own || c.Chosen && c.OwnQueue
		if c.Chosen || c.Reason == route.AvailableLater.String() {
			able++
		}
	}
	because := fmt.Sprintf("chosen: %s is available since %s", s.user(ev.UserID), clock(ev.AvailableSince))
	if own {
		because = "chosen: the contact waits in the own queue of " + s.user(ev.UserID)
	} else if able > 1 {
		because += fmt.Sprintf(", the longest of the %d who could take it", able)
	} else {
		because += ", the only one who could take it"
	}
	return what, append([]string{because}, s.others(candidates)...)
}

// others says of every agent who was not chosen why.
func (s *contactStory) others(candidates []center.Candidate) []string {
	var why []string
	for _, c := range candidates {
		if c.Chosen {
			continue
		}
		line := fmt.Sprintf("not %s: %s", s.user(c.UserID), c.Reason)
		if !c.AvailableSince.IsZero() {
			line += ", available since " + clock(c.AvailableSince)
		} else if a := s.state().Agents[c.UserID]; a != nil {
			line += " (" + s.situation(a) + ")"
		}
		why = append(why, line)
	}
	if len(why) == 0 && len(candidates) == 0 {
		why = []string{"the instance has no agents"}
	}
	return why
}

// situation is an agent's status and what the agent is busy with.
func (t *teller) situation(a *center.Agent) string {
	parts := []string{"status " + t.status(a.StatusID)}
	if !a.NextStatusID.IsZero() {
		parts = append(parts, "next "+t.status(a.NextStatusID))
	}
	for i := range a.Contacts {
		slot := &a.Contacts[i]
		parts = append(parts, slotWords[slot.State]+" since "+clock(slot.Since))
	}
	return strings.Join(parts, "; ")
}

// slotWords are the states of a contact at an agent in plain words.
var slotWords = map[center.AgentContactState]string{
	center.Connecting:       "being offered a contact",
	center.Connected:        "with a contact",
	center.Missed:           "missed a contact",
	center.AfterContactWork: "in After Contact Work",
	center.Rejected:         "declined a contact",
	center.Failed:           "could not be reached by phone",
	center.Dialing:          "being connected with a contact",
	center.Paused:           "has put a task aside",
}
