package legacy

import (
	"slices"
	"strings"

	"tandem/flow"
)

// destination adds the queue, or the agent whose own queue is meant.
func (j *job) destination(parameters map[string]any) map[string]any {
	if agent := j.reference(flow.ResourceUser, "queue", "Agent"); agent != "" {
		j.drop("Queue")
		parameters["AgentId"] = agent
		return parameters
	}
	if queue := j.reference(flow.ResourceQueue, "queue", "Queue"); queue != "" {
		parameters["QueueId"] = queue
	}
	return parameters
}

func setQueue(j *job) {
	parameters := j.destination(map[string]any{})
	if name := j.module.resourceText("queue"); len(parameters) == 0 && name != "" {
		parameters["QueueId"] = j.resource(flow.ResourceQueue, parameter{resourceName: name}, "")
	}
	a := j.add("UpdateContactTargetQueue", parameters)
	j.next(a, "Success")
	j.mustFail(a, flow.NoMatchingError, "Error", "Success")
}

func setRecording(j *job) {
	recorded := []string{}
	who := j.text("RecordingParticipantOption")
	if strings.EqualFold(j.text("RecordingBehaviorOption"), "Enable") {
		for _, participant := range []string{"Agent", "Customer"} {
			if strings.EqualFold(who, "Both") || strings.EqualFold(who, participant) {
				recorded = append(recorded, participant)
			}
		}
	}
	parameters := map[string]any{"RecordingBehavior": map[string]any{"RecordedParticipants": recorded}}
	if analytics := analyticsOf(j); analytics != nil {
		parameters["AnalyticsBehavior"] = analytics
	}
	a := j.add("UpdateContactRecordingBehavior", parameters)
	j.next(a, "Success")
	j.used["Error"] = true // the language knows no error of this block
}

// analyticsOf takes over the settings of call analysis.
func analyticsOf(j *job) map[string]any {
	enabled := strings.EqualFold(j.text("AnalyticsBehaviorOption"), "Enable")
	language, redacts := j.text("AnalyticsLanguageLocaleCode"), j.text("AnalyticsRedactionOption")
	results, mode := j.text("AnalyticsRedactionPolicy"), j.text("AnalyticsMode")
	j.drop("AnalyticsCustomVocabulary")
	if !enabled {
		return nil
	}
	analytics := map[string]any{"Enabled": "True", "AnalyticsLanguage": language, "AnalyticsRedactionBehavior": redacts,
		"AnalyticsRedactionResults": results, "ChannelConfiguration": map[string]any{"Voice": map[string]any{"AnalyticsModes": []string{mode}}}}
	for _, name := range []string{"AnalyticsLanguage", "AnalyticsRedactionBehavior", "AnalyticsRedactionResults"} {
		if analytics[name] == "" {
			delete(analytics, name)
		}
	}
	if mode == "" {
		delete(analytics, "ChannelConfiguration")
	}
	return analytics
}

func setLogging(j *job) {
	state := j.text("LoggingBehavior")
	if strings.EqualFold(state, "Enable") || strings.EqualFold(state, "Disable") {
		state += "d"
	}
	j.next(j.add("UpdateFlowLoggingBehavior", map[string]any{"FlowLoggingBehavior": state}), "Success")
	j.used["Error"] = true // the language knows no error of this block
}

func setAttributes(j *job) {
	a := j.add("UpdateContactAttributes", map[string]any{"Attributes": j.entries("Attribute"), "TargetContact": j.text("TargetContact")})
	j.next(a, "Success")
	j.mustFail(a, flow.NoMatchingError, "Error", "Success")
}

// setScreenPop converts the first form of Set contact attributes: one attribute.
func setScreenPop(j *job) {
	a := j.add("UpdateContactAttributes", map[string]any{"Attributes": map[string]any{j.text("key"): j.text("value")}})
	j.next(a, "Success")
	j.mustFail(a, flow.NoMatchingError, "Error", "Success")
}

func setContactData(j *job) {
	parameters := map[string]any{}
	for _, name := range []string{"Name", "Description", "CustomerId", "LanguageCode"} {
		parameters[name] = j.text(name)
	}
	a := j.add("UpdateContactData", parameters)
	j.next(a, "Success")
	j.mustFail(a, flow.NoMatchingError, "Error", "Success")
}

