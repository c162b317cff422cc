package viewtest

import (
	"fmt"
	"math/rand/v2"

	"tandem"
	"tandem/center"
	"tandem/instance"
	"tandem/view"
)

// Shift lets agents work through tasks at random, with the real center
// deciding, and stops and starts everything now and then. It returns the
// contacts that were begun.
func (s *Story) Shift(seed uint64, steps int, usernames ...string) []tandem.ID {
	s.t.Helper()
	r := rand.New(rand.NewPCG(seed, seed))
	var contacts []tandem.ID
	at := Start
	for i := range steps {
		at = at.Add(r.Int64N(5000))
		user := UserID(usernames[r.IntN(len(usernames))])
		contact := s.contactOf(user)
		if len(contacts) > 0 && (contact.IsZero() || r.IntN(4) == 0) {
			contact = contacts[r.IntN(len(contacts))]
		}
		answer, err := s.Do(at, anyCommand(r, i, user, contact))
		if id, ok := answer.(tandem.ID); ok && err == nil {
			contacts = append(contacts, id)
		}
		if r.IntN(40) == 0 {
			s.Restart(nil)
		}
	}
	return contacts
}

// contactOf is a contact that the agent has now, or zero.
func (s *Story) contactOf(user tandem.ID) (id tandem.ID) {
	s.t.Helper()
	err := s.engine.Read(s.t.Context(), InstanceID, func(in *instance.Instance) {
		if a := view.Center(in).Agents[user]; len(a.Contacts) > 0 {
			id = a.Contacts[0].ContactID
		}
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

// anyCommand is something that an agent or a caller of the API may do; much of
// it is refused.
func anyCommand(r *rand.Rand, i int, user, contact tandem.ID) any {
	statuses := []tandem.ID{AvailableID, AvailableID, AvailableID, LunchID, OfflineID}
	switch r.IntN(8) {
	case 0, 1:
		return center.PutUserStatus{UserID: user, StatusID: statuses[r.IntN(len(statuses))]}
	case 2:
		return center.StartTask{FlowID: FlowID, Name: tandem.Personal(fmt.Sprintf("Task %d", i))}
	case 3, 4:
		return center.AcceptContact{UserID: user, ContactID: contact}
	case 5:
		return center.RejectContact{UserID: user, ContactID: contact}
	case 6:
		return center.StopContact{ContactID: contact}
	}
	return center.DismissUserContact{UserID: user, ContactID: contact}
}
