// Statuses: what each status of a connected system means in the center.

import { call, sentence } from "./api.js";
import { badge, button, check, complain, count, field, h, redraw, say, select, table } from "./dom.js";
import { centerStatuses, connectStatuses, kindName, saveSystem } from "./systems.js";

export const title = "Statuses";
export const lead = "Link the statuses of each system with the agent statuses of Connect. What is unlinked is left alone.";
export const fits = () => true;

// Statuses of Zendesk that can mean only one type of status.
const fixedTypes = { 2: "OFFLINE", 3: "ROUTABLE" };
const loadKinds = ["kustomer", "salesforce"];
const policies = [
  { value: "last_action_wins", text: "The last change counts" },
  { value: "master", text: "This system leads" },
];

export async function show(context, system) {
  const path = `${context.path}/systems/${system.id}`;
  const [connect, offered] = await Promise.all([connectStatuses(context), call("GET", `${path}/statuses`)]);
  if (system.id === connect.home) return own(context, path, system, connect.signIn, offered.statuses);
  if (connect.signIn) return h("p", null, sentence(connect.signIn));
  return new Editor(context, system, connect.statuses, offered.statuses).element;
}

// own tells of the system that all others are linked with: it has no links.
function own(context, path, system, signIn, offered) {
  const refresh = async () => {
    await call("POST", `${path}/refresh`);
    context.reload();
  };
  return h("div", null,
    h("p", null, `The statuses of all other systems are linked with those of ${system.name}. There is nothing to link here.`),
    signIn && h("p", null, sentence(signIn)),
    h("ul", null, offered.map((s) => h("li", null, s.name))),
    h("div", { class: "actions" }, button("Refresh", refresh, { "data-key": "refresh" })));
}

// Editor is the table with its form. links holds the unsaved mapping: remote
// status to {status, preferred}.
class Editor {
  constructor(context, system, center, offered) {
    Object.assign(this, { context, system, center, offered });
    this.links = new Map(system.mapping.map((r) => [r.remote, { status: r.status_id, preferred: r.preferred }]));
    this.names = new Map(system.mapping.map((r) => [r.remote, r.remote_name ?? ""]));
    this.element = h("div");
    this.options = this.makeOptions();
    this.draw();
  }

  draw() {
    const saved = button("Save", () => this.save(), { class: "primary", "data-key": "save" });
    redraw(this.element,
      h("div", { class: "bar" }, this.summary(), button("Refresh", () => this.refresh(), { "data-key": "refresh" })),
      this.system.kind === "kustomer" ? this.byCenter() : this.byRemote(),
      this.options,
      h("div", { class: "actions" }, saved, button("Undo changes", () => this.context.reload())));
  }

  summary() {
    const linked = [...this.links.values()].map((l) => l.status);
    const unlinked = this.system.kind === "kustomer"
      ? this.rowsByCenter().filter((s) => !linked.includes(s.id) && !this.isLoad(s.id)).length
      : this.offered.filter((s) => !this.links.has(s.id)).length;
    const broken = [...this.links.keys()].filter((remote) => this.fault(remote)).length;
    if (!this.offered.length) return h("p", null, `The statuses of ${this.system.name} were not read yet. Press Refresh.`);
    if (!unlinked && !broken) return h("p", null, "All statuses are linked.");
    return h("p", null, [unlinked && `${unlinked} unlinked`, broken && `${broken} broken`].filter(Boolean).join(", "));
  }

  // fault says what is wrong with a link.
  fault(remote) {
    const link = this.links.get(remote);
    const status = this.center.find((s) => s.id === link.status);
    if (this.offered.length && !this.offered.some((s) => s.id === remote)) return `Broken: gone from ${this.system.name}. Unlink it.`;
    if (!status) return "Broken: gone from Connect. Choose another.";
    if (!status.enabled) return "Broken: switched off in Connect.";
    if (this.shared(link.status) && this.partners(link.status).every((l) => !l.preferred)) return "Choose which of them to set.";
    return "";
  }

  state(remote) {
    if (!this.links.has(remote)) return badge("plain", "Unlinked");
    const fault = this.fault(remote);
    return fault ? badge("bad", fault) : badge("good", "Linked");
  }

  partners(status) { return [...this.links.values()].filter((l) => l.status === status); }

  shared(status) { return this.partners(status).length > 1; }

  // nameOf is a status's name, with its id where two have the same.
  nameOf(remote) {
    const name = this.offered.find((s) => s.id === remote)?.name ?? (this.names.get(remote) || remote);
    return this.offered.filter((s) => s.name === name).length > 1 ? `${name} (${remote})` : name;
  }

  // isLoad tells whether a status of the center shows an agent's load.
  isLoad(status) { return [this.partial?.value, this.full?.value].includes(status); }

  rowsByCenter() { return this.center.filter((s) => s.enabled || [...this.links.values()].some((l) => l.status === s.id)); }

  // byRemote has a row for each status of the system.
  byRemote() {
    const gone = [...this.links.keys()].filter((remote) => !this.offered.some((s) => s.id === remote));
    const rows = [...this.offered.map((s) => s.id), ...gone].map((remote) => {
      const choice = select(this.choices(remote), this.links.get(remote)?.status ?? "", {
        "aria-label": `Connect status for ${this.nameOf(remote)}`, "data-key": `link-${remote}`, "data-remote": remote,
        onchange: () => this.link(remote, choice.value),
      });
      return { attributes: { "data-row": remote }, cells: [this.nameOf(remote), choice, this.preference(remote), this.state(remote)] };
    });
    return table(`What the statuses of ${this.system.name} mean`, [`${kindName(this.system.kind)} status`, "Connect status", "Set this one", "State"], rows);
  }

