// The phones: who is shown, what each chat holds, and the stream that keeps them up to date.
import { drawBar, drawPeople, drawUnread, shownCount } from "./bar.js";
import { drawBody } from "./cards.js";
import { find, post, toast } from "./talk.js";
import { avatar, clockTime, el, timeLabel } from "./words.js";

const SHOWN_ENTRIES = 50;
const TIME_LABEL_GAP_S = 300;
const FIRST_PHONES = 4;

const state = { people: [], appName: "", menu: [], users: [], unread: {}, phones: new Map(), stream: null };

function report(callback) {
  const outcomes = { failed: "应用没有响应，已放弃重试", no_url: "应用还没有设置回调地址", lost: "回调丢失（故障开关）" };
  if (outcomes[callback.outcome]) toast(outcomes[callback.outcome], "bad");
}

const actions = {
  async tap(entry, key, selections, button) {
    button?.classList.add("busy");
    try {
      const body = { user: entry.user, msgid: entry.msgid, key, selections, wait: true };
      report((await post("tap", body)).callback);
    } catch (error) {
      toast(/grey|no button/.test(error.message) ? "按钮已失效" : /want/.test(error.message) ? "请先选择" : error.message, "bad");
    } finally {
      button?.classList.remove("busy");
    }
  },
  async tapMenu(entry, key) {
    try {
      report((await post("tap", { user: entry.user, msgid: entry.msgid, key, menu: true, wait: true })).callback);
    } catch (error) {
      toast(error.message, "bad");
    }
  },
};

class Phone {
  constructor(person) {
    this.person = person;
    this.entries = new Map();
    this.last = null;
    this.build();
  }

  build() {
    const { userid, name, position } = this.person;
    this.badge = el("b", { class: "badge", "data-role": "unread", hidden: true });
    this.clock = el("span", {}, clockTime(Date.now() / 1000));
    this.flow = el("div");
    this.list = el("div", { class: "chat", "data-role": "chat", tabindex: "0" }, this.flow);
    this.pinned = true;
    this.top = 0;
    this.newer = el("button", { type: "button", class: "newer", hidden: true, onclick: () => this.toEnd(true) }, "↓ 新消息");
    this.input = el("input", {
      type: "text", "data-role": "text-input", placeholder: "发消息…", maxlength: "600", autocomplete: "off",
      "aria-label": `${name}的消息`, enterkeyhint: "send",
    });
    const form = el("form", { class: "composer", onsubmit: (event) => this.say(event) },
      this.input, el("button", { type: "submit", class: "send", "data-role": "send" }, "发送"));
    const screen = el("div", { class: "screen" },
      el("div", { class: "status" }, this.clock, el("span", { class: "signals", "aria-hidden": "true" }, el("i"), el("i"))),
      el("div", { class: "title" }, el("span", { class: "back", "aria-hidden": "true" }, "‹"),
        el("b", {}, state.appName), el("span", { class: "dots", "aria-hidden": "true" })),
      this.list, this.newer, this.menuRow(), form);
    this.node = el("section", { class: "phone", "data-role": "phone", "data-user": userid, "aria-label": name },
      el("div", { class: "owner" }, avatar(name, userid), el("span", { class: "owner-name" }, name),
        el("span", { class: `tag ${this.person.role}` }, position || (this.person.role === "manager" ? "主管" : "销售")),
        this.badge),
      el("div", { class: "body" }, screen));
    this.list.addEventListener("scroll", () => this.scrolled(), { passive: true });
    // Pictures, fonts and a turned phone change heights after the fact; who is at the end stays there.
    const keep = new ResizeObserver(() => { if (this.pinned) this.toEnd(); });
    keep.observe(this.list);
    keep.observe(this.flow);
    for (const event of ["pointerdown", "focusin"]) this.node.addEventListener(event, () => this.read());
  }

  menuRow() {
    if (!state.menu.length) return null;
    const flat = state.menu.flatMap((item) => item.sub_button?.length ? item.sub_button : [item]);
    return el("div", { class: "menu-row" }, flat.filter((item) => item.type === "click").map((item) => el("button", {
      type: "button", "data-app-menu-key": item.key,
      onclick: () => post("menu", { user: this.person.userid, key: item.key }).catch((error) => toast(error.message, "bad")),
    }, item.name)));
  }

  async say(event) {
    event.preventDefault();
    const words = this.input.value.trim();
    if (!words) return;
    this.input.value = "";
    this.toEnd();
    try {
      report((await post("text", { user: this.person.userid, text: words, wait: true })).callback);
    } catch (error) {
      this.input.value = words;
      toast(error.message, "bad");
    }
  }

  read() {
    if (!state.unread[this.person.userid.toLowerCase()]) return;
    state.unread[this.person.userid.toLowerCase()] = 0;
    showUnread();
    post("read", { user: this.person.userid }).catch(() => {});
  }

  reset(entries) {
    this.entries.clear();
    this.last = null;
    this.flow.replaceChildren();
    if (!entries.length) this.flow.append(el("p", { class: "empty" }, "还没有消息。派单卡片会出现在这里，也可以在下方输入「帮助」。"));
    for (const entry of entries) this.put(entry, false);
    this.toEnd();
  }

  take(entries) {
    const calm = entries.length > 6;
    let added = false;
    for (const entry of entries) added = this.put(entry, !calm) || added;
    if (this.pinned) this.toEnd(!calm);
    else if (added) this.newer.hidden = false;
  }

