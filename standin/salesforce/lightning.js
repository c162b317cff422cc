// The Lightning console of the stand-in: a small Omni-Channel utility, the
// console toolkit, and the utility bar with Tandem's component.
import { Component, install } from "./aura.js";

const { user, address, component: name } = document.body.dataset;
const home = "/console/" + user;
const tab = Array.from(crypto.getRandomValues(new Uint8Array(8)), (b) => b.toString(16).padStart(2, "0")).join("");
const maxLines = 50; // of what happened
let component = null;

async function post(path, body) {
  const answer = await fetch(home + path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ tab, ...body }),
  });
  const out = await answer.json();
  if (!answer.ok) throw new Error(out.error);
  return out;
}

// The verbs of lightning:omniToolkitAPI. Those that answer yes resolve to true.
const omniToolkit = {};
for (const verb of ["getServicePresenceStatusId", "getServicePresenceStatusChannels", "getAgentWorks", "getAgentWorkload", "setServicePresenceStatus"]) {
  omniToolkit[verb] = (args) => post("/toolkit/" + verb, args);
}
for (const verb of ["login", "logout", "acceptAgentWork", "declineAgentWork", "closeAgentWork"]) {
  omniToolkit[verb] = (args) => post("/toolkit/" + verb, args).then(() => true);
}

const utility = document.getElementById("utility");
const utilityBar = {
  async setUtilityHighlighted({ highlighted }) { utility.classList.toggle("highlighted", highlighted); return true; },
};

function notice(text) { document.getElementById("notice").textContent = text; }

function make(tag, text, attributes = {}) {
  const e = document.createElement(tag);
  e.textContent = text;
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
  return e;
}

// show shows what Omni-Channel shows.
async function show() {
  const now = await (await fetch(home + "/shows")).json();
  document.getElementById("status").textContent = now.statusName ?? "Offline";
  document.getElementById("load").textContent = `${now.currentWorkload ?? 0} of ${now.configuredCapacity ?? 0}`;
  const works = JSON.parse(now.works ?? "[]");
  document.getElementById("works").replaceChildren(...works.map((work, i) => {
    const item = make("li", `Work ${i + 1} `);
    for (const act of work.isEngaged ? ["close"] : ["accept", "decline"]) {
      item.append(make("button", act[0].toUpperCase() + act.slice(1), { type: "button", "data-act": act, "data-work": work.workId }));
    }
    return item;
  }));
}

// take hands an event of the toolkit to the component.
function take(event) {
  const { name, ...params } = event;
  const happened = document.getElementById("happened");
  happened.append(make("li", [name, params.statusName, params.reason].filter(Boolean).join(", ")));
  if (happened.children.length > maxLines) happened.firstElementChild.remove();
  component?.fire("lightning:" + name, params);
  show();
}

document.addEventListener("click", async (e) => {
  const { status, act, work, channel } = e.target.dataset ?? {};
  try {
    if (status !== undefined) await post("/choose", { statusId: status });
    else if (act) await post("/work/" + act, { workId: work, channel });
    else return;
    notice("");
  } catch (problem) {
    notice("Salesforce refused: " + problem.message);
  }
  show();
});

async function start() {
  install({ "$SObjectType.CurrentUser.Id": user });
  const events = new EventSource(home + "/events?tab=" + tab);
  await new Promise((resolve) => events.addEventListener("open", resolve, { once: true }));
  events.addEventListener("message", (e) => take(JSON.parse(e.data)));
  await show();
  component = await Component.create({
    folder: "/aura/", name, attributes: { address }, into: utility,
    provided: { "lightning:omniToolkitAPI": omniToolkit, "lightning:utilityBarAPI": utilityBar },
  });
  document.body.dataset.ready = "yes";
}

start().catch((problem) => notice("The console did not start: " + problem.message));
