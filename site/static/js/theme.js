/**
 * The button that switches between light and dark. Until it is pressed, the system decides.
 */

const KEY = "l2.theme";

const dark = matchMedia("(prefers-color-scheme: dark)");

/** @returns {string | null} */
function remembered() {
  try {
    const theme = localStorage.getItem(KEY);
    return theme === "light" || theme === "dark" ? theme : null;
  } catch {
    return null; // no storage: the system decides
  }
}

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
  const buttons = document.querySelectorAll("button[data-theme-toggle]");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
  const show = () => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(isDark()));
  };
  const chosen = remembered();
  if (chosen) root.dataset.theme = chosen;
  for (const button of buttons)
    button.addEventListener("click", () => {
      const theme = isDark() ? "light" : "dark";
      root.dataset.theme = theme;
      remember(theme);
      show();
    });
  dark.addEventListener("change", show);
  show();
}
