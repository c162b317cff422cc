package block

import (
	"unicode/utf8"

	"tandem/flow"
)

// The longest name and description of a contact (Amazon Connect API:
// StartTaskContact).
const (
	maxNameChars        = 512
	maxDescriptionChars = 4096
)

// updateContactData sets the contact's name, description, language, customer and
// references, all of them or none. The parameters of Voice ID and of agent
// assistants are accepted without effect: neither is there.
//
//	{
//	  "Identifier": "data",
//	  "Type": "UpdateContactData",
//	  "Parameters": {"Name": "Order $.Attributes.order", "LanguageCode": "en-US", "TargetContact": "Current"},
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [{"NextAction": "next", "ErrorType": "NoMatchingError"}]
//	  }
//	}
//
// Amazon Connect Flow language: UpdateContactData.
var updateContactData = flow.Block{
	Type:      "UpdateContactData",
	Title:     "Set contact data",
	LogName:   "SetContactData",
	Aliases:   []string{"SetContactData", "SetLanguage", "SetContactName"},
	Group:     flow.GroupSet,
	FlowTypes: flow.AllTypes(),
	Rules:     flow.Rules{RequiredErrors: []string{flow.NoMatchingError}},
	Compile: func(p *flow.Params) flow.Runner {
		p.Accept("WisdomSessionArn", "IsVoiceIdStreamingEnabled", "IsVoiceAuthenticationEnabled", "IsFraudDetectionEnabled",
			"VoiceAuthenticationThreshold", "VoiceAuthenticationResponseTime", "FraudDetectionThreshold", "WatchlistId")
		onlyCurrent(p)
		var r setData
		r.name, _ = p.Text("Name")
		r.description, _ = p.Text("Description")
		r.customerID, _ = p.Text("CustomerId")
		r.language, _ = p.Whole("LanguageCode")
		r.references = readReferences(p)
		return orWrong(p, r)
	},
}

type setData struct {
	name, description, customerID, language flow.Template
	references                              []reference
}

// Enter sets the data.
func (r setData) Enter(env flow.Env) flow.Move {
	data := flow.SetData{
		Name: r.name.Render(env), Description: r.description.Render(env), CustomerID: r.customerID.Render(env),
		LanguageCode: r.language.Render(env), References: renderReferences(r.references, env),
	}
	if utf8.RuneCountInString(data.Name) > maxNameChars || utf8.RuneCountInString(data.Description) > maxDescriptionChars {
		return flow.Raise(flow.NoMatchingError)
	}
	return flow.Succeed(data)
}
