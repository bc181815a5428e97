/** Marks, in the table of contents, the section that is being read. */

/** The section counts that crosses this line, a third down the window. */
const READING_LINE = "-33% 0px -66% 0px";

export function startToc() {
  /** @type {Map<string, HTMLAnchorElement>} */
  const links = new Map();
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const anchors = document.querySelectorAll("nav[data-toc] a[href*='#']");
  for (const anchor of anchors) links.set(decodeURIComponent(anchor.hash.slice(1)), anchor);

  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        const link = links.get(idOf(target));
        if (!isIntersecting || !link) continue;
        for (const other of links.values()) other.removeAttribute("aria-current");
        link.setAttribute("aria-current", "true");
      }
    },
    { rootMargin: READING_LINE },
  );
  for (const id of links.keys()) {
    const target = document.getElementById(id);
    if (target) observer.observe(target.closest("section") ?? target);
  }

  /**
   * A heading stands for the section around it.
   * @param {Element} target
   */
  const idOf = (target) =>
    links.has(target.id)
      ? target.id
      : ([...links.keys()].find((id) => target.contains(document.getElementById(id))) ?? "");
}
