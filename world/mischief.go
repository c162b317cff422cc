package world

import (
	"strings"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/voice"
)

// beginMischief lets somebody hand in commands that cannot apply, each of
// which must be refused.
func (w *World) beginMischief() {
	nothing := w.named("nothing")
	w.sometimes(w.shape.MischiefMillis, func() {
		wrong := append(w.strangeCommands(nothing), w.wrongConfiguration(nothing)...)
		if s := w.anyContact(); s != nil {
			wrong = append(wrong, w.wrongContact(s, nothing)...)
		}
		body := wrong[w.chance.Between(0, int64(len(wrong)-1))]
		w.ask(program, body, func(answer any, err error) {
			w.count("mischief")
			if err == nil {
				w.complain("%s, which cannot apply, was answered %v", nameOf(body), answer)
			}
		})
	})
}

// strangeCommands name contacts and users that do not exist.
func (w *World) strangeCommands(nothing tandem.ID) []any {
	a := w.people[w.chance.Between(0, int64(min(pillars, len(w.people))-1))].id
	return []any{
		center.AcceptContact{UserID: a, ContactID: nothing}, center.AcceptContact{UserID: nothing, ContactID: nothing},
		center.RejectContact{UserID: a, ContactID: nothing}, center.DismissUserContact{UserID: a, ContactID: nothing},
		center.StopContact{ContactID: nothing}, center.LeaveContact{ContactID: nothing}, center.HoldLeg{UserID: a, ContactID: nothing, LegID: nothing},
		center.MuteLeg{UserID: a, ContactID: nothing}, center.SwapLegs{UserID: a, ContactID: nothing}, center.JoinLegs{UserID: a, ContactID: nothing},
		center.HoldAllLegs{UserID: a, ContactID: nothing}, center.DropLeg{UserID: a, ContactID: nothing},
		center.AddParty{UserID: a, ContactID: nothing}, center.TransferContact{ContactID: nothing}, center.PauseContact{UserID: a, ContactID: nothing},
		center.UpdateContactRouting{ContactID: nothing}, center.SetContactRecording{ContactID: nothing, Recording: center.StopRecording},
		center.MonitorContact{UserID: a, ContactID: nothing}, center.SetMonitorMode{UserID: a, ContactID: nothing},
		center.UpdateContactAttributes{ContactID: nothing}, center.PutUserStatus{UserID: a, StatusID: nothing},
		center.PutUserStatus{UserID: nothing, StatusID: w.plan.available}, center.SetAgentConnection{UserID: nothing, Connected: true},
		center.StartOutboundCall{UserID: a, Number: "12"}, center.StartOutboundCall{UserID: nothing, Number: "+4930123"},
		center.StartTask{FlowID: nothing, Name: "task"}, center.StartTask{FlowID: w.plan.tasks[0]},
		center.StartTask{FlowID: w.plan.tasks[0], Name: "task", ScheduledAt: w.Now().Add(8 * 24 * 3_600_000)},
		center.StartChat{FlowID: w.plan.queueTransfer}, center.EraseSubject{Subject: a}, center.EraseSubject{},
		center.StartOutboundContact{FlowID: w.plan.program, Number: "+4930123", SourceNumber: "+4930124"},
		center.StartOutboundContact{FlowID: w.plan.program, Number: "+4930123", SourceNumber: dialled(sampleQueue), RingSeconds: 1_000},
		center.TakeVoiceReport{Report: voice.Report{Kind: voice.LegEnded}},
		center.AnswerView{ContactID: nothing}, center.SendMessage{ContactID: nothing}, center.CustomerReturned{ContactID: nothing},
		center.TagContact{ContactID: nothing, Add: map[string]string{"kind": "work"}},
	}
}

