// Health and notices: how the server and the systems do, which agents need a
// look, and what was told lately.

import { call } from "./api.js";
import { badge, button, count, h, redraw, say, table, when } from "./dom.js";
import { kindName } from "./systems.js";

export const title = "Health and notices";
export const lead = "How the server and the connected systems do, and what was told lately. Server and notices are read again every 15 seconds.";

const everyMs = 15_000;
const maxTroubled = 100;

const noticeTexts = {
  status_put_back: "A status was put back: it is to be chosen in the leading system.",
  focus_disabled: "Focus mode was switched off: its status does not fit any more.",
  saved_status_gone: "The status from before the contact is gone, so it was not restored.",
  status_sync_trouble: "A status could not be kept in step.",
};

export async function show(context) {
  const body = h("div");
  const presence = await read(context, body);
  // Who shows what is long in a large center: it is not read again by itself.
  const timer = setInterval(() => read(context, body, presence).catch(() => { /* the button tells */ }), everyMs);
  context.signal.addEventListener("abort", () => clearInterval(timer));
  return body;
}

// read fills the page and returns who shows what.
async function read(context, body, known) {
  const [health, systems, notices, presence] = await Promise.all([
    call("GET", "/admin/health"), call("GET", `${context.path}/systems`),
    call("GET", `${context.path}/notices`), known ?? call("GET", `${context.path}/presence`)]);
  const names = new Map(systems.systems.map((s) => [s.id, s.name]));
  const again = async () => { await read(context, body); say("Read again."); };
  redraw(body,
    button("Read again", again, { "data-key": "again" }),
    section("Server", table("Server", ["Part", "State", "Detail"], health.checks.map((c) => [c.name, c.ok ? badge("good", "OK") : badge("bad", "Broken"), c.detail ?? ""]))),
    section("Systems", systemTable(systems.systems, presence.agents)),
    section("Agents who need a look", troubleTable(context, presence.agents, names, again)),
    section("Notices", noticeTable(notices.notices, presence.agents, names)));
  return presence;
}

function section(heading, ...content) {
  return h("section", { class: "titled" }, h("div", { class: "bar" }, h("h2", null, heading)), content);
}

const empty = (text) => h("p", { class: "empty" }, text);

function systemTable(systems, agents) {
  if (!systems.length) return empty("No system is connected yet.");
  const legs = agents.flatMap((a) => a.legs);
  return table("Systems", ["System", "Kind", "State", "Agents", "Seen last"], systems.map((s) => {
    const mine = legs.filter((l) => l.system_id === s.id);
    const bad = mine.filter((l) => l.health !== "ok").length;
    const last = mine.map((l) => l.observed.at).filter((at) => at !== "-").sort().at(-1);
    return [s.name, kindName(s.kind), stateOf(s, bad), count(mine.length, "agent"), when(last)];
  }));
}

function stateOf(system, bad) {
  if (!system.enabled) return badge("plain", "Off");
  if (!system.has_client_secret) return badge("bad", "Its secret is missing");
  if (bad) return badge("warn", `${count(bad, "agent")} in trouble`);
  return system.status_sync || system.focus_mode ? badge("good", "OK") : badge("plain", "Nothing is kept in step");
}

function troubleTable(context, agents, names, again) {
  const rows = [];
  for (const a of agents) {
    for (const leg of a.legs) {
      if (leg.health === "ok" || !names.has(leg.system_id)) continue;
      rows.push([a.username || a.user_id, names.get(leg.system_id), leg.observed.name || leg.observed.remote || "–",
        leg.health === "frozen" ? badge("bad", "Stopped: too many changes") : badge("warn", "In trouble"), leg.last_write?.detail || leg.last_write?.outcome || "",
        leg.health === "frozen" ? button("Start again", async () => {
          await call("POST", `${context.path}/systems/${leg.system_id}/links/${a.user_id}/release`);
          await again();
          say(`The status of ${a.username} is kept in step again.`);
        }, { "aria-label": `Start again for ${a.username} in ${names.get(leg.system_id)}` }) : ""]);
    }
  }
  if (!rows.length) return empty("None.");
  return [table("Agents who need a look", ["Agent", "System", "It shows", "State", "The system said", "Change"], rows.slice(0, maxTroubled)),
    ...(rows.length > maxTroubled ? [empty(`And ${rows.length - maxTroubled} more.`)] : [])];
}

function noticeTable(notices, agents, names) {
  if (!notices.length) return empty("Nothing was told.");
  const users = new Map(agents.map((a) => [a.user_id, a.username]));
  return table("Notices", ["When", "To", "System", "What"], notices.map((n) => [
    when(n.at), n.user_id ? users.get(n.user_id) || n.user_id : "Administrators", names.get(n.system_id) ?? "–",
    [noticeTexts[n.notice] ?? n.notice, n.detail ? ` (${n.detail})` : ""]]));
}
