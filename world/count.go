package world

import (
	"errors"
	"fmt"
	"maps"
	"strings"

	"tandem"
	"tandem/center"
	"tandem/voice"
)

var phaseNames = [...]string{"", "InFlow", "InQueue", "Offered", "WithAgent", "WrapUp", "Ended", "Scheduled", "Joining", "Bridged"}

// everyCommand has each kind of command once.
var everyCommand = []any{
	center.CreateInstance{}, center.SaveUser{}, center.DeleteUser{}, center.SaveAgentStatus{}, center.SaveQueue{}, center.DeleteQueue{},
	center.SaveHours{}, center.DeleteHours{}, center.SaveRoutingProfile{}, center.DeleteRoutingProfile{}, center.SaveFlow{}, center.DeleteFlow{},
	center.AssociateNumber{}, center.SaveQuickConnect{}, center.DeleteQuickConnect{}, center.SaveHierarchyGroup{}, center.DeleteHierarchyGroup{},
	center.SaveSettings{}, center.SetAgentConnection{}, center.PutUserStatus{}, center.DismissUserContact{}, center.AcceptContact{},
	center.RejectContact{}, center.StartTask{}, center.StartChat{}, center.StartOutboundCall{}, center.StartOutboundContact{}, center.StopContact{},
	center.LeaveContact{}, center.HoldLeg{}, center.MuteLeg{}, center.SwapLegs{}, center.JoinLegs{}, center.HoldAllLegs{}, center.DropLeg{},
	center.AddParty{}, center.TransferContact{}, center.PauseContact{}, center.UpdateContactRouting{}, center.SetContactRecording{},
	center.MonitorContact{}, center.SetMonitorMode{}, center.UpdateContactAttributes{}, center.EraseSubject{},
	center.AnswerView{}, center.SendMessage{}, center.CustomerReturned{}, center.AssociateFunction{}, center.AssociateBot{},
	center.SaveSecurityKey{}, center.SaveModulePointer{}, center.TagContact{},
}

// everyMove is from where to where contacts go.
var everyMove = [...][2]center.Phase{
	{center.InFlow, center.InQueue}, {center.InFlow, center.Offered}, {center.InFlow, center.Bridged}, {center.InFlow, center.Scheduled},
	{center.InFlow, center.Ended}, {center.InQueue, center.Offered}, {center.InQueue, center.InFlow}, {center.InQueue, center.Joining},
	{center.InQueue, center.Ended}, {center.Offered, center.InQueue}, {center.Offered, center.Joining},
	{center.Offered, center.Ended}, {center.Joining, center.WithAgent}, {center.Joining, center.InQueue}, {center.Joining, center.InFlow},
	{center.Joining, center.WrapUp}, {center.Joining, center.Ended}, {center.WithAgent, center.WrapUp}, {center.WithAgent, center.InFlow},
	{center.WithAgent, center.Ended}, {center.WrapUp, center.Ended}, {center.Bridged, center.InFlow}, {center.Bridged, center.Ended},
	{center.Scheduled, center.InFlow}, {center.Scheduled, center.Ended},
}

// Kinds is what [World.Counts] has, of a few worlds added up, if people do all
// that they can do: each command answered and refused, each move of a contact,
// and what happens at the telephones.
func Kinds() []string {
	kinds := []string{
		"TakeVoiceReport refused", "mischief", "token repeated", "called again", "configuration restored", "browser leg closed", "digits sent",
		"dialled agent", "dialled customer", "dialled outside", "dialled monitor", "play done", "play digits", "play timeout", "play failed", "play spoken",
		"FunctionReturned", "BotAnswered", "function never answered", "function answered late", "function answered twice", "function failed",
		"function lied", "function said too much", "function answered", "bot never answered", "bot answered late", "bot answered twice",
		"bot failed", "bot lied", "bot asked back", "bot done",
	}
	for _, body := range everyCommand {
		kinds = append(kinds, nameOf(body), nameOf(body)+" refused")
	}
	for _, m := range everyMove {
		kinds = append(kinds, moveName(m[0], m[1]))
	}
	for role := voice.Customer; role <= voice.Monitor; role++ {
		for _, cause := range []voice.Cause{voice.CauseHangup, voice.CauseRemote} {
			kinds = append(kinds, endName(role, cause))
		}
	}
	for _, role := range []voice.Role{voice.Customer, voice.Agent, voice.Outside} {
		for _, cause := range []voice.Cause{voice.CauseNoAnswer, voice.CauseBusy, voice.CauseRejected, voice.CauseUnreachable} {
			kinds = append(kinds, endName(role, cause))
		}
	}
	return kinds
}

func moveName(from, to center.Phase) string { return phaseNames[from] + " to " + phaseNames[to] }

func endName(role voice.Role, cause voice.Cause) string {
	return roleNames[role] + " leg ended: " + cause.String()
}

// Counts is how often each kind of thing has happened: a command by its name,
// such as "HoldLeg" where it was answered and "HoldLeg refused", a contact's
// move by its phases, such as "InQueue to Offered", and what the voice process
// did, such as "play digits". Whoever has several worlds can add them up and
// demand that what matters has happened in one of them.
func (w *World) Counts() map[string]int {
	all := maps.Clone(w.counts)
	for from, row := range w.moves {
		for to, n := range row {
			if n > 0 {
				all[moveName(center.Phase(from), center.Phase(to))] = n
			}
		}
	}
	return all
}

func (w *World) count(what string) { w.counts[what]++ }

// nameOf is what a command is called.
func nameOf(body any) string {
	name := fmt.Sprintf("%T", body)
	return name[strings.LastIndexByte(name, '.')+1:]
}

// judge counts an answer and complains of one that makes no sense.
func (w *World) judge(body, answer any, err error) {
	name := nameOf(body)
	switch id, isID := answer.(tandem.ID); {
	case err != nil:
		w.count(name + " refused")
		if !isRefusal(err) {
			w.complain("%s failed: %w", name, err)
		}
	case creates(body) && (!isID || id.IsZero()):
		w.complain("%s was answered %v", name, answer)
	default:
		w.count(name)
	}
}

// isRefusal reports whether an error tells what was wrong with a command.
func isRefusal(err error) bool {
	var refusal *tandem.Error
	if errors.As(err, &refusal) {
		return refusal.Kind != tandem.Internal && refusal.Message != ""
	}
	var problems *center.FlowProblems
	return errors.As(err, &problems)
}

// creates reports whether a command is answered with an id.
func creates(body any) bool {
	switch body.(type) {
	case center.CreateInstance, center.SaveUser, center.SaveAgentStatus, center.SaveQueue, center.SaveHours, center.SaveRoutingProfile,
		center.SaveFlow, center.SaveQuickConnect, center.SaveHierarchyGroup, center.StartTask, center.StartChat, center.StartOutboundCall,
		center.StartOutboundContact, center.AddParty, center.TransferContact, center.MonitorContact, center.SendMessage:
		return true
	}
	return false
}

// playOutcomes and roleNames name what the voice process does.
var (
	playOutcomes = map[voice.PlayOutcome]string{voice.PlayDone: "play done", voice.PlayDigits: "play digits",
		voice.PlayTimeout: "play timeout", voice.PlayFailed: "play failed", voice.PlaySpoken: "play spoken"}
	roleNames = map[voice.Role]string{voice.Customer: "customer", voice.Agent: "agent", voice.Outside: "outside", voice.Monitor: "monitor"}
)
