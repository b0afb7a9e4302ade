/**
 * Browser features that Node.js lacks, for tests with several tabs: Web Locks, and modules that are loaded
 * once per tab.
 */

let tabs = 0;

/** `live.js` as another tab loads it. @returns {Promise<typeof import("../live.js")>} */
export const openTab = () => import(`../live.js?tab=${++tabs}`);

/** Web Locks (W3C), as far as they are used: exclusive, with a queue, `steal` and `signal`. */
export class Locks {
  /** @type {Map<string, { holder?: { fail(error: Error): void }, queue: (() => void)[] }>} */
  #locks = new Map();

  request(name, { steal, signal } = {}, callback) {
    const lock = this.#locks.get(name) ?? { queue: [] };
    this.#locks.set(name, lock);
    return new Promise((resolve, reject) => {
      const grant = () => {
        const holder = { fail: reject };
        lock.holder = holder;
        const release = () => {
          if (lock.holder !== holder) return;
          lock.holder = undefined;
          lock.queue.shift()?.();
        };
        Promise.resolve(callback({ name })).then(resolve, reject).finally(release);
      };
      if (steal) {
        lock.holder?.fail(new DOMException("stolen", "AbortError"));
        grant();
      } else if (lock.holder) {
        lock.queue.push(grant);
        signal?.addEventListener("abort", () => {
          lock.queue = lock.queue.filter((each) => each !== grant);
          reject(signal.reason);
        });
      } else grant();
    });
  }
}

/**
 * Gives the test a `navigator` with these locks.
 *
 * @param {import("node:test").TestContext} t @param {unknown} locks
 */
export function provideLocks(t, locks = new Locks()) {
  provide(t, "navigator", { language: "en", locks });
}

/** Defines a browser global for one test. @param {import("node:test").TestContext} t */
export function provide(t, name, value) {
  const before = Object.getOwnPropertyDescriptor(globalThis, name);
  Object.defineProperty(globalThis, name, { configurable: true, writable: true, value });
  t.after(() => (before ? Object.defineProperty(globalThis, name, before) : delete globalThis[name]));
}

/**
 * Makes time pass as fast as the test needs it. Each step lets the network proceed, then advances the clock
 * by a quarter of a second. The clock stands still while a request has no answer.
 *
 * @param {import("node:test").TestContext} t
 */
export function fastTime(t) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.parse("2026-11-29T12:00:00Z") });
  const { fetch } = globalThis;
  let unanswered = 0;
  provide(t, "fetch", (...request) => {
    unanswered++;
    return fetch(...request).finally(() => unanswered--);
  });
  /** @type {(condition: () => unknown, most?: number) => Promise<number>} Resolves to how long it took, in milliseconds. */
  const until = async (condition, most = 300_000) => {
    const begun = Date.now();
    for (;;) {
      for (let turn = 0; turn < 20; turn++) {
        if (condition()) return Date.now() - begun;
        await new Promise((resolve) => setImmediate(resolve));
      }
      if (unanswered) continue;
      if (Date.now() - begun >= most) throw new Error(`not within ${most} ms: ${condition}`);
      t.mock.timers.tick(250);
    }
  };
  /** Advances the clock by a number of milliseconds. */
  const pass = (time) => {
    const end = Date.now() + time;
    return until(() => Date.now() >= end, time + 1_000);
  };
  return { until, pass };
}
