// Systems: connect, change, test and delete connected systems, and replace
// their secrets.

import { call } from "./api.js";
import { badge, button, confirmed, count, h, redraw, say, table, when } from "./dom.js";
import { askSecret, askSystem } from "./systemform.js";
import { kindName } from "./systems.js";

export const title = "Systems";
export const lead = "The systems in which agents have a status too. A changed secret counts at once; nothing has to be started again.";

export async function show(context) {
  const page = new Systems(context);
  await page.load();
  return page.element;
}

class Systems {
  constructor(context) {
    this.context = context;
    this.element = h("div");
    this.tested = h("section", { class: "titled", "aria-live": "polite" });
  }

  async load() {
    const { systems } = await call("GET", `${this.context.path}/systems`);
    const health = await Promise.all(systems.map((s) => call("GET", `${this.path(s)}/health`)));
    const rows = systems.map((s, i) => [
      s.name, kindName(s.kind), this.state(s, health[i]), `${count(health[i].agents_in_step, "agent")} in step`, when(health[i].seen_at), this.actions(s)]);
    redraw(this.element,
      h("div", { class: "bar" }, h("p", null, count(systems.length, "system")),
        button("Connect a system", () => this.connect(), { class: "primary", "data-key": "connect" })),
      systems.length ? table("Connected systems", ["System", "Kind", "State", "Agents", "Seen last", "Change"], rows)
        : h("p", { class: "empty" }, "No system is connected yet."),
      this.tested);
  }

  path(system) { return `${this.context.path}/systems/${system.id}`; }

  state(system, health) {
    if (!system.enabled) return badge("plain", "Off");
    if (!system.has_client_secret) return badge("bad", "Its secret is missing");
    const troubled = health.agents_degraded + health.agents_frozen;
    if (troubled) return badge("warn", `${count(troubled, "agent")} in trouble`);
    return health.running ? badge("good", "Connected") : badge("bad", "Not running");
  }

  actions(system) {
    const of = (what) => ({ "aria-label": `${what} ${system.name}`, "data-key": `${what}-${system.id}` });
    return h("div", { class: "buttons" },
      button("Edit", () => askSystem(this.context, system, (saved) => this.saved(`${saved.name} is saved.`)), of("Edit")),
      button("Test", () => this.test(system), of("Test")),
      button("Replace secret", () => askSecret(this.context, system, () => this.saved(`The secret of ${system.name} is replaced and counts from now on.`)), of("Replace secret")),
      button("Delete", () => this.remove(system), of("Delete")));
  }

  connect() {
    askSystem(this.context, undefined, async (made) => {
      await this.saved(`${made.name} is connected. Next: link its statuses and agents.`);
      await this.test(made);
    });
  }

  async saved(text) {
    await this.load();
    say(text);
  }

  // test shows each step of a test of the connection.
  async test(system) {
    const { ok, checks } = await call("POST", `${this.path(system)}/test`);
    redraw(this.tested, h("div", { class: "bar" }, h("h2", null, `Test of ${system.name}`)),
      table(`Test of ${system.name}`, ["Step", "State", "Found"], checks.map((c) => [c.name, c.ok ? badge("good", "OK") : badge("bad", "Failed"), c.detail ?? ""])));
    say(ok ? `The connection to ${system.name} works.` : `The connection to ${system.name} does not work yet: see the steps.`);
  }

  async remove(system) {
    const sure = await confirmed(this.element, `Delete ${system.name}?`,
      "Its links, rules and secrets are deleted with it. Every agent keeps the status that they have.", "Delete");
    if (!sure) return;
    await call("DELETE", this.path(system));
    redraw(this.tested);
    await this.saved(`${system.name} is deleted.`);
  }
}
