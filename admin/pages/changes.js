// Changes: who changed what, and when.

import { call } from "./api.js";
import { button, field, h, redraw, select, table, when } from "./dom.js";

export const title = "Changes";
export const lead = "Who changed what, and when, from the journal. It cannot be edited.";
export const needs = "audit";

const perPage = 50;

export async function show(context) {
  const page = new Changes(context);
  await page.load();
  return page.element;
}

class Changes {
  constructor(context) {
    Object.assign(this, { context, list: h("div"), changes: [], next: "" });
    this.systems = new Map(context.systems.map((s) => [s.id, s.name]));
    this.of = select([{ value: context.path, text: "The contact center" }, { value: "/admin", text: "The server: keys" }], context.path, { onchange: () => this.load() });
    this.element = h("div", null, h("div", { class: "bar" }, field("Changes of", this.of)), this.list);
  }

  async load() {
    const { users } = await call("GET", `${this.context.path}/users`);
    this.users = new Map(users.map((u) => [u.id, u.username]));
    this.changes = [];
    this.next = "";
    await this.more();
  }

  async more() {
    const after = this.next ? `&after=${encodeURIComponent(this.next)}` : "";
    const page = await call("GET", `${this.of.value}/audit?limit=${perPage}${after}`);
    this.changes.push(...page.changes);
    this.next = page.next;
    const rows = this.changes.map((c) => [when(c.at), c.by, c.text, this.about(c), differences(c)]);
    redraw(this.list,
      rows.length ? table("Changes, the newest first", ["When", "Who", "What", "Of", "Before and after"], rows) : h("p", { class: "empty" }, "Nothing was changed yet."),
      this.next && button("Show more", () => this.more(), { "data-key": "more" }));
  }

  about(change) {
    const parts = [this.systems.get(change.system_id) ?? change.system_id, this.users.get(change.user_id) ?? change.user_id];
    return parts.filter(Boolean).join(", ") || "–";
  }
}

// differences lists what is not as it was before.
function differences({ before, after }) {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const rows = names.map((name) => [name, textOf(before?.[name]), textOf(after?.[name])]).filter(([, was, is]) => was !== is);
  if (!rows.length) return "–";
  return h("ul", { class: "differences" }, rows.map(([name, was, is]) =>
    h("li", null, h("strong", null, name), ": ", was && [h("del", null, h("span", { class: "away" }, "before "), was), is && " "], is && h("ins", null, h("span", { class: "away" }, "after "), is))));
}

// textOf tells a value as a person would.
function textOf(value) {
  if (value === undefined || value === null || value === "") return "";
  if (Array.isArray(value)) return value.map(textOf).join("; ");
  if (typeof value === "object") return Object.entries(value).map(([k, v]) => `${k}: ${textOf(v) || "–"}`).join(", ");
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value);
}
