package admin

import (
	"tandem"
	"tandem/center"
	"tandem/event"
)

// settingsJSON is how an instance treats agents and contacts where there is a
// choice.
type settingsJSON struct {
	RequeueOnOffline      bool   `json:"requeue_on_offline" doc:"Chats and tasks of an agent who goes Offline return to their queue."`
	HeartbeatGraceSeconds uint32 `json:"heartbeat_grace_seconds" doc:"An agent whose page is gone this long is unreachable; 0: never."`
	MissedBeforePause     uint32 `json:"missed_before_pause" doc:"So many missed offers in a row set pause_status; 0: never."`
	PauseStatus           string `json:"pause_status" doc:"A custom status, by name or id."`
	ResumeWithinMinutes   uint32 `json:"resume_within_minutes" doc:"Who calls again within this time takes the old place in the queue; 0: never."`
}

func (h *Handler) showSettings(q *request) (settingsJSON, error) {
	var j settingsJSON
	err := h.look(q, func(v View) {
		set := v.Center.State().Settings
		j = settingsJSON{
			RequeueOnOffline: set.RequeueOnOffline, HeartbeatGraceSeconds: set.HeartbeatGraceSeconds,
			MissedBeforePause: set.MissedBeforePause, ResumeWithinMinutes: set.ResumeWithinMinutes,
		}
		if st := v.Presence.Statuses[set.PauseStatusID]; st != nil {
			j.PauseStatus = st.Name
		}
	})
	return j, err
}

// saveSettings replaces the settings, all of them.
func (h *Handler) saveSettings(q *request, in *settingsJSON) (settingsJSON, error) {
	set := event.SettingsSaved{
		RequeueOnOffline: in.RequeueOnOffline, HeartbeatGraceSeconds: in.HeartbeatGraceSeconds,
		MissedBeforePause: in.MissedBeforePause, ResumeWithinMinutes: in.ResumeWithinMinutes,
	}
	var unknown error
	err := h.look(q, func(v View) {
		set.PauseStatusID, unknown = namesOf(v, tandem.ID{}, 0).optional("pause_status", in.PauseStatus)
	})
	if err == nil {
		err = unknown
	}
	if err != nil {
		return settingsJSON{}, err
	}
	if _, err := h.do(q, center.SaveSettings{Settings: set}); err != nil {
		return settingsJSON{}, err
	}
	return h.showSettings(q)
}
