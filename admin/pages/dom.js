// Elements, controls and messages. Data goes in as text, never as markup.

// h makes an element. Attributes whose name begins with "on" are listeners.
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  return element;
}

let lastId = 0;

function newId() {
  lastId++;
  return `n${lastId}`;
}

// field is a control under its label, with a hint where there is one.
export function field(label, control, hint) {
  control.id ||= newId();
  const parts = [h("label", { for: control.id }, label), control];
  if (hint) {
    const id = newId();
    control.setAttribute("aria-describedby", id);
    parts.push(h("p", { id, class: "hint" }, hint));
  }
  return h("div", { class: "field" }, parts);
}

// check is a checkbox or radio before its label.
export function check(label, attributes) {
  const id = newId();
  return h("div", { class: "check" }, h("input", { type: "checkbox", id, ...attributes }), h("label", { for: id }, label));
}

// select offers options, each {value, text, disabled}.
export function select(options, value, attributes) {
  const shown = options.map((o) => h("option", { value: o.value, disabled: o.disabled && o.value !== value }, o.text));
  return h("select", { ...attributes, value }, shown);
}

// suggest adds suggestions to a text input.
export function suggest(input, values) {
  const id = newId();
  input.setAttribute("list", id);
  return [input, h("datalist", { id }, values.map((v) => h("option", { value: v.value ?? v, label: v.text })))];
}

// button does work when it is pressed, once at a time; what goes wrong is told.
export function button(text, work, attributes) {
  const element = h("button", { type: "button", ...attributes }, text);
  element.addEventListener("click", () => run(element, work));
  return element;
}

// form does work when it is submitted.
export function form(work, attributes, ...children) {
  const element = h("form", attributes, children);
  element.addEventListener("submit", (submitted) => {
    submitted.preventDefault();
    run(element, work);
  });
  return element;
}

async function run(element, work) {
  if (element.getAttribute("aria-busy") === "true") return;
  element.setAttribute("aria-busy", "true");
  try {
    await work();
  } catch (error) {
    complain(error);
  } finally {
    element.removeAttribute("aria-busy");
  }
}

// table has a caption, columns and rows of cells, whose first is the row's
// header. Roles are told because a narrow screen shows rows as cards.
export function table(caption, columns, rows) {
  const head = columns.map((c) => h("th", { scope: "col", role: "columnheader" }, c));
  const cellOf = (cell, i) => i === 0
    ? h("th", { scope: "row", role: "rowheader", "data-label": columns[i] }, h("div", null, cell))
    : h("td", { role: "cell", "data-label": columns[i] }, h("div", null, cell));
  const body = rows.map((row) => h("tr", { role: "row", ...row.attributes }, (row.cells ?? row).map(cellOf)));
  return h("div", { class: "table" }, h("table", { role: "table" },
    h("caption", null, caption), h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, head)), h("tbody", { role: "rowgroup" }, body)));
}

// badge is a short state: good, warn, bad or plain.
export function badge(kind, text) {
  return h("span", { class: `badge ${kind}` }, text);
}

// redraw replaces what an element has and keeps the focus where it was, by the
// data-key of the focused control.
export function redraw(element, ...children) {
  const key = element.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  element.replaceChildren(...children.flat(Infinity).filter(Boolean));
  if (key) element.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
}

// say tells a result, complain an error; each replaces what was told before.
export function say(text) { tell(text, ""); }

export function complain(error, before = "") {
  if (error?.status === 401) {
    document.dispatchEvent(new CustomEvent("signed-out", { detail: "The server does not take this token (any more). Sign in again." }));
    return;
  }
  if (error?.status === undefined) console.error(error);
  tell("", `${before}${before && " "}${error.message ?? error}`);
}

export function clearMessages() { tell("", ""); }

function tell(said, complaint) {
  document.getElementById("said").textContent = said;
  document.getElementById("complaint").textContent = complaint;
  document.getElementById("dismiss").hidden = !said && !complaint;
}

// confirmed asks whether something that cannot be taken back is to be done.
export function confirmed(element, question, consequence, action) {
  return new Promise((resolve) => {
    let sure = false;
    const box = h("dialog", { "aria-label": question, onclose: () => { box.remove(); resolve(sure); } },
      h("h2", null, question), h("p", null, consequence),
      h("div", { class: "actions" }, button(action, () => { sure = true; box.close(); }, { class: "primary" }), button("Cancel", () => box.close())));
    element.append(box);
    box.showModal();
  });
}

// when shows a time of the API in the visitor's own way.
export function when(text) {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? "never" : h("time", { datetime: text }, at.toLocaleString());
}

// count says how many: count(1, "agent") is "1 agent".
export function count(n, one, many = `${one}s`) {
  return `${n} ${n === 1 ? one : many}`;
}
