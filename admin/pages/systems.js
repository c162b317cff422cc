// What the pages share about connected systems.

import { call } from "./api.js";

const kindNames = { zendesk: "Zendesk", salesforce: "Salesforce", kustomer: "Kustomer", amazon_connect: "Amazon Connect" };

export function kindName(kind) { return kindNames[kind] ?? kind; }

// connectStatuses are the agent statuses that others are linked with, by name,
// Available first and Offline last; home is the id of the system that they are
// of, where there is no center, and signIn what to do before they are known.
export async function connectStatuses(context) {
  const rank = { ROUTABLE: 0, CUSTOM: 1, OFFLINE: 2 };
  const { statuses, home, sign_in: signIn } = await call("GET", `${context.path}/statuses`);
  return { statuses: statuses.sort((a, b) => rank[a.type] - rank[b.type] || a.name.localeCompare(b.name)), home, signIn };
}

// centerStatuses are the statuses alone.
export async function centerStatuses(context) { return (await connectStatuses(context)).statuses; }

// saveSystem changes some settings of a system and leaves the others as they
// are on the server by now.
export async function saveSystem(context, id, changes) {
  const path = `${context.path}/systems/${id}`;
  const s = await call("GET", path);
  return call("PUT", path, {
    kind: s.kind, name: s.name, enabled: s.enabled, url: s.url, client_id: s.client_id, policy: s.policy,
    mapping: s.mapping.map((r) => ({ remote: r.remote, status: r.status_id, preferred: r.preferred })),
    status_sync: s.status_sync, focus_mode: s.focus_mode, focus: s.focus,
    partial_capacity_status: s.partial_capacity_status_id, at_capacity_status: s.at_capacity_status_id,
    settings: s.settings, ...changes,
  });
}
