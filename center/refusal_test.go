package center

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand"
	"reflect"
	"strings"
	"testing"
	"time"

	"tandem"
	"tandem/event"
	"tandem/flow"
	"tandem/voice"
)

// everyCommand is one of each command of the center.
var everyCommand = append(configCommands[:len(configCommands):len(configCommands)], workCommands...)

var configCommands = []any{CreateInstance{}, SaveUser{}, DeleteUser{}, SaveAgentStatus{}, SaveQueue{}, DeleteQueue{}, SaveHours{}, DeleteHours{},
	SaveRoutingProfile{}, DeleteRoutingProfile{}, SaveFlow{}, DeleteFlow{}, AssociateNumber{},
	SaveQuickConnect{}, DeleteQuickConnect{}, SaveHierarchyGroup{}, DeleteHierarchyGroup{}, SaveSettings{},
	AssociateFunction{}, AssociateBot{}, SaveSecurityKey{}, SaveModulePointer{}, TagContact{}, RaiseNotice{}}

var workCommands = []any{SetAgentConnection{}, PutUserStatus{}, DismissUserContact{}, AcceptContact{}, RejectContact{},
	StartTask{}, StartChat{}, StartOutboundCall{}, StartOutboundContact{}, StopContact{}, LeaveContact{},
	HoldLeg{}, MuteLeg{}, SwapLegs{}, JoinLegs{}, HoldAllLegs{}, DropLeg{}, AddParty{}, TransferContact{}, PauseContact{},
	UpdateContactRouting{}, SetContactRecording{}, MonitorContact{}, SetMonitorMode{},
	UpdateContactAttributes{}, TakeVoiceReport{}, EraseSubject{},
	FunctionReturned{}, BotAnswered{}, AnswerView{}, SendMessage{}, CustomerReturned{}}

// hostile sends commands with any arguments to a center in which people live.
type hostile struct {
	*world
	rnd *rand.Rand
}

func newHostile(t *testing.T, seed int64) *hostile {
	h := &hostile{newWorld(t), rand.New(rand.NewSource(seed))}
	h.create()
	h.report(voice.Report{Kind: voice.MediaStarted})
	h.addStatus("Break")
	h.changeQueue("BasicQueue", func(q *event.QueueSaved) { q.CallerIDNumberID = h.id("number1") })
	h.profile(func(p *event.RoutingProfileSaved) {
		p.Concurrency = append(p.Concurrency, event.ChannelConcurrency{Channel: event.Chat, Maximum: 2, AnyChannel: true})
		p.Entries = append(p.Entries, event.RoutingEntry{QueueID: h.id("BasicQueue"), Channel: event.Chat, Priority: 1})
	})
	h.saveFlow("whisper", flow.TypeAgentWhisper, say("whisper", "A call."), end)
	h.saveFlow("to agent", flow.TypeAgentTransfer, act{id: "go", kind: "TransferContactToAgent"})
	h.saveFlow("to queue", flow.TypeQueueTransfer, enter, bye)
	h.saveFlow("callback", flow.TypeContactFlow, toQueue, createCallback(`,"ContactFlowId":"`+h.id("direct").String()+`"`), bye, say("sorry", "Not now."), bye2)
	h.saveNumber("+14155550110", "callback")
	h.must(AssociateFunction{FunctionARN: lookUp})
	h.must(AssociateBot{Bot: botAlias})
	h.saveFlow("talks", flow.TypeContactFlow, ask("note", `"InvocationType":"ASYNCHRONOUS"`), ask("ask", ""),
		talk(`,"Text":"How can I help?"`, "Book"), say("error", "Error."), say("late", "Late."), say("done", "Done."), say("other", "Other."), toQueue, enter, bye)
	h.saveNumber("+14155550120", "talks")
	for i := range 3 {
		u := h.user(fmt.Sprint("agent", i))
		u.AutoAccept, u.AfterContactWorkSeconds = i == 1, uint32(i*10)
		if i == 2 {
			u.PhoneType = event.SoftPhone
		}
		h.must(SaveUser{u, true})
		h.status(fmt.Sprint("agent", i), "Available")
	}
	h.must(SetAgentConnection{UserID: h.id("agent2"), Connected: true, Softphone: true})
	h.must(SaveQuickConnect{event.QuickConnectSaved{QuickConnectID: h.id("quick"), Name: "quick", Type: event.QuickConnectUser,
		UserID: h.id("agent1"), FlowID: h.id("to agent")}, true})
	h.must(SaveHierarchyGroup{event.HierarchyGroupSaved{GroupID: h.id("group"), Name: "group"}, true})
	h.settings(event.SettingsSaved{HeartbeatGraceSeconds: 30, RequeueOnOffline: true, ResumeWithinMinutes: 5})
	return h
}

