package flowtest

import (
	"maps"
	"strconv"
	"strings"

	"tandem/flow"
)

// apply does what an act says as far as the contact carries it along.
func (s *scene) apply(act flow.Act) {
	switch act := act.(type) {
	case flow.SetAttributes:
		maps.Copy(s.attributes, act.Attributes)
	case flow.SetFlowAttributes:
		maps.Copy(s.flowOnly, act.Attributes)
	case flow.SetStoredInput:
		s.values["StoredCustomerInput"] = act.Value
	case flow.SetTargetQueue:
		s.target = act.QueueID
	case flow.SetTargetAgent:
		s.target = act.UserID
	case flow.SetCallbackNumber:
		s.values["CustomerCallBackPhoneNumber"] = act.Number
	case flow.SetVoice:
		s.values["TextToSpeechVoiceId"] = act.Voice
	case flow.SetData:
		s.setData(act)
	case flow.SetTags:
		s.setTags(act)
	case flow.SetExternal:
		s.external = act.Result
	case flow.SetBotSession:
		s.bot = act.Session
	case flow.SetRecording:
		s.recorded = recordedText(act)
	case flow.TakeMetrics:
		s.takeMetrics(act)
	}
}

func (s *scene) setData(act flow.SetData) {
	// any order: copied to a map
	for name, value := range map[string]string{"Name": act.Name, "Description": act.Description, "CustomerId": act.CustomerID,
		"LanguageCode": act.LanguageCode} {
		if value != "" {
			s.values[name] = value
		}
	}
	for name, reference := range act.References { // any order: copied to a map
		kind, value, _ := strings.Cut(reference, " ")
		s.values["References."+name+".Type"], s.values["References."+name+".Value"] = kind, value
	}
}

func (s *scene) setTags(act flow.SetTags) {
	for key, value := range act.Add { // any order: copied to a map
		s.values["Tags."+key] = value
	}
	for _, key := range act.Remove {
		delete(s.values, "Tags."+key)
	}
}

func recordedText(act flow.SetRecording) string {
	switch {
	case act.Agent && act.Customer:
		return "agent and customer"
	case act.Agent:
		return "agent"
	case act.Customer:
		return "customer"
	}
	return "nobody"
}

// takeMetrics makes a queue's numbers attributes.
func (s *scene) takeMetrics(act flow.TakeMetrics) {
	id := act.QueueID + act.AgentID
	if id == "" {
		id = s.target
	}
	if name, known := s.outside.QueueName(id); known {
		s.values["Metrics.Queue.Name"], s.values["Metrics.Queue.ARN"] = name, walkingInstance+"/queue/"+id
	}
	// any order: copied to a map
	for path, metric := range map[string]flow.MetricName{
		"Metrics.Queue.Size": flow.MetricContactsInQueue, "Metrics.Queue.OldestContactAge": flow.MetricOldestContactAge,
		"Metrics.Agents.Available.Count": flow.MetricAgentsAvailable, "Metrics.Agents.Staffed.Count": flow.MetricAgentsStaffed,
		"Metrics.Agents.Online.Count": flow.MetricAgentsOnline,
	} {
		n, known := s.outside.Metric(metric, id)
		if metric == flow.MetricOldestContactAge {
			n /= 1000 // the attribute is in seconds
		}
		if known {
			s.values[path] = strconv.FormatInt(n, 10)
		}
	}
}
