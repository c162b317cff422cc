// Focus mode: a status that keeps other work away while an agent is on a
// contact.

import { call } from "./api.js";
import { badge, button, check, complain, field, h, say, select } from "./dom.js";
import { centerStatuses, kindName, saveSystem } from "./systems.js";

export const title = "Focus mode";
export const lead = "While an agent is on a contact, the system shows a status that brings them no other work. Afterwards it shows what it showed before.";
export const fits = () => true;

export async function show(context, system) {
  const [center, offered] = await Promise.all([centerStatuses(context), call("GET", `${context.path}/systems/${system.id}/statuses`)]);
  const body = h("div");
  draw(body, context, system, center, offered.statuses);
  return body;
}

function draw(body, context, system, center, offered) {
  const zendesk = system.kind === "zendesk";
  const fitting = offered.filter((s) => s.focusing && (s.custom || !zendesk));
  const redo = (newSystem, newOffered) => draw(body, context, newSystem, center, newOffered);

  // clash is the status of the center that a status means instead of Available.
  const clash = (remote) => {
    const row = system.mapping.find((r) => r.remote === remote);
    const status = center.find((s) => s.id === row?.status_id);
    return status && status.type !== "ROUTABLE" ? status.name : "";
  };
  const usable = fitting.filter((s) => !clash(s.id));
  const broken = system.focus_mode && !usable.some((s) => s.id === system.focus);
  const ready = usable.length > 0;

  const steps = [
    { ok: offered.length > 0, text: zendesk ? "Omnichannel routing is on in Zendesk, and its statuses were read." : `The statuses of ${system.name} were read.`,
      todo: zendesk ? "Turn it on in Zendesk under Objects and rules, then press Refresh." : "Press Refresh." },
    { ok: fitting.length > 0, text: zendesk ? "There is a custom status with Talk online and the other channels away or offline." : "There is a status that keeps other work away, such as Busy.",
      todo: `Create it in ${kindName(system.kind)}, then press Refresh.` },
    { ok: ready, text: "That status means Available in Connect, or is unlinked.",
      todo: fitting.length ? `${fitting.map((s) => `${s.name} means ${clash(s.id)}`).join("; ")}. Change that under Statuses.` : "There is no such status yet." },
  ];
  const on = check("Enable focus mode", { checked: system.focus_mode, disabled: !ready && !system.focus_mode, onchange: () => context.changed(true) });
  const options = [{ value: "", text: "Choose a status" }, ...fitting.map((s) => ({ value: s.id, text: s.name, disabled: clash(s.id) !== "" }))];
  if (system.focus && !fitting.some((s) => s.id === system.focus)) options.push({ value: system.focus, text: `${system.focus_name ?? system.focus} (does not fit)` });
  const status = select(options, system.focus, { onchange: () => context.changed(true) });

  const save = async () => {
    try {
      const saved = await saveSystem(context, system.id, { focus_mode: on.querySelector("input").checked, focus: status.value });
      context.changed(false);
      redo(saved, offered);
      say(saved.focus_mode ? "Focus mode is on. It counts at once." : "Saved. Focus mode is off.");
    } catch (error) {
      complain(error, "Not saved.");
    }
  };
  const refresh = async () => {
    const { statuses } = await call("POST", `${context.path}/systems/${system.id}/refresh`);
    redo(system, statuses);
    say("The statuses were read again.");
  };
  body.replaceChildren(
    ...(broken ? [h("p", { class: "error" }, `Focus mode is on, but its status does not fit any more: choose another, or switch focus mode off.`)] : []),
    h("div", { class: "bar" }, h("h2", null, "What it needs"), button("Refresh", refresh)),
    h("ol", { class: "steps" }, steps.map((s) => h("li", null, badge(s.ok ? "good" : "warn", s.ok ? "Met" : "Missing"), " ", s.text, s.ok ? null : [" ", h("span", { class: "hint" }, s.todo)]))),
    h("fieldset", null, h("legend", null, `Focus mode in ${system.name}`), on, field("Status while on a contact", status)),
    h("div", { class: "actions" }, button("Save", save, { class: "primary" })));
}
