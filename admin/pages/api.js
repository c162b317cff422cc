// Calls of the JSON API. The token stays in this browser tab's session and goes
// out in a header only.

const tokenKey = "tandem.admin.token";
const timeoutMs = 35_000;

export const session = {
  get token() { return sessionStorage.getItem(tokenKey) ?? ""; },
  set token(token) {
    if (token) sessionStorage.setItem(tokenKey, token);
    else sessionStorage.removeItem(tokenKey);
  },
};

// Refusal is an answer that is not a success, or no answer at all (status 0).
export class Refusal extends Error {
  constructor(status, field, message) {
    super(message);
    this.status = status;
    this.field = field;
  }
}

// call makes one call and returns the answer. body is an object, or a text of
// the given type.
export async function call(method, path, body, type = "application/json") {
  const headers = { Authorization: `Bearer ${session.token}` };
  if (body !== undefined) headers["Content-Type"] = type;
  const text = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
  let response;
  let answer;
  try {
    response = await fetch(path, { method, headers, body: text, cache: "no-store", signal: AbortSignal.timeout(timeoutMs) });
    answer = await response.json();
  } catch {
    throw new Refusal(0, "", "The server does not answer. Check that it runs, then try again.");
  }
  if (response.ok) return answer;
  throw new Refusal(response.status, answer.error?.field ?? "", sentence(answer.error?.message ?? `The server answered ${response.status}.`) + advice(response.status));
}

function advice(status) {
  return status === 503 ? " Try again in a moment." : "";
}

// sentence makes a message of the API a sentence.
export function sentence(text) {
  const end = /[.!?]$/.test(text) ? "" : ".";
  return text.charAt(0).toUpperCase() + text.slice(1) + end;
}
