// Notices: what agents and administrators were told, until somebody has seen it.

import { call } from "./api.js";
import { badge, button, count, h, redraw, say, table, when } from "./dom.js";

export const title = "Notices";
export const lead = "What agents and administrators were told. A notice is kept here until somebody has seen it, and stays in the list afterwards.";

const perPage = 50;

export async function show(context) {
  const page = new Notices(context);
  await page.load();
  return page.element;
}

class Notices {
  constructor(context) {
    Object.assign(this, { context, element: h("div"), notices: [], unseen: 0, next: "" });
    this.systems = new Map(context.systems.map((s) => [s.id, s.name]));
  }

  // load reads the first page, more the one after.
  async load() {
    this.take(await call("GET", `${this.context.path}/notices?limit=${perPage}`), []);
  }

  async more() {
    this.take(await call("GET", `${this.context.path}/notices?limit=${perPage}&after=${encodeURIComponent(this.next)}`), this.notices);
  }

  take(page, before) {
    this.notices = [...before, ...page.notices];
    this.unseen = page.unseen;
    this.next = page.next;
    this.context.unseen(page.unseen);
    this.draw();
  }

  draw() {
    const rows = this.notices.map((n) => ({ attributes: { "data-notice": n.notice }, cells: [
      when(n.at), n.user_id ? n.username || n.user_id : "Administrators", this.systems.get(n.system_id) ?? "–",
      [h("strong", null, n.title), n.detail && h("p", { class: "hint" }, `About: ${n.detail}`), h("p", { class: "hint" }, n.advice)], this.state(n)] }));
    redraw(this.element,
      h("div", { class: "bar" }, h("p", null, this.unseen ? `${this.unseen} not seen yet` : "All were seen"),
        this.unseen > 1 && button("All seen", () => this.see(this.notices[0], true), { "data-key": "all" })),
      rows.length ? table("Notices", ["When", "To", "System", "What", "State"], rows) : h("p", { class: "empty" }, "Nothing was told."),
      this.next && button("Show more", () => this.more(), { "data-key": "more" }));
  }

  state(notice) {
    if (notice.seen_at) return [badge("plain", "Seen"), h("p", { class: "hint" }, `by ${notice.seen_by}, `, when(notice.seen_at))];
    return button("Seen", () => this.see(notice, false), { "aria-label": `Seen: ${notice.title}${notice.detail ? ` (${notice.detail})` : ""}`, "data-key": `seen-${notice.id}` });
  }

  // see marks a notice; with through, all that were raised before it as well.
  async see(notice, through) {
    const { unseen } = await call("POST", `${this.context.path}/notices/seen`, { notice_id: notice.id, through });
    await this.load();
    say(unseen ? `${count(unseen, "notice")} left to see.` : "All notices were seen.");
  }
}
