// The page works without this for reading and writing. With it, what changes in the world shows at once, and nothing
// that somebody types, has opened or stands on is lost. What comes is a tree of ["tag", {attributes}, child, …] and
// texts (sandbox/page/nodes.py); it becomes elements here, never HTML.
"use strict";

const said = document.getElementById("said");
const drafts = new Map(); // what was typed in a field that is not on the page now, by its key
let at = location.pathname + location.search;
let fetching = false;
let again = false;
let saying = 0;
let step = document.getElementById("page").dataset.step;

const narrow = matchMedia("(max-width: 899px)"); // one part is shown at a time (page.css)
const paneNow = () => document.getElementById("page").dataset.pane;
const keyOf = (element) => element.dataset?.key ?? "";
const isText = (spec) => typeof spec === "string";
const isField = (element) => element.tagName === "TEXTAREA" || (element.tagName === "INPUT" && element.type !== "hidden");

function build(spec) {
  if (isText(spec)) return document.createTextNode(spec);
  const element = document.createElement(spec[0]);
  for (const [name, value] of Object.entries(spec[1])) element.setAttribute(name, value);
  element.append(...spec.slice(2).map(build));
  if (isField(element) && drafts.has(keyOf(element))) element.value = drafts.get(keyOf(element));
  return element;
}

function fits(node, spec) {
  if (!node) return false;
  if (isText(spec)) return node.nodeType === Node.TEXT_NODE;
  return node.nodeType === Node.ELEMENT_NODE && node.localName === spec[0] && keyOf(node) === (spec[1]["data-key"] ?? "");
}

function drop(node) {
  if (node.querySelectorAll) {
    for (const field of [node, ...node.querySelectorAll("textarea, input")]) {
      if (isField(field) && keyOf(field)) drafts.set(keyOf(field), field.value);
    }
  }
  node.remove();
}

function update(node, spec) {
  if (isText(spec)) {
    if (node.data !== spec) node.data = spec;
    return;
  }
  for (const { name } of [...node.attributes]) {
    if (!(name in spec[1]) && name !== "open" && name !== "aria-busy") node.removeAttribute(name);
  }
  for (const [name, value] of Object.entries(spec[1])) {
    if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  }
  if (node.localName !== "textarea") patch(node, spec.slice(2));
}

// Makes the children of an element as they should be and keeps every one that stays.
function patch(parent, specs) {
  const wanted = new Set(specs.filter((spec) => !isText(spec)).map((spec) => spec[1]["data-key"] ?? ""));
  const keyed = new Map([...parent.children].filter(keyOf).map((child) => [keyOf(child), child]));
  let here = parent.firstChild;
  for (const spec of specs) {
    while (here && keyOf(here) && !wanted.has(keyOf(here))) here = dropped(here);
    const known = isText(spec) ? here : (keyed.get(spec[1]["data-key"]) ?? here);
    if (!fits(known, spec)) parent.insertBefore(build(spec), here);
    else {
      if (known === here) here = here.nextSibling;
      else parent.insertBefore(known, here);
      update(known, spec);
    }
  }
  while (here) here = dropped(here);
}

function dropped(node) {
  const next = node.nextSibling;
  drop(node);
  return next;
}

// A log shows its end (page.css): its top is counted from there, and what is above it is negative. What comes moves
// nobody who has scrolled back to read.
function logs() {
  return [...document.querySelectorAll(".log:not(.letters-log)")];
}

function toTheEnd(within = document) {
  for (const log of logs()) if (within.contains(log)) log.scrollTop = 0;
}

function show(spec) {
  const back = new Map(logs().filter((log) => log.scrollTop < -40).map((log) => [log, log.scrollHeight + log.scrollTop]));
  const focused = document.activeElement;
  const place = focused?.closest("section, header")?.id;
  update(document.getElementById("page"), spec);
  for (const log of logs()) log.scrollTop = back.has(log) ? back.get(log) - log.scrollHeight : 0;
  if (focused && focused !== document.body && !focused.isConnected) {
    (document.getElementById(place) ?? document.getElementById("guide")).focus();
  }
}

async function load() {
  if (fetching) {
    again = true;
    return;
  }
  fetching = true;
  try {
    do {
      again = false;
      const asked = at;
      const answer = await fetch("/page?" + asked.split("?").slice(1).join("?") + (narrow.matches ? "&narrow=1" : ""));
      const told = await answer.json();
      if (asked !== at) again = true;
      else {
        show(told.page);
        follow(told.page[1]);
      }
    } while (again);
  } finally {
    fetching = false;
  }
}

// Where a story plays, the page looks there too, once for each of its steps.
function follow(attributes) {
  if (attributes["data-step"] === step) return;
  step = attributes["data-step"];
  if (step) go(attributes["data-to"], false).then(() => toTheEnd());
}

function go(to, push = true) {
  const [address, hash] = to.split("#");
  const pane = paneNow();
  if (address !== at) {
    at = address;
    if (push) history.pushState(null, "", address);
    else history.replaceState(null, "", address);
  }
  return load().then(() => {
    if (hash) document.getElementById(hash)?.focus();
    else if (push && paneNow() !== pane && narrow.matches) scrollTo(0, 0);
  });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]:not([data-whole])");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const href = link.getAttribute("href");
  if (!href.startsWith("/?") && href !== "/") return;
  event.preventDefault();
  const writes = link.closest(".head, .replying")?.closest("section");
  const reads = link.closest(".letters, .letter") ?? (link.classList.contains("button") && link.closest("#mail"));
  go(href).then(() => {
    if (writes) writes.querySelector("textarea")?.focus();
    else if (reads && !link.isConnected) document.getElementById("mail")?.focus();
  });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches("[data-enter]")) return;
  event.preventDefault();
  event.target.form.requestSubmit(event.target.form.querySelector("button.main"));
});

document.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  if (form.getAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  try {
    const body = new URLSearchParams(new FormData(form, event.submitter));
    const answer = await fetch("/do", { method: "POST", body, headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(await answer.text());
    const told = await answer.json();
    say(told.said, told.went);
    if (told.went) {
      // What was typed on meanwhile stays.
      for (const field of form.querySelectorAll("textarea, input[name=subject]")) {
        if (field.value === body.get(field.name)) field.value = "";
      }
    }
    // What is written next must not wait for the world to be shown.
    form.removeAttribute("aria-busy");
    await go(told.to, told.to.split("#")[0] !== at);
    // Whoever does something wants to see what comes of it.
    if (told.went) toTheEnd(form.closest("section") ?? document);
  } catch (error) {
    form.removeAttribute("aria-busy");
    say(`${document.body.dataset.broken} ${error.message}`, false);
  }
});

// What went well is said for a while; what did not stays until the next thing is done.
function say(words, went) {
  clearTimeout(saying);
  said.textContent = words;
  if (went) saying = setTimeout(() => (said.textContent = ""), 15000);
}

addEventListener("popstate", () => {
  at = location.pathname + location.search;
  load();
});

const events = new EventSource("/events");
events.addEventListener("version", load);
