// Rules: what happens to a state in one system when something happens in the
// other. The list is edited here and saved whole.

import { call, sentence } from "./api.js";
import { badge, button, check, complain, count, h, redraw, say, table, when } from "./dom.js";
import { centerStatuses } from "./systems.js";
import { editRule, emptyRule } from "./ruleform.js";
import { importer } from "./ruleimport.js";
import { sessionEnd } from "./sessionend.js";
import { tryPanel } from "./ruletry.js";

export const title = "Rules";
export const lead = "When something happens, the first rule that fits sets a state in the other system. Rules are tried from top to bottom, for each destination.";
export const fits = (system) => system.kind === "salesforce";
export const none = "Rules are for Salesforce, and no Salesforce is connected. Other systems are linked under Statuses.";

export async function show(context, system) {
  const path = `${context.path}/systems/${system.id}`;
  const [saved, words, center, offered] = await Promise.all([
    call("GET", `${path}/rules`), call("GET", "/admin/rules/words"), centerStatuses(context), call("GET", `${path}/statuses`)]);
  return new Rules(context, path, saved, { ...words, center, offered: offered.statuses }).element;
}

// Rules is the list. words has what can be chosen, findings what the server
// thinks of the rules as they were saved.
class Rules {
  constructor(context, path, saved, words) {
    Object.assign(this, { context, path, words });
    this.element = h("div");
    this.list = h("div");
    this.take(saved);
    this.enabled = check("Rules are on", { checked: saved.enabled, onchange: () => this.context.changed(true) });
    this.end = sessionEnd(saved.session_end, words.center, () => this.context.changed(true));
    this.element.append(this.enabled, this.list,
      h("div", { class: "actions" }, button("Add a rule", () => this.add()), importer(path, (rules) => this.addAll(rules))),
      this.end.element,
      h("div", { class: "actions" }, button("Save", () => this.save(), { class: "primary" }), button("Undo changes", () => this.context.reload())),
      tryPanel(path, words, () => this.rules));
    this.draw();
  }

  take(saved) {
    this.rules = saved.rules;
    this.fired = new Map(saved.fired.map((f) => [f.rule_id, f]));
    this.findings = new Map();
    for (const f of saved.findings) {
      const rule = saved.rules[f.rule];
      if (rule) this.findings.set(rule, [...(this.findings.get(rule) ?? []), f.text]);
    }
  }

  draw() {
    if (!this.rules.length) {
      redraw(this.list, h("p", { class: "empty" }, "There are no rules yet."));
      return;
    }
    redraw(this.list, table("Rules, in the order in which they are tried", ["Rule", "When", "If", "Then", "Last fired", "Change"],
      this.rules.map((rule, i) => ({ attributes: { "data-row": i }, cells: [this.name(rule, i), rule.source, criteriaText(rule), `${rule.destination}: ${rule.state}`, this.lastFired(rule), this.actions(rule, i)] }))));
  }

  name(rule, i) {
    return [`${i + 1}. ${nameOf(rule)} `, rule.active ? null : badge("plain", "Off"),
      (this.findings.get(rule) ?? []).map((text) => h("p", { class: "finding" }, sentence(text)))];
  }

  lastFired(rule) {
    const fired = this.fired.get(rule.id);
    if (!fired) return "Never";
    return [when(fired.at), h("p", { class: "hint" }, `for ${fired.username || fired.user_id}`), fired.detail && h("p", { class: "finding" }, `It could not act: ${sentence(fired.detail)}`)];
  }

  actions(rule, i) {
    const of = (what) => ({ "aria-label": `${what} ${nameOf(rule)}`, "data-key": `${what}-${i}` });
    return h("div", { class: "buttons" },
      button("Edit", () => editRule(rule, this.words, (edited) => this.replace(i, edited)), of("Edit")),
      i > 0 && button("Up", () => this.move(i, -1), of("Up")),
      i < this.rules.length - 1 && button("Down", () => this.move(i, 1), of("Down")),
      button("Remove", () => this.remove(i), of("Remove")));
  }

  edited(text) {
    this.context.changed(true);
    this.draw();
    say(`${text} It counts once you save.`);
  }

  add() { editRule(emptyRule(), this.words, (rule) => this.addAll([rule])); }

  addAll(rules) {
    this.rules = [...this.rules, ...rules];
    this.edited(rules.length === 1 ? `${nameOf(rules[0])} is added at the end.` : `${count(rules.length, "rule")} are added at the end.`);
  }

  replace(i, rule) {
    this.rules = this.rules.with(i, rule);
    this.edited(`${nameOf(rule)} is changed.`);
  }

  remove(i) {
    const [gone] = this.rules.slice(i, i + 1);
    this.rules = this.rules.toSpliced(i, 1);
    this.edited(`${nameOf(gone)} is removed.`);
    this.focusOn(Math.min(i, this.rules.length - 1), ["Remove"]);
  }

  move(i, by) {
    const rule = this.rules[i];
    this.rules = this.rules.toSpliced(i, 1).toSpliced(i + by, 0, rule);
    this.edited(`${nameOf(rule)} is number ${i + by + 1} now.`);
    this.focusOn(i + by, by < 0 ? ["Up", "Down"] : ["Down", "Up"]);
  }

  // focusOn moves the focus to the first of a row's buttons that there is.
  focusOn(i, buttons) {
    for (const what of buttons) {
      const found = this.list.querySelector(`[data-key="${what}-${i}"]`);
      if (found) return found.focus();
    }
  }

  async save() {
    const end = this.end.value();
    let saved;
    try {
      saved = await call("PUT", `${this.path}/rules`, { enabled: this.enabled.querySelector("input").checked, rules: this.rules, session_end: end });
    } catch (error) {
      this.refused(error);
      return;
    }
    this.take(saved);
    this.context.changed(false);
    this.draw();
    say(saved.findings.length ? `Saved. ${count(saved.findings.length, "remark")} on the rules: see the list.` : "Saved. The rules count from now on.");
  }

  // refused shows why nothing was saved, and where.
  refused(error) {
    const at = /^rules\[(\d+)\]/i.exec(error.field)?.[1];
    if (at === undefined) return complain(error, "Not saved.");
    this.draw();
    const row = this.list.querySelector(`[data-row="${at}"]`);
    row?.classList.add("refused");
    row?.querySelector("button")?.focus();
    complain(error, `Not saved. Rule ${Number(at) + 1}, ${nameOf(this.rules[at])}:`);
  }
}

export function nameOf(rule) { return rule.name || "(no name)"; }

// criteriaText tells the criteria as a person would.
export function criteriaText(rule) {
  const side = (operand, value) => operand === "Static Value" ? `“${value ?? ""}”` : operand;
  return rule.criteria.map((c) => `${side(c.operand_a, c.value_a)} ${c.comparator.toLowerCase()} ${side(c.operand_b, c.value_b)}`).join(rule.any ? " or " : " and ");
}