  choices(remote) {
    const only = this.system.kind === "zendesk" ? fixedTypes[remote] : undefined;
    const list = this.center.filter((s) => (!only || s.type === only) && (s.enabled || s.id === this.links.get(remote)?.status));
    const known = this.links.get(remote)?.status;
    const options = [{ value: "", text: "Unlinked" }, ...list.map((s) => ({ value: s.id, text: s.name }))];
    if (known && !options.some((o) => o.value === known)) options.push({ value: known, text: this.center.find((s) => s.id === known)?.name ?? "(gone)" });
    return options;
  }

  // preference chooses which of several statuses with one meaning is set.
  preference(remote) {
    const link = this.links.get(remote);
    if (!link) return "–";
    if (!this.shared(link.status)) return "Yes";
    const status = this.center.find((s) => s.id === link.status)?.name ?? "";
    return h("input", {
      type: "radio", name: `prefer-${link.status}`, checked: link.preferred, "data-key": `prefer-${remote}`,
      "aria-label": `Set ${this.nameOf(remote)} for ${status}`,
      onchange: () => {
        for (const partner of this.partners(link.status)) partner.preferred = partner === link;
        this.edited();
      },
    });
  }

  // byCenter has a row for each status of the center: links are one to one.
  byCenter() {
    const rows = this.rowsByCenter().map((status) => {
      const remote = [...this.links].find(([, l]) => l.status === status.id)?.[0] ?? "";
      const options = [{ value: "", text: "Unlinked" }, ...this.offered.map((s) => ({ value: s.id, text: this.nameOf(s.id), disabled: this.links.has(s.id) }))];
      if (remote && !this.offered.some((s) => s.id === remote)) options.push({ value: remote, text: `${this.nameOf(remote)} (gone)` });
      const choice = select(options, remote, {
        "aria-label": `Kustomer status for ${status.name}`, "data-key": `link-${status.id}`, "data-remote": remote || false,
        onchange: () => {
          this.links.delete(remote);
          this.link(choice.value, status.id);
        },
      });
      const state = remote ? this.state(remote) : badge("plain", this.isLoad(status.id) ? "Shows the load" : "Unlinked");
      return { attributes: { "data-row": remote || false }, cells: [status.name, choice, state] };
    });
    const free = this.offered.filter((s) => !this.links.has(s.id)).map((s) => s.name);
    return [table(`What ${this.system.name} shows`, ["Connect status", "Kustomer status", "State"], rows),
      free.length ? h("p", { class: "hint" }, `Not linked in ${this.system.name}: ${free.join(", ")}.`) : null].filter(Boolean);
  }

  link(remote, status) {
    if (remote && status) this.links.set(remote, { status, preferred: false });
    else this.links.delete(remote);
    this.edited();
  }

  edited() {
    this.context.changed(true);
    this.draw();
  }

  makeOptions() {
    const s = this.system;
    const changed = () => this.edited();
    this.sync = check("Keep statuses in step", { checked: s.status_sync, "data-key": "sync", onchange: changed });
    this.policy = select(policies, s.policy, { "data-key": "policy", onchange: changed });
    const parts = [this.sync, field("When statuses differ", this.policy, "Where a system leads, a status that is chosen elsewhere is put back, and the agent is told.")];
    if (loadKinds.includes(s.kind)) {
      const custom = [{ value: "", text: "Off" }, ...this.center.filter((c) => c.type === "CUSTOM").map((c) => ({ value: c.id, text: c.name }))];
      this.partial = select(custom, s.partial_capacity_status_id, { "data-key": "partial", onchange: changed });
      this.full = select(custom, s.at_capacity_status_id, { "data-key": "full", onchange: changed });
      parts.push(field("Available – Partial Capacity", this.partial, "The custom Connect status of an available agent who has some work there."),
        field("Available – At Capacity", this.full, "The custom Connect status of an available agent who can take no more work there."));
    }
    return h("fieldset", null, h("legend", null, "How they are kept"), parts);
  }

  // refresh reads the system's statuses again and keeps unsaved links.
  async refresh() {
    const { statuses } = await call("POST", `${this.context.path}/systems/${this.system.id}/refresh`);
    this.offered = statuses;
    this.center = await centerStatuses(this.context);
    this.draw();
    say(`${this.system.name} has ${count(statuses.length, "status", "statuses")}. What you changed and did not save is kept.`);
  }

  async save() {
    const rows = [...this.links].map(([remote, l]) => ({ remote, status: l.status, preferred: l.preferred }));
    const changes = { mapping: rows, status_sync: this.sync.querySelector("input").checked, policy: this.policy.value };
    if (this.partial) Object.assign(changes, { partial_capacity_status: this.partial.value, at_capacity_status: this.full.value });
    try {
      this.system = await saveSystem(this.context, this.system.id, changes);
    } catch (error) {
      this.refused(error, rows);
      return;
    }
    this.context.changed(false);
    this.draw();
    say("Saved. It counts from now on.");
  }

  // refused shows why nothing was saved, and where.
  refused(error, rows) {
    this.draw();
    const row = rows[/^mapping\[(\d+)\]/.exec(error.field)?.[1]];
    if (!row) return complain(error, "Not saved.");
    const choice = this.element.querySelector(`[data-remote="${CSS.escape(row.remote)}"]`);
    choice?.setAttribute("aria-invalid", "true");
    choice?.focus();
    complain(error, `Not saved. ${this.nameOf(row.remote)}:`);
  }
}
