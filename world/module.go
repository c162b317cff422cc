package world

import (
	"tandem/center"
	"tandem/event"
)

// securityKey is a public key that exists for these worlds alone.
const securityKey = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEBVXQ926+narhHUZTobhhxtxJbl1B
RcZTJxFLX9Ifz25iNI7bKuwAGVghY72Svv/V0v4erDg6rrqe4aHqaubtKw==
-----END PUBLIC KEY-----
`

// changeModule publishes the module anew while contacts are in it, numbers the
// version, and adds or takes away what flows may use.
func (d *admin) changeModule() []any {
	var module event.FlowSaved
	for _, f := range d.plan.flows {
		if f.FlowID == d.named("verify flow") {
			module = f
		}
	}
	key := event.SecurityKeySaved{AssociationID: d.named("security key"), Key: securityKey}
	gone := key
	gone.Gone = true
	pointer := event.ModulePointerSaved{ModuleID: module.FlowID}
	alias := event.ModulePointerSaved{ModuleID: module.FlowID, PointerID: d.named("alias"), Name: "live", Version: 1}
	return [][]any{
		{center.SaveFlow{Flow: module}, center.SaveModulePointer{Pointer: pointer}},
		{center.SaveModulePointer{Pointer: pointer}, center.SaveModulePointer{Pointer: alias}},
		{center.SaveSecurityKey{Key: key}}, {center.SaveSecurityKey{Key: gone}},
		{center.AssociateFunction{FunctionARN: functionARN, Gone: true}, center.AssociateFunction{FunctionARN: functionARN}},
		{center.AssociateBot{Bot: botAlias, Gone: true}, center.AssociateBot{Bot: botAlias}},
	}[d.pick(6)]
}
