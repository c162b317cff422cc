// Health: how the server and the connectors do, and which agents need a look.

import { call } from "./api.js";
import { badge, button, count, h, redraw, say, table, when } from "./dom.js";
import { kindName } from "./systems.js";

export const title = "Health";
export const lead = "How the server and the connected systems do. Server and systems are read again every 15 seconds.";

const everyMs = 15_000;
const maxTroubled = 100;

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
  const [health, systems, presence] = await Promise.all([
    call("GET", "/admin/health"), call("GET", `${context.path}/systems`), known ?? call("GET", `${context.path}/presence`)]);
  const connectors = await Promise.all(systems.systems.map((s) => call("GET", `${context.path}/systems/${s.id}/health`)));
  const names = new Map(systems.systems.map((s) => [s.id, s.name]));
  const again = async () => { await read(context, body); say("Read again."); };
  redraw(body,
    button("Read again", again, { "data-key": "again" }),
    section("Server", table("Server", ["Part", "State", "Detail"], health.checks.map((c) => [c.name, c.ok ? badge("good", "OK") : badge("bad", "Broken"), c.detail ?? ""]))),
    section("Systems", systemTable(systems.systems, connectors)),
    section("Agents who need a look", troubleTable(context, presence.agents, names, again)));
  return presence;
}

function section(heading, ...content) {
  return h("section", { class: "titled" }, h("div", { class: "bar" }, h("h2", null, heading)), content);
}

const empty = (text) => h("p", { class: "empty" }, text);

function systemTable(systems, connectors) {
  if (!systems.length) return empty("No system is connected yet.");
  return table("Systems", ["System", "Kind", "State", "Agents", "Writes", "Requests", "Seen last"], systems.map((s, i) => {
    const c = connectors[i];
    return [s.name, kindName(s.kind), stateOf(s, c), count(c.agents_in_step + c.agents_degraded + c.agents_frozen, "agent"), writesOf(c), requestsOf(c), when(c.seen_at)];
  }));
}

function stateOf(system, connector) {
  const bad = connector.agents_degraded + connector.agents_frozen;
  if (!system.enabled) return badge("plain", "Off");
  if (!system.has_client_secret) return badge("bad", "Its secret is missing");
  if (!connector.running) return badge("bad", "Not running");
  if (bad) return badge("warn", `${count(bad, "agent")} in trouble`);
  return system.status_sync || system.focus_mode ? badge("good", "OK") : badge("plain", "Nothing is kept in step");
}

function writesOf(c) {
  const parts = [`${c.done} made`];
  if (c.waiting) parts.push(`${c.waiting} waiting`);
  if (c.refused) parts.push(`${c.refused} refused`);
  if (c.unknown + c.retried) parts.push(`${c.unknown + c.retried} put off`);
  return [parts.join(", "), c.done > 0 && h("p", { class: "hint" }, `sent after ${c.delay_ms} ms, at most ${c.longest_ms} ms`)];
}

function requestsOf(c) {
  const parts = [String(c.requests)];
  if (c.limited) parts.push(`${c.limited} over the limit`);
  if (c.failures) parts.push(`${c.failures} failed`);
  return parts.join(", ");
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