func (h *hostile) below(n int) int { return h.rnd.Intn(n) }

// oneOf is any id of a map, the zero id where it is empty.
func oneOf[V any](h *hostile, things map[tandem.ID]V) tandem.ID {
	ids := tandem.SortedIDs(things)
	if len(ids) == 0 {
		return tandem.ID{}
	}
	return ids[h.below(len(ids))]
}

// anyID is an id that fits the field, mostly.
func (h *hostile) anyID(field string) tandem.ID {
	st := &h.m.state
	switch h.below(12) {
	case 0:
		return tandem.ID{}
	case 1:
		return tandem.NameID("unknown", fmt.Sprint(h.below(3)))
	case 2:
		return oneOf(h, st.Agents)
	case 3:
		return oneOf(h, st.Contacts)
	}
	switch field {
	case "StatusID", "PauseStatusID":
		return oneOf(h, st.Statuses)
	case "QueueID", "DefaultOutboundQueueID":
		return oneOf(h, st.Queues)
	case "FlowID", "OutboundFlowID", "StartFlowID":
		return oneOf(h, st.Flows)
	case "HoursID":
		return oneOf(h, st.Hours)
	case "RoutingProfileID":
		return oneOf(h, st.RoutingProfiles)
	case "ProfileID":
		return oneOf(h, st.RoutingProfiles)
	case "SecurityProfileIDs":
		return oneOf(h, st.SecurityProfiles)
	case "NumberID", "CallerIDNumberID":
		return oneOf(h, st.Numbers)
	case "QuickConnectID", "QuickConnectIDs":
		return oneOf(h, st.QuickConnects)
	case "GroupID", "ParentID", "HierarchyGroupID":
		return oneOf(h, st.HierarchyGroups)
	case "LegID", "Leg", "Play":
		if c := st.Contacts[oneOf(h, st.Contacts)]; c != nil && len(c.Legs) > 0 {
			return c.Legs[h.below(len(c.Legs))].ID
		}
		return tandem.ID{}
	case "Incarnation":
		return h.media
	case "InvocationID":
		return h.outstanding().InvocationID
	case "TurnID":
		return h.outstandingTurn().TurnID
	case "ContactID", "PreviousID", "RelatedID", "Room", "Subject":
		return oneOf(h, st.Contacts)
	}
	return oneOf(h, st.Agents)
}

var hostileTexts = []string{"", "t", "token1", "BasicQueue", "Break", "agent1", customerNumber, directNumber, menuNumber, "+0", "CONTACT_FLOW", "AGENT_WHISPER",
	"Europe/Berlin", "aws:tag", "\xff\xfe", "$.Attributes.x", "<script>", "{", directFlow, circleFlow, strings.Repeat("x", 200), strings.Repeat("x", 40_000)}

func (h *hostile) anyText() string { return hostileTexts[h.below(len(hostileTexts))] }

var hostileNumbers = []int64{0, 1, 2, 3, 5, 10, 60, 61, 99, 100, 10_001, 2_000_001, math.MaxInt32, math.MaxInt64, -1, -2, math.MinInt64}

