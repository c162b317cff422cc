// The page in the console's frame. It stands between the component in the
// Salesforce console, with which it talks by messages, and Tandem, which it asks
// for commands and tells what happened. The console's origin is written into the
// page by Tandem; a message of any other window or origin is not looked at.
//
// Messages from the component, each with tandem: "console":
//   {type: "hello", user}      it is there; user is the id of the user of the console
//   {type: "event", event}     of the console toolkit
//   {type: "result", command, ok, statusId, statusName, configuredCapacity, currentWorkload, message}
// Messages to it, each with tandem: "frame":
//   {type: "ready"}            this page was loaded; say hello
//   {type: "command", command: {id, verb, statusId}}
//   {type: "line", text, attention, button}   for the agent to read
"use strict";

(() => {
  const consoleOrigin = document.documentElement.dataset.console;
  const base = location.pathname.replace(/[^/]*$/, "");
  const storage = "tandem-pass " + base;
  const maxWaiting = 200; // reports
  const shortestPause = 500, longestPause = 30_000; // milliseconds
  const answerWithin = 60_000; // Tandem holds a question for less than half of this
  const page = Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
  const button = document.getElementById("sign-in");

  let user = ""; // of the console; "" until the component has said hello
  let pass = recall();
  let popup = null;
  let cut = false; // Tandem did not answer the last request
  let elsewhere = false; // another tab has the agent's Omni-Channel session
  let looking = false; // the component was asked what Omni-Channel shows, and told of no change since
  let seq = 0;
  const waiting = []; // reports, oldest first
  const wakes = { pass: [], report: [] }; // who waits for what

  function say(message) {
    parent.postMessage({ tandem: "frame", ...message }, consoleOrigin);
  }

  // sleepers: until(what) is kept when wake(what) is called.
  const until = (what) => new Promise((resolve) => wakes[what].push(resolve));
  const wake = (what) => wakes[what].splice(0).forEach((resolve) => resolve());
  const pause = (span) => new Promise((resolve) => setTimeout(resolve, span));

  const short = (id) => String(id ?? "").slice(0, 15);

  // The pass of the agent survives a reload. A browser that gives frames no
  // storage asks the agent to sign in again.
  function recall() {
    try {
      return localStorage.getItem(storage) ?? "";
    } catch {
      return "";
    }
  }

  function keep(value) {
    pass = value;
    try {
      if (value) localStorage.setItem(storage, value);
      else localStorage.removeItem(storage);
    } catch { /* it is kept in this page */ }
  }

  // owner is whom a pass names: its first part is the id and an end.
  function owner(value) {
    try {
      return short(atob(value.split(".")[0].replace(/-/g, "+").replace(/_/g, "/")).split(" ")[0]);
    } catch {
      return "";
    }
  }

  function tell() {
    button.hidden = pass !== "" || user === "";
    let text = "Connected. Your status is kept in step.", attention = false;
    if (!pass) [text, attention] = ["Sign in to Tandem to keep your status in step.", true];
    else if (cut) [text, attention] = ["Tandem does not answer. It is tried again by itself.", true];
    else if (elsewhere) [text, attention] = ["Omni-Channel is open in another tab or browser. Your status is kept in step there.", true];
    say({ type: "line", text, attention, button: !button.hidden });
  }

  // backOff is a pause that grows with each failure, and is never the same for
  // all agents.
  function backOff(failures) {
    const longest = Math.min(longestPause, shortestPause * 2 ** Math.min(failures - 1, 10));
    return pause(longest / 2 + Math.random() * longest / 2);
  }

  // post sends one request; it is null when Tandem could not take it.
  async function post(action, body) {
    let answer = null;
    const used = pass;
    try {
      answer = await fetch(base + action, {
        method: "POST", credentials: "omit", body: JSON.stringify(body), signal: AbortSignal.timeout(answerWithin),
        headers: { "Content-Type": "application/json", Authorization: "Bearer " + used },
      });
    } catch { /* no answer */ }
    if (answer?.status === 401) {
      if (pass === used) keep("");
      cut = false;
      tell();
      return null;
    }
    if (answer === null || answer.status >= 500 || answer.status === 429) {
      if (!cut) {
        cut = true;
        thin();
        tell();
      }
      return null;
    }
    if (cut) {
      cut = false;
      sayStatusFirst();
      tell();
    }
    return answer;
  }

  async function admitted() {
    while (!pass || !user) await until("pass");
  }

  // ask asks for commands for ever.
  async function ask() {
    for (let failures = 0; ;) {
      await admitted();
      const answer = await post("wait", { page });
      if (!answer?.ok) {
        if (pass) await backOff(++failures);
        continue;
      }
      failures = 0;
      const { command } = await answer.json().catch(() => ({}));
      if (command) order(command);
    }
  }

  // report sends what happened, in order, each until it is taken.
  async function report() {
    for (let failures = 0; ;) {
      await admitted();
      const next = waiting.shift();
      if (!next) {
        await until("report");
        continue;
      }
      next.body.seq ??= ++seq;
      next.body.page = page;
      for (let tries = 0; tries === 0 || !overtaken(next.body); tries++) {
        next.body.ageMillis = Math.max(0, Math.round(performance.now() - next.since));
        if (await post("report", next.body)) break; // what is refused as wrong is not sent again
        if (pass) await backOff(++failures);
        await admitted();
      }
      failures = 0;
    }
  }

  const changesStatus = (body) => body.kind === "event" &&
    ["omniChannelStatusChanged", "omniChannelLoginSuccess", "omniChannelLogout"].includes(body.event.name);
  const changesLoad = (body) => body.kind === "event" && body.event.name === "omniChannelWorkloadChanged";
  const looks = (body) => body.kind === "result" && body.command === "look";

  const kinds = [changesStatus, changesLoad, looks];

  // overtaken says that a report waits that makes this one needless. It is asked
  // only once Tandem did not answer: otherwise each report counts.
  const overtaken = (body) => waiting.some((r) => overtakes(r.body, body));

  // overtakes says that a report makes an earlier one needless: of one kind the
  // later, and a change of status what was seen before it.
  const overtakes = (later, earlier) => kinds.some((kind) => kind(later) && kind(earlier)) || changesStatus(later) && looks(earlier);

  // thin leaves, of the reports that wait while Tandem does not answer, the
  // newest status and the newest workload, and all work.
  function thin() {
    for (let i = waiting.length - 2; i >= 0; i--) {
      if (waiting.slice(i + 1).some((r) => overtakes(r.body, waiting[i].body))) waiting.splice(i, 1);
    }
  }

  // sayStatusFirst puts the newest act of the agent before all else that waits,
  // and lets the component say what Omni-Channel shows now.
  function sayStatusFirst() {
    thin();
    const newest = waiting.findIndex((r) => changesStatus(r.body));
    if (newest > 0) waiting.unshift(...waiting.splice(newest, 1));
    if (!elsewhere) order({ id: "look", verb: "getServicePresenceStatusId" });
  }

  // order lets the component carry out a command.
  function order(command) {
    if (command.id === "look") looking = true;
    say({ type: "command", command });
  }

  function put(body) {
    waiting.push({ body, since: performance.now() });
    if (cut || waiting.length > maxWaiting) thin();
    if (waiting.length > maxWaiting) waiting.shift();
    wake("report");
  }

  function noticeSession(event) {
    const before = elsewhere;
    if (changesStatus({ kind: "event", event })) looking = false;
    if (event.name === "omniChannelLogout") elsewhere = String(event.reason ?? "").startsWith("DuplicateLogin");
    else if (changesStatus({ kind: "event", event })) elsewhere = false;
    if (elsewhere !== before) tell();
  }

  function takeFromConsole(message) {
    switch (message.type) {
      case "hello":
        user = short(message.user);
        if (pass && owner(pass) !== user) keep("");
        wake("pass");
        tell();
        break;
      case "event":
        noticeSession(message.event);
        put({ kind: "event", event: message.event });
        break;
      case "result":
        if (message.command === "look" && !looking) break; // it is older than the change that was told since
        put({
          kind: "result", command: message.command, ok: message.ok === true, statusId: message.statusId,
          configuredCapacity: message.configuredCapacity, currentWorkload: message.currentWorkload, message: message.message,
        });
        break;
    }
  }

  function takePass(message) {
    if (short(message.agent) !== user) {
      say({ type: "line", text: "You signed in as another Salesforce user than the one of this console. Sign in again.", attention: true, button: true });
      return;
    }
    keep(message.token);
    wake("pass");
    tell();
  }

  addEventListener("message", (e) => {
    if (e.source === parent && parent !== window && e.origin === consoleOrigin && e.data?.tandem === "console") takeFromConsole(e.data);
    else if (popup && e.source === popup && e.origin === location.origin && e.data?.tandem === "signed-in") takePass(e.data);
  });
  button.addEventListener("click", () => {
    popup = open(base + "sign-in", "tandem-sign-in", "popup,width=480,height=640");
  });
  addEventListener("storage", (e) => { // another tab of the console has signed in
    if (e.key !== storage || !e.newValue || pass || owner(e.newValue) !== user) return;
    pass = e.newValue;
    wake("pass");
    tell();
  });

  ask();
  report();
  say({ type: "ready" });
})();
