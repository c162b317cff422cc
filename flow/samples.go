package flow

import (
	_ "embed" // the samples are files, so that they can be read as flows
	"encoding/json"
	"fmt"
	"strings"
)

// The names of the sample flows.
const (
	SampleInbound       = "Sample inbound flow"
	SampleCustomerQueue = "Default customer queue"
)

// The placeholders of the sample flows.
const (
	PlaceholderQueue = "BasicQueue"  // id or ARN of a queue
	PlaceholderMusic = "MusicPrompt" // id or ARN of a prompt
)

//go:embed samples/inbound.json
var inboundSample string

//go:embed samples/customer_queue.json
var customerQueueSample string

// A Sample is a flow that a new instance starts with. Its content names resources
// by placeholders such as ${BasicQueue}.
type Sample struct {
	Name         string
	Description  string
	Type         Type
	Content      string
	Placeholders []string // each must be given to Fill
}

// Samples lists the sample flows.
func Samples() []Sample {
	return []Sample{
		{
			Name:         SampleInbound,
			Description:  "Greets the caller, offers a choice, and in opening hours puts the call in a queue, recorded.",
			Type:         TypeContactFlow,
			Content:      inboundSample,
			Placeholders: []string{PlaceholderQueue},
		},
		{
			Name:         SampleCustomerQueue,
			Description:  "Thanks the waiting customer and plays music, over and over.",
			Type:         TypeCustomerQueue,
			Content:      customerQueueSample,
			Placeholders: []string{PlaceholderMusic},
		},
	}
}

// Fill puts ids or ARNs in place of the placeholders. It fails if one is not given.
func (s Sample) Fill(values map[string]string) (string, error) {
	content := s.Content
	for _, name := range s.Placeholders {
		if values[name] == "" {
			return "", fmt.Errorf("fill flow %q: no value for the placeholder %s", s.Name, name)
		}
		quoted, err := json.Marshal(values[name])
		if err != nil {
			return "", fmt.Errorf("fill flow %q: placeholder %s: %w", s.Name, name, err)
		}
		content = strings.ReplaceAll(content, `"${`+name+`}"`, string(quoted))
	}
	return content, nil
}