// fill sets a value to anything.
func (h *hostile) fill(v reflect.Value, field string) {
	switch x := v.Addr().Interface().(type) {
	case *tandem.ID:
		*x = h.anyID(field)
		return
	case *tandem.Blob:
		*x = tandem.Blob(h.content(h.anyText()))
		return
	case *tandem.Time:
		if *x = h.now.Add(hostileNumbers[h.below(len(hostileNumbers)-4)] * 1000); h.below(2) == 0 {
			*x = 0
		}
		return
	}
	number := hostileNumbers[h.below(len(hostileNumbers))]
	switch v.Kind() {
	case reflect.String:
		if v.SetString(h.anyText()); strings.HasSuffix(field, "Number") && h.below(4) > 0 {
			v.SetString(directNumber)
		}
	case reflect.Bool:
		v.SetBool(h.below(2) == 0)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(number)
	case reflect.Uint8:
		v.SetUint(uint64(h.below(12)))
	case reflect.Uint, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(number))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), h.below(4), 4))
		for i := range v.Len() {
			h.fill(v.Index(i), field)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range h.below(4) {
			v.SetMapIndex(reflect.ValueOf(h.anyText()).Convert(v.Type().Key()), reflect.ValueOf(h.anyText()).Convert(v.Type().Elem()))
		}
	case reflect.Struct:
		h.fillStruct(v)
	}
}

// fillStruct fills every field, or of configuration changes one or two of what
// there is.
func (h *hostile) fillStruct(v reflect.Value) {
	fields := v.NumField()
	if h.saved(v) {
		for range 1 + h.below(2) {
			i := h.below(fields)
			h.fill(v.Field(i), v.Type().Field(i).Name)
		}
		return
	}
	for i := range fields {
		h.fill(v.Field(i), v.Type().Field(i).Name)
	}
}

// saved sets v to something that exists.
func (h *hostile) saved(v reflect.Value) bool {
	st := &h.m.state
	if _, report := v.Addr().Interface().(*voice.Report); h.below(4) == 0 && (!report || h.below(5) == 0) {
		return false
	}
	switch x := v.Addr().Interface().(type) {
	case *event.UserSaved:
		return load(x, st.Agents, h, func(a *Agent) *event.UserSaved { return &a.User })
	case *event.AgentStatusSaved:
		return load(x, st.Statuses, h, itself)
	case *event.QueueSaved:
		return load(x, st.Queues, h, itself)
	case *event.HoursSaved:
		return load(x, st.Hours, h, itself)
	case *event.RoutingProfileSaved:
		return load(x, st.RoutingProfiles, h, itself)
	case *event.QuickConnectSaved:
		return load(x, st.QuickConnects, h, itself)
	case *event.HierarchyGroupSaved:
		return load(x, st.HierarchyGroups, h, itself)
	case *event.FlowSaved:
		return load(x, st.Flows, h, func(f *Flow) *event.FlowSaved { return &f.Saved })
	case *voice.Report:
		h.reports++
		*x = voice.Report{Incarnation: h.media, Number: h.reports, At: h.now, Kind: voice.ReportKind(h.below(10)), To: directNumber,
			Cause: voice.Cause(h.below(12)), Leg: h.anyID("Leg"), Play: h.anyID("Play")}
		if c := st.Contacts[h.anyID("Room")]; c != nil {
			x.Room = c.callID()
		}
		return true
	}
	return false
}

func itself[T any](x *T) *T { return x }

func load[T, V any](to *T, all map[tandem.ID]V, h *hostile, of func(V) *T) bool {
	thing, ok := all[oneOf(h, all)]
	if ok {
		*to = *of(thing)
	}
	return ok
}

