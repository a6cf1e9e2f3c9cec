// Words of messages to DOM nodes. Nothing here parses HTML: every text becomes a text node, whatever it holds.

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

const SAFE_ADDRESS = /^https?:\/\//i;

export function link(address, label, attributes = {}) {
  if (!SAFE_ADDRESS.test(address)) return document.createTextNode(label);
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer", ...attributes }, label);
}

// <a href="…">label</a> and bare addresses are clickable; every other tag is shown as it was typed.
const LINKS = /<a\s+href\s*=\s*["']([^"']+)["'][^>]*>([\s\S]*?)<\/a>|(https?:\/\/[^\s<>"'，。；、）】]+)/gi;

export function withLinks(words) {
  const nodes = [];
  let done = 0;
  for (const match of words.matchAll(LINKS)) {
    nodes.push(words.slice(done, match.index));
    nodes.push(match[3] ? link(match[3], match[3]) : link(match[1], match[2]));
    done = match.index + match[0].length;
  }
  nodes.push(words.slice(done));
  return nodes.filter((node) => node !== "");
}

const INLINE =
  /\*\*(.+?)\*\*|`([^`\n]+)`|\[([^\]]+)\]\((https?:\/\/[^)\s]+)\)|<font\s+color="(info|comment|warning)">([\s\S]*?)<\/font>/g;

function inline(words) {
  const nodes = [];
  let done = 0;
  for (const match of words.matchAll(INLINE)) {
    nodes.push(words.slice(done, match.index));
    if (match[1]) nodes.push(el("strong", {}, inline(match[1])));
    else if (match[2]) nodes.push(el("code", {}, match[2]));
    else if (match[3]) nodes.push(link(match[4], match[3]));
    else nodes.push(el("span", { class: `ink-${match[5]}` }, inline(match[6])));
    done = match.index + match[0].length;
  }
  nodes.push(words.slice(done));
  return nodes.filter((node) => node !== "");
}

export function markdown(words) {
  return words.split("\n").map((line) => {
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    if (heading) return el("p", { class: `md-h md-h${heading[1].length}` }, inline(heading[2]));
    const quote = /^>\s?(.*)$/.exec(line);
    if (quote) return el("p", { class: "md-quote" }, inline(quote[1]));
    return el("p", {}, line ? inline(line) : el("br"));
  });
}

// The description of a text card knows <div class="gray|normal|highlight"> and <br>, nothing else.
export function describe(words) {
  const nodes = [];
  for (const part of words.split(/(<div class="(?:gray|normal|highlight)">[\s\S]*?<\/div>|<br\s*\/?>)/)) {
    const block = /^<div class="(gray|normal|highlight)">([\s\S]*?)<\/div>$/.exec(part);
    if (block) nodes.push(el("div", { class: `tc-${block[1]}` }, block[2]));
    else if (/^<br\s*\/?>$/.test(part)) nodes.push(el("br"));
    else if (part) nodes.push(part);
  }
  return nodes;
}

const two = (number) => String(number).padStart(2, "0");

export function clockTime(at) {
  const date = new Date(at * 1000);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

export function timeLabel(at) {
  const date = new Date(at * 1000);
  const midnight = new Date();
  midnight.setHours(0, 0, 0, 0);
  const days = Math.floor((midnight - date) / 86400000) + 1;
  if (days <= 0) return clockTime(at);
  if (days === 1) return `昨天 ${clockTime(at)}`;
  return `${date.getMonth() + 1}月${date.getDate()}日 ${clockTime(at)}`;
}

const HUES = ["#3a7bd5", "#2aa876", "#d9822b", "#8e5fd0", "#c94f6d", "#2b9eb3", "#6b7f3a", "#b0653f"];

export function avatar(name, seed) {
  let sum = 0;
  for (const letter of seed) sum = (sum * 31 + letter.codePointAt(0)) % 9973;
  const latin = /^[\x20-\x7e]+$/.test(name);
  const letters = latin ? name.split(/\s+/).map((part) => part[0]).join("").slice(0, 2) : [...name].slice(-2).join("");
  const node = el("span", { class: "avatar", "aria-hidden": "true" }, letters);
  node.style.background = HUES[sum % HUES.length];
  return node;
}
