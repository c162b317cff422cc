package legacy

import (
	"strings"

	"tandem/flow"
)

// message adds what a module says: a recorded prompt, text, or text with markup.
func (j *job) message(parameters map[string]any) map[string]any {
	if prompt := j.reference(flow.ResourcePrompt, "promptName", "AudioPrompt", "PromptId"); prompt != "" {
		j.drop("Text", "TextToSpeechType")
		parameters["PromptId"] = prompt
		return parameters
	}
	said, kind := j.text("Text"), j.text("TextToSpeechType")
	if strings.EqualFold(kind, "ssml") {
		parameters["SSML"] = said
	} else {
		parameters["Text"] = said
	}
	return parameters
}

func playPrompt(j *job) {
	a := j.add("MessageParticipant", j.message(map[string]any{}))
	j.next(a, "Success")
	j.mayFail(a, flow.NoMatchingError, "Error")
}

func getDigits(j *job) {
	a := j.add("GetParticipantInput", j.message(map[string]any{"StoreInput": "False", "InputTimeLimitSeconds": j.text("Timeout")}))
	if n := j.number("MaxDigits"); n > 1 {
		j.note("it took up to %d digits: the language takes one, and the branch of that one", n)
	}
	j.evaluate(a, "Evaluate")
	j.mayFail(a, flow.InputTimeLimitExceeded, "Timeout")
	j.mustFail(a, flow.NoMatchingCondition, "NoMatch", "Error")
	j.mustFail(a, flow.NoMatchingError, "Error", "NoMatch")
	j.next(a, "NoMatch", "Error")
}

func askBot(j *job) {
	parameters := j.message(map[string]any{})
	name := j.text("BotName")
	if arn := j.text("BotAliasArn", "AliasArn"); arn != "" {
		parameters["LexV2Bot"] = map[string]any{"AliasArn": arn}
		j.drop("BotAlias", "BotRegion")
	} else {
		parameters["LexBot"] = map[string]any{"Name": name, "Alias": j.text("BotAlias"), "Region": j.text("BotRegion")}
	}
	if attributes := j.entries("SessionAttribute"); len(attributes) > 0 {
		parameters["LexSessionAttributes"] = attributes
	}
	a := j.add("ConnectParticipantWithLexBot", parameters)
	j.evaluate(a, "Evaluate")
	j.mustFail(a, flow.NoMatchingCondition, "NoMatch", "Error")
	j.mustFail(a, flow.NoMatchingError, "Error", "NoMatch")
	j.mayFail(a, flow.InputTimeLimitExceeded, "Timeout")
	j.next(a, "NoMatch", "Error")
}

func storeInput(j *job) {
	parameters := j.message(map[string]any{"StoreInput": "True", "InputTimeLimitSeconds": j.text("Timeout")})
	phone := strings.EqualFold(j.text("CustomerInputType"), "PhoneNumber")
	if phone {
		parameters["InputValidation"] = map[string]any{"PhoneNumberValidation": phoneValidation(j)}
		j.drop("MaxDigits")
	} else {
		parameters["InputValidation"] = map[string]any{"CustomValidation": map[string]any{"MaximumLength": j.text("MaxDigits")}}
		j.drop("PhoneNumberFormat", "CountryCode")
	}
	if encrypts := j.yes("EncryptEntry"); encrypts {
		parameters["InputEncryption"] = map[string]any{"EncryptionKeyId": j.text("EncryptionKeyId"), "Key": j.text("EncryptionKey")}
	} else {
		j.drop("EncryptionKeyId", "EncryptionKey")
	}
	if keys := keyRules(j); len(keys) > 0 {
		parameters["DTMFConfiguration"] = keys
	}
	a := j.add("GetParticipantInput", parameters)
	j.next(a, "Success")
	if phone {
		j.mustFail(a, "InvalidPhoneNumber", "InvalidNumber", "Error")
	}
	j.mustFail(a, flow.NoMatchingError, "Error", "Success")
	j.used["InvalidNumber"] = true
}

func phoneValidation(j *job) map[string]any {
	if strings.EqualFold(j.text("PhoneNumberFormat"), "Local") {
		return map[string]any{"NumberFormat": "Local", "CountryCode": j.text("CountryCode")}
	}
	j.drop("CountryCode")
	return map[string]any{"NumberFormat": "E164"}
}

func keyRules(j *job) map[string]any {
	keys := map[string]any{}
	if end := j.text("TerminatorDigits"); end != "" {
		keys["InputTerminationSequence"] = end
	}
	if j.yes("DisableCancel") {
		keys["DisableCancelKey"] = "True"
	}
	if seconds := j.text("InterdigitTimeout"); seconds != "" {
		keys["InterdigitTimeLimitSeconds"] = seconds
	}
	return keys
}

func loopPrompts(j *job) {
	var messages []map[string]any
	j.drop("AudioPrompt", "Text", "TextToSpeechType")
	for _, p := range j.module.parameters {
		switch {
		case p.name == "AudioPrompt" && p.namespace != "":
			messages = append(messages, map[string]any{"PromptId": j.value(p)})
		case p.name == "AudioPrompt":
			messages = append(messages, map[string]any{"PromptId": j.resource(flow.ResourcePrompt, p, "")})
		case p.name == "Text" && strings.EqualFold(p.key, "ssml"):
			messages = append(messages, map[string]any{"SSML": j.value(p)})
		case p.name == "Text":
			messages = append(messages, map[string]any{"Text": j.value(p)})
		}
	}
	a := j.add("MessageParticipantIteratively", map[string]any{"Messages": messages, "InterruptFrequencySeconds": j.text("InterruptSeconds")})
	if target := j.to("Timeout"); target != "" {
		a.condition(flow.Equals, "MessagesInterrupted", target)
	}
	j.mayFail(a, flow.NoMatchingError, "Error")
}
