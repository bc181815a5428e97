/**
 * A card beside a term, with what the glossary says of it. Loaded with the first term that is looked at.
 *
 * It stays as long as the pointer is on the term or on the card, or the focus on the term; Escape takes it away.
 */

import { PATIENCE } from "./patience.js";

/** Milliseconds until a pointer that has left is taken to be elsewhere: it may be on its way to the card. */
const GRACE = 300;

/** Between a card and the edges of the window, in CSS pixels. */
const MARGIN = 16;

/** The glossary's page, once it is asked for. @type {Promise<Document> | undefined} */
let glossary;

/** The card, and the term that it belongs to. @type {{ card: HTMLElement, term: HTMLAnchorElement } | null} */
let open = null;

/** The term that was looked at last, and not looked away from. @type {HTMLAnchorElement | null} */
let wanted = null;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let leaving;

/**
 * Show a term's card.
 * @param {HTMLAnchorElement} term
 * @param {boolean} tapped Whether a finger asks for it; the next tap takes it away.
 * @throws When the glossary does not arrive.
 */
export async function look(term, tapped) {
  clearTimeout(leaving);
  if (open?.term === term) {
    if (tapped) close();
    return;
  }
  wanted = term;
  const meaning = await meaningOf(term);
  if (wanted !== term || !(tapped || term.matches(":hover, :focus"))) return;
  close();
  wanted = term;
  open = { card: cardOf(term, meaning), term };
}

/** @param {HTMLAnchorElement} term */
async function meaningOf(term) {
  glossary ??= request(term.href);
  const page = await glossary.catch((error) => {
    glossary = undefined; // the next term asks again
    throw error;
  });
  const meaning = page.getElementById(term.hash.slice(1))?.querySelector("[data-meaning]");
  if (!meaning) throw new Error(`the glossary has no ${term.hash}`);
  return meaning;
}

/**
 * A page, parsed: the policy lets no script write HTML, but the browser may read it.
 * @param {string} address
 * @returns {Promise<Document>}
 */
function request(address) {
  return new Promise((resolve, reject) => {
    const asked = new XMLHttpRequest();
    asked.open("GET", address);
    asked.responseType = "document";
    asked.timeout = PATIENCE.bytes[0] ?? 0;
    const lost = () => reject(new Error("the glossary did not arrive"));
    asked.onload = () => (asked.status === 200 && asked.responseXML ? resolve(asked.responseXML) : lost());
    asked.onerror = asked.ontimeout = lost;
    asked.send();
  });
}

/**
 * Put a card below its term, or above it where there is more room.
 * @param {HTMLAnchorElement} term
 * @param {Element} meaning
 */
function cardOf(term, meaning) {
  const card = Object.assign(document.createElement("span"), { className: "card", id: "card" });
  const words = document.createElement("span");
  words.id = "card-words";
  words.append(...[...meaning.childNodes].map((node) => document.importNode(node, true)));
  // Links within say where they lead from the glossary's page. The card goes with the focus, so Tab finds none of them.
  const links = [...meaning.querySelectorAll("a")];
  for (const link of words.querySelectorAll("a"))
    Object.assign(link, { href: links.shift()?.href ?? "", tabIndex: -1 });
  const more = Object.assign(document.createElement("a"), {
    className: "card-more",
    href: term.href,
    textContent: "In the glossary",
    tabIndex: -1, // the term itself is this link, and in the order of tabs
  });
  card.append(words, more);
  term.after(card);
  term.setAttribute("aria-describedby", words.id);
  place(card, term);
  card.addEventListener("pointerenter", () => clearTimeout(leaving));
  for (const element of [term, card]) element.addEventListener("pointerleave", leave);
  return card;
}

/**
 * @param {HTMLElement} card
 * @param {HTMLAnchorElement} term
 */
function place(card, term) {
  const frame = (card.offsetParent ?? document.body).getBoundingClientRect();
  const line = term.getClientRects()[0] ?? term.getBoundingClientRect();
  const left = Math.min(line.left, document.documentElement.clientWidth - card.offsetWidth - MARGIN);
  const below = line.bottom + card.offsetHeight <= innerHeight || line.top < card.offsetHeight;
  const top = below ? term.getBoundingClientRect().bottom : line.top - card.offsetHeight;
  card.style.left = `${Math.max(left, MARGIN) - frame.left}px`;
  card.style.top = `${top - frame.top}px`;
}

/** @param {PointerEvent} event */
function leave({ pointerType }) {
  if (pointerType === "touch" || document.activeElement === open?.term) return;
  clearTimeout(leaving);
  leaving = setTimeout(close, GRACE);
}

function close() {
  clearTimeout(leaving);
  wanted = null;
  open?.card.remove();
  open?.term.removeAttribute("aria-describedby");
  open?.term.removeEventListener("pointerleave", leave);
  open = null;
}

document.addEventListener("keydown", ({ key }) => key === "Escape" && close());
document.addEventListener("focusout", ({ target }) => {
  if (target === wanted && !open?.card.matches(":hover")) close();
});
document.addEventListener("pointerdown", ({ target }) => {
  if (open && target instanceof Node && !open.card.contains(target) && !open.term.contains(target)) close();
});
