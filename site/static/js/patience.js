/** How long the page and its worker wait before they do something about it, in milliseconds. */
export const PATIENCE = {
  /** For the next bytes of a download, at each try. A lasting failure is explained when all tries are over. */
  bytes: [7000, 4000, 4000],
  /** Before the last of these tries: a server that restarts is back by then. */
  pause: 1000,
  /** For the worker's first word. */
  word: 7000,
  /** For its next word while files arrive: longer than one try. */
  download: 12_000,
  /** And while Python starts. */
  start: 15_000,
  /** For a figure's own files, which go before Python's. */
  supply: 3000,
  /** For a figure. */
  answer: 10_000,
  /** For a sign of life, after the page has been away. */
  ping: 5000,
  /** For Python's memory of an earlier visit, when everything else is there; the start itself takes about a second. */
  recall: 500,
  /** For the next question, until Python does what can wait. */
  idle: 1000,
};

/**
 * Resolves when a figure's own files are there, or after a while.
 * @param {Promise<unknown>} [supplied]
 */
export const headStart = (supplied) =>
  Promise.race([
    new Promise((resolve) => setTimeout(resolve, PATIENCE.supply)),
    ...(supplied ? [supplied] : []),
  ]);
