// The page asks the demo again and again, and sends what the visitor chooses.

const everyMs = 700;
const linesShown = 6;
const picker = document.getElementById("agent");
const problem = document.getElementById("problem");
let drawn = "";
let refused = ""; // why the last choice was not taken

function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((c) => c !== undefined && c !== "" && c !== null));
  return element;
}

async function ask(path, body) {
  const options = body ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {};
  const response = await fetch(path, { ...options, signal: AbortSignal.timeout(10_000) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

async function refresh() {
  try {
    const board = await ask(`/state?agent=${encodeURIComponent(picker.value)}`);
    problem.textContent = refused;
    if (!picker.options.length || board.agent === picker.value) draw(board);
  } catch (error) {
    problem.textContent = error instanceof TypeError ? "The demo has ended." : `It could not be read: ${error.message}`;
  }
}

// draw shows what has changed, and leaves the focus where it is.
function draw(board) {
  const text = JSON.stringify(board);
  if (text === drawn) return;
  drawn = text;
  if (!picker.options.length) picker.append(...board.agents.map((a) => h("option", {}, a)));
  const wish = `${board.wish.charAt(0).toUpperCase()}${board.wish.slice(1)}; ${board.contact}.`;
  const told = document.getElementById("wish");
  if (told.textContent !== wish) told.textContent = wish;
  const focused = document.activeElement?.dataset?.key;
  document.getElementById("columns").replaceChildren(...board.columns.map((c) => column(board.agent, c)));
  if (focused) document.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

function column(agent, c) {
  const choices = c.choices.map((choice) => h("li", {}, h("button", {
    type: "button", "aria-pressed": String(choice.id === c.shows), "data-key": `${c.name}/${choice.id}`,
    onclick: () => choose(agent, c, choice),
  }, choice.name)));
  return h("section", { "aria-label": c.name, "data-system": c.name },
    h("h2", {}, c.name), h("p", { class: "shows" }, c.status),
    h("ul", { class: "choices" }, choices),
    h("h3", {}, "It was told"), h("p", {}, c.told || "Nothing yet."),
    h("h3", {}, "Why"), h("p", {}, c.should && c.should !== c.status ? `It should show ${c.should}: ${c.why}.` : `${c.why.charAt(0).toUpperCase()}${c.why.slice(1)}.`),
    h("h3", {}, "Lately"), h("ul", { class: "lately" }, c.lately.slice(-linesShown).reverse().map((l) =>
      h("li", {}, h("time", { datetime: l.at }, new Date(l.at).toLocaleTimeString()), ` ${l.text}`))),
    c.url ? h("p", {}, h("a", { href: c.url, target: "_blank", rel: "noreferrer" }, "Its own page")) : "");
}

async function choose(agent, c, choice) {
  refused = "";
  try {
    await ask("/choose", { agent, system: c.name, status: choice.id });
  } catch (error) {
    refused = `${c.name} did not take it: ${error.message}`;
  }
  await refresh();
}

picker.addEventListener("change", () => {
  drawn = "";
  document.getElementById("columns").replaceChildren(); // nobody chooses for the agent before
  refresh();
});
for (;;) {
  await refresh();
  await new Promise((resolve) => { setTimeout(resolve, everyMs); });
}