  put(entry, lively) {
    const old = this.entries.get(entry.id);
    if (!old && this.last && entry.id < this.last.id) return false;
    const labelled = old ? old.labelled : this.needsLabel(entry);
    const node = this.draw(entry, labelled);
    if (lively) node.classList.add(old ? "changed" : "arriving");
    this.entries.set(entry.id, { node, labelled });
    if (old) {
      old.node.replaceWith(node);
      return false;
    }
    if (!this.last) this.flow.replaceChildren();
    this.flow.append(node);
    this.last = entry;
    if (this.entries.size > SHOWN_ENTRIES) {
      const [oldest, gone] = this.entries.entries().next().value;
      gone.node.remove();
      this.entries.delete(oldest);
    }
    return true;
  }

  needsLabel(entry) {
    return !this.last || entry.at - this.last.at > TIME_LABEL_GAP_S;
  }

  draw(entry, labelled) {
    const label = labelled ? el("time", { class: "when" }, timeLabel(entry.at)) : null;
    if (entry.recalled) {
      return el("div", { class: "entry", "data-entry-id": entry.id }, label,
        el("p", { class: "notice" }, "消息已撤回"));
    }
    const face = entry.from_member
      ? avatar(this.person.name, this.person.userid)
      : el("span", { class: "avatar app", "aria-hidden": "true" }, [...state.appName][0] ?? "派");
    const body = drawBody(entry, actions);
    return el("div", {
      class: entry.from_member ? "entry mine" : "entry", "data-entry-id": entry.id, "data-kind": entry.kind,
      "data-task-id": entry.task_id || null, "data-msgid": entry.msgid || null, "data-version": entry.version,
    }, label, el("div", { class: "row" }, face, body));
  }

  scrolled() {
    const atEnd = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 60;
    if (atEnd) this.newer.hidden = true;
    // Only a movement upwards is somebody reading back; a smooth scroll to the end passes heights that are not the end.
    if (atEnd || this.list.scrollTop < this.top - 2) this.pinned = atEnd;
    this.top = this.list.scrollTop;
  }

  toEnd(smooth = false) {
    this.newer.hidden = true;
    this.pinned = true;
    this.list.scrollTo({ top: this.list.scrollHeight, behavior: smooth ? "smooth" : "instant" });
  }
}

function showUnread() {
  for (const [user, phone] of state.phones) {
    const count = state.unread[user] ?? 0;
    phone.badge.hidden = !count;
    phone.badge.textContent = shownCount(count);
  }
  drawUnread(find("people"), state.unread);
}

function choose(userid) {
  const key = userid.toLowerCase();
  const narrow = window.matchMedia("(max-width: 720px)").matches;
  if (narrow && state.users.includes(key)) {
    state.phones.get(key)?.node.scrollIntoView({ behavior: "smooth", inline: "center", block: "nearest" });
    return;
  }
  state.users = state.users.includes(key) ? state.users.filter((user) => user !== key) : [...state.users, key];
  const address = new URL(location.href);
  address.searchParams.set("users", state.users.join(","));
  history.replaceState(null, "", address);
  layOut();
  listen();
  state.phones.get(key)?.node.scrollIntoView({ behavior: "smooth", inline: "center", block: "nearest" });
}

function layOut() {
  const known = new Map(state.people.map((person) => [person.userid.toLowerCase(), person]));
  state.users = state.users.filter((user) => known.has(user));
  state.phones = new Map(state.users.map((user) => [user, state.phones.get(user) ?? new Phone(known.get(user))]));
  find("phones").replaceChildren(...[...state.phones.values()].map((phone) => phone.node));
  drawPeople(find("people"), state, choose);
  showUnread();
}

function firstUsers() {
  const asked = new URL(location.href).searchParams.get("users");
  if (asked) return asked.toLowerCase().split(",").filter(Boolean);
  const keys = (role) => state.people.filter((person) => (person.role === "manager") === (role === "manager"))
    .map((person) => person.userid.toLowerCase());
  const managers = keys("manager").slice(0, 1);
  return [...keys("rep").slice(0, FIRST_PHONES - managers.length), ...managers];
}

function connection(name, words) {
  const node = find("link");
  node.dataset.state = name;
  node.querySelector("span").textContent = words;
}

function listen() {
  state.stream?.close();
  const stream = new EventSource(`/sandbox/events?users=${encodeURIComponent(state.users.join(","))}`);
  state.stream = stream;
  stream.addEventListener("open", () => connection("open", "实时"));
  stream.addEventListener("snapshot", (event) => {
    const data = JSON.parse(event.data);
    for (const [user, phone] of state.phones) phone.reset(data.chats[user] ?? []);
    heard(data);
  });
  stream.addEventListener("people", async () => { await loadPeople(); layOut(); });
  stream.addEventListener("changes", (event) => {
    const data = JSON.parse(event.data);
    const sorted = new Map();
    for (const entry of data.entries) {
      const user = entry.user.toLowerCase();
      sorted.set(user, [...(sorted.get(user) ?? []), entry]);
    }
    for (const [user, entries] of sorted) state.phones.get(user)?.take(entries);
    heard(data);
  });
  stream.addEventListener("error", () => {
    connection("lost", "重新连接…");
    if (stream.readyState === EventSource.CLOSED && state.stream === stream) setTimeout(listen, 1500);
  });
}

function heard(data) {
  const before = JSON.stringify(state.unread);
  state.unread = data.unread;
  if (JSON.stringify(state.unread) !== before) showUnread();
  drawBar(data.counters);
}

async function loadPeople() {
  const content = await (await fetch("/sandbox/api/people")).json();
  state.people = content.people;
  state.appName = content.app_name;
  state.menu = content.menu ?? [];
}

async function start() {
  await loadPeople();
  state.users = firstUsers();
  layOut();
  listen();
  setInterval(() => {
    for (const phone of state.phones.values()) phone.clock.textContent = clockTime(Date.now() / 1000);
  }, 10000);
}

start().catch((error) => toast(`页面无法启动：${error.message}`, "bad"));
