/**
 * Run a task when the page has nothing else to do.
 * @param {() => void} task
 */
export function whenIdle(task) {
  if ("requestIdleCallback" in window) requestIdleCallback(task);
  else setTimeout(task, 500);
}
