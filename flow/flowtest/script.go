package flowtest

import (
	"encoding/json"
	"strings"

	"tandem/flow"
)

// script is an Outside that does what a test says, and else what the world does.
type script struct {
	*World
	walk      *Walk
	idle      func() bool // nothing is left to be observed
	action    flow.Action // the block that runs
	overrides []Override
	reactions []Reaction // of the customer, in this order
}

// override finds how the block that runs is to behave; the latest counts.
func (s *script) override() (Override, bool) {
	for i := len(s.overrides) - 1; i >= 0; i-- {
		if o := s.overrides[i]; matchesAction(o.ActionType, o.ActionParameters, s.action, s.walk) {
			return o, true
		}
	}
	return Override{}, false
}

// instead is the resource that takes the place of another.
func (s *script) instead(id string) (substitute string, o Override, mocked bool) {
	o, ok := s.override()
	switch {
	case ok && o.Strategy.Type == strategySubstitute:
		return o.Strategy.SubstituteArn, o, false
	case ok:
		return id, o, true
	}
	return id, o, false
}

// HoursOpen implements Outside.
func (s *script) HoursOpen(hoursID string) (open, known bool) {
	hoursID, o, mocked := s.instead(hoursID)
	if !mocked {
		return s.World.HoursOpen(hoursID)
	}
	if o.Strategy.Response.Type == "Error" {
		return false, false
	}
	return strings.HasPrefix(strings.ToLower(plain(o.Strategy.Response.ExecutionResult.Value)), "inhour"), true
}

// HasRoom implements Outside. A queue that takes the place of the target queue
// becomes it.
func (s *script) HasRoom(id string) (room, known bool) {
	target := id == s.walk.scene.target
	id, o, mocked := s.instead(id)
	if target {
		s.walk.scene.target = flow.ResourceID(id)
	}
	if mocked && o.Strategy.Response.Type == "Error" {
		return false, o.Strategy.Response.Error.Value == flow.QueueAtCapacity
	}
	return s.World.HasRoom(id)
}

// Function implements Outside.
func (s *script) Function(ask flow.Invoke) Answer {
	var mocked bool
	var o Override
	if ask.FunctionARN, o, mocked = s.instead(ask.FunctionARN); !mocked {
		return s.World.Function(ask)
	}
	return mock(o, ask.TimeoutMillis)
}

// Bot implements Outside.
func (s *script) Bot(ask flow.AskBot) Answer {
	var mocked bool
	var o Override
	if ask.Bot, o, mocked = s.instead(ask.Bot); !mocked {
		return s.World.Bot(ask)
	}
	return mock(o, ask.TimeoutMillis).OfBot()
}

// mock is the answer that a test has ready.
func mock(o Override, timeoutMillis int) Answer {
	response := o.Strategy.Response
	if response.Type == "Error" {
		late := response.Error.Value == timeLimitExceeded || tooLate(response.Error.DelaySeconds, timeoutMillis)
		return Answer{Late: late, Failed: response.Error.Value}
	}
	result := response.ExecutionResult
	data := unquoted(result.LoadedData)
	if len(data) == 0 {
		data = unquoted(result.Value)
	}
	return Answer{Result: string(data), Late: tooLate(result.DelaySeconds, timeoutMillis)}
}

func tooLate(delay json.Number, timeoutMillis int) bool {
	seconds, err := delay.Int64()
	return err == nil && timeoutMillis > 0 && seconds > int64(timeoutMillis)/1000
}

// Customer implements Outside: what the test has sent, in its order.
func (s *script) Customer(flow.Collect) Reaction {
	if len(s.reactions) == 0 {
		return Reaction{}
	}
	next := s.reactions[0]
	s.reactions = s.reactions[1:]
	return next
}

// Meanwhile implements Outside: time passes as long as something is left to be
// observed.
func (s *script) Meanwhile(wait flow.Wait) flow.InputKind {
	if s.idle() {
		return ""
	}
	return s.World.Meanwhile(wait)
}