// wrongContact misuses a contact that exists, or did a while ago.
func (w *World) wrongContact(s *sight, nothing tandem.ID) []any {
	a := w.people[w.chance.Between(0, int64(min(pillars, len(w.people))-1))].id
	return []any{
		center.UpdateContactAttributes{ContactID: s.id, Attributes: tandem.PersonalMap{"big": strings.Repeat("x", tandem.MaxAttributesBytes)}},
		center.UpdateContactAttributes{ContactID: s.id, Attributes: tandem.PersonalMap{"": "no name"}},
		center.UpdateContactRouting{ContactID: s.id, Priority: -1},
		center.TransferContact{ContactID: s.id, FlowID: w.plan.queueTransfer},
		center.HoldLeg{UserID: a, ContactID: s.id, LegID: nothing, Held: true}, center.SetContactRecording{ContactID: s.id},
		center.AnswerView{ContactID: s.id, ShownID: nothing, Action: "Submit"}, center.SendMessage{ContactID: s.id, Role: event.MessageFromBot},
		center.AddParty{UserID: a, ContactID: s.id, QuickConnectID: nothing}, center.AddParty{UserID: a, ContactID: s.id, Number: "0049"},
		center.MonitorContact{UserID: nothing, ContactID: s.id}, center.EraseSubject{Subject: w.people[0].id},
	}
}

// wrongConfiguration breaks rules of the configuration.
func (w *World) wrongConfiguration(nothing tandem.ID) []any {
	p := w.plan
	queue, profile, hours, user := p.queues[0], p.profiles[0], p.hours[0], w.people[0].user
	queue.HoursID, hours.TimeZone, user.RoutingProfileID = nothing, "Nowhere/At all", nothing
	profile.Concurrency = []event.ChannelConcurrency{{Channel: event.Voice, Maximum: 2}}
	twice := p.queues[0]
	twice.QueueID, twice.QuickConnectIDs = nothing, nil
	content := p.flows[0]
	content.Content = `{"Version": "2019-10-30", "StartAction": "Nowhere", "Actions": []}`
	group := p.groups[1]
	group.ParentID = p.groups[2].GroupID
	return []any{
		p.createInstance(), center.SaveQueue{Queue: queue}, center.SaveQueue{New: true, Queue: twice}, center.SaveRoutingProfile{Profile: profile},
		center.SaveHours{Hours: hours}, center.SaveUser{User: user}, center.SaveFlow{Flow: content}, center.SaveHierarchyGroup{Group: group},
		center.SaveUser{New: true, User: w.people[0].user}, center.DeleteUser{UserID: nothing}, center.DeleteUser{UserID: w.people[0].id},
		center.DeleteQueue{QueueID: p.queues[0].QueueID}, center.DeleteQueue{QueueID: nothing}, center.DeleteHours{HoursID: p.alwaysOpen},
		center.DeleteHours{HoursID: nothing}, center.DeleteRoutingProfile{ProfileID: p.profiles[0].ProfileID},
		center.DeleteRoutingProfile{ProfileID: nothing}, center.DeleteFlow{FlowID: nothing}, center.DeleteHierarchyGroup{GroupID: p.groups[0].GroupID},
		center.DeleteHierarchyGroup{GroupID: nothing}, center.DeleteQuickConnect{QuickConnectID: nothing},
		center.SaveAgentStatus{Status: event.AgentStatusSaved{StatusID: p.available, Name: "Ready", Type: event.Routable, Enabled: true}},
		center.SaveSettings{Settings: event.SettingsSaved{ResumeWithinMinutes: 600}}, center.SaveSettings{Settings: event.SettingsSaved{MissedBeforePause: 1}},
		center.SaveQuickConnect{New: true, QuickConnect: event.QuickConnectSaved{QuickConnectID: nothing, Name: "broken", Type: event.QuickConnectUser, UserID: nothing}},
		center.AssociateFunction{}, center.AssociateFunction{FunctionARN: "unknown", Gone: true}, center.AssociateBot{}, center.AssociateBot{Bot: "unknown", Gone: true},
		center.SaveSecurityKey{Key: event.SecurityKeySaved{AssociationID: nothing, Key: "no key"}},
		center.SaveModulePointer{Pointer: event.ModulePointerSaved{ModuleID: nothing}},
		center.AssociateNumber{NumberID: nothing, Number: dialled(sampleQueue), FlowID: p.program},
		center.AssociateNumber{NumberID: nothing, Number: "+4930777", FlowID: p.queueTransfer},
	}
}