// aim makes a command speak of an agent, a contact that this agent has, and a
// party of its call.
func (h *hostile) aim(v reflect.Value) {
	contact, user, leg := v.FieldByName("ContactID"), v.FieldByName("UserID"), v.FieldByName("LegID")
	c := h.m.state.Contacts[oneOf(h, h.m.state.Contacts)]
	if a := h.m.state.Agents[oneOf(h, h.m.state.Agents)]; a != nil && len(a.Contacts) > 0 {
		slot := a.Contacts[h.below(len(a.Contacts))]
		c = h.m.state.Contacts[slot.ContactID]
		if contact.IsValid() && user.IsValid() {
			user.Set(reflect.ValueOf(a.User.UserID))
		}
	}
	if c == nil || !contact.IsValid() {
		return
	}
	contact.Set(reflect.ValueOf(c.ContactID))
	if all := h.m.inCall(c.callID()); leg.IsValid() && len(all) > 0 {
		if o := all[h.below(len(all))]; len(o.Legs) > 0 {
			leg.Set(reflect.ValueOf(o.Legs[h.below(len(o.Legs))].ID))
		}
	}
}

// live lets one thing happen that can happen any day.
func (h *hostile) live() {
	st := &h.m.state
	h.answer()
	switch kind := h.below(12); {
	case len(st.Agents) < 3:
		h.hire()
	case kind == 0:
		to := []string{directNumber, menuNumber, "+14155550110", "+14155550120"}[h.below(4)]
		h.call(fmt.Sprint("call", h.reports), customerNumber, to)
	case kind == 1:
		h.wait(time.Duration(h.below(8)) * time.Second)
	case kind == 2:
		id := oneOf(h, st.Agents)
		_, _, _ = h.step(SetAgentConnection{UserID: id, Connected: true, Softphone: true})
		_, _, _ = h.step(PutUserStatus{id, h.id("Available")})
	case kind == 3:
		_, _, _ = h.step(StartChat{FlowID: h.id([]string{"direct", "talks"}[h.below(2)]), ClientToken: fmt.Sprint(h.seq)})
	case kind < 8:
		if a := st.Agents[oneOf(h, st.Agents)]; a != nil && len(a.Contacts) > 0 {
			h.work(a.User.UserID, a.Contacts[h.below(len(a.Contacts))])
		}
	default:
		h.progress(st.Contacts[oneOf(h, st.Contacts)])
	}
}

// work lets an agent go on with a contact.
func (h *hostile) work(userID tandem.ID, slot AgentContact) {
	switch slot.State {
	case Connecting, Dialing:
		_, _, _ = h.step(AcceptContact{userID, slot.ContactID})
		if c := h.m.state.Contacts[slot.ContactID]; c != nil && c.own() != nil {
			h.report(voice.Report{Kind: voice.LegAnswered, Room: c.callID(), Leg: c.own().ID})
		}
	case Connected, Paused:
	default:
		_, _, _ = h.step(DismissUserContact{userID, slot.ContactID})
	}
}

// progress lets a leg of a call answer, or end, or what is played end.
func (h *hostile) progress(c *Contact) {
	if c == nil || len(c.Legs) == 0 {
		return
	}
	r := voice.Report{Kind: voice.LegAnswered, Room: c.callID(), Leg: c.Legs[h.below(len(c.Legs))].ID, Cause: voice.CauseRemote}
	switch p := *c.playOn(event.FlowSide(h.below(2))); {
	case p != nil:
		r = voice.Report{Kind: voice.PlayEnded, Room: c.callID(), Play: p.Started.PlayID, Outcome: voice.PlayOutcome(1 + h.below(5)), Digits: "1", Text: "hello"}
	case h.below(5) == 0:
		r.Kind = voice.LegEnded
	}
	h.report(r)
}

// outstanding is any function that is waited for; the zero value for none.
func (h *hostile) outstanding() InvokeFunction {
	for _, e := range h.m.Outstanding(1) {
		if f, ok := e.(InvokeFunction); ok && h.below(3) > 0 {
			return f
		}
	}
	return InvokeFunction{}
}

// outstandingTurn is any bot that is waited for; the zero value for none.
func (h *hostile) outstandingTurn() AskBot {
	for _, e := range h.m.Outstanding(1) {
		if a, ok := e.(AskBot); ok && h.below(3) > 0 {
			return a
		}
	}
	return AskBot{}
}

