/**
 * The button that switches between light and dark. Until it is pressed, the system decides.
 */

/** As in early.js, which sets the theme before the first paint. */
const KEY = "theme";

const dark = matchMedia("(prefers-color-scheme: dark)");

/** @param {string} theme */
function remember(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // for this page only, then
  }
}

export function startTheme() {
  const root = document.documentElement;
  /** @type {NodeListOf<HTMLButtonElement>} */
  const buttons = document.querySelectorAll("button[data-theme-toggle]");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
  const show = () => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(isDark()));
  };
  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const theme = isDark() ? "light" : "dark";
      root.dataset.theme = theme;
      remember(theme);
      show();
    });
  }
  dark.addEventListener("change", show);
  show();
}
