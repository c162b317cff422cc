// The dialog in which a rule is edited.

import { button, check, field, form, h, select, suggest } from "./dom.js";

const staticValue = "Static Value";
const maxText = "500";

export function emptyRule() {
  return { id: "", name: "", active: true, source: "", criteria: [emptyCriterion()], any: false, destination: "", state: "", wish: false };
}

function emptyCriterion() { return { operand_a: "", comparator: "Equal to", operand_b: staticValue, value_b: "" }; }

// editRule opens the dialog; done gets the edited rule, unless it is cancelled.
export function editRule(rule, words, done) {
  const name = h("input", { value: rule.name, required: true, maxlength: maxText, autocomplete: "off" });
  const active = check("This rule is on", { checked: rule.active });
  const source = choice(words.sources, rule.source);
  const destination = choice(words.destinations, rule.destination);
  const state = h("input", { value: rule.state, required: true, maxlength: maxText, autocomplete: "off" });
  const [stateInput, states] = suggest(state, stateNames(words));
  const all = check("All must hold", { type: "radio", name: "any", checked: !rule.any });
  const any = check("One suffices", { type: "radio", name: "any", checked: rule.any });
  const wish = check("It counts as the agent's own choice, for all systems", { checked: rule.wish });
  const rows = h("div");
  const addRow = (c) => rows.append(criterionRow(c, words, () => rows.children.length > 1));
  rule.criteria.forEach(addRow);

  const isOn = (box) => box.querySelector("input").checked;
  const take = () => {
    dialog.close();
    done({
      ...rule, name: name.value.trim(), active: isOn(active), source: source.value, any: isOn(any), destination: destination.value,
      state: state.value, wish: isOn(wish), criteria: [...rows.children].map((row) => row.criterion()),
    });
  };
  const dialog = h("dialog", { "aria-label": rule.name ? `Edit ${rule.name}` : "Add a rule", onclose: () => dialog.remove() },
    form(take, null, h("h2", null, rule.name ? `Edit ${rule.name}` : "Add a rule"),
      field("Name", name), active, field("When this happens (source)", source),
      h("fieldset", null, h("legend", null, "If (criteria)"), h("div", { class: "choices" }, all, any), rows,
        button("Add a criterion", () => { addRow(emptyCriterion()); rows.lastElementChild.querySelector("select").focus(); })),
      h("fieldset", null, h("legend", null, "Then"), field("Set the state of (destination)", destination),
        field("To (state)", stateInput, "Connect: the status's name. Salesforce: the presence status's DeveloperName."), states, wish),
      h("div", { class: "actions" }, h("button", { type: "submit", class: "primary" }, "Apply"), button("Cancel", () => dialog.close()))));
  document.getElementById("main").append(dialog);
  dialog.showModal();
  name.focus();
}

// stateNames are the states that a rule can set, as far as is known.
function stateNames(words) {
  const texts = new Map(words.offered.map((s) => [s.api_name || s.name, `${s.name}, Salesforce`]));
  for (const s of words.center) texts.set(s.name, texts.has(s.name) ? `${s.name}, both` : `${s.name}, Connect`);
  return [...texts].map(([value, text]) => ({ value, text }));
}

function choice(list, value, attributes) {
  return select([{ value: "", text: "Choose" }, ...list.map((text) => ({ value: text, text }))], value, { required: true, ...attributes });
}

// criterionRow edits one criterion; its method criterion tells it.
function criterionRow(c, words, mayRemove) {
  const [a, aParts] = side("First operand", "First value", words, c.operand_a, c.value_a);
  const [b, bParts] = side("Second operand", "Second value", words, c.operand_b, c.value_b);
  const comparator = choice(words.comparators, c.comparator, { "aria-label": "Comparator" });
  const remove = button("Remove", () => {
    if (!mayRemove()) return;
    (row.previousElementSibling ?? row.nextElementSibling).querySelector("select").focus();
    row.remove();
  }, { "aria-label": "Remove this criterion" });
  const row = h("div", { class: "criterion", role: "group", "aria-label": "Criterion" }, aParts, comparator, bParts, remove);
  row.criterion = () => ({ operand_a: a().operand, value_a: a().value, comparator: comparator.value, operand_b: b().operand, value_b: b().value });
  return row;
}

// side is an operand, with a value where it is a static one.
function side(label, valueLabel, words, operand, value) {
  const text = h("input", { "aria-label": valueLabel, value: value ?? "", maxlength: maxText, autocomplete: "off", placeholder: "Value" });
  const showText = () => {
    text.hidden = chosen.value !== staticValue;
    text.required = !text.hidden;
  };
  const chosen = choice(words.operands, operand, { "aria-label": label, onchange: showText });
  showText();
  return [() => ({ operand: chosen.value, value: text.hidden ? "" : text.value }), [chosen, text]];
}
