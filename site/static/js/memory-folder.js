/** Where Python's memory is kept between visits: in the origin's private file system, a folder for each site of the origin. */

/**
 * What the folder is called.
 * @param {string} base The absolute address of the folder of Python's files.
 */
export const folderName = (base) => encodeURIComponent(new URL(base).pathname);

/**
 * Remove what is kept, whichever release it is of.
 * @param {string} base
 */
export async function forget(base) {
  try {
    const root = await navigator.storage.getDirectory();
    await root.removeEntry(folderName(base), { recursive: true });
  } catch {
    // nothing is kept, storage is refused, or another tab has the file open
  }
}
