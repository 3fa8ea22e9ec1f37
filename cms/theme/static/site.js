// What a page does more where scripts run. Without any of this, everything can be read and reached.
"use strict";

const root = document.body.dataset.root;
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const one = (selector, within = document) => within.querySelector(selector);

// Tabs: two links to pages become two tabs of what stands below them.

function tabs(box) {
  const names = all("[data-tab]", box);
  const select = (chosen) => {
    for (const name of names) {
      name.setAttribute("aria-selected", String(name === chosen));
      name.tabIndex = name === chosen ? 0 : -1;
      document.getElementById(name.dataset.tab).hidden = name !== chosen;
    }
  };
  one(".names", box).setAttribute("role", "tablist");
  for (const name of names) {
    const panel = document.getElementById(name.dataset.tab);
    name.setAttribute("role", "tab");
    name.id = `${panel.id}-name`;
    name.setAttribute("aria-controls", panel.id);
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", name.id);
    name.addEventListener("click", (event) => {
      event.preventDefault();
      select(name);
    });
    name.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (event.key === " ") select(name);
      else if (!step) return;
      else {
        const way = document.dir === "rtl" ? -step : step;
        const next = names[(names.indexOf(name) + way + names.length) % names.length];
        select(next);
        next.focus();
      }
      event.preventDefault();
    });
  }
  box.classList.add("ready");
  select(names[0]);
}

// See more: the next page's items come below those that are here.

