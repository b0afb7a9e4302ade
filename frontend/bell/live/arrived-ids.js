/** How many ids are kept. */
const ARRIVED_IDS_KEPT = 500;

/** The ids of the items that arrived last, to drop events that repeat when the leader changes. */
export class ArrivedIds {
  /** The newest first. @type {string[]} */
  #ids = [];

  /** @param {string} id @returns {boolean}  Whether the id is new. */
  add(id) {
    if (this.#ids.includes(id)) return false;
    this.#ids = [id, ...this.#ids].slice(0, ARRIVED_IDS_KEPT);
    return true;
  }
}
