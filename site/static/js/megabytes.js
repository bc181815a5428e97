/**
 * "1.3 of 2.9 MB".
 * @param {number} loaded
 * @param {number} total
 */
export const progressText = (loaded, total) =>
  `${(loaded / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`;
