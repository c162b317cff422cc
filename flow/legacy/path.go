package legacy

import "strings"

// The namespaces of parameters that do not stand in the flow but come from an
// attribute, and what the language calls them.
var namespaceRoots = map[string]string{
	"user defined": "Attributes", "external": "External", "lex": "Lex", "flow": "FlowAttributes", "customer": "Customer",
	"agent": "Agent", "media": "Media", "queue metrics": "Metrics", "cases": "Case", "views": "Views",
}

// systemPaths are the system attributes that the language calls otherwise.
var systemPaths = map[string]string{
	"customer number": "CustomerEndpoint.Address", "dialed number": "SystemEndpoint.Address",
	"stored customer input": "StoredCustomerInput", "customer callback number": "CustomerCallBackPhoneNumber",
	"text to speech voice": "TextToSpeechVoiceId", "queue name": "Queue.Name", "contact id": "ContactId",
	"initial contact id": "InitialContactId", "previous contact id": "PreviousContactId",
}

// pathOf is the reference to an attribute in the language, such as
// "$.Attributes.language". Known is false for a namespace that it does not know.
func pathOf(namespace, key string) (path string, known bool) {
	lower := strings.ToLower(strings.TrimSpace(namespace))
	if lower == "system" {
		if path, ok := systemPaths[strings.ToLower(key)]; ok {
			return "$." + path, true
		}
		return "$" + step(key), true
	}
	root, known := namespaceRoots[lower]
	if !known {
		root = namespace
	}
	key = strings.TrimPrefix(key, "$."+root+".")
	return "$" + step(root) + step(key), known
}

// step is one name, or several with dots, as part of a path.
func step(name string) string {
	for part := range strings.SplitSeq(name, ".") {
		if part == "" || strings.Trim(part, nameCharacters) != "" {
			return ".['" + name + "']"
		}
	}
	return "." + name
}

const nameCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
