package explain

import (
	"fmt"

	"tandem/event"
)

// settings says what the settings of the instance are from now on, where they
// differ from those before.
func (t *teller) settings(ev *event.SettingsSaved) []string {
	old := t.state().Settings
	var why []string
	if ev.HeartbeatGraceSeconds != old.HeartbeatGraceSeconds {
		why = append(why, graceWords(ev.HeartbeatGraceSeconds))
	}
	if ev.MissedBeforePause != old.MissedBeforePause || ev.PauseStatusID != old.PauseStatusID {
		why = append(why, t.pauseWords(ev))
	}
	if ev.RequeueOnOffline != old.RequeueOnOffline {
		why = append(why, requeueWords(ev.RequeueOnOffline))
	}
	if ev.ResumeWithinMinutes != old.ResumeWithinMinutes {
		why = append(why, resumeWords(ev.ResumeWithinMinutes))
	}
	if ev.FlowLogs != old.FlowLogs {
		why = append(why, logWords(ev.FlowLogs))
	}
	return why
}

func graceWords(seconds uint32) string {
	if seconds == 0 {
		return "a panel that is gone changes nothing"
	}
	return fmt.Sprintf("an agent whose panel is gone for %d s is unreachable", seconds)
}

func (t *teller) pauseWords(ev *event.SettingsSaved) string {
	if ev.MissedBeforePause == 0 {
		return "missed contacts change no status"
	}
	return fmt.Sprintf("after so many missed contacts in a row an agent is given %s: %d", t.status(ev.PauseStatusID), ev.MissedBeforePause)
}

func requeueWords(on bool) string {
	if on {
		return "chats and tasks of an agent who goes Offline return to their queue"
	}
	return "an agent who goes Offline finishes chats and tasks"
}

func resumeWords(minutes uint32) string {
	if minutes == 0 {
		return "a caller who comes again waits from the start"
	}
	return fmt.Sprintf("a caller who comes again within %d min keeps the old place", minutes)
}

func logWords(on bool) string {
	if on {
		return "flows that say so write a flow log"
	}
	return "no flow writes a flow log"
}
