/**
 * Remembers, within this tab, that Python was being started. When the tab dies at that point, the next page finds the note
 * and waits for the reader, instead of dying again.
 */

const KEY = "l2.starting";

/** @type {boolean} */
let diedLastTime = false;
try {
  diedLastTime = sessionStorage.getItem(KEY) !== null;
} catch {
  // no storage, no memory of it
}

/** Whether the tab seems to have died while Python was starting. */
export const diedWhileStarting = () => diedLastTime;

export function markStarting() {
  try {
    sessionStorage.setItem(KEY, "1");
  } catch {
    // the guard is a kindness, not a need
  }
}

export function endedWell() {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // as above
  }
}

// Leaving the page while Python starts is no accident.
addEventListener("pagehide", endedWell);
