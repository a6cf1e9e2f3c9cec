// The slim bar: who can be shown, how much has happened, and the fault switches.
import { find, post, toast } from "./talk.js";
import { avatar, el } from "./words.js";

const CROWD = 20;
const COUNTERS = [
  ["messages", "消息"], ["delivered", "送达"], ["updates", "卡片更新"], ["callbacks", "回调"],
  ["drops", "静默丢弃", "bad"], ["refusals", "拒绝", "bad"], ["callbacks_failed", "回调失败", "bad"],
];
const FAULTS = [
  ["busy", "系统繁忙", "-1"], ["token_expired", "令牌过期", "42001"], ["token_invalid", "令牌失效", "40014"],
  ["rate_limited", "调用超频", "45009"], ["too_many_concurrent", "并发超限", "45033"],
  ["ip_refused", "IP 不可信", "60020"], ["slow", "应答缓慢", "2 秒"], ["drop_before", "断线", "未处理"],
  ["drop_after", "断线", "已处理"], ["bad_gateway", "网关错误", "502"], ["malformed_json", "残缺 JSON", "已处理"],
  ["duplicate_callback", "重复回调", "两次"], ["delayed_callback", "延迟回调", "2 秒"],
  ["reordered_callback", "乱序回调", "颠倒"], ["lost_callback", "丢失回调", "不达"],
];

export const shownCount = (count) => (count > 99 ? "99+" : String(count));

// Up to CROWD people are chips to tap; of more, only those shown, beside a field to find the others.
export function drawPeople(nav, state, choose) {
  const crowd = state.people.length > CROWD;
  const isShown = (person) => state.users.includes(person.userid.toLowerCase());
  nav.replaceChildren(...state.people.filter((person) => !crowd || isShown(person)).map((person) =>
    el("button", {
      type: "button", class: "person", "data-role": "person", "data-user": person.userid,
      "aria-pressed": String(isShown(person)), title: person.userid, onclick: () => choose(person.userid),
    }, avatar(person.name, person.userid), el("span", {}, person.name), el("b", { class: "badge", hidden: true }))));
  if (crowd) nav.append(finder(state, choose));
}

function finder(state, choose) {
  const names = el("datalist", { id: "names" },
    state.people.map((person) => el("option", { value: person.userid }, person.name)));
  const input = el("input", {
    class: "finder", list: "names", "data-role": "finder", placeholder: `在 ${state.people.length} 人中查找…`,
    onchange: (event) => {
      const words = event.target.value.trim().toLowerCase();
      const found = state.people.find((person) => [person.userid.toLowerCase(), person.name.toLowerCase()].includes(words));
      if (found && !state.users.includes(found.userid.toLowerCase())) choose(found.userid);
      event.target.value = "";
    },
  });
  return el("span", {}, input, names);
}

export function drawUnread(nav, unread) {
  for (const chip of nav.querySelectorAll('[data-role="person"]')) {
    const badge = chip.querySelector(".badge");
    const count = unread[chip.dataset.user.toLowerCase()] ?? 0;
    badge.hidden = !count;
    badge.textContent = shownCount(count);
  }
}

export function drawBar(counters) {
  const node = find("counters");
  if (!node.children.length) {
    node.append(...COUNTERS.map(([name, label]) =>
      el("div", { "data-counter": name }, el("dd", {}, "0"), el("dt", {}, label))));
  }
  COUNTERS.forEach(([name, , kind], index) => {
    const shown = node.children[index];
    const value = Number(counters[name] ?? 0);
    shown.querySelector("dd").textContent = value.toLocaleString("zh-CN");
    shown.classList.toggle("bad", kind === "bad" && value > 0);
  });
  const struck = counters.faults ?? {};
  for (const button of find("fault-list").children) {
    button.querySelector("em").textContent = struck[button.dataset.fault] ? `× ${struck[button.dataset.fault]}` : "";
  }
}

async function showFaults() {
  const { faults } = await (await fetch("/sandbox/api/faults")).json();
  const active = new Set(faults.map((fault) => fault.kind));
  for (const button of find("fault-list").children) {
    button.setAttribute("aria-pressed", String(active.has(button.dataset.fault)));
  }
  find("fault-count").hidden = !active.size;
  find("fault-count").textContent = String(active.size);
}

async function toggle(button) {
  const kind = button.dataset.fault;
  try {
    if (button.getAttribute("aria-pressed") === "true") await post("faults/clear", { kind });
    else await post("faults", { kind, probability: Number(find("fault-probability").value) });
    await showFaults();
  } catch (error) {
    toast(error.message, "bad");
  }
}

find("fault-list").append(...FAULTS.map(([kind, label, note]) =>
  el("button", {
    type: "button", class: "fault", "data-fault": kind, "aria-pressed": "false",
    onclick: (event) => toggle(event.currentTarget),
  }, el("span", {}, label), el("small", {}, note), el("em", {}))));
find("fault-clear").addEventListener("click", async () => {
  await post("faults/clear", {});
  await showFaults();
});
find("faults").addEventListener("toggle", showFaults);
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details[open]")) if (!open.contains(event.target)) open.open = false;
});
showFaults().catch(() => {});
