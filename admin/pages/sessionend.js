// What becomes of an agent's status when the agent's last page is closed.

import { check, field, h, select } from "./dom.js";

const defaultDelayMs = 5000;

// sessionEnd is the form; value reads it.
export function sessionEnd(saved, center, changed) {
  const statuses = (none) => [{ value: "", text: none }, ...center.map((s) => ({ value: s.id, text: s.name }))];
  const lines = (list) => h("textarea", { rows: "2", value: list.join("\n"), onchange: changed });
  const enabled = check("Set a status when an agent's last page is closed", { checked: saved.enabled, onchange: changed });
  const status = select(statuses("Offline"), saved.status_id, { onchange: changed });
  const delay = h("input", { type: "number", min: "0", step: "0.1", value: String((saved.delay_ms || defaultDelayMs) / 1000), onchange: changed });
  const profiles = lines(saved.profiles);
  const states = lines(saved.states);
  const initial = select(statuses("Leave it"), saved.initial_status_id, { onchange: changed });
  const listOf = (area) => area.value.split("\n").map((s) => s.trim()).filter(Boolean);
  return {
    element: h("details", { class: "panel", open: saved.enabled, "aria-label": "At the end of a session" }, h("summary", null, "At the end of a session"), enabled,
      h("div", { class: "row" }, field("Status", status), field("After seconds", delay, "Long enough that a page can be loaded again."), field("When an offline agent opens a page", initial)),
      h("div", { class: "row" }, field("Only agents whose profile's name contains", profiles, "One per line; empty: all."),
        field("Only agents in these Connect states", states, "One per line; empty: all."))),
    value: () => ({
      enabled: enabled.querySelector("input").checked, status: status.value, delay_ms: Math.round(Number(delay.value) * 1000),
      profiles: listOf(profiles), states: listOf(states), initial_status: initial.value,
    }),
  };
}
