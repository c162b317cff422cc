// Keys: who may use the admin API and these pages, and what they may do.

import { call } from "./api.js";
import { badge, button, confirmed, field, form, h, redraw, say, select, table, when } from "./dom.js";

export const title = "Keys";
export const lead = "Each program and person with a key of their own: what they do stands under their name among the changes. A key signs in here, too.";
export const needs = "keys";

const roles = [
  { value: "viewer", text: "Viewer: look at everything but changes and keys" },
  { value: "auditor", text: "Auditor: look, and read the changes" },
  { value: "operator", text: "Operator: look, mark notices, link agents" },
  { value: "manager", text: "Manager: all of that, and change systems and rules" },
  { value: "administrator", text: "Administrator: everything" },
];

export async function show(context) {
  const element = h("div");
  const made = h("div");
  const list = h("div");
  const load = async () => {
    const { keys } = await call("GET", "/admin/keys");
    keys.sort((a, b) => a.ended - b.ended || a.name.localeCompare(b.name));
    redraw(list, keys.length ? table("Keys", ["Key", "Role", "Made", "State", "Change"], keys.map((k) => [
      k.name, k.role, when(k.created_at), k.ended ? badge("plain", "Ended") : badge("good", "Holds"),
      k.ended ? "" : button("End", () => end(k), { "aria-label": `End ${k.name}`, "data-key": `end-${k.id}` })]))
      : h("p", { class: "empty" }, "There is no key yet, only the admin token."));
  };
  const end = async (key) => {
    if (!await confirmed(element, `End the key ${key.name}?`, "Whoever uses it is shut out at once. It cannot be taken back.", "End")) return;
    await call("DELETE", `/admin/keys/${key.id}`);
    await load();
    say(`The key ${key.name} is ended.`);
  };
  const name = h("input", { required: true, maxlength: "128", autocomplete: "off" });
  const role = select(roles, "viewer");
  const make = async () => {
    const { key, token } = await call("POST", "/admin/keys", { name: name.value.trim(), role: role.value });
    name.value = "";
    redraw(made, field(`Token of ${key.name}`, h("input", { readonly: true, value: token, onfocus: (e) => e.target.select() }), "Copy it now: it is not shown again."));
    await load();
    say(`The key ${key.name} is made.`);
  };
  element.append(list, form(make, { class: "panel" }, h("h2", null, "Make a key"), h("div", { class: "row" },
    field("Name", name, "Who uses it."), field("Role", role)), h("div", { class: "actions" }, h("button", { type: "submit", class: "primary" }, "Make")), made));
  await load();
  return element;
}