async function more(event) {
  const link = event.target.closest("[data-more]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.getAttribute("aria-busy")) return;
  link.setAttribute("aria-busy", "true");
  let next;
  try {
    const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(answer.statusText);
    next = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    location.href = link.href;
    return;
  }
  const list = one("[data-list]");
  const shown = new Set(all("main [data-id]").map((item) => item.dataset.id));
  const first = list.children.length;
  for (const item of [...(one("[data-list]", next)?.children ?? [])]) {
    if (!shown.has(one("[data-id]", item)?.dataset.id)) list.append(document.adoptNode(item));
  }
  const further = one("[data-more]", next);
  if (further) {
    link.href = further.href;
    link.removeAttribute("aria-busy");
  } else link.closest(".more").remove();
  one("a", list.children[first] ?? list)?.focus({ preventScroll: true });
}

// Live: the newest list grows by what the change feed tells, and what is taken leaves it.

const LINES_MOST = 40;
// So that not all who read ask at the same moment.
const AGAIN_MS = 15_000;
const SPREAD_MS = 3_000;

function line(told) {
  const item = document.createElement("li");
  item.dataset.id = told.id;
  item.dataset.at = told.published_at;
  item.className = "new";
  const time = document.createElement("time");
  time.dateTime = told.published_at;
  const day = told.published_at.slice(0, 10);
  const today = one(".today time").dateTime;
  time.textContent =
    day === today ? told.published_at.slice(11, 16) : new Date(`${day}T12:00`).toLocaleDateString(document.documentElement.lang, { dateStyle: "medium" });
  const link = document.createElement("a");
  link.href = `${root}/${told.section}/${told.slug}`;
  link.textContent = told.headline;
  item.append(time, link);
  return item;
}

function live(list) {
  const found = (id) => all("li", list).find((item) => item.dataset.id === id);
  const rename = (told) => {
    const link = one("a", found(told.id));
    link.textContent = told.headline;
    link.href = `${root}/${told.section}/${told.slug}`;
  };
  const place = (told) => {
    if (found(told.id)) return rename(told);
    const at = Date.parse(told.published_at);
    const after = all("li", list).find((item) => Date.parse(item.dataset.at) <= at);
    if (!after && list.children.length) return;
    list.insertBefore(line(told), after ?? null);
    while (list.children.length > LINES_MOST) list.lastElementChild.remove();
  };
  // What happened before the feed was heard: the page may have been kept for a while, or nobody looked at it.
  const compare = async () => {
    const answer = await fetch(`${root}/v1/latest?limit=20`).catch(() => null);
    if (!answer?.ok) return;
    const cards = (await answer.json()).items;
    const ids = new Set(cards.map((card) => card.id));
    const oldest = Math.min(...cards.map((card) => Date.parse(card.published_at)));
    for (const item of all("li", list))
      if (Date.parse(item.dataset.at) >= oldest && !ids.has(item.dataset.id)) item.remove();
    cards.reverse().forEach(place);
  };
  const hear = (name, act) => changes.addEventListener(name, (event) => act(JSON.parse(event.data)));
  let changes, timer;
  const close = () => {
    clearTimeout(timer);
    changes?.close();
    changes = null;
  };
  // A browser has few connections to a site: a tab that nobody looks at keeps none of them.
  const open = () => {
    if (changes || document.hidden) return;
    changes = new EventSource(`${root}/v1/changes`);
    changes.addEventListener("open", compare);
    changes.addEventListener("reset", compare);
    changes.addEventListener("error", () => {
      if (changes?.readyState !== EventSource.CLOSED) return;
      close();
      timer = setTimeout(open, AGAIN_MS + Math.random() * AGAIN_MS);
    });
    hear("published", (told) => {
      place(told);
      setTimeout(breaking, Math.random() * SPREAD_MS);
    });
    hear("updated", (told) => found(told.id) && rename(told));
    hear("withdrawn", (told) => told.reason !== "moved" && found(told.id)?.remove());
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
  open();
}

// Breaking: looked for now and then, while somebody looks at the page.

const BREAKING_EVERY_MS = 30_000;

async function breaking() {
  const strip = one("[data-breaking]");
  if (document.hidden) return;
  const answer = await fetch(`${root}/v1/front?limit=1`).catch(() => null);
  if (!answer?.ok) return;
  const cards = (await answer.json()).breaking;
  const items = cards.map((card) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = `${root}/${card.section}/${card.slug}`;
    link.textContent = card.headline;
    item.append(link);
    return item;
  });
  const list = one("ul", strip);
  const said = (found) => found.map((item) => `${item.textContent.trim()} ${one("a", item).pathname}`).join("\n");
  if (said(items) !== said(all("li", list))) list.replaceChildren(...items);
  strip.hidden = !items.length;
}

// A view: counted once, however often this tab shows the article again within the session.

function view(article) {
  const place = `view:${article}`;
  try {
    if (sessionStorage.getItem(place)) return;
    sessionStorage.setItem(place, "1");
  } catch {
    // Nothing can be kept here: then each showing is a view.
  }
  const to = `${root}/v1/articles/${article}/beacon`;
  if (!navigator.sendBeacon?.(to)) fetch(to, { method: "POST", keepalive: true }).catch(() => null);
}

// Search: what somebody may be about to type.

const TYPED_MS = 150;

function suggest(input) {
  const list = document.createElement("ul");
  list.id = `${input.id}-suggestions`;
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels[0]?.textContent ?? "");
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list" }))
    input.setAttribute(name, value);
  input.after(list);
  let timer, asked = 0, chosen = -1;
  const show = (items) => {
    chosen = -1;
    list.replaceChildren(
      ...items.map((item, place) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${place}`;
        option.setAttribute("role", "option");
        option.dataset.to = item.url;
        option.textContent = item.text;
        option.addEventListener("mousedown", (event) => event.preventDefault());
        option.addEventListener("click", () => (location.href = item.url));
        return option;
      }),
    );
    list.hidden = !items.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.removeAttribute("aria-activedescendant");
  };
  const leave = () => {
    clearTimeout(timer);
    asked += 1; // What is still on its way comes too late.
    show([]);
  };
  const choose = (place) => {
    const options = [...list.children];
    chosen = (place + options.length + 1) % (options.length + 1);
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
    if (options[chosen]) input.setAttribute("aria-activedescendant", options[chosen].id);
    else input.removeAttribute("aria-activedescendant");
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const turn = ++asked;
      const q = input.value.trim();
      const answer = q && (await fetch(`${root}/v1/search/suggestions?q=${encodeURIComponent(q)}`).catch(() => null));
      if (turn === asked) show(answer?.ok ? (await answer.json()).items : []);
    }, TYPED_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") choose(chosen < 0 ? 0 : chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen < 0 ? list.children.length - 1 : chosen - 1);
    else if (event.key === "Escape") leave();
    else if (event.key === "Enter" && list.children[chosen]) location.href = list.children[chosen].dataset.to;
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", leave);
}

// A film of another site is asked for once somebody wants to see it.

function play(event) {
  const link = event.target.closest("[data-player]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const frame = document.createElement("iframe");
  frame.src = link.dataset.player;
  frame.title = one("span", link).textContent;
  frame.allow = "autoplay; fullscreen; picture-in-picture";
  frame.referrerPolicy = "strict-origin-when-cross-origin";
  link.replaceWith(frame);
  frame.focus();
}

// Sharing and passwords.

async function copy(button) {
  const copied = await navigator.clipboard.writeText(button.dataset.copy).then(() => true, () => false);
  if (copied) button.lastChild.textContent = button.dataset.copied;
}

async function reset(event) {
  event.preventDefault();
  const form = event.target, said = one("[role=status]", form);
  const token = location.hash.slice(1);
  if (!token) said.textContent = said.dataset.broken;
  else if (form.password.value !== form.again.value) said.textContent = said.dataset.differ;
  else {
    const answer = await fetch(`${root}/editorial/password`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token, password: form.password.value }),
    }).catch(() => null);
    if (!answer?.ok) {
      const problem = await answer?.json().catch(() => null);
      said.textContent = problem?.detail ?? said.dataset.failed;
      return;
    }
    history.replaceState(null, "", location.pathname);
    form.reset();
    said.textContent = said.dataset.done;
  }
}

all("[data-tabs]").forEach(tabs);
all("[data-suggest]").forEach(suggest);
for (const list of all("[data-live]")) live(list);
setInterval(breaking, BREAKING_EVERY_MS);
document.addEventListener("visibilitychange", breaking);
document.addEventListener("click", more);
document.addEventListener("click", play);
if (navigator.clipboard)
  for (const button of all("[data-copy]")) {
    button.parentElement.hidden = false;
    button.addEventListener("click", () => copy(button));
  }
one("[data-reset]")?.addEventListener("submit", reset);
document.addEventListener("click", (event) => {
  for (const open of all(".menu details[open]")) if (!open.contains(event.target)) open.open = false;
});
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && one(".menu details[open]");
  if (open) {
    open.open = false;
    one("summary", open).focus();
  }
});

const article = document.body.dataset.article;
if (article) {
  if (document.prerendering) document.addEventListener("prerenderingchange", () => view(article), { once: true });
  else view(article);
}
