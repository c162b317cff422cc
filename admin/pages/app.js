// The frame: sign-in, menu, choice of instance and system, messages. The place
// is in the address as #page/system; it never has the token.

import { call, session } from "./api.js";
import { button, clearMessages, complain, field, form, h, select } from "./dom.js";
import * as agents from "./agents.js";
import * as changes from "./changes.js";
import * as connect from "./connect.js";
import * as focus from "./focus.js";
import * as health from "./health.js";
import * as keys from "./keys.js";
import * as notices from "./notices.js";
import * as rules from "./rules.js";
import * as statuses from "./statuses.js";

// pages by their names in the address. A page has a title, a lead, fits (which
// systems it is for; without it the page is for all at once), needs (a
// permission) and show.
const pages = { systems: connect, statuses, rules, focus, agents, health, notices, changes, keys };
const countEveryMs = 30_000;

const instanceKey = "tandem.admin.instance";
const main = document.getElementById("main");
const header = document.getElementById("header");

let instances = [];
let me = { permissions: [] };
let unseen = 0; // notices that nobody has seen
let current; // the page that is shown: {hash, changed, leave}

// Context is what a page gets: path of the instance, the systems, a signal that
// ends with the page, changed(bool) to say that there is something unsaved,
// unseen(number) to tell how many notices are, and reload.
function contextOf(shown, systems) {
  return {
    path: `/admin/instances/${instanceId()}`, systems, signal: shown.leave.signal,
    changed: (changed) => { shown.changed = changed; },
    unseen: (n) => { unseen = n; drawMenu(place().page); },
    reload: () => { shown.changed = false; return open(); },
  };
}

function instanceId() {
  const kept = sessionStorage.getItem(instanceKey);
  return instances.some((i) => i.id === kept) ? kept : instances[0]?.id;
}

async function start() {
  document.addEventListener("signed-out", (e) => signIn(e.detail));
  document.getElementById("dismiss").addEventListener("click", () => { clearMessages(); main.focus(); });
  window.addEventListener("hashchange", moved);
  window.addEventListener("beforeunload", (e) => { if (current?.changed) e.preventDefault(); });
  document.querySelector(".skip").addEventListener("click", (e) => { e.preventDefault(); main.focus(); });
  setInterval(() => { if (current) countNotices(); }, countEveryMs);
  if (!session.token) return signIn();
  try {
    await enter();
  } catch (error) {
    if (error.status === 401) complain(error);
    else signIn(error.message);
  }
}

// enter opens the pages with the token of the session.
async function enter() {
  ({ instances } = await call("GET", "/admin/instances"));
  me = await call("GET", "/admin/me");
  header.hidden = false;
  drawSession();
  await open();
}

function drawSession() {
  const parts = [];
  if (instances.length > 1) {
    const choice = select(instances.map((i) => ({ value: i.id, text: i.alias })), instanceId(), {
      onchange: () => {
        if (!mayLeave()) { choice.value = instanceId(); return; }
        sessionStorage.setItem(instanceKey, choice.value);
        current.changed = false;
        location.hash = `#${place().page}`;
        open();
      },
    });
    parts.push(field("Contact center", choice));
  } else {
    parts.push(h("span", { class: "instance" }, instances[0]?.alias ?? ""));
  }
  parts.push(h("span", { class: "instance" }, me.name === "admin token" ? "" : `${me.name} (${me.role})`));
  parts.push(button("Sign out", () => { if (mayLeave()) signIn(); }, { class: "quiet" }));
  document.getElementById("session").replaceChildren(...parts);
}

