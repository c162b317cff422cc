// A small part of the Aura framework: enough to run the component's bundle as
// it is deployed, and strict where a slip would go unnoticed. Markup may use
// aura:attribute, aura:handler for init, destroy and application events,
// components that the page provides by name, HTML elements, and expressions of
// one name such as {!v.line} ("Lightning Aura Components Developer Guide").

const namespaces = 'xmlns:aura="aura" xmlns:lightning="lightning"';
const expression = /^\{!\s*([vc])\.(\w+)\s*\}$/;

async function file(folder, name) {
  const answer = await fetch(folder + name);
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return answer.text();
}

// evaluate gives the object that a controller or helper is, in strict mode.
const evaluate = (source) => (0, eval)('"use strict";\n' + source);

// Component is one instance of a bundle.
export class Component {
  static async create({ folder, name, attributes, provided, into }) {
    const [markup, controller, helper, style] = await Promise.all(
      [".cmp", "Controller.js", "Helper.js", ".css"].map((suffix) => file(folder, name + suffix)));
    return new Component({ name, markup, controller: evaluate(controller), helper: evaluate(helper), style, attributes, provided, into });
  }

  #values = new Map();
  #bound = new Map(); // by attribute: what shows it
  #found = new Map(); // by aura:id
  #handlers = new Map(); // by event
  #controller;
  #helper;
  #valid = true;

  constructor({ name, markup, controller, helper, style, attributes, provided, into }) {
    this.#controller = controller;
    this.#helper = helper;
    const parsed = new DOMParser().parseFromString(`<x ${namespaces}>${markup}</x>`, "application/xml");
    const problem = parsed.querySelector("parsererror");
    const root = parsed.documentElement.firstElementChild;
    if (problem || root?.nodeName !== "aura:component") throw new Error(`${name}.cmp: ${problem?.textContent ?? "no aura:component"}`);
    const children = [...root.children];
    for (const e of children.filter((e) => e.nodeName === "aura:attribute")) this.#declare(e, attributes);
    for (const e of children) {
      if (e.nodeName === "aura:attribute") continue;
      if (e.nodeName === "aura:handler") this.#handle(e);
      else if (e.nodeName.includes(":")) this.#provide(e, provided);
      else into.append(this.#render(e, name));
    }
    const sheet = document.createElement("style");
    sheet.textContent = style.replaceAll(".THIS", "." + name);
    into.append(sheet);
    this.fire("init");
  }

  #declare(e, attributes) {
    const name = e.getAttribute("name"), type = e.getAttribute("type"), fallback = e.getAttribute("default");
    this.#values.set(name, attributes[name] ?? (type === "Boolean" ? fallback === "true" : fallback ?? undefined));
  }

  #handle(e) {
    const [, kind, action] = expression.exec(e.getAttribute("action")) ?? [];
    if (kind !== "c" || typeof this.#controller[action] !== "function") throw new Error("no such action: " + e.getAttribute("action"));
    const event = e.getAttribute("event") ?? e.getAttribute("name");
    this.#handlers.set(event, [...(this.#handlers.get(event) ?? []), action]);
  }

  #provide(e, provided) {
    const made = provided[e.nodeName];
    if (!made) throw new Error("no such component: " + e.nodeName);
    this.#found.set(e.getAttribute("aura:id"), made);
  }

  // render makes an element; one that stands outermost gets the component's class,
  // which is .THIS in its style.
  #render(source, outermost = "") {
    const e = document.createElement(source.nodeName);
    e.className = outermost;
    for (const a of source.attributes) {
      if (a.name === "aura:id") this.#found.set(a.value, { getElement: () => e });
      else if (a.name === "class") this.#bind(a.value, (v) => { e.className = `${v} ${outermost}`.trim(); });
      else this.#bind(a.value, (v) => e.setAttribute(a.name, v));
    }
    for (const child of source.childNodes) {
      if (child.nodeType === Node.ELEMENT_NODE) e.append(this.#render(child));
      else if (child.textContent.trim()) {
        const text = document.createTextNode("");
        e.append(text);
        this.#bind(child.textContent.trim(), (v) => { text.data = v; });
      }
    }
    return e;
  }

  // bind shows a text, or the value of an attribute whenever it changes.
  #bind(text, show) {
    const [, kind, name] = expression.exec(text) ?? [];
    if (!name) {
      show(text);
      return;
    }
    if (kind !== "v" || !this.#values.has(name)) throw new Error("no such attribute: " + text);
    const update = () => {
      const value = this.#values.get(name);
      if (value !== undefined) show(String(value));
    };
    this.#bound.set(name, [...(this.#bound.get(name) ?? []), update]);
    update();
  }

  #attribute(expr) {
    const name = expr.replace(/^v\./, "");
    if (name === expr || !this.#values.has(name)) throw new Error("no such attribute: " + expr);
    return name;
  }

  get(expr) { return this.#values.get(this.#attribute(expr)); }

  set(expr, value) {
    const name = this.#attribute(expr);
    this.#values.set(name, value);
    for (const update of this.#bound.get(name) ?? []) update();
  }

  find(id) { return this.#found.get(id); }
  isValid() { return this.#valid; }

  // fire hands an event to the component's handlers.
  fire(event, params = {}) {
    for (const action of this.#handlers.get(event) ?? []) {
      this.#controller[action](this, { getParam: (name) => params[name], getParams: () => ({ ...params }) }, this.#helper);
    }
  }

  destroy() {
    this.fire("destroy");
    this.#valid = false;
  }
}

// install puts the framework's global $A into the page.
export function install(globals) {
  window.$A = { getCallback: (f) => f, get: (name) => globals[name] };
}
