package admin

import (
	"context"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tandem"
	"tandem/view/flowlog"
	"tandem/view/flowuse"
)

func TestFlowLogIsAskedForByItsFilter(t *testing.T) {
	w := newWorld()
	contact, flowID := tandem.NameID("test", "contact"), tandem.NameID("test", "flow")
	var asked flowlog.Filter
	w.handler.cfg.FlowLogs = func(_ context.Context, instance tandem.ID, f flowlog.Filter) ([]flowlog.Row, error) {
		if instance != instanceID {
			t.Errorf("the log of %s is read", instance)
		}
		asked = f
		return []flowlog.Row{{Cursor: flowlog.Cursor{Seq: 7, Place: 1}, Line: []byte(`{"ContactId":"a"}`)}, {Cursor: flowlog.Cursor{Seq: 9}, Line: []byte(`{"ContactId":"b"}`)}}, nil
	}
	query := url.Values{"contact": {contact.String()}, "flow": {"arn:aws:connect:x:1:instance/i/contact-flow/" + flowID.String()}, "type": {"PlayPrompt"}, "text": {"Timeout"},
		"from": {"2026-03-02T10:00:00Z"}, "to": {"2026-03-02T11:00:00+01:00"}, "after": {"3.0"}, "limit": {"5"}}
	var page struct {
		Entries []struct {
			ContactID string `json:"ContactId"`
		}
		Next string
	}
	w.call(t, "GET", "flow-logs?"+query.Encode(), "").ok(&page)
	want := flowlog.Filter{ContactID: contact, FlowID: flowID, ModuleType: "PlayPrompt", Text: "Timeout", From: 1772445600000, To: 1772445600000,
		After: flowlog.Cursor{Seq: 3}, Limit: 5}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Error(diff)
	}
	if len(page.Entries) != 2 || page.Entries[1].ContactID != "b" || page.Next != "9.0" {
		t.Errorf("the page is %+v", page)
	}
	w.call(t, "GET", "flow-logs", "").ok(nil)
	if !asked.Newest || asked.Limit != defaultFlowLogs {
		t.Errorf("without a filter %+v is asked for", asked)
	}
	for name, value := range map[string]string{"contact": "x", "flow": "x", "from": "yesterday", "to": "x", "after": "x", "limit": "0", "colour": "red"} {
		w.call(t, "GET", "flow-logs?"+url.Values{name: {value}}.Encode(), "").refused(400, name)
	}
}

func TestFlowsThatUseAResourceAreListed(t *testing.T) {
	w := newWorld()
	w.handler.cfg.FlowUses = func(_ context.Context, _ tandem.ID, what string) (flowuse.Answer, error) {
		return flowuse.Answer{Resources: []flowuse.Resource{{Kind: "queue", ID: "1", Name: what}}, Uses: []flowuse.Use{{FlowName: "Inbound", Content: flowuse.Published}}}, nil
	}
	var got struct {
		Resources []struct{ Name string }
		Uses      []struct {
			FlowName string `json:"flow_name"`
			Content  string
		}
	}
	w.call(t, "GET", "flow-uses?resource=Support", "").ok(&got)
	if len(got.Resources) != 1 || got.Resources[0].Name != "Support" || len(got.Uses) != 1 || got.Uses[0].FlowName != "Inbound" || got.Uses[0].Content != "published" {
		t.Errorf("the answer is %+v", got)
	}
	w.call(t, "GET", "flow-uses", "").refused(400, "resource")
}
