package block

import (
	"strconv"
	"strings"

	"tandem/flow"
)

// This file is how blocks tell of themselves in the flow log: with the names of the
// designer's first days, which tools that read such logs know (Amazon Connect
// Administrator Guide: Data in flow logs). A block without a function here has one
// entry with its parameters as they are.

// logValues are the parameters of an entry.
type logValues = map[string]any

// logRenamed tells parameters by other names, given as pairs; a parameter inside
// another one has a dotted path.
func logRenamed(pairs ...string) func(flow.Logged) []flow.LogEntry {
	return func(l flow.Logged) []flow.LogEntry {
		values := logValues{}
		for i := 0; i+1 < len(pairs); i += 2 {
			if value := l.Value(strings.Split(pairs[i], ".")...); value != nil {
				values[pairs[i+1]] = value
			}
		}
		return one(l, values)
	}
}

func one(l flow.Logged, values logValues) []flow.LogEntry { return []flow.LogEntry{l.Entry(values)} }

// logMessage adds what is said, and with which voice.
func logMessage(l flow.Logged, values logValues) logValues {
	kind := "text"
	text := l.Text("Text")
	if ssml := l.Text("SSML"); ssml != "" {
		kind, text = "ssml", ssml
	}
	if text != "" {
		values["Text"], values["TextToSpeechType"] = text, kind
		if voice, ok := l.Env.Value("TextToSpeechVoiceId"); ok {
			values["Voice"] = voice
		}
	}
	values["AudioPrompt"] = l.Text("PromptId")
	return values
}

func logPlayed(l flow.Logged) []flow.LogEntry { return one(l, logMessage(l, logValues{})) }

func logLoopPrompts(l flow.Logged) []flow.LogEntry {
	return one(l, logValues{"Prompts": l.Value("Messages"), "InterruptSeconds": l.Text("InterruptFrequencySeconds")})
}

// logInput tells of keys that are asked for: one, or several that are stored.
func logInput(l flow.Logged) []flow.LogEntry {
	values := logMessage(l, logValues{"Timeout": inMillis(l.Text("InputTimeLimitSeconds")), "MaxDigits": "1"})
	if !isTrue(l.Text("StoreInput")) {
		return one(l, values)
	}
	l.Name = "StoreUserInput"
	values["CustomerInputType"], values["MaxDigits"] = "Custom", l.Text("InputValidation", "CustomValidation", "MaximumLength")
	if format := l.Text("InputValidation", "PhoneNumberValidation", "NumberFormat"); format != "" {
		values["CustomerInputType"], values["PhoneNumberFormat"] = "PhoneNumber", format
		values["CountryCode"] = l.Text("InputValidation", "PhoneNumberValidation", "CountryCode")
	}
	values["EncryptEntry"] = strconv.FormatBool(l.Value("InputEncryption") != nil)
	values["EncryptionKeyId"] = l.Text("InputEncryption", "EncryptionKeyId")
	values["TerminatorDigits"] = l.Text("DTMFConfiguration", "InputTerminationSequence")
	values["DisableCancel"] = l.Text("DTMFConfiguration", "DisableCancelKey")
	return one(l, values)
}

func logBot(l flow.Logged) []flow.LogEntry {
	return one(l, logMessage(l, logValues{
		"BotAliasArn": l.Text("LexV2Bot", "AliasArn"),
		"BotName":     l.Text("LexBot", "Name"), "BotAlias": l.Text("LexBot", "Alias"), "BotRegion": l.Text("LexBot", "Region"),
	}))
}

func logFunction(l flow.Logged) []flow.LogEntry {
	seconds := l.Text("InvocationTimeLimitSeconds")
	if seconds == "" {
		seconds = strconv.Itoa(defaultFunctionSeconds)
	}
	return one(l, logValues{"FunctionArn": l.Text("LambdaFunctionARN"), "TimeLimit": inMillis(seconds),
		"Parameters": l.Value("LambdaInvocationAttributes"), "InvocationType": l.Text("InvocationType")})
}

