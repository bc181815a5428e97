/**
 * Added to every page by `build.py serve`, and by nothing else: shows what has been written as soon as it is built, and
 * what is wrong with it as long as it is.
 *
 * Text that has changed takes the place of what it was, and figures stay as they are. Where more has changed (a figure, a
 * question, the contents, a script), the page is loaded again; the address says where its controls stand, and the place
 * in the text is found again.
 */

/** @typedef {{ build: string, problems: string[] }} State What the server says, at first and after every build. */

const PLACE = "live-place";

/** What a script of the page has made ready and would have to make ready again. */
const PREPARED = "[data-widget], [data-checks], [data-lab]";

/** What the head says of a page to others, which is no reason to load it again. */
const SAID = "main, title, meta[name], meta[property], script[type='application/ld+json'], [data-build]";

/** The build that is shown, and that which was asked for last. */
let shown = document.currentScript?.dataset.build ?? "";
let wanted = shown;

/** The page as it was delivered, which its scripts have changed since. @type {Promise<Document | null>} */
let delivered = request();

const alert = Object.assign(document.createElement("div"), { className: "live-problems", role: "alert" });
alert.tabIndex = -1;
document.body.append(alert);
goBack();

new EventSource("/-/events").addEventListener("message", ({ data }) => {
  /** @type {State} */
  const { build, problems } = JSON.parse(data);
  tell(problems);
  if (build !== wanted) {
    wanted = build;
    follow(build);
  } else document.documentElement.dataset.build = shown;
});

/** @param {string[]} problems */
function tell(problems) {
  if (problems.length === 0) {
    alert.replaceChildren();
    return;
  }
  const said = document.createElement("p");
  const built = document.querySelector("main");
  said.textContent = `${built ? "This is the last good version." : "There is no version yet."} To be mended:`;
  const list = document.createElement("ul");
  for (const problem of problems) {
    const item = document.createElement("li");
    item.textContent = problem;
    list.append(item);
  }
  alert.replaceChildren(said, list);
}

/** @param {string} build */
async function follow(build) {
  const before = await delivered;
  delivered = request();
  const after = await delivered;
  if (build !== wanted) return; // a newer one is on its way
  const main = document.querySelector("main");
  const [old, next] = [before?.querySelector("main"), after?.querySelector("main")];
  const fits = before && after && idOf(before) === shown && around(before) === around(after);
  if (!fits || !main || !old || !next || !mend(main, old, next)) {
    again();
    return;
  }
  document.title = after.title;
  shown = idOf(after);
  document.documentElement.dataset.build = shown;
}

/**
 * This page as the server has it now. The policy lets no script write HTML, but the browser may read it.
 * @returns {Promise<Document | null>}
 */
function request() {
  return new Promise((resolve) => {
    const asked = new XMLHttpRequest();
    asked.open("GET", location.pathname);
    asked.responseType = "document";
    asked.onload = () => resolve(asked.status === 200 ? asked.responseXML : null);
    asked.onerror = () => resolve(null);
    asked.send();
  });
}

/** @param {Document} page */
function idOf(page) {
  return page.querySelector("script[data-build]")?.getAttribute("data-build") ?? "";
}

/**
 * Everything of a page but its text.
 * @param {Document} page
 */
function around(page) {
  const copy = document.importNode(page.documentElement, true);
  for (const element of copy.querySelectorAll(SAID)) element.remove();
  return copy.outerHTML.replace(/\s+/g, " ");
}

/**
 * Make of an element what it has become; false where that takes more than new text.
 * @param {Element} live As it is shown.
 * @param {Element} before As it was delivered.
 * @param {Element} after As it is delivered now.
 * @returns {boolean}
 */
function mend(live, before, after) {
  const places = [...live.children];
  const [olds, news] = [[...before.children], [...after.children]];
  if (places.some((place, at) => place.tagName !== olds[at]?.tagName) || places.length !== olds.length)
    return false;
  const [oldTexts, newTexts] = [olds, news].map((all) => all.map((element) => element.outerHTML));
  let [from, to] = [0, 0];
  for (const [kept, stays] of [...common(oldTexts ?? [], newTexts ?? []), [olds.length, news.length]]) {
    if (!exchange(places, olds, news, [from, kept ?? 0], [to, stays ?? 0], live)) return false;
    [from, to] = [(kept ?? 0) + 1, (stays ?? 0) + 1];
  }
  return true;
}

/**
 * Put some new elements in the place of some old ones.
 * @param {Element[]} places
 * @param {Element[]} olds
 * @param {Element[]} news
 * @param {[start: number, end: number]} range Of the old ones.
 * @param {[start: number, end: number]} newRange
 * @param {Element} parent
 */
function exchange(places, olds, news, [from, kept], [to, stays], parent) {
  if (kept - from === 1 && stays - to === 1) {
    const [place, old, next] = [places[from], olds[from], news[to]];
    if (place && old?.tagName === "SECTION" && next?.tagName === "SECTION" && opening(old) === opening(next))
      return mend(place, old, next);
  }
  const gone = places.slice(from, kept);
  const come = news.slice(to, stays).map((element) => document.importNode(element, true));
  if ([...gone, ...come].some((element) => element.matches(PREPARED) || element.querySelector(PREPARED)))
    return false;
  const next = places[kept] ?? null;
  for (const element of come) parent.insertBefore(element, next);
  for (const element of gone) element.remove();
  return true;
}

/** @param {Element} element */
function opening(element) {
  return [...element.attributes].map(({ name, value }) => `${name}=${value}`).join();
}

/**
 * The longest list of pairs of places that have the same text, in order.
 * @param {string[]} before
 * @param {string[]} after
 * @returns {[before: number, after: number][]}
 */
function common(before, after) {
  const width = after.length + 1;
  const longest = new Uint16Array((before.length + 1) * width);
  /** @param {number} i @param {number} j */
  const from = (i, j) => longest[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      longest[i * width + j] =
        before[i] === after[j] ? from(i + 1, j + 1) + 1 : Math.max(from(i + 1, j), from(i, j + 1));
  /** @type {[number, number][]} */
  const pairs = [];
  for (let i = 0, j = 0; i < before.length && j < after.length; ) {
    if (before[i] === after[j]) pairs.push([i++, j++]);
    else if (from(i + 1, j) >= from(i, j + 1)) i++;
    else j++;
  }
  return pairs;
}

/** Load the page again, and come back to the same place in its text. */
function again() {
  const marks = [...document.querySelectorAll("main [id]")].filter((element) => element.checkVisibility());
  const above = marks.filter((element) => element.getBoundingClientRect().top <= innerHeight / 3).at(-1);
  const place = {
    page: location.pathname,
    id: above?.id ?? "",
    top: above?.getBoundingClientRect().top ?? -scrollY,
  };
  sessionStorage.setItem(PLACE, JSON.stringify(place));
  location.reload();
}

/** After a reload, come back to where the page was. */
function goBack() {
  const kept = sessionStorage.getItem(PLACE);
  sessionStorage.removeItem(PLACE);
  if (!kept) return;
  const { page, id, top } = JSON.parse(kept);
  if (page !== location.pathname) return;
  const scroll = () => {
    const mark = document.getElementById(id);
    scrollBy({ top: (mark?.getBoundingClientRect().top ?? -scrollY) - top, behavior: "instant" });
  };
  scroll();
  addEventListener("load", scroll, { once: true }); // the browser's own way back comes before that, and knows less
}
