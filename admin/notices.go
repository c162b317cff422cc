package admin

import (
	"fmt"

	"tandem"
	"tandem/presence"
	"tandem/view/notice"
)

// noticeJSON is a notice as it is shown.
type noticeJSON struct {
	ID       tandem.ID `json:"id" doc:"Its id."`
	At       string    `json:"at" doc:"When it was raised (RFC 3339)."`
	UserID   tandem.ID `json:"user_id" doc:"Whom it is for; empty: administrators."`
	Username string    `json:"username,omitempty" doc:"What the user is called."`
	SystemID tandem.ID `json:"system_id" doc:"The connected system that it is about."`
	Notice   string    `json:"notice" doc:"What it is, by a stable name such as status_put_back."`
	Detail   string    `json:"detail,omitempty" doc:"What it is about, such as the name of a status, or what the system answered."`
	Title    string    `json:"title" doc:"What happened, in a sentence."`
	Advice   string    `json:"advice" doc:"What to do about it."`
	SeenAt   string    `json:"seen_at,omitempty" doc:"When somebody saw it first (RFC 3339); left out: nobody has."`
	SeenBy   string    `json:"seen_by,omitempty" doc:"Who that was."`
}

// noticePage is one page of notices.
type noticePage struct {
	Notices []noticeJSON `json:"notices" doc:"First what nobody has seen yet, of each kind the newest first."`
	Unseen  int          `json:"unseen" doc:"How many there are in all that nobody has seen."`
	Next    string       `json:"next,omitempty" doc:"The after of the next page; left out: this is the last."`
}

func (h *Handler) notices(q *request) (noticePage, error) {
	j := noticePage{Notices: []noticeJSON{}}
	limit, err := q.limit()
	if err != nil {
		return j, err
	}
	var after notice.Place
	if text := q.URL.Query().Get("after"); text != "" {
		if _, err := fmt.Sscanf(text, "%t.%d.%d", &after.Seen, &after.Seq, &after.At); err != nil {
			return j, tandem.Errorf(tandem.Invalid, "after", "give the next of the page before")
		}
	}
	page, err := h.cfg.Tables.Notices(q.Context(), q.instance, after, limit)
	if err != nil {
		return j, err
	}
	names, err := h.people(q)
	if err != nil {
		return j, err
	}
	for i := range page.Notices {
		j.Notices = append(j.Notices, showNotice(&page.Notices[i], names))
	}
	if j.Unseen = page.Unseen; page.Next != nil {
		j.Next = fmt.Sprintf("%t.%d.%d", page.Next.Seen, page.Next.Seq, page.Next.At)
	}
	return j, nil
}

func showNotice(n *notice.Notice, names *people) noticeJSON {
	text := noticeTexts[n.Notice]
	if text.title == "" {
		text = noticeText{"Something was told: " + n.Notice + ".", "See the detail."}
	}
	j := noticeJSON{
		ID: n.ID, At: n.At.String(), UserID: n.UserID, Username: names.users[n.UserID], SystemID: n.SystemID,
		Notice: n.Notice, Detail: n.Detail, Title: text.title, Advice: text.advice,
	}
	if n.SeenAt != 0 {
		j.SeenAt, j.SeenBy = n.SeenAt.String(), names.actor(n.SeenBy)
	}
	return j
}

// noticeText is what people read of a notice.
type noticeText struct{ title, advice string }

// noticeTexts are the texts of the notices of presence, by name.
var noticeTexts = map[string]noticeText{
	"status_put_back": {
		"A status was put back, because another system leads.",
		"Choose the status in the leading system; it then counts everywhere. Whoever should be free to choose here needs the policy last_action_wins.",
	},
	"focus_disabled": {
		"Focus mode was switched off: its status is gone, or no longer keeps other work away.",
		"Mend the status in the system, or choose another for focus mode, refresh the statuses and switch focus mode on again.",
	},
	"focus_conflict": {
		"Focus mode was switched off: its status has come to mean something else than Available.",
		"Map the focus status to Available, or to nothing, and switch focus mode on again; or leave focus mode off.",
	},
	"saved_status_gone": {
		"The status from before the contact is gone, so it was not restored.",
		"Choose a status in the system. Map what took its place, so that it is kept in step.",
	},
	"status_sync_trouble": {
		"A status could not be kept in step.",
		"See what the system said. Under Health the agents who need a look are listed; start them again once it is mended.",
	},
	"system_unreachable": {
		"The system does not answer; what it should show is saved, and will be written once it does.",
		"Nothing is lost. Test the connection, and look whether the system itself has trouble. Statuses follow by themselves afterwards.",
	},
}

// seenInput says what was seen.
type seenInput struct {
	NoticeID tandem.ID `json:"notice_id" doc:"The notice." need:"true"`
	Through  bool      `json:"through" doc:"All notices that were raised before it were seen too."`
}

// seenJSON says what is left to see.
type seenJSON struct {
	Unseen int `json:"unseen" doc:"How many notices nobody has seen yet."`
}

func (h *Handler) seeNotices(q *request, in *seenInput) (seenJSON, error) {
	var j seenJSON
	if in.NoticeID.IsZero() {
		return j, tandem.Errorf(tandem.Invalid, "notice_id", "name the notice that was seen")
	}
	known, err := h.cfg.Tables.Notice(q.Context(), q.instance, in.NoticeID)
	if err != nil {
		return j, err
	}
	if in.Through || known.SeenAt == 0 {
		if _, err := h.do(q, presence.SeeNotice{NoticeID: in.NoticeID, Through: in.Through}); err != nil {
			return j, err
		}
	}
	left, err := h.cfg.Tables.Notices(q.Context(), q.instance, notice.Place{}, 1)
	j.Unseen = left.Unseen
	return j, err
}
