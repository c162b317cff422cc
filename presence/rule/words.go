package rule

import (
	"strings"
	"unicode"
)

// plain is a word in small letters and digits only, so that a label, a token and
// an API name compare alike.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// fieldName is the plain name of a field: an API name loses the prefix of its
// package and its ending __c.
func fieldName(s string) string {
	name := strings.ToLower(strings.TrimSpace(s))
	name = strings.TrimSuffix(strings.TrimSuffix(name, "__c"), "__r")
	if _, rest, found := strings.Cut(name, "__"); found {
		name = rest
	}
	name = plain(name)
	if known, ok := fieldAliases[name]; ok {
		return known
	}
	return name
}

// The fields of a rule's record, by their plain labels (Salesforce CTI adapter:
// AC Presence Sync Rule).
const (
	fieldRule        = "name"
	fieldSource      = "source"
	fieldDestination = "destination"
	fieldOperandA    = "operanda"
	fieldValueA      = "operandavalue"
	fieldComparator  = "comparator"
	fieldOperandB    = "operandb"
	fieldValueB      = "operandbvalue"
	fieldState       = "value"
	fieldActive      = "active"
	fieldCreated     = "createddate"
	fieldCriteria    = "criteria"
)

// label is the field's name for people.
func label(field string) string { return fieldLabels[field] }

var fieldLabels = map[string]string{
	fieldRule: "Presence Sync Rule Name", fieldSource: "Source", fieldDestination: "Destination", fieldOperandA: "Operand A", fieldValueA: "Operand A Value",
	fieldComparator: "Comparator", fieldOperandB: "Operand B", fieldValueB: "Operand B Value", fieldState: "Value", fieldActive: "Active",
}

var fieldAliases = map[string]string{
	"presencesyncrulename": fieldRule, "rulename": fieldRule, "state": fieldState, "isactive": fieldActive, "created": fieldCreated,
	"valuea": fieldValueA, "valueb": fieldValueB,
}

// choice finds a picklist value by its label, its token or an alias: the place in
// the labels, 0 for none.
func choice(labels []string, aliases map[string]int, text string) int {
	if n, ok := signs[strings.TrimSpace(text)]; ok && aliases == nil {
		return n
	}
	name := plain(text)
	for n, label := range labels {
		if n > 0 && plain(label) == name {
			return n
		}
	}
	return aliases[name]
}

// signs are the comparators as signs, by number.
var signs = map[string]int{"=": 1, "==": 1, "===": 1, "!=": 2, "!==": 2, "<>": 2, ">": 3, ">=": 4, "<": 5, "<=": 6}

// The other names of picklist values that are in use, by number.
var (
	sourceAliases = map[string]int{"connectagentstatechanged": 1, "connectstatechange": 1, "salesforceagentstatechanged": 2,
		"salesforcestatechange": 2, "salesforcelogout": 3, "agentlogout": 3, "workaccepted": 4, "salesforceagentworkaccepted": 4,
		"workloadchanged": 5, "salesforceagentworkloadchanged": 5}
	destinationAliases = map[string]int{"salesforce": 1, "salesforceagent": 1, "salesforcestate": 1, "connect": 2, "amazonconnect": 2,
		"connectagent": 2, "connectstate": 2}
	operandAliases = map[string]int{"connectnewstate": 1, "connectagentstate": 1, "connectoldstate": 2, "salesforcenewstate": 3,
		"salesforcenewagentstatus": 3, "servicechannel": 4, "previousworkload": 5, "previousworkloadpct": 6, "newworkload": 7,
		"newworkloadpct": 8, "configuredcapacity": 9, "static": 10, "value": 10}
	comparatorAliases = map[string]int{"equal": 1, "equals": 1, "eq": 1, "notequal": 2, "notequals": 2, "ne": 2, "greater": 3, "gt": 3,
		"greaterthanorequal": 4, "greaterorequal": 4, "gte": 4, "ge": 4, "less": 5, "lt": 5, "lessthanorequal": 6, "lessorequal": 6, "lte": 6, "le": 6}
)
