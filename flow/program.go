package flow

import (
	"encoding/json"
	"slices"
)

// A Program is a flow ready to run. It never changes and may be shared.
type Program struct {
	start string
	nodes []node
	index map[string]int // Identifier to place in nodes
}

// noTarget is the edge that leads nowhere.
const noTarget = -1

// node is one compiled action. Edges are places in Program.nodes.
type node struct {
	id, actionType string
	runner         Runner // nil for an unknown action type
	restarts       bool
	next           int
	errors         []errorEdge
	conditions     []conditionEdge

	logName    string
	log        func(Logged) []LogEntry
	parameters json.RawMessage // as written, for the log alone
}

type errorEdge struct {
	errorType string
	target    int
}

type conditionEdge struct {
	operator string
	operand  Template
	outcome  string
	target   int
}

// Compile prepares a flow for running. It takes any document, also one that
// Validate refuses: what is wrong then shows as a fault where it is reached. Of
// two actions with one Identifier the first counts.
func Compile(doc *Document, blocks *Registry) *Program {
	p := &Program{start: doc.StartAction, index: make(map[string]int, len(doc.Actions))}
	for i, a := range doc.Actions {
		if _, taken := p.index[a.Identifier]; !taken {
			p.index[a.Identifier] = i
		}
	}
	for _, a := range doc.Actions {
		p.nodes = append(p.nodes, p.compile(a, blocks))
	}
	return p
}

func (p *Program) compile(a Action, blocks *Registry) node {
	n := node{id: a.Identifier, actionType: a.Type, next: p.target(a.Transitions.NextAction), logName: a.Type, parameters: a.Parameters}
	if block, ok := blocks.Lookup(a.Type); ok {
		n.logName, n.log = block.LogName, block.Log
		n.restarts = block.Restarts
		n.runner = block.Compile(newParams(a.Parameters, "", block.Rules, &report{}))
	}
	for _, e := range a.Transitions.Errors {
		n.errors = append(n.errors, errorEdge{errorType: e.ErrorType, target: p.target(e.NextAction)})
	}
	for _, c := range a.Transitions.Conditions {
		if len(c.Condition.Operands) == 1 {
			n.conditions = append(n.conditions, p.compileCondition(c))
		}
	}
	return n
}

func (p *Program) compileCondition(c ConditionBranch) conditionEdge {
	operator, operand := c.Condition.Operator, c.Condition.Operands[0]
	outcome := operand
	if operator != Equals {
		outcome = operator + " " + operand
	}
	return conditionEdge{operator: operator, operand: ParseTemplate(operand), outcome: outcome, target: p.target(c.NextAction)}
}

func (p *Program) target(id string) int {
	if i, ok := p.index[id]; ok && id != "" {
		return i
	}
	return noTarget
}

// Start is where the flow begins.
func (p *Program) Start() Position { return Position{ActionID: p.start} }

// Step runs one block: from its start with InputStart, else on from its wait. It
// takes any position and any input. A block that never waits runs from its start
// whatever the input.
func (p *Program) Step(at Position, in Input, env Env) Result {
	i, ok := p.index[at.ActionID]
	if !ok {
		return Result{ActionID: at.ActionID, Next: at, Outcome: OutcomeUnknownAction, End: EndFault}
	}
	n := &p.nodes[i]
	waiter, waits := n.runner.(Waiter)
	if waits && in.Kind != InputStart {
		wait := waiter.Wait(env)
		if !slices.Contains(wait.Inputs, in.Kind) {
			return Result{ActionID: n.id, Type: n.actionType, Next: at, Wait: &wait, Ignored: true}
		}
		return p.follow(n, at, waiter.Resume(in, env), env)
	}
	move := Raise(NoMatchingError)
	switch runner := n.runner.(type) {
	case nil:
	case Repeater:
		move, at.ReturnTo = repeat(runner, i, at.ReturnTo, env)
	default:
		move = n.runner.Enter(env)
	}
	if n.restarts {
		at.ReturnTo = rememberReturn(at.ReturnTo, "")
	}
	return p.follow(n, at, move, env)
}

// repeat runs a block that counts, and keeps its count under the block's place.
func repeat(runner Repeater, place int, state string, env Env) (move Move, newState string) {
	m := readMemory(state)
	move, again := runner.Repeat(m.counts[place], env)
	if again {
		m.counts[place]++
	} else {
		delete(m.counts, place)
	}
	return move, m.String()
}

// follow makes a result of a block's move.
func (p *Program) follow(n *node, at Position, move Move, env Env) Result {
	r := Result{ActionID: n.id, Type: n.actionType, Acts: move.acts, Outcome: move.outcome, Next: at}
	switch move.kind {
	case moveAwait:
		if waiter, ok := n.runner.(Waiter); ok {
			wait := waiter.Wait(env)
			r.Wait = &wait
			return r
		}
		return p.goTo(r, n.next)
	case moveFinish:
		return p.finish(r, move.end)
	case moveRaise:
		return p.goTo(r, n.errorTarget(move))
	case moveBranch:
		return p.branch(n, r, move.value, env)
	default:
		return p.goTo(r, n.next)
	}
}

// goTo moves on to a node; without one the flow faults.
func (p *Program) goTo(r Result, target int) Result {
	if target == noTarget {
		r.End = EndFault
		return r
	}
	r.Next.ActionID = p.nodes[target].id
	return r
}

// finish ends the flow, or the branch that had interrupted a loop.
func (p *Program) finish(r Result, end End) Result {
	if state := r.Next.ReturnTo; end == EndFlow && state != "" {
		if loop := readMemory(state).returnTo; loop != "" {
			r.Next = Position{ActionID: loop, ReturnTo: rememberReturn(state, "")}
			return r
		}
	}
	r.End = end
	return r
}

func (p *Program) branch(n *node, r Result, value string, env Env) Result {
	for _, c := range n.conditions {
		if !holds(c.operator, value, c.operand.Render(env)) {
			continue
		}
		r.Outcome = c.outcome
		if n.restarts {
			r.Next.ReturnTo = rememberReturn(r.Next.ReturnTo, n.id)
		}
		return p.goTo(r, c.target)
	}
	if r.Outcome == "" {
		r.Outcome = NoMatchingCondition
	}
	if target, ok := n.errorEdge(NoMatchingCondition); ok {
		return p.goTo(r, target)
	}
	return p.goTo(r, n.next)
}

// errorTarget finds the branch of an error: its own, else NoMatchingError.
func (n *node) errorTarget(move Move) int {
	for _, errorType := range []string{move.err, NoMatchingError} {
		if target, ok := n.errorEdge(errorType); ok {
			return target
		}
	}
	if move.orNext {
		return n.next
	}
	return noTarget
}

func (n *node) errorEdge(errorType string) (target int, ok bool) {
	for _, e := range n.errors {
		if e.errorType == errorType {
			return e.target, true
		}
	}
	return noTarget, false
}
