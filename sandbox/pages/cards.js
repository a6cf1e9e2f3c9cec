// Draws messages and template cards as the WeCom client does.
import { describe, el, link, markdown, withLinks } from "./words.js";

const SOURCE_INK = ["ink-grey", "ink-black", "ink-red", "ink-green"];

export function drawBody(entry, actions) {
  const draw = { text, markdown: markdownBubble, textcard, news, template_card: card }[entry.kind];
  return draw ? draw(entry, actions) : el("div", { class: "bubble" }, "［暂不支持的消息］");
}

function text(entry) {
  return el("div", { class: "bubble" }, withLinks(entry.content.content ?? ""));
}

function markdownBubble(entry) {
  return el("div", { class: "bubble md" }, markdown(entry.content.content ?? ""));
}

function textcard(entry) {
  const body = entry.content;
  return el("div", { class: "card" },
    el("h3", { class: "card-title" }, body.title ?? ""),
    el("div", { class: "tc" }, describe(body.description ?? "")),
    link(body.url ?? "", body.btntxt || "详情", { class: "card-more" }));
}

function news(entry) {
  const articles = entry.content.articles ?? [];
  return el("div", { class: "card news" }, articles.map((article, index) =>
    el("div", { class: index ? "article" : "article first" },
      picture(article.picurl, index ? "thumb" : "cover"),
      el("div", {},
        link(article.url ?? "", article.title ?? "", { class: "article-title" }),
        article.description ? el("p", { class: "article-text" }, article.description) : null))));
}

function picture(address, className) {
  if (!address) return null;
  const image = el("img", { class: className, src: address, alt: "", loading: "lazy", referrerpolicy: "no-referrer" });
  image.addEventListener("error", () => image.classList.add("broken"));
  return image;
}

function card(entry, actions) {
  const body = entry.content;
  const node = el("article", { class: "card", "data-card-type": body.card_type });
  node.append(...[
    head(entry, actions), title(body), picture(body.card_image?.url, "cover"), imageText(body.image_text_area),
    emphasis(body.emphasis_content), quote(body.quote_area), vertical(body.vertical_content_list),
    body.sub_title_text ? el("p", { class: "card-sub" }, body.sub_title_text) : null,
    rows(body.horizontal_content_list), jumps(body.jump_list), answer(entry, actions), action(body),
  ].filter(Boolean));
  return node;
}

function head(entry, actions) {
  const source = entry.content.source;
  const menu = entry.content.action_menu;
  if (!source && !menu) return null;
  return el("header", { class: "card-head" },
    source ? [picture(source.icon_url, "source-icon"),
      el("span", { class: SOURCE_INK[source.desc_color ?? 0] }, source.desc ?? "")] : el("span"),
    menu ? cornerMenu(entry, menu, actions) : null);
}

function cornerMenu(entry, menu, actions) {
  const details = el("details", { class: "corner", "data-role": "card-menu" },
    el("summary", { "aria-label": menu.desc || "更多" }, "⋯"));
  details.append(el("div", { class: "corner-list" }, (menu.action_list ?? []).map((item) =>
    el("button", {
      type: "button", "data-menu-key": item.key,
      onclick: () => { details.open = false; actions.tapMenu(entry, item.key); },
    }, item.text))));
  return details;
}

function title(body) {
  const main = body.main_title ?? {};
  if (!main.title && !main.desc) return null;
  return el("div", {},
    main.title ? el("h3", { class: "card-title" }, main.title) : null,
    main.desc ? el("p", { class: "card-desc" }, main.desc) : null);
}

function emphasis(block) {
  if (!block) return null;
  return el("div", { class: "emphasis" }, el("b", {}, block.title ?? ""), el("span", {}, block.desc ?? ""));
}

function quote(block) {
  if (!block || (!block.title && !block.quote_text)) return null;
  const words = [block.title ? el("b", {}, block.title) : null, block.quote_text ? el("p", {}, block.quote_text) : null];
  return block.type === 1 && /^https?:/.test(block.url ?? "")
    ? el("a", { class: "quote", href: block.url, target: "_blank", rel: "noopener noreferrer" }, words)
    : el("blockquote", { class: "quote" }, words);
}

function imageText(block) {
  if (!block) return null;
  return el("div", { class: "article" }, picture(block.image_url, "thumb"),
    el("div", {}, el("b", {}, block.title ?? ""), el("p", { class: "article-text" }, block.desc ?? "")));
}