// inMillis is a number of seconds in milliseconds; empty if it is none.
func inMillis(seconds string) string {
	n, err := strconv.Atoi(seconds)
	if err != nil {
		return ""
	}
	return strconv.Itoa(n * millisPerSecond)
}

// logAttributes tells of attributes that are set, an entry for each.
func logAttributes(l flow.Logged) []flow.LogEntry {
	names, values := l.Members("Attributes")
	entries := make([]flow.LogEntry, len(names))
	for i, name := range names {
		entries[i] = l.Entry(logValues{"Key": name, "Value": values[i], "AddAttributeToRelatedContact": strconv.FormatBool(l.Text("TargetContact") == "Related")})
	}
	return entries
}

func logFlowAttributes(l flow.Logged) []flow.LogEntry {
	names, _ := l.Members("FlowAttributes")
	entries := make([]flow.LogEntry, len(names))
	for i, name := range names {
		entries[i] = l.Entry(logValues{"Key": name, "Value": l.Text("FlowAttributes", name, "Value")})
	}
	return entries
}

// logCompared tells of each comparison until one holds.
func logCompared(l flow.Logged) []flow.LogEntry {
	value := l.Text("ComparisonValue")
	var entries []flow.LogEntry
	for _, c := range l.Compared(value) {
		entry := l.Entry(logValues{"ComparisonMethod": c.Operator, "Value": value, "SecondValue": c.Operand})
		entry.Results = strconv.FormatBool(c.Holds)
		entries = append(entries, entry)
	}
	return entries
}

// logMetric tells of the two blocks of the designer that are this one.
func logMetric(l flow.Logged) []flow.LogEntry {
	values := logValues{"Queue": l.Text("QueueId"), "Agent": l.Text("AgentId")}
	switch metric := l.Text("MetricType"); flow.MetricName(metric) {
	case flow.MetricAgentsAvailable:
		l.Name, values["Status"] = "CheckStaffing", "Available"
	case flow.MetricAgentsStaffed:
		l.Name, values["Status"] = "CheckStaffing", "Staffed"
	case flow.MetricAgentsOnline:
		l.Name, values["Status"] = "CheckStaffing", "Online"
	default:
		values["MetricType"] = metric
	}
	return one(l, values)
}

// logHook tells of the one hook that is set.
func logHook(l flow.Logged) []flow.LogEntry {
	names, values := l.Members("EventHooks")
	if len(names) == 0 {
		return one(l, l.All())
	}
	return one(l, logValues{"Type": names[0], "ContactFlowId": values[0]})
}

// logRecording tells who is recorded, of either block that says so.
func logRecording(path ...string) func(flow.Logged) []flow.LogEntry {
	return func(l flow.Logged) []flow.LogEntry {
		participants, _ := l.Value(append(path, "RecordedParticipants")...).([]any)
		values := logValues{"RecordingBehaviorOption": "Enable"}
		switch len(participants) {
		case 0:
			values["RecordingBehaviorOption"] = "Disable"
		case 1:
			values["RecordingParticipantOption"] = participants[0]
		default:
			values["RecordingParticipantOption"] = "Both"
		}
		return one(l, values)
	}
}

// logLogging tells of logging: Enable or Disable, without the last letter.
func logLogging(l flow.Logged) []flow.LogEntry {
	return one(l, logValues{"LoggingBehavior": strings.TrimSuffix(l.Text("FlowLoggingBehavior"), "d")})
}

// logBridge tells of a transfer to a phone number.
func logBridge(l flow.Logged) []flow.LogEntry {
	limit := l.Text("ThirdPartyConnectionTimeLimitSeconds")
	if limit == "" {
		limit = l.Text("ThirdPartyConnectionTimeoutSeconds")
	}
	return one(l, logValues{"PhoneNumber": l.Text("ThirdPartyPhoneNumber"), "TimeLimit": inMillis(limit),
		"BlindTransfer": strconv.FormatBool(!isTrue(l.Text("ContinueFlowExecution"))), "CallerId": l.Text("CallerId", "Number")})
}

// isTrue reads a truth value as flows write it.
func isTrue(text string) bool {
	_, ok := choose(text, []string{operandTrue})
	return ok
}
