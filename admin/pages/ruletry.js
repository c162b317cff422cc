// The panel that tells which rule acts on an event, and why. Nothing happens in
// any system.

import { call } from "./api.js";
import { badge, field, form, h, select, suggest, table } from "./dom.js";

const systemStates = ["Busy", "Pending", "PendingBusy", "CallingCustomer", "AfterCallWork"];

export function tryPanel(path, words, rules) {
  const source = select(words.sources.map((s) => ({ value: s, text: s })), words.sources[0], { onchange: () => draw() });
  const fields = h("div", { class: "row" });
  const result = h("div", { role: "status", class: "result" });
  let facts = () => ({});

  const draw = () => {
    result.replaceChildren();
    const made = inputs(source.value, words);
    facts = made.facts;
    fields.replaceChildren(...made.parts);
  };
  const attempt = async () => {
    const { verdicts } = await call("POST", `${path}/rules/try`, { event: { source: source.value, ...facts() }, rules: rules() });
    result.replaceChildren(...report(verdicts));
  };
  draw();
  return h("section", { class: "panel", "aria-label": "Try an event" }, h("h2", null, "Try an event"),
    h("p", { class: "hint" }, "See which rules act, with the list above as it is now, saved or not. Nothing is changed anywhere."),
    form(attempt, null, field("Event", source), fields, h("div", { class: "actions" }, h("button", { type: "submit" }, "Try"))), result);
}

// inputs are the fields of an event, and how to read them.
function inputs(source, words) {
  const text = (label, values, required) => {
    const input = h("input", { autocomplete: "off", required });
    const [, list] = suggest(input, values);
    return { input, part: [field(label, input), list] };
  };
  const number = (label, required) => {
    const input = h("input", { type: "number", min: "0", step: "1", required });
    return { input, part: [field(label, input)] };
  };
  const connectStates = [...words.center.map((s) => s.name), ...systemStates];
  const made = (parts, facts) => ({ parts: parts.flatMap((p) => p.part), facts });
  switch (source) {
    case "Connect Agent State Change": {
      const [from, to] = [text("Old state", connectStates), text("New state", connectStates, true)];
      return made([from, to], () => ({ old_state: from.input.value, new_state: to.input.value }));
    }
    case "Salesforce Agent State Change": {
      const to = text("New state", words.offered.map((s) => s.api_name || s.name), true);
      return made([to], () => ({ new_state: to.input.value }));
    }
    case "Salesforce Work Accepted": {
      const channel = text("Service channel (DeveloperName)", [], true);
      return made([channel], () => ({ channel: channel.input.value }));
    }
    case "Salesforce Workload Changed": {
      const [before, now, capacity] = [number("Previous workload"), number("New workload", true), number("Configured capacity", true)];
      return made([before, now, capacity], () => ({
        workload: Number(now.input.value), capacity: Number(capacity.input.value),
        ...(before.input.value === "" ? {} : { previous_workload: Number(before.input.value) }),
      }));
    }
  }
  return made([], () => ({})); // a log-out has nothing more to tell
}

function report(verdicts) {
  const acting = verdicts.filter((v) => v.acts).map((v) => `${v.rule + 1}. ${v.name || "(no name)"}`);
  const summary = h("p", null, h("strong", null, acting.length ? `Acts: ${acting.join(", ")}` : "No rule acts."));
  if (!verdicts.length) return [summary];
  return [summary, table("What each rule makes of the event", ["Rule", "Result", "Why"], verdicts.map((v) =>
    [`${v.rule + 1}. ${v.name || "(no name)"}`, v.acts ? badge("good", "Acts") : badge("plain", "Does not act"), v.why]))];
}