// answer lets a function or a bot answer that is waited for.
func (h *hostile) answer() {
	if f := h.outstanding(); !f.InvocationID.IsZero() {
		h.must(FunctionReturned{ContactID: f.ContactID, InvocationID: f.InvocationID, Result: `{"a":"1"}`})
	}
	if a := h.outstandingTurn(); !a.TurnID.IsZero() {
		h.must(BotAnswered{ContactID: a.ContactID, TurnID: a.TurnID, Answer: []tandem.Personal{botAsksCity, botIsDone}[h.below(2)]})
	}
}

// hire adds an agent, if there is a routing profile for one.
func (h *hostile) hire() {
	name := fmt.Sprint("agent", h.seq)
	u := h.user(name)
	u.AutoAccept = h.below(2) == 0
	_, _, _ = h.step(SaveUser{u, true})
	_, _, _ = h.step(PutUserStatus{u.UserID, h.id("Available")})
}

// snapshot is the whole state, also what is personal.
func (h *hostile) snapshot() []byte {
	e := tandem.NewEncoder(nil, tandem.Plain{})
	h.m.EncodeSnapshot(e)
	return e.Bytes()
}

// try sends one command with any arguments. What is refused has emitted nothing
// (see [world.step]), changed nothing, and tells why.
func (h *hostile) try(command any) bool {
	v := reflect.New(reflect.TypeOf(command)).Elem()
	h.fillStruct(v)
	if h.below(4) > 0 {
		h.aim(v)
	}
	body := v.Interface()
	hash, before := h.m.Hash(), h.snapshot()
	_, _, err := h.step(body)
	if taken, ok := body.(TakeVoiceReport); ok && err == nil && (taken.Report.Incarnation != h.media || taken.Report.Number > h.reports) {
		h.newMedia() // the one before is no longer believed
	}
	if err == nil {
		return true
	}
	var refusal *tandem.Error
	var problems *FlowProblems
	switch {
	case errors.As(err, &problems):
		if len(problems.Problems) == 0 {
			h.t.Fatalf("%T was refused for no problem", body)
		}
	case !errors.As(err, &refusal):
		h.t.Fatalf("%T was refused by %T: %v", body, err, err)
	case refusal.Kind < tandem.Invalid || len(strings.Fields(refusal.Message)) < 2 || strings.Contains(refusal.Message, "%!"):
		h.t.Fatalf("%T was refused without a reason for a person: %+v", body, refusal)
	}
	if h.m.Hash() != hash || !bytes.Equal(h.snapshot(), before) {
		h.t.Fatalf("%T was refused and changed something: %v", body, err)
	}
	return false
}

// TestEveryCommandIsAcceptedOrRefusedWithAReasonAndWithoutATrace sends every
// command with random, wrong and hostile arguments to centers in random states.
func TestEveryCommandIsAcceptedOrRefusedWithAReasonAndWithoutATrace(t *testing.T) {
	accepted, refused, centers := map[string]int{}, map[string]int{}, 60
	if testing.Short() {
		centers = 15
	}
	for seed := range centers {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			h := newHostile(t, int64(seed))
			commands := everyCommand
			if seed%2 == 0 { // what people work with stays
				commands = workCommands
			}
			for range 100 {
				for range 5 {
					h.live()
				}
				command := commands[h.below(len(commands))]
				if name := reflect.TypeOf(command).Name(); h.try(command) {
					accepted[name]++
				} else {
					refused[name]++
				}
			}
		})
	}
	for _, command := range everyCommand {
		if name := reflect.TypeOf(command).Name(); accepted[name]+refused[name] == 0 {
			t.Errorf("%s was never tried", name)
		}
	}
	t.Logf("accepted: %v, refused: %v", accepted, refused)
}

func TestEveryCommandOfTheCenterIsTried(t *testing.T) {
	m := New(zones{})
	for _, command := range everyCommand {
		if !m.Owns(command) {
			t.Errorf("the center does not own %T", command)
		}
	}
	w := created(t)
	w.refused(struct{}{}, tandem.Invalid, "")
}
