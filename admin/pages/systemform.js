// The forms of a system's settings and of its secret.

import { call } from "./api.js";
import { button, check, field, form, h, redraw, select } from "./dom.js";
import { kindName, saveSystem } from "./systems.js";

// What each kind asks for: the words for its fields, and its settings.
const kinds = {
  zendesk: {
    url: "https://example.zendesk.com", client: "OAuth client identifier", secret: "Secret of the OAuth client", settings: [],
  },
  salesforce: {
    url: "https://example.my.salesforce.com", client: "Consumer key", secret: "Consumer secret, or private key in PEM", long: true, settings: [],
  },
  kustomer: {
    url: "https://example.api.kustomerapp.com", secret: "API key", settings: [],
  },
  amazon_connect: {
    url: "https://connect.eu-central-1.amazonaws.com", client: "Access key id", secret: "Secret access key",
    settings: [
      { name: "instance", label: "Instance (id or ARN)", needed: true }, { name: "region", label: "Region" },
      { name: "agent_event_stream", label: "Agent event stream (ARN)" }, { name: "kinesis_url", label: "Address of Kinesis" },
      { name: "requests_per_second", label: "Requests per second" },
    ],
  },
};

// askSystem asks for the settings of a system, a new one where none is given,
// and calls done with what was saved.
export function askSystem(context, system, done) {
  const body = h("div");
  const controls = {};
  const kind = select(Object.keys(kinds).map((k) => ({ value: k, text: kindName(k) })), system?.kind ?? "zendesk", { disabled: Boolean(system), onchange: () => draw() });
  const text = (name, label, value, attributes, hint) => {
    controls[name] = h("input", { value: value ?? "", autocomplete: "off", spellcheck: "false", ...attributes });
    return field(label, controls[name], hint);
  };
  const on = check("Switched on", { checked: system?.enabled ?? true });
  const draw = () => {
    const form = kinds[kind.value];
    const [typed, url, client] = ["name", "url", "client_id"].map((n) => controls[n]?.value);
    const name = Object.keys(kinds).some((k) => kindName(k) === typed) ? "" : typed; // the name of a kind follows the kind
    for (const key of Object.keys(controls)) delete controls[key];
    redraw(body,
      h("div", { class: "row" }, text("name", "Name", name || system?.name || kindName(kind.value), { required: true, maxlength: "128" }),
      text("url", "Address of its API", url || system?.url, { required: true, type: "url", placeholder: form.url }),
      form.client && text("client_id", form.client, client || system?.client_id, { maxlength: "256" }),
      secretField(controls, form, system)),
      h("div", { class: "row" }, form.settings.map((s) =>
        text(`settings.${s.name}`, s.needed ? s.label : `${s.label}, if needed`, system?.settings[s.name], { required: Boolean(s.needed) }))));
  };
  draw();
  dialog(system ? `Edit ${system.name}` : "Connect a system", system ? "Save" : "Connect", [field("Kind", kind), body, on], controls, async () => {
    const changes = { kind: kind.value, enabled: on.querySelector("input").checked, settings: {} };
    for (const [name, control] of Object.entries(controls)) {
      const [, setting] = name.split(".");
      if (!setting) changes[name] = control.value.trim();
      else if (control.value.trim()) changes.settings[setting] = control.value.trim();
    }
    if (!changes.client_secret) delete changes.client_secret;
    return system ? saveSystem(context, system.id, changes) : call("POST", `${context.path}/systems`, changes);
  }, done);
}

// askSecret asks for a secret that replaces the one that is kept.
export function askSecret(context, system, done) {
  const controls = {};
  const part = secretField(controls, kinds[system.kind]);
  dialog(`Replace the secret of ${system.name}`, "Replace", [part], controls,
    () => call("POST", `${context.path}/systems/${system.id}/secret`, { client_secret: controls.client_secret.value.trim() }), done);
}

function secretField(controls, form, system) {
  const attributes = { required: !system, autocomplete: "off", spellcheck: "false", maxlength: "4096" };
  controls.client_secret = form.long ? h("textarea", { rows: "3", ...attributes }) : h("input", { type: "password", ...attributes });
  const hint = system ? "Leave it empty to keep the one that is there; it is never shown. Needed where the address changes." : "It is kept encrypted and never shown again.";
  return field(form.secret, controls.client_secret, hint);
}

// dialog asks in a form; what is refused is told beside the control.
function dialog(heading, action, parts, controls, save, done) {
  const refused = h("p", { class: "error", role: "alert", hidden: true });
  const submit = async () => {
    for (const control of Object.values(controls)) control.removeAttribute("aria-invalid");
    let saved;
    try {
      saved = await save();
    } catch (error) {
      if (error.status === 401) throw error;
      refused.hidden = false;
      refused.textContent = `Not saved. ${error.message}`;
      controls[error.field]?.setAttribute("aria-invalid", "true");
      controls[error.field]?.focus();
      return;
    }
    box.close();
    await done(saved);
  };
  const box = h("dialog", { "aria-label": heading, onclose: () => box.remove() },
    form(submit, null, h("h2", null, heading), refused, parts,
      h("div", { class: "actions" }, h("button", { type: "submit", class: "primary" }, action), button("Cancel", () => box.close()))));
  document.getElementById("main").append(box);
  box.showModal();
}