// signIn forgets the token and asks for one.
function signIn(reason) {
  session.token = "";
  current?.leave.abort();
  current = undefined;
  header.hidden = true;
  clearMessages();
  document.title = "Sign in – Tandem";
  const token = h("input", { type: "password", required: true, autocomplete: "off", spellcheck: "false" });
  const refused = h("p", { class: "error", role: "alert", hidden: !reason }, reason ?? "");
  const enterWith = async () => {
    session.token = token.value.trim();
    try {
      await enter();
    } catch (error) {
      session.token = "";
      refused.hidden = false;
      refused.textContent = error.status === 401 ? "The server does not take this token. Copy the whole admin token, and try again." : error.message;
      token.focus();
    }
  };
  main.replaceChildren(form(enterWith, { class: "signin" }, h("h1", null, "Sign in"), refused,
    field("Admin token", token, "It was shown when the contact center was created. It stays in this browser tab until you sign out or close it."),
    h("button", { type: "submit", class: "primary" }, "Sign in")));
  token.focus();
}

function place() {
  const [page, system] = location.hash.slice(1).split("/");
  return { page: pages[page] && mayOpen(pages[page]) ? page : "statuses", system };
}

function mayOpen(page) { return !page.needs || me.permissions.includes(page.needs); }

function mayLeave() {
  return !current?.changed || window.confirm("There are changes that are not saved. Leave without saving them?");
}

function moved() {
  if (!current || location.hash === current.hash) return;
  if (mayLeave()) open();
  else history.replaceState(null, "", current.hash || "#");
}

// open shows the page that the address names.
async function open() {
  const { page, system } = place();
  current?.leave.abort();
  const shown = { hash: location.hash, changed: false, leave: new AbortController() };
  const moving = current?.page !== page;
  current = shown;
  shown.page = page;
  clearMessages();
  drawMenu(page);
  countNotices();
  document.title = `${pages[page].title} – Tandem`;
  main.setAttribute("aria-busy", "true");
  const parts = [h("h1", null, pages[page].title), h("p", { class: "lead" }, pages[page].lead)];
  try {
    parts.push(...await content(shown, pages[page], page, system));
  } catch (error) {
    if (error.status === 401) return complain(error);
    parts.push(h("p", { class: "error", role: "alert" }, error.message), button("Try again", open));
  }
  if (current !== shown) return; // the visitor went on meanwhile
  main.removeAttribute("aria-busy");
  main.replaceChildren(...parts);
  if (moving) main.focus();
}

function drawMenu(page) {
  const focused = document.activeElement?.closest("#menu a")?.hash;
  const links = Object.keys(pages).filter((name) => mayOpen(pages[name])).map((name) => {
    const waiting = pages[name] === notices && unseen > 0;
    return h("a", { href: `#${name}`, "aria-current": name === page ? "page" : undefined },
      pages[name].title, waiting && [" ", h("span", { class: "count" }, String(unseen), h("span", { class: "away" }, " not seen"))]);
  });
  document.getElementById("menu").replaceChildren(...links.map((a) => h("li", null, a)));
  links.find((a) => a.hash === focused)?.focus();
}

// countNotices tells in the menu how many notices nobody has seen; a page that
// shows them does so by itself.
async function countNotices() {
  if (!instances.length) return;
  const before = current;
  try {
    const page = await call("GET", `/admin/instances/${instanceId()}/notices?limit=1`);
    if (current !== before || page.unseen === unseen) return;
    unseen = page.unseen;
    drawMenu(place().page);
  } catch { /* the page that is shown tells of its own calls */ }
}

async function content(shown, page, name, wanted) {
  if (!instances.length) return [h("p", { class: "empty" }, "There is no contact center yet. Create one with: tandem init")];
  const { systems } = await call("GET", `/admin/instances/${instanceId()}/systems`);
  const context = contextOf(shown, systems);
  if (!page.fits) return [await page.show(context)];
  const fitting = systems.filter(page.fits);
  if (!fitting.length) return [h("p", { class: "empty" }, page.none ?? "No system is connected yet. Connect one under Systems.")];
  const system = fitting.find((s) => s.id === wanted) ?? fitting[0];
  const choice = select(fitting.map((s) => ({ value: s.id, text: s.enabled ? s.name : `${s.name} (off)` })), system.id, {
    onchange: () => {
      if (!mayLeave()) { choice.value = system.id; return; }
      current.changed = false;
      location.hash = `#${name}/${choice.value}`;
    },
  });
  return [h("div", { class: "bar" }, field("System", choice)), await page.show(context, system)];
}

start();
