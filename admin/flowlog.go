package admin

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem"
	"tandem/auth"
	"tandem/flow"
	"tandem/view/flowlog"
	"tandem/view/flowuse"
)

const defaultFlowLogs = 100

// flowOperations are the operations about what flows did and what they use.
func flowOperations() []operation {
	return []operation{
		op(http.MethodGet, instancePath+"/flow-logs", auth.ViewConfiguration, "listFlowLogs", "List entries of the flow log, in their order.", (*Handler).flowLogs).
			asks("contact", "Only of this contact.", false).asks("flow", "Only of this flow.", false).
			asks("type", "Only of this ContactFlowModuleType, such as PlayPrompt.", false).asks("text", "Only entries with this text.", false).
			asks("from", "A moment (RFC 3339). Without it, and without after, the newest are listed.", false).asks("to", "Likewise.", false).
			asks("after", "The next of an earlier answer.", false).asks("limit", "How many entries, 1 to 1000; 100 if left out.", true),
		op(http.MethodGet, instancePath+"/flow-uses", auth.ViewConfiguration, "listFlowUses", "Say which flows use a resource.", (*Handler).flowUses).
			asks("resource", "A queue, hours, prompt, flow, module, function, bot or user, by name, id or ARN.", false),
	}
}

// flowLogsJSON is a page of the flow log.
type flowLogsJSON struct {
	Entries []json.RawMessage `json:"entries" doc:"In the form of Amazon Connect's flow logs."`
	Next    string            `json:"next" doc:"The place behind these entries, for after."`
}

func (h *Handler) flowLogs(q *request) (page flowLogsJSON, err error) {
	f, err := flowLogFilter(q.URL.Query())
	if err != nil {
		return page, err
	}
	rows, err := h.cfg.FlowLogs(q.Context(), q.instance, f)
	if err != nil {
		return page, err
	}
	page = flowLogsJSON{Entries: []json.RawMessage{}, Next: f.After.String()}
	for i := range rows {
		page.Entries = append(page.Entries, rows[i].Line)
		page.Next = rows[i].Cursor.String()
	}
	return page, nil
}

// flowLogFilter reads what a request asks for.
func flowLogFilter(query url.Values) (f flowlog.Filter, err error) {
	f.Limit = defaultFlowLogs
	for _, name := range tandem.SortedKeys(query) {
		text := query.Get(name)
		switch name {
		case "contact":
			f.ContactID, err = tandem.ParseID(flow.ResourceID(text))
		case "flow":
			f.FlowID, err = tandem.ParseID(flow.ResourceID(text))
		case "from":
			f.From, err = exactly(text)
		case "to":
			f.To, err = exactly(text)
		case "after":
			f.After, err = flowlog.ParseCursor(text)
		case "limit":
			if f.Limit, err = strconv.Atoi(text); err != nil || f.Limit < 1 || f.Limit > flowlog.MaxPage {
				return f, tandem.Errorf(tandem.Invalid, name, "want 1 to %d", flowlog.MaxPage)
			}
		case "type":
			f.ModuleType = text
		case "text":
			f.Text = text
		default:
			return f, tandem.Errorf(tandem.Invalid, name, "is not asked for here; there are after, contact, flow, from, limit, text, to and type")
		}
		if err != nil {
			return f, tandem.Errorf(tandem.Invalid, name, "%v", err)
		}
	}
	f.Newest = !slices.ContainsFunc([]string{"after", "from"}, query.Has)
	return f, nil
}

// exactly reads a time such as 2026-03-02T10:00:00Z.
func exactly(text string) (tandem.Time, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return 0, tandem.Errorf(tandem.Invalid, "", "%q is no time; write it as 2026-03-02T10:00:00Z", text)
	}
	return tandem.At(t), nil
}

func (h *Handler) flowUses(q *request) (flowuse.Answer, error) {
	what := strings.TrimSpace(q.URL.Query().Get("resource"))
	if what == "" {
		return flowuse.Answer{}, tandem.Errorf(tandem.Invalid, "resource", "name a queue, hours, prompt, flow, module, function, bot or user, by name, id or ARN")
	}
	return h.cfg.FlowUses(q.Context(), q.instance, what)
}
