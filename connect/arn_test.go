package connect

import "testing"

func TestARNsAreSpelledAsAmazonConnectSpellsThem(t *testing.T) {
	const p = "arn:aws:connect:eu-central-1:123456789012:"
	for got, want := range map[string]string{
		testARNs.Instance("i"):                        p + "instance/i",
		testARNs.Of("i", ResourceUser, "u"):           p + "instance/i/agent/u",
		testARNs.Of("i", ResourceAgentQueue, "u"):     p + "instance/i/queue/agent/u",
		testARNs.Of("i", ResourceAgentStatus, "s"):    p + "instance/i/agent-state/s",
		testARNs.Of("i", ResourceHierarchyLevel, "1"): p + "instance/i/agent-group-level/1",
		testARNs.Of("i", ResourceHours, "h"):          p + "instance/i/operating-hours/h",
		testARNs.Of("i", ResourceQuickConnect, "q"):   p + "instance/i/transfer-destination/q",
		testARNs.PhoneNumber("n"):                     p + "phone-number/n",
	} {
		if got != want {
			t.Errorf("ARN = %s, want %s", got, want)
		}
	}
}

func TestParseUndoesEveryARN(t *testing.T) {
	for _, want := range []ARN{
		{InstanceID: "i"},
		{InstanceID: "i", Kind: ResourceUser, ID: "u"},
		{InstanceID: "i", Kind: ResourceAgentQueue, ID: "u"},
		{InstanceID: "i", Kind: ResourceLegacyNumber, ID: "n"},
		{InstanceID: "i", Kind: ResourceFlow, ID: "f", Qualifier: "$SAVED"},
		{InstanceID: "i", Kind: ResourceFlow, ID: "f", Qualifier: "3"},
		{Kind: ResourcePhoneNumber, ID: "n"},
	} {
		arn := testARNs.Of(want.InstanceID, want.Kind, want.ID)
		switch {
		case want.Kind == "":
			arn = testARNs.Instance(want.InstanceID)
		case want.InstanceID == "":
			arn = testARNs.PhoneNumber(want.ID)
		}
		if want.Qualifier != "" {
			arn += ":" + want.Qualifier
		}
		if got, err := testARNs.Parse(arn); err != nil || got != want {
			t.Errorf("%s was read as %+v (%v), want %+v", arn, got, err, want)
		}
	}
}

func TestParseRefusesForeignAndBrokenARNs(t *testing.T) {
	const p = "arn:aws:connect:eu-central-1:123456789012:"
	for _, arn := range []string{
		"", "i", "arn:", p, p + "instance", p + "instance/", p + "instance//agent/u", p + "instance/i/agent", p + "instance/i/agent/", p + "bot/b",
		p + "phone-number/a/b",
		"arn:aws:connect:eu-central-1:999999999999:instance/i",
		"arn:aws:connect:us-east-1:123456789012:instance/i",
		"arn:aws:s3:eu-central-1:123456789012:instance/i",
		"arn:aws-cn:connect:eu-central-1:123456789012:instance/i",
	} {
		if got, err := testARNs.Parse(arn); err == nil {
			t.Errorf("%q was read as %+v, want an error", arn, got)
		}
	}
}

func TestIDAndARNAreInterchangeable(t *testing.T) {
	for _, tt := range []struct {
		kind              Resource
		given, id, qualif string
	}{
		{ResourceQueue, "q", "q", ""},
		{ResourceQueue, testARNs.Of("i", ResourceQueue, "q"), "q", ""},
		{ResourceFlow, "f:$SAVED", "f", "$SAVED"},
		{ResourceFlow, testARNs.Of("i", ResourceFlow, "f:2"), "f", "2"},
		{ResourceQueue, testARNs.Of("other", ResourceQueue, "q"), "", ""},
		{ResourceQueue, testARNs.Of("i", ResourceUser, "q"), "", ""},
		{ResourceQueue, testARNs.Of("i", ResourceAgentQueue, "q"), "", ""},
		{ResourceQueue, "arn:nonsense", "", ""},
	} {
		if id, qualif := testARNs.ID("i", tt.kind, tt.given); id != tt.id || qualif != tt.qualif {
			t.Errorf("ID of %s %s = %q %q, want %q %q", tt.kind, tt.given, id, qualif, tt.id, tt.qualif)
		}
	}
	if id, _ := testARNs.ID("", ResourcePhoneNumber, testARNs.PhoneNumber("n")); id != "n" {
		t.Errorf("ID of a number's ARN = %q, want n", id)
	}
	for given, want := range map[string]string{
		"i": "i", testARNs.Instance("i"): "i", testARNs.Of("i", ResourceUser, "u"): "", "arn:aws:connect:x": "",
	} {
		if got := testARNs.InstanceID(given); got != want {
			t.Errorf("InstanceID(%s) = %q, want %q", given, got, want)
		}
	}
}

func FuzzParseARN(f *testing.F) {
	f.Add("instance/i/agent/u:1")
	f.Add("phone-number/n")
	f.Add("instance//")
	f.Fuzz(func(t *testing.T, rest string) {
		got, err := testARNs.Parse(testARNs.prefix() + rest)
		if err == nil && got.ID == "" && got.InstanceID == "" {
			t.Errorf("%q was read as an ARN of nothing", rest)
		}
	})
}
