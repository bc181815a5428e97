/**
 * Leads from where a page was to where it is, with all that the address says of figures and places. The page with all
 * articles stands where the first of them was: from there it leads on only when the address speaks of something in that.
 */

const link = document.querySelector("a[data-moved]");
const { search, hash } = location;
const meant = /[?&]\w+\.\w+=/.test(search) || (hash !== "" && !document.getElementById(hash.slice(1)));

if (link instanceof HTMLAnchorElement && (link.dataset.moved !== "asked" || meant))
  location.replace(link.href + search + hash);
