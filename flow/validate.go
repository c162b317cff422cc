package flow

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	maxIdentifierChars = 50
	identifierRefused  = `%:(\/)=$,;[]{}`
)

// reservedIdentifiers are names that the language refuses for actions.
var reservedIdentifiers = []string{"__defineGetter__", "__defineSetter__", "__proto__", "constructor", "hasOwnProperty", "isPrototypeOf",
	"propertyIsEnumerable", "prototype", "toLocaleString", "toString", "valueOf"}

// Validate lists everything that keeps a flow of the given type from being
// published; nil means it can be. Resources may be nil: then references are not
// checked for existence. Actions that nothing leads to are allowed. Of a flow with
// too many actions only the flow as a whole is checked. A module may hold any
// block: which of them work depends on the flow that invokes it (Amazon Connect
// Administrator Guide: Flow modules for reusable functions).
func Validate(doc *Document, flowType Type, blocks *Registry, resources Resources) Problems {
	v := validator{doc: doc, flowType: flowType, blocks: blocks, ids: map[string]bool{},
		report: &report{resources: resources, module: doc.Module}}
	for _, a := range doc.Actions {
		v.ids[a.Identifier] = true
	}
	v.document()
	if len(doc.Actions) > MaxActions {
		return v.report.problems
	}
	seen := make(map[string]bool, len(doc.Actions))
	for i, a := range doc.Actions {
		path := fmt.Sprintf("Actions[%d]", i)
		before := len(v.report.problems)
		v.identifier(a.Identifier, path+".Identifier", seen)
		v.action(a, path)
		if utf8.RuneCountInString(a.Identifier) <= maxIdentifierChars {
			for at := before; at < len(v.report.problems); at++ {
				v.report.problems[at].Action = a.Identifier
			}
		}
	}
	return v.report.problems
}

type validator struct {
	doc      *Document
	flowType Type
	blocks   *Registry
	ids      map[string]bool
	report   *report
}

func (v *validator) add(message, path, hint string) {
	v.report.add(Problem{Message: message, Path: path, Hint: hint})
}

func (v *validator) document() {
	if v.doc.Version != Version {
		v.add("Invalid flow property value", "Version", "It must be "+Version)
	}
	if v.flowType != TypeModule && !slices.Contains(AllTypes(), v.flowType) {
		v.add("Invalid flow type", "", fmt.Sprintf("%q is not a type of flow", v.flowType))
	}
	if n := len(v.doc.Actions); n == 0 || n > MaxActions {
		v.add("Invalid flow property value", "Actions", fmt.Sprintf("A flow has 1 to %d actions, this one has %d", MaxActions, n))
	}
	if v.flowType == TypeModule {
		v.report.problems = append(v.report.problems, v.doc.settings...)
	}
	if !v.ids[v.doc.StartAction] {
		v.add("Invalid flow property value", "StartAction", noSuchAction(v.doc.StartAction))
	}
}

func noSuchAction(id string) string { return fmt.Sprintf("There is no action %q", id) }

func (v *validator) identifier(id, path string, seen map[string]bool) {
	switch {
	case id == "":
		v.add(msgMissing, path, "")
	case utf8.RuneCountInString(id) > maxIdentifierChars:
		v.add(msgPropertyValue, path, fmt.Sprintf("It may have at most %d characters", maxIdentifierChars))
	case strings.ContainsAny(id, identifierRefused):
		v.add(msgPropertyValue, path, "It may not contain any of "+identifierRefused)
	case slices.Contains(reservedIdentifiers, id):
		v.add(msgPropertyValue, path, "The name is reserved")
	case seen[id]:
		v.add(msgPropertyValue, path, fmt.Sprintf("Another action is called %q too", id))
	}
	seen[id] = true
}

func (v *validator) action(a Action, path string) {
	v.emptyTexts(a.Parameters, path+".Parameters")
	v.targets(a.Transitions, path+".Transitions")
	block, ok := v.blocks.Lookup(a.Type)
	if !ok {
		hint := ""
		if near := v.blocks.Suggest(a.Type); near != "" {
			hint = "Did you mean " + near + "?"
		}
		v.add(msgActionType, path+".Type", hint)
		return
	}
	if v.flowType != TypeModule && !slices.Contains(block.FlowTypes, v.flowType) {
		v.add(msgActionType, path+".Type", fmt.Sprintf("%s cannot stand in a flow of type %s", a.Type, v.flowType))
	}
	params := newParams(a.Parameters, path+".Parameters", block.Rules, v.report)
	block.Compile(params)
	params.finish()
	v.transitions(a.Transitions, params.Rules, path)
}

