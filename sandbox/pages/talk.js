// Talking to the sandbox, and to whoever looks at the page.
import { el } from "./words.js";

export const find = (role) => document.querySelector(`[data-role="${role}"]`);

export async function post(path, body) {
  const answer = await fetch(`/sandbox/api/${path}`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  const content = await answer.json();
  if (!answer.ok) throw new Error(content.error ?? `HTTP ${answer.status}`);
  return content;
}

export function toast(words, kind = "") {
  const node = el("div", { class: `toast ${kind}` }, words);
  find("toasts").append(node);
  setTimeout(() => node.remove(), 4200);
}
