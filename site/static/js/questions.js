/**
 * The checks of understanding: an answer that is checked is explained, and kept by the browser until it is to forget.
 * Loaded when the first of them comes near. Without this script an answer is explained as soon as it is chosen.
 */

const KEY = "answers";

/** @type {Record<string, string[]>} Every answer that was checked, in that order, by the question's name. */
let answers = {};

export function start() {
  answers = kept();
  const checks = [...document.querySelectorAll("[data-checks]")];
  for (const check of checks) {
    check.addEventListener("click", ({ target }) => {
      if (!(target instanceof HTMLElement)) return;
      if (target.matches("[data-check]")) answered(target.closest("[data-question]"));
      if (target.matches("[data-forget]")) forget(check);
    });
    check.addEventListener("keydown", (event) => {
      const { target } = event;
      if (event instanceof KeyboardEvent && event.key === "Enter" && target instanceof HTMLInputElement)
        answered(target.closest("[data-question]"));
    });
  }
  for (const question of document.querySelectorAll("[data-question]")) {
    // What was chosen before this script came has been explained already.
    const chosen = inputs(question).find((input) => input.checked);
    for (const value of answers[question.id] ?? []) explain(question, value);
    if (chosen) note(question, chosen.value);
  }
  for (const check of checks) check.setAttribute("data-live", "");
  keep();
}

/** @param {Element | null} question */
function answered(question) {
  if (!question) return;
  const chosen = inputs(question).find((input) => input.checked);
  if (!chosen) {
    say(question, "Choose an answer first.");
    return;
  }
  const why = note(question, chosen.value);
  keep();
  if (why) say(question, "", why);
}

/**
 * Take an answer down, and show its explanation.
 * @param {Element} question
 * @param {string} value
 */
function note(question, value) {
  const before = (answers[question.id] ?? []).filter((other) => other !== value);
  answers[question.id] = [...before, value];
  return explain(question, value);
}

/**
 * Show the explanation of an answer, which is then the one that is chosen.
 * @param {Element} question
 * @param {string} value
 */
function explain(question, value) {
  const input = inputs(question).find((one) => one.value === value);
  const answer = input?.closest("[data-answer]");
  if (!input || !answer) return null; // the question has changed since
  input.checked = true;
  answer.setAttribute("data-told", "");
  return answer.querySelector("[data-why]");
}

/** @param {Element} check */
function forget(check) {
  answers = {};
  keep();
  for (const question of document.querySelectorAll("[data-question]")) {
    for (const input of inputs(question)) input.checked = false;
    for (const answer of question.querySelectorAll("[data-told]")) answer.removeAttribute("data-told");
    say(question, "");
  }
  const last = [...check.querySelectorAll("[data-question]")].at(-1);
  if (last) say(last, "All answers are forgotten.");
}

/**
 * Say a sentence beside the button, or an explanation that stands elsewhere, to those alone who do not see that.
 * @param {Element} question
 * @param {string} sentence
 * @param {Element} [why]
 */
function say(question, sentence, why) {
  const voice = question.querySelector("[data-verdict]");
  if (!voice) return;
  voice.replaceChildren(sentence, ...(why ? [unseen(why)] : []));
}

/** @param {Element} why */
function unseen(why) {
  const copy = Object.assign(document.createElement("span"), { className: "visually-hidden" });
  copy.append(...why.cloneNode(true).childNodes);
  return copy;
}

/** @param {Element} question */
function inputs(question) {
  return [...question.querySelectorAll("input")];
}

/** What the browser has kept, as far as it can be read. */
function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return Object.fromEntries(Object.entries(found ?? {}).filter(([, values]) => Array.isArray(values)));
  } catch {
    return {};
  }
}

/** Have the browser keep the answers, if it will; the page says whether it does. */
function keep() {
  let lasting = true;
  try {
    if (Object.keys(answers).length) localStorage.setItem(KEY, JSON.stringify(answers));
    else localStorage.removeItem(KEY);
  } catch {
    lasting = false;
  }
  for (const note of document.querySelectorAll("[data-kept]"))
    note.textContent = lasting
      ? "Your answers stay in this browser."
      : "This browser keeps no answers; they are gone when you leave the page.";
}