func getMetrics(j *job) {
	a := j.add("GetMetricData", j.destination(map[string]any{"QueueChannel": j.text("Channel", "QueueChannel")}))
	j.next(a, "Success")
	j.mayFail(a, flow.NoMatchingError, "Error")
}

// setRouting makes an action of each of the two changes.
func setRouting(j *job) {
	priority, adjustment := j.text("AbsolutePosition"), j.text("TimeOffset")
	j.used["Error"] = true // the language knows no error of this block
	if priority != "" && adjustment != "" {
		first := j.add("UpdateContactRoutingBehavior", map[string]any{"QueuePriority": priority})
		second := j.add("UpdateContactRoutingBehavior", map[string]any{"QueueTimeAdjustmentSeconds": adjustment})
		first.Transitions.NextAction = second.Identifier
		j.next(second, "Success")
		return
	}
	j.next(j.add("UpdateContactRoutingBehavior", map[string]any{"QueuePriority": priority, "QueueTimeAdjustmentSeconds": adjustment}), "Success")
}

func setHook(j *job) {
	shown := "contactFlow"
	if j.module.metadata[shown] == nil {
		shown = "ContactFlow"
	}
	hooks := map[string]any{}
	if kind, id := j.text("Type"), j.reference(flow.ResourceFlow, shown, "ContactFlowId"); kind != "" {
		hooks[kind] = id
	}
	a := j.add("UpdateContactEventHooks", map[string]any{"EventHooks": hooks})
	j.next(a, "Success")
	j.mustFail(a, flow.NoMatchingError, "Error", "Success")
}

func setCallbackNumber(j *job) {
	number := j.text("CallBackNumber", "CallbackNumber")
	if number != "" && !flow.ParseTemplate(number).Single() {
		j.note("the number stands in the flow; the language takes it from an attribute only")
	}
	a := j.add("UpdateContactCallbackNumber", map[string]any{"CallbackNumber": number})
	j.next(a, "Success")
	j.mustFail(a, flow.InvalidCallbackNumber, "InvalidPhoneNumber", "NonDialableNumber", "Error")
	j.mustFail(a, flow.CallbackNumberNotDialable, "NonDialableNumber", "InvalidPhoneNumber", "Error")
}

// setVoice makes an action of the voice, and another of the language if that is
// set with it.
func setVoice(j *job) {
	engine, style, language := j.text("GlobalEngine"), j.text("SpeakingStyle"), j.text("LanguageCode")
	voice := j.add("UpdateContactTextToSpeechVoice", map[string]any{"TextToSpeechVoice": j.text("GlobalVoice"),
		"TextToSpeechEngine": engine, "TextToSpeechStyle": style})
	j.mayFail(voice, flow.NoMatchingError, "Error")
	if language == "" {
		j.next(voice, "Success")
		return
	}
	data := j.add("UpdateContactData", map[string]any{"LanguageCode": language})
	voice.Transitions.NextAction = data.Identifier
	j.next(data, "Success")
	j.mustFail(data, flow.NoMatchingError, "Error", "Success")
}

func startStreaming(j *job) { streaming(j, "Enabled") }

func stopStreaming(j *job) { streaming(j, "Disabled") }

func streaming(j *job, state string) {
	directions := []string{}
	j.drop("Track", "ParticipantTypes")
	for _, p := range j.module.parameters {
		switch {
		case p.name == "Track" && p.value == "FromCustomer":
			directions = append(directions, "From")
		case p.name == "Track" && p.value == "ToCustomer":
			directions = append(directions, "To")
		case p.name == "Track" || p.name == "ParticipantTypes" && p.value != "Customer":
			j.note("the track %q is not known", p.value)
		}
	}
	if !slices.ContainsFunc(j.module.parameters, func(p parameter) bool { return p.name == "Track" }) {
		directions = []string{"From", "To"}
	}
	a := j.add("UpdateContactMediaStreamingBehavior", map[string]any{"MediaStreamingState": state, "MediaStreamType": j.text("MediaStreamTypes"),
		"Participants": []map[string]any{{"ParticipantType": "Customer", "MediaDirections": directions}}})
	j.next(a, "Success")
	j.mayFail(a, flow.NoMatchingError, "Error")
}
