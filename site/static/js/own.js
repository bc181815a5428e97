/**
 * The part of a figure where a reader brings a table: by pasting it or from a file. It stays in this page. Python reads
 * it and says what is wrong with it (src/l2widgets/tables.py); here, only its first line is looked at, for the columns.
 * Loaded when somebody opens that part.
 */

/** In characters, as Python has it: what is longer need not be sent. */
const LONGEST = 256_000;

/** @type {WeakSet<Element>} */
const opened = new WeakSet();

/** The tables that this page has used, by their first line: the edition and the columns. */
/** @type {Map<string, string>} */
const texts = new Map();

let edition = 0;
let count = 0;

/**
 * A table that was used, with its first line.
 * @param {string} head
 */
export const textOf = (head) => texts.get(head) ?? "";

/**
 * Open the part, or close it.
 * @param {Element} control
 * @param {HTMLButtonElement} bring The button that does so.
 * @param {(text: string) => void} use
 */
export function open(control, bring, use) {
  if (!opened.has(control)) {
    opened.add(control);
    control.append(made(use));
  } else {
    const part = control.lastElementChild;
    if (part instanceof HTMLElement) part.hidden = !part.hidden;
  }
  const part = control.lastElementChild;
  const shown = part instanceof HTMLElement && !part.hidden;
  bring.setAttribute("aria-expanded", String(shown));
  if (shown) part.querySelector("textarea")?.focus();
}

/** @param {(text: string) => void} use */
function made(use) {
  const part = document.createElement("div");
  const table = Object.assign(document.createElement("textarea"), { rows: 6, cols: 40, spellcheck: false });
  const file = Object.assign(document.createElement("input"), {
    type: "file",
    accept: ".csv,.tsv,.txt,text/csv,text/plain",
  });
  const x = document.createElement("select");
  const y = document.createElement("select");
  const voice = Object.assign(document.createElement("p"), { className: "widget-note" });
  voice.setAttribute("role", "status");
  table.addEventListener("input", list);
  table.addEventListener("paste", (event) => {
    // The field would lay it all out, which takes a browser seconds.
    const { length } = event.clipboardData?.getData("text") ?? "";
    if (length <= LONGEST) return;
    event.preventDefault();
    tooLong(length);
  });
  file.addEventListener("click", () => {
    file.value = ""; // the same file, mended, is another table
  });
  file.addEventListener("change", async () => {
    const [chosen] = file.files ?? [];
    if (!chosen) return;
    if (chosen.size > 4 * LONGEST) {
      tooLong(chosen.size);
      return;
    }
    table.value = decoded(await chosen.arrayBuffer());
    list();
  });
  const take = button("Use this table", () => {
    if (table.value.length > LONGEST) {
      tooLong(table.value.length);
      return;
    }
    edition += 1;
    const head = `${edition}:${x.value || 1},${y.value || 2}`;
    texts.set(head, `${head}\n${table.value}`);
    voice.textContent = "";
    use(`${head}\n${table.value}`);
  });
  const back = button("Back to the figure’s data", () => use(""));
  const buttons = Object.assign(document.createElement("div"), { className: "presets" });
  buttons.append(take, back);
  part.append(
    Object.assign(document.createElement("p"), {
      className: "control-help",
      textContent:
        "From 20 to 5,000 rows of numbers, 256,000 characters at the most, with columns divided by commas, semicolons or tabs. They stay in this page: no link and no server gets them.",
    }),
    labelled("Paste a table", table),
    labelled("Or open a file", file),
    labelled("x", x),
    labelled("y", y),
    buttons,
    voice,
  );
  list();
  return part;

  /** @param {number} length */
  function tooLong(length) {
    voice.textContent = `The table has ${length.toLocaleString("en")} characters; 256,000 are the most. Take fewer rows.`;
  }

  /** Offer the columns that the first line has; what was chosen among the same columns stays. */
  function list() {
    const names = columns(table.value.slice(0, 10_000).split(/\r|\n/, 1)[0] ?? "");
    if (String(names) === String([...x.options].map(({ text }) => text))) return;
    for (const [select, first] of /** @type {[HTMLSelectElement, number][]} */ ([
      [x, 0],
      [y, 1],
    ])) {
      select.replaceChildren(...names.map((name, index) => new Option(name, String(index + 1))));
      select.selectedIndex = Math.min(first, names.length - 1);
    }
  }
}

/**
 * What the columns of a table are called, by its first line.
 * @param {string} line
 * @returns {string[]}
 */
function columns(line) {
  if (!line.trim()) return [];
  const outside = line.replace(/"[^"]*"/g, "");
  const delimiter = ["\t", ";", ","].find((mark) => outside.includes(mark)) ?? ",";
  const cells = line.match(
    new RegExp(`(?:"[^"]*"|[^"${delimiter}])+|(?<=^|${delimiter})(?=${delimiter}|$)`, "g"),
  );
  const names = (cells ?? []).map((cell) => cell.replaceAll('"', "").trim());
  const numbers = names.every((name) => name !== "" && !Number.isNaN(Number(name.replace(",", "."))));
  return names.map((name, index) => {
    if (numbers || !name) return `column ${index + 1}`;
    const again = names.indexOf(name) !== names.lastIndexOf(name);
    return again ? `${name.slice(0, 40)} (column ${index + 1})` : name.slice(0, 40);
  });
}

/**
 * A file's text: in UTF-8, in UTF-16 if it begins with its mark, else in Windows' Western letters, as spreadsheets save.
 * @param {ArrayBuffer} file
 */
function decoded(file) {
  const [first, second] = new Uint8Array(file.slice(0, 2));
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(file);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(file);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(file);
  } catch {
    return new TextDecoder("windows-1252").decode(file);
  }
}

/**
 * @param {string} words
 * @param {() => void} act
 */
function button(words, act) {
  const element = Object.assign(document.createElement("button"), {
    type: "button",
    className: "button button-quiet",
    textContent: words,
  });
  element.addEventListener("click", act);
  return element;
}

/**
 * @param {string} words
 * @param {HTMLElement} input
 */
function labelled(words, input) {
  const label = document.createElement("p");
  count += 1;
  input.id = `own-${count}`;
  const name = Object.assign(document.createElement("label"), {
    htmlFor: input.id,
    textContent: `${words} `,
  });
  label.append(name, input);
  return label;
}