// emptyTexts refuses empty text anywhere in the parameters.
func (v *validator) emptyTexts(raw json.RawMessage, path string) {
	var value any
	if raw != nil && json.Unmarshal(raw, &value) == nil {
		v.emptyText(value, path)
	}
}

func (v *validator) emptyText(value any, path string) {
	switch value := value.(type) {
	case string:
		if value == "" {
			v.add(msgPropertyValue, path, "It may not be empty")
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			v.emptyText(value[name], path+"."+name)
		}
	case []any:
		for i, item := range value {
			v.emptyText(item, fmt.Sprintf("%s[%d]", path, i))
		}
	}
}

// targets checks that every branch that is there leads to an action.
func (v *validator) targets(t Transitions, path string) {
	if t.NextAction != "" {
		v.target(t.NextAction, path+".NextAction")
	}
	for i, e := range t.Errors {
		v.target(e.NextAction, fmt.Sprintf("%s.Errors[%d].NextAction", path, i))
	}
	for i, c := range t.Conditions {
		v.target(c.NextAction, fmt.Sprintf("%s.Conditions[%d].NextAction", path, i))
	}
}

func (v *validator) target(id, path string) {
	if !v.ids[id] || id == "" {
		v.add(msgPropertyValue, path, noSuchAction(id))
	}
}

// transitions checks the branches of a known block against its rules.
func (v *validator) transitions(t Transitions, rules Rules, path string) {
	switch {
	case rules.Next == NextRequired && t.NextAction == "":
		v.add(msgMissing, path+".Transitions.NextAction", "")
	case rules.Next == NextForbidden && t.NextAction != "":
		v.add(msgPropertyName, path+".Transitions.NextAction", "The block ends the flow")
	}
	v.errorBranches(t.Errors, rules, path)
	for i, c := range t.Conditions {
		v.condition(c.Condition, rules.Conditions, fmt.Sprintf("%s.Transitions.Conditions[%d].Condition", path, i))
	}
	if rules.Conditions.All {
		v.allConditions(t.Conditions, rules.Conditions.Operands, path)
	}
}

func (v *validator) errorBranches(branches []ErrorBranch, rules Rules, path string) {
	present := map[string]bool{}
	for i, e := range branches {
		allowed := rules.AnyError || slices.Contains(rules.RequiredErrors, e.ErrorType) || slices.Contains(rules.OptionalErrors, e.ErrorType)
		if !allowed {
			v.report.add(Problem{Message: msgActionError, ErrorType: e.ErrorType, Path: path})
		}
		if present[e.ErrorType] {
			v.add(msgPropertyValue, fmt.Sprintf("%s.Transitions.Errors[%d].ErrorType", path, i), "The block has this error branch already")
		}
		present[e.ErrorType] = true
	}
	for _, required := range rules.RequiredErrors {
		if !present[required] {
			v.report.add(Problem{Message: msgMissingError, ErrorType: required, Path: path})
		}
	}
}

func (v *validator) condition(c Condition, rules ConditionRules, path string) {
	if len(rules.Operators) == 0 {
		v.add(msgCondition, path, "The block has no conditions")
		return
	}
	if !slices.Contains(rules.Operators, c.Operator) {
		v.add(msgPropertyValue, path+".Operator", "It must be one of "+strings.Join(rules.Operators, ", "))
	}
	if len(c.Operands) != 1 {
		v.add(msgPropertyValue, path+".Operands", "There must be exactly one operand")
		return
	}
	operand, at := c.Operands[0], path+".Operands[0]"
	template := ParseTemplate(operand)
	switch {
	case operand == "":
		v.add(msgPropertyValue, at, "It must be text and may not be empty")
	case len(rules.Operands) > 0 && !slices.Contains(rules.Operands, operand):
		v.add(msgPropertyValue, at, "It must be one of "+strings.Join(rules.Operands, ", "))
	case strings.HasPrefix(c.Operator, numberOperatorPrefix) && template.Static() && !isNumber(operand):
		v.add(msgPropertyValue, at, "It must be a number")
	}
	for _, reference := range template.References() {
		if !knownRoots[reference[0]] {
			v.add(msgPropertyValue, at, noSuchAttribute(reference[0]))
		}
	}
}

func isNumber(text string) bool {
	_, ok := readDecimal(text)
	return ok
}

func (v *validator) allConditions(branches []ConditionBranch, operands []string, path string) {
	for _, operand := range operands {
		has := slices.ContainsFunc(branches, func(b ConditionBranch) bool {
			return slices.Equal(b.Condition.Operands, []string{operand})
		})
		if !has {
			v.add(msgMissingBranch, path, fmt.Sprintf("Condition: %s %s", Equals, operand))
		}
	}
}
