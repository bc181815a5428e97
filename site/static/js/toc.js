/** Marks, in the table of contents, the section that is being read. */

/** The section counts that crosses this line, a third down the window. */
const READING_LINE = "-33% 0px -66% 0px";

export function startToc() {
  /** @type {Map<Element, HTMLAnchorElement>} */
  const links = new Map();
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const anchors = document.querySelectorAll("nav[data-toc] a[href^='#']");
  for (const anchor of anchors) {
    const section = document.getElementById(anchor.hash.slice(1));
    if (section) links.set(section, anchor);
  }
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        for (const [section, link] of links) {
          if (section === target) link.setAttribute("aria-current", "true");
          else link.removeAttribute("aria-current");
        }
      }
    },
    { rootMargin: READING_LINE },
  );
  for (const section of links.keys()) observer.observe(section);
}
