// Import of rules that were exported elsewhere: a report first, then the rules
// go to the list, unsaved.

import { call, sentence } from "./api.js";
import { badge, button, complain, count, h, table } from "./dom.js";

// importer is a button that asks for a file; take gets the rules that the
// visitor wants.
export function importer(path, take) {
  const file = h("input", { type: "file", accept: ".csv,.json,text/csv,application/json", hidden: true, "aria-label": "File with exported rules" });
  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    file.value = "";
    if (!chosen) return;
    try {
      const type = /\.json$/i.test(chosen.name) ? "application/json" : "text/csv";
      report(await call("POST", `${path}/rules/import`, await chosen.text(), type), take);
    } catch (error) {
      complain(error, "Not imported.");
    }
  });
  return [button("Import rules", () => file.click()), file];
}

function report({ rows, rules, findings }, take) {
  const lines = rows.map((r) => [r.place, r.rejected ? badge("bad", "Left out") : r.warnings.length ? badge("warn", "With remarks") : badge("good", "Fine"),
    [r.rejected, ...r.warnings].filter(Boolean).join("; ")]);
  const dialog = h("dialog", { "aria-label": "Import rules", onclose: () => dialog.remove() },
    h("h2", null, "Import rules"),
    h("p", null, `${count(rules.length, "rule")} of ${count(rows.length, "row")} can be taken over. Nothing is saved yet.`),
    table("Rows of the file", ["Row", "Result", "Why"], lines),
    findings.length ? [h("h3", null, "Remarks"), h("ul", null, findings.map((f) => h("li", null, `Rule ${f.rule + 1}: ${sentence(f.text)}`)))] : null,
    h("div", { class: "actions" },
      rules.length ? button("Add them to the list", () => { dialog.close(); take(rules); }, { class: "primary" }) : null,
      button("Cancel", () => dialog.close())));
  document.getElementById("main").append(dialog);
  dialog.showModal();
}
