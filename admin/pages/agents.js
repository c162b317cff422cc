// Agents: who a user is in a connected system.

import { call } from "./api.js";
import { badge, button, count, field, form, h, redraw, say, suggest, table } from "./dom.js";

export const title = "Agents";
export const lead = "Tell which agent of each system a user is. Users and agents with the same e-mail address are linked in one step; a link by hand counts more.";
export const fits = () => true;

const shownAtFirst = 100;

export async function show(context, system) {
  const list = new Links(context, system);
  await list.load();
  return list.element;
}

class Links {
  constructor(context, system) {
    Object.assign(this, { context, system, wanted: "", shown: shownAtFirst });
    this.path = `${context.path}/systems/${system.id}`;
    this.element = h("div");
    this.rows = h("div");
  }

  async load() {
    const [users, links] = await Promise.all([call("GET", `${this.context.path}/users`), call("GET", `${this.path}/links`)]);
    const linkOf = new Map(links.links.map((l) => [l.user_id, l]));
    this.users = users.users.map((u) => ({ ...u, link: linkOf.get(u.id) }));
    this.users.sort((a, b) => Boolean(a.link) - Boolean(b.link) || a.username.localeCompare(b.username));
    this.agents = [];
    this.trouble = "";
    try {
      this.agents = (await call("GET", `${this.path}/agents`)).agents;
    } catch (error) {
      if (error.status === 401) throw error;
      this.trouble = `${error.message} You can still link by id.`;
    }
    this.draw();
  }

  draw() {
    const filter = h("input", { type: "search", value: this.wanted, oninput: () => { this.wanted = filter.value; this.drawRows(); } });
    const unlinked = this.users.filter((u) => !u.link).length;
    redraw(this.element,
      this.trouble && h("p", { class: "error" }, this.trouble),
      h("div", { class: "bar" }, h("p", null, `${count(this.users.length, "user")}, ${unlinked} unlinked`),
        button("Link by e-mail", () => this.linkAll(), { class: "primary", "data-key": "auto" })),
      field("Find a user", filter), this.rows);
    this.drawRows();
  }

  drawRows() {
    const wanted = this.wanted.trim().toLowerCase();
    const found = this.users.filter((u) => !wanted || `${u.username} ${u.email}`.toLowerCase().includes(wanted));
    const rows = found.slice(0, this.shown).map((u) => ({
      attributes: { "data-user": u.username },
      cells: [u.username, u.email || "–", this.whoIs(u), this.health(u), this.actions(u)],
    }));
    redraw(this.rows,
      rows.length ? table(`Users and who they are in ${this.system.name}`, ["User", "E-mail", `In ${this.system.name}`, "State", "Change"], rows) : h("p", { class: "empty" }, "No user fits."),
      found.length > rows.length && button(`Show ${found.length - rows.length} more`, () => { this.shown = Infinity; this.drawRows(); }));
  }

  whoIs(user) {
    if (!user.link) return "–";
    const agent = this.agents.find((a) => a.remote_id === user.link.remote_id);
    return agent ? `${agent.name}${agent.email ? ` (${agent.email})` : ""}` : user.link.remote_id;
  }

  health(user) {
    if (!user.link) return badge("plain", "Unlinked");
    if (user.link.health === "frozen") return badge("bad", "Stopped: too many changes");
    if (user.link.health === "degraded") return badge("warn", "In trouble");
    const override = this.agents.find((a) => a.remote_id === user.link.remote_id);
    return badge("good", override && override.email.toLowerCase() !== user.email.toLowerCase() ? "Linked by hand" : "Linked");
  }

  actions(user) {
    const of = (what) => ({ "aria-label": `${what} ${user.username}`, "data-key": `${what}-${user.id}` });
    return h("div", { class: "buttons" },
      button(user.link ? "Change" : "Link", () => this.ask(user), of(user.link ? "Change" : "Link")),
      user.link && button("Unlink", () => this.unlink(user), of("Unlink")),
      user.link?.health === "frozen" && button("Start again", () => this.release(user), of("Start again")));
  }

  // ask opens the dialog in which the agent is chosen.
  ask(user) {
    const id = h("input", { required: true, value: user.link?.remote_id ?? "", autocomplete: "off", spellcheck: "false", maxlength: "200" });
    const refused = h("p", { class: "error", role: "alert", hidden: true });
    const names = this.agents.map((a) => ({ value: a.remote_id, text: a.email ? `${a.name} (${a.email})` : a.name }));
    const save = async () => {
      try {
        await call("PUT", `${this.path}/links/${user.id}`, { remote_id: id.value.trim() });
      } catch (error) {
        if (error.status === 401) throw error;
        refused.hidden = false;
        refused.textContent = `Not linked. ${error.message}`;
        return;
      }
      dialog.close();
      await this.load();
      say(`${user.username} is linked.`);
    };
    const [input, list] = suggest(id, names);
    const dialog = h("dialog", { "aria-label": `Link ${user.username}`, onclose: () => dialog.remove() },
      form(save, null, h("h2", null, `Who is ${user.username} in ${this.system.name}?`), refused,
        field("Id of the agent", input, names.length ? "Type a name to find the id." : "Copy it from the system."), list,
        h("div", { class: "actions" }, h("button", { type: "submit", class: "primary" }, "Link"), button("Cancel", () => dialog.close()))));
    this.element.append(dialog);
    dialog.showModal();
  }

  async unlink(user) {
    await call("DELETE", `${this.path}/links/${user.id}`);
    await this.load();
    say(`${user.username} is unlinked. ${this.system.name} keeps the status that it shows.`);
  }

  async release(user) {
    await call("POST", `${this.path}/links/${user.id}/release`);
    await this.load();
    say(`The status of ${user.username} is kept in step again.`);
  }

  async linkAll() {
    const { linked } = await call("POST", `${this.path}/links/auto`);
    await this.load();
    say(linked.length ? `${count(linked.length, "user was", "users were")} linked by e-mail.` : "Nobody new was found with the same e-mail address.");
  }
}