function vertical(list) {
  if (!list?.length) return null;
  return el("div", { class: "vertical" }, list.map((item) =>
    el("div", {}, el("b", {}, item.title), item.desc ? el("p", {}, item.desc) : null)));
}

function rows(list) {
  if (!list?.length) return null;
  return el("dl", { class: "rows" }, list.map((row) => {
    let value = row.value ?? "";
    if (row.type === 1) value = link(row.url ?? "", value || "查看");
    else if (row.type === 2) value = el("span", { class: "file" }, value);
    else if (row.type === 3) value = el("span", { class: "member" }, value || row.userid);
    return el("div", {}, el("dt", {}, row.keyname), el("dd", {}, value));
  }));
}

function jumps(list) {
  if (!list?.length) return null;
  return el("div", { class: "jumps" }, list.map((jump) =>
    jump.type === 1 ? link(jump.url ?? "", jump.title, { class: "jump" }) : el("span", { class: "jump" }, jump.title)));
}

function action(body) {
  const target = body.card_action;
  const interactive = /_interaction$/.test(body.card_type ?? "");
  if (!target || target.type !== 1 || (interactive && !target.url)) return null;
  return link(target.url ?? "", "查看详情", { class: "card-more", "data-role": "card-action" });
}

// What a member can answer: drop-downs, votes and buttons, or one grey button once an update replaced them.
function answer(entry, actions) {
  const body = entry.content;
  const grey = entry.grey_text
    ? el("div", { class: "buttons" },
      el("button", { type: "button", class: "button grey", disabled: true, "data-role": "grey-button" }, entry.grey_text))
    : null;
  if (body.card_type === "button_interaction") {
    const chosen = new Map();
    const ask = body.button_selection ? [dropDown(body.button_selection, chosen, Boolean(grey))] : [];
    return el("div", { class: "answer" }, ask, grey ?? buttons(entry, chosen, actions));
  }
  if (body.card_type === "vote_interaction") {
    const ask = vote(entry, body.checkbox ?? {}, Boolean(grey));
    return el("div", { class: "answer" }, ask.node, grey ?? submit(entry, ask.chosen, actions));
  }
  if (body.card_type === "multiple_interaction") {
    const chosen = new Map();
    const asks = (body.select_list ?? []).map((question) => dropDown(question, chosen, Boolean(grey)));
    return el("div", { class: "answer" }, asks,
      grey ?? submit(entry, () => Object.fromEntries(chosen), actions));
  }
  return null;
}

function buttons(entry, chosen, actions) {
  const list = entry.content.button_list ?? [];
  const node = el("div", { class: `buttons n${list.length}` });
  for (const item of list) {
    const style = `button style${item.style ?? 1}`;
    node.append(item.type === 1
      ? link(item.url ?? "", item.text, { class: style })
      : el("button", {
        type: "button", class: style, "data-button-key": item.key,
        onclick: (event) => actions.tap(entry, item.key, Object.fromEntries(chosen), event.currentTarget),
      }, item.text));
  }
  return node;
}

function submit(entry, chosen, actions) {
  const button = entry.content.submit_button ?? {};
  return el("div", { class: "buttons" }, el("button", {
    type: "button", class: "button style1", "data-button-key": button.key,
    onclick: (event) => actions.tap(entry, button.key, chosen(), event.currentTarget),
  }, button.text || "提交"));
}

function dropDown(question, chosen, disabled) {
  const options = question.option_list ?? [];
  chosen.set(question.question_key, [question.selected_id || options[0]?.id]);
  const select = el("select", {
    "data-question-key": question.question_key, disabled: disabled || question.disable,
    onchange: (event) => chosen.set(question.question_key, [event.target.value]),
  }, options.map((option) => el("option", { value: option.id }, option.text)));
  select.value = question.selected_id || options[0]?.id || "";
  return el("label", { class: "question" }, el("span", {}, question.title ?? ""), select);
}

function vote(entry, box, disabled) {
  const kind = box.mode === 1 ? "checkbox" : "radio";
  const node = el("div", { class: "vote", "data-question-key": box.question_key });
  for (const option of box.option_list ?? []) {
    const input = el("input", {
      type: kind, name: `vote-${entry.user}-${entry.id}`, "data-option-id": option.id,
      checked: option.is_checked, disabled: disabled || box.disable,
    });
    node.append(el("label", { class: "option" }, input, el("span", {}, option.text)));
  }
  const chosen = () => {
    const ids = [...node.querySelectorAll("input:checked")].map((input) => input.dataset.optionId);
    return { [box.question_key]: ids };
  };
  return { node, chosen };
}
