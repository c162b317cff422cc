package rule

import (
	"math/big"
	"strconv"
	"strings"

	"tandem/event"
)

// Offline is the state that a log-out from Omni-Channel leads to, by its exact
// name.
const Offline = "Offline"

// Value is what an operand stands for in one event. The zero Value is none.
type Value struct{ words []word }

// word is one of the names of a value, with the number that it is, if it is one.
type word struct {
	text   string
	number *big.Rat
}

// Known reports whether there is a value.
func (v Value) Known() bool { return len(v.words) > 0 }

// String is the value for people.
func (v Value) String() string {
	if !v.Known() {
		return "no value"
	}
	return strconv.Quote(v.words[0].text)
}

// Facts is an event, with a value for each operand that the event tells of.
type Facts struct {
	Source event.RuleSource
	values [len(event.Operands)]Value
}

// ConnectState is the event that the agent's state in Connect has changed; was
// is empty if it is not known.
func ConnectState(was, is string) *Facts {
	f := &Facts{Source: event.ConnectAgentStateChange}
	f.values[event.ConnectAgentNewState] = text(is)
	f.values[event.ConnectAgentOldState] = text(was)
	return f
}

// SalesforceState is the event that the agent's presence has changed. A rule may
// name the status by its DeveloperName, which comes first, or by its label.
func SalesforceState(names ...string) *Facts {
	f := &Facts{Source: event.SalesforceAgentStateChange}
	f.values[event.SalesforceAgentNewState] = text(names...)
	return f
}

// Logout is the event that the agent has logged out of Omni-Channel.
func Logout() *Facts {
	f := &Facts{Source: event.SalesforceAgentLogout}
	f.values[event.SalesforceAgentNewState] = text(Offline)
	return f
}

// Accepted is the event that the agent has accepted work from a service
// channel, which is empty if it could not be found.
func Accepted(channel string) *Facts {
	f := &Facts{Source: event.SalesforceWorkAccepted}
	f.values[event.SalesforceServiceChannel] = text(channel)
	return f
}

// Workload is the event that the agent's workload or capacity has changed. The
// percentages are of the capacity (100 x workload / capacity), and have no value
// without one.
func Workload(load *event.CapacityObserved) *Facts {
	f := &Facts{Source: event.SalesforceWorkloadChanged}
	f.values[event.SalesforceNewWorkload] = number(load.Used)
	f.values[event.SalesforceNewWorkloadPct] = percent(load.Used, load.Max)
	if load.TellsPrevious {
		f.values[event.SalesforcePreviousWorkload] = number(load.Previous)
		f.values[event.SalesforcePreviousWorkloadPct] = percent(load.Previous, load.Max)
	}
	if load.Max > 0 {
		f.values[event.SalesforceConfiguredCapacity] = number(load.Max)
	}
	return f
}

// operand is the value of one side of a criterion.
func (f *Facts) operand(o event.Operand, static string) Value {
	switch {
	case o == event.StaticValue:
		return constant(static)
	case int(o) < len(f.values):
		return f.values[o]
	}
	return Value{}
}

// text is a value with names; empty ones are none.
func text(names ...string) Value {
	var v Value
	for _, name := range names {
		if name != "" {
			v.words = append(v.words, word{name, parse(name)})
		}
	}
	return v
}

// constant is a value that an administrator gave; a number may end in %.
func constant(static string) Value {
	return Value{[]word{{static, parse(percentless(static))}}}
}

func number(n uint32) Value {
	return Value{[]word{{strconv.FormatUint(uint64(n), 10), new(big.Rat).SetUint64(uint64(n))}}}
}

func percent(used, most uint32) Value {
	if most == 0 {
		return Value{}
	}
	share := big.NewRat(100*int64(used), int64(most))
	short := strings.TrimRight(strings.TrimRight(share.FloatString(6), "0"), ".")
	if share.Sign() == 0 {
		short = "0"
	}
	return Value{[]word{{short, share}}}
}

// The bounds of a number's text.
const (
	maxDigits   = 64
	maxExponent = 308
)

// parse reads a finite decimal number, such as 10, -2.50 or 1e3; nil for
// anything else, and for spaces around it.
func parse(s string) *big.Rat {
	mantissa, exponent, scientific := strings.Cut(strings.ToLower(s), "e")
	digits := strings.TrimLeft(mantissa, "+-")
	whole, fraction, _ := strings.Cut(digits, ".")
	if len(mantissa)-len(digits) > 1 || len(digits) > maxDigits || whole+fraction == "" || strings.Trim(whole+fraction, "0123456789") != "" {
		return nil
	}
	if n, err := strconv.Atoi(exponent); scientific && (err != nil || n > maxExponent || n < -maxExponent) {
		return nil
	}
	n, ok := new(big.Rat).SetString(s)
	if !ok {
		return nil
	}
	return n
}
