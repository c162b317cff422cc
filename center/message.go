package center

import (
	"slices"

	"tandem"
	"tandem/event"
	"tandem/flow"
)

// Limits of messages (Amazon Connect Participant API: SendMessage).
const (
	maxMessageChars     = 1024
	maxJSONMessageChars = 12_000
	// maxRecentSends is of how many messages with a client token a chat remembers
	// that they were sent.
	maxRecentSends = 16
)

// The types of content (Amazon Connect Participant API: SendMessage).
const (
	plainText    = "text/plain"
	markdownText = "text/markdown"
	jsonContent  = "application/json"
)

// sendMessage adds a message to a chat. What the customer writes also goes to
// the flow that waits for it.
func (m *Machine) sendMessage(s *tandem.Step, b SendMessage) (tandem.ID, error) {
	c, err := m.checkMessage(b)
	if err != nil {
		return tandem.ID{}, err
	}
	id := s.NextID()
	if b.ClientToken != "" {
		id = tandem.NameID("message", c.ContactID.String()+b.ClientToken)
	}
	if slices.Contains(c.RecentSends, id) {
		return id, nil
	}
	s.Emit(&event.MessageSent{ContactID: c.ContactID, InitialContactID: c.InitialContactID, MessageID: id, Role: b.Role, UserID: b.UserID,
		ContentType: b.ContentType, Content: b.Content, At: c.notBefore(s, s.At), Tokened: b.ClientToken != ""})
	if b.Role == event.MessageFromCustomer {
		m.hear(s, c, flow.Input{Kind: flow.InputUtterance, Text: string(b.Content)})
	}
	return id, nil
}

// hear lets the customer's flow go on with what the customer wrote, if it waits
// for it: what it had asked is answered then.
func (m *Machine) hear(s *tandem.Step, c *Contact, in flow.Input) {
	if !c.Flow.waits() {
		return
	}
	m.resume(s, c, event.CustomerSide, in, s.At)
}

func (m *Machine) checkMessage(b SendMessage) (*Contact, error) {
	c, err := m.knownContact(b.ContactID)
	if err != nil {
		return nil, err
	}
	most := maxMessageChars
	switch {
	case c.Channel != event.Chat:
		return nil, tandem.Errorf(tandem.Conflict, "ContactId", "only chats have messages")
	case !c.live():
		return nil, tandem.Errorf(tandem.Gone, "ContactId", "the chat has ended already")
	case b.Role != event.MessageFromCustomer && b.Role != event.MessageFromAgent:
		return nil, tandem.Errorf(tandem.Invalid, "Role", "a message is from the customer or from an agent")
	case b.Role == event.MessageFromCustomer && !b.UserID.IsZero():
		return nil, tandem.Errorf(tandem.Invalid, "UserId", "a customer has no user id")
	case b.Role == event.MessageFromAgent && (c.Phase != WithAgent || c.UserID != b.UserID):
		return nil, tandem.Errorf(tandem.Conflict, "UserId", "the agent is not connected with the chat")
	}
	switch b.ContentType {
	case plainText, markdownText:
	case jsonContent:
		most = maxJSONMessageChars
	default:
		return nil, tandem.Errorf(tandem.Invalid, "ContentType", "must be %s, %s or %s", plainText, markdownText, jsonContent)
	}
	return c, firstOf(checkCharacters("Content", string(b.Content), 1, most), checkLength("ClientToken", b.ClientToken, 0, maxClientTokenChars))
}

// noteSend remembers a message that may be sent again.
func (c *Contact) noteSend(ev *event.MessageSent) {
	if !ev.Tokened {
		return
	}
	if len(c.RecentSends) >= maxRecentSends {
		c.RecentSends = slices.Delete(slices.Clone(c.RecentSends), 0, 1)
	}
	c.RecentSends = append(c.RecentSends, ev.MessageID)
}

// write sends what a flow says in a chat. Markup is not read there, it is shown
// (Amazon Connect Administrator Guide: SSML tags in chat conversations).
func (r *runner) write(s *tandem.Step, act flow.Play) {
	role := event.MessageFromSystem
	if r.asBot {
		role = event.MessageFromBot
	}
	for _, item := range act.Items {
		said := item.Text + item.SSML
		if said == "" {
			continue
		}
		s.Emit(&event.MessageSent{ContactID: r.c.ContactID, InitialContactID: r.c.InitialContactID, MessageID: s.NextID(), Role: role,
			ContentType: plainText, Content: tandem.Personal(said), At: r.c.notBefore(s, s.At)})
	}
}

// customerReturned tells a flow that waits for it that the customer of a chat
// came back.
func (m *Machine) customerReturned(s *tandem.Step, b CustomerReturned) error {
	c, err := m.knownContact(b.ContactID)
	switch {
	case err != nil:
		return err
	case c.Channel != event.Chat:
		return tandem.Errorf(tandem.Conflict, "ContactId", "only the customer of a chat can come back")
	case !c.live():
		return tandem.Errorf(tandem.Gone, "ContactId", "the chat has ended already")
	}
	m.hear(s, c, flow.Input{Kind: flow.InputCustomerReturned})
	return nil
}
