package presence

import (
	"tandem"
	"tandem/event"
)

// The notices that presence raises.
const (
	noticePutBack       = "status_put_back"     // to the agent: change the status in the master
	noticeFocusDisabled = "focus_disabled"      // to the first agent concerned, or to admins: its status cannot be used any more
	noticeFocusConflict = "focus_conflict"      // likewise: its status has come to mean something else than Available
	noticeSavedGone     = "saved_status_gone"   // to the agent: the status before the contact no longer exists
	noticeSyncTrouble   = "status_sync_trouble" // to admins: a leg is degraded or frozen
	noticeUnreachable   = "system_unreachable"  // to admins, once for all agents: writes wait until the system answers
)

// notify raises a notice to a user, or to administrators.
func (m *Machine) notify(s *tandem.Step, user, system tandem.ID, notice, detail string) {
	s.Emit(&event.NoticeRaised{NoticeID: s.NextID(), UserID: user, SystemID: system, Notice: notice, Detail: detail})
}

// seeNotice notes that somebody has seen a notice. Which there are is known to
// the readers' tables: the edge looks there first.
func (m *Machine) seeNotice(s *tandem.Step, c SeeNotice) error {
	if c.NoticeID.IsZero() {
		return tandem.Errorf(tandem.Invalid, "NoticeID", "name the notice that was seen")
	}
	s.Emit(&event.NoticesSeen{NoticeID: c.NoticeID, Through: c.Through})
	return nil
}

func (m *Machine) noteSecret(s *tandem.Step, c NoteSecret) error {
	if m.state.Systems[c.SystemID] == nil {
		return unknownSystem(c.SystemID)
	}
	s.Emit(&event.SystemSecretReplaced{SystemID: c.SystemID})
	return nil
}
