/**
 * A figure's picture as a file. Plotly's own way writes HTML from text, which the page's policy refuses; this copies the
 * drawing that is on the screen, with what styles it and the font in it.
 */

import { find } from "./controls.js";

const SVG = "http://www.w3.org/2000/svg";

/** Parts of a drawing that only a pointer needs. */
const IDLE = ".draglayer, .hoverlayer, .zoomlayer, .selectionlayer, .modebar-container";

/** How the page's style keeps lines off words (widget.css). */
const OUTLINE = { paintOrder: "stroke", strokeWidth: "3px", strokeLinejoin: "round" };

/** How many pixels of a PNG are one CSS pixel. */
const SHARPNESS = 2;

/**
 * The picture as SVG: of what is drawn, or the page's own where nothing is.
 * @param {HTMLElement} figure
 * @param {string} link Where the figure can be found in this state.
 * @returns {Promise<string>}
 */
export async function pictureOf(figure, link) {
  const layers = [...figure.querySelectorAll("[data-live] .main-svg")];
  if (layers.length === 0) return shownBefore(figure);
  const { clientWidth: width, clientHeight: height } = find(figure, "[data-live]", HTMLElement);
  const title = figure.querySelector(".widget-title")?.textContent ?? "";
  const summary = figure.querySelector("[data-summary]")?.textContent ?? "";
  const surface = getComputedStyle(figure).backgroundColor;
  const writer = new XMLSerializer();
  // Written as text, since the page's policy lets no script make a style element, in whatever document.
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="${SVG}" role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<title>${escaped(title)}</title>
<desc>${escaped(`${summary} ${link}`)}</desc>
<style>${escaped(await fontFaces())}</style>
<rect width="${width}" height="${height}" fill="${surface}"/>
${layers.map((layer) => writer.serializeToString(copyOf(layer, surface))).join("\n")}
</svg>
`;
}

/**
 * The same in pixels.
 * @param {string} svg
 * @returns {Promise<Blob>}
 */
export async function rastered(svg) {
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * SHARPNESS;
    canvas.height = image.naturalHeight * SHARPNESS;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("it is too large")))),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}

/**
 * The picture that stands on the page until the figure is drawn.
 * @param {HTMLElement} figure
 */
async function shownBefore(figure) {
  const seen = [...figure.querySelectorAll("picture img")].find((image) => image.checkVisibility());
  const response = await fetch(seen instanceof HTMLImageElement ? seen.currentSrc : "");
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return response.text();
}

/**
 * A layer of the drawing, without what only a pointer needs and without names that mean something on the page alone.
 * @param {Element} layer
 * @param {string} surface The colour under it, which keeps lines off the words as the page's own style does.
 */
function copyOf(layer, surface) {
  const copy = /** @type {Element} */ (layer.cloneNode(true));
  for (const part of copy.querySelectorAll(IDLE)) part.remove();
  for (const word of copy.querySelectorAll(".textpoint text"))
    if (word instanceof SVGElement) Object.assign(word.style, { ...OUTLINE, stroke: surface });
  for (const part of [copy, ...copy.querySelectorAll("*")])
    for (const { name } of [...part.attributes])
      if (name === "class" || name.startsWith("data-") || name.startsWith("aria-"))
        part.removeAttribute(name);
  return copy;
}

/** The rules of the page's fonts that figures are written in, with the fonts inside. */
async function fontFaces() {
  const faces = [...document.styleSheets].flatMap((sheet) =>
    [...sheet.cssRules].flatMap((rule) => {
      if (!(rule instanceof CSSFontFaceRule)) return [];
      const family = rule.style.getPropertyValue("font-family");
      const [, address] = /url\(["']?([^"')]+)/.exec(rule.style.getPropertyValue("src")) ?? [];
      return family.includes("Inter") && address ? [{ rule: rule.cssText, address, base: sheet.href }] : [];
    }),
  );
  const rules = await Promise.all(
    faces.map(async ({ rule, address, base }) => {
      try {
        return rule.replace(address, await dataUrl(new URL(address, base ?? document.baseURI)));
      } catch {
        return ""; // another sans serif will do
      }
    }),
  );
  return rules.join("");
}

/**
 * @param {URL} url
 * @returns {Promise<string>}
 */
async function dataUrl(url) {
  const blob = await (await fetch(url)).blob();
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = reject;
    reader.readAsDataURL(blob);
  });
}

/** @param {string} text */
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
