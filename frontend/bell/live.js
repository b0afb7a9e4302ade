/**
 * The live connection: a stream of the events in a person's inbox.
 *
 * One event stream serves all tabs of a person. The tabs elect a leader (Web Locks), which reads the stream
 * and passes it on (BroadcastChannel). If a browser lacks or forbids either, each page reads its own stream.
 * This module shows nothing and keeps no list. A listener that gets a `reset`, or a `hello` with a snapshot
 * newer than its list, loads the list again.
 */
import { ArrivedIds } from "./live/arrived-ids.js";
import { eventParser } from "./live/event-parser.js";
import { pauseAfter } from "./live/reconnect-pause.js";

/** @typedef {"connecting" | "open" | "offline" | "unauthorized"} Status */

/**
 * @typedef {object} Options
 * @property {string} server  Base URL of the API server, such as `https://bell.example/campanile`,
 *   without a trailing slash.
 * @property {string?} share  Identifies the person: tabs of one origin with the same server and the same
 *   value share one stream. `null`: no sharing.
 * @property {(refused: boolean) => Promise<string | null | undefined>} token  The bearer token; `null`
 *   to use the cookie. Called for every connection. `refused` says that the server refused the last token.
 *   A listener whose token is of another person closes its connection here.
 * @property {(event: any, leader: boolean) => void} onEvent  A live event, and whether this page is the leader,
 *   which raises desktop notifications. All listeners get the same object and must not change it.
 * @property {(status: Status) => void} onStatus  After `unauthorized`, which concerns only this listener's
 *   token, the connection is closed.
 * @property {number} [idleTimeout]  After how many milliseconds a hidden page closes the stream. It catches up
 *   when it is visible again. Never, if absent.
 */

/** Without a byte for this long, in milliseconds, the connection is broken. The server sends a comment every 25 s. */
const SILENCE_TIMEOUT = 60_000;
/** How long a follower waits for the leader's answer before it takes over, in milliseconds. */
const LEADER_TIMEOUT = 5_000;

/** The connections of this page, by server and person. @type {Map<string, Hub>} */
const hubs = new Map();

/**
 * Connects to the live events of a person.
 *
 * @param {Options} options
 * @returns {{ close(): void, leader(): boolean }}
 */
export function connect(options) {
  const { server, share } = options;
  const name = `campanile ${server} ${share}`;
  const shared = share != null;
  const hub = (shared && hubs.get(name)) || new Hub(name, server, shared);
  if (shared) hubs.set(name, hub);
  return hub.add(options);
}

/** The connection of one person to one server, for all listeners of this page. */
class Hub {
  /** The id to resume after. */
  #lastEventId = "";
  /** The newest snapshot. @type {any} */
  #snapshot = null;
  /** @type {Status} */
  #status = "connecting";
  /** Aborted when this page's leadership ends. @type {AbortSignal?} */
  #leadership = null;
  /** The base of the pause between two attempts, in milliseconds. The server may set it. */
  #retryBase = 1_000;
  /** @type {Set<Options>} */
  #listeners = new Set();
  #arrivedIds = new ArrivedIds();
  /** Identifies this page among the tabs. */
  #tabId = Math.random();
  /** Ends the pause between two attempts. @type {(value?: any) => void} */
  #endPause = () => {};
  /** Aborted to stop everything that runs while the page is shown. @type {AbortController?} */
  #active = null;
  /** Aborted to stop waiting for the lock. @type {AbortController?} */
  #lockRequest = null;
  /** @type {BroadcastChannel?} */
  #channel = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #leaderTimer = undefined;
  /** Runs until a hidden page closes the stream. @type {ReturnType<typeof setTimeout> | undefined} */
  #idleTimer = undefined;
  /** When the last byte arrived, in milliseconds. */
  #lastByteAt = 0;
  /** Aborts the current request. @type {AbortController?} */
  #request = null;
  #closed = new AbortController();

  /** @type {string} */
  #name;
  /** @type {string} */
  #server;
  /** Whether tabs share the stream. @type {boolean} */
  #shared;

  /** @param {string} name @param {string} server @param {boolean} shared */
  constructor(name, server, shared) {
    this.#name = name;
    this.#server = server;
    this.#shared = shared;
    const { signal } = this.#closed;
    // A page in the back-forward cache must not hold a lock, channel or stream.
    /** @type {[string, () => void][]} */
    const handlers = [
      ["pagehide", () => this.#stop()],
      ["pageshow", () => this.#start()],
      ["online", () => this.#wakeNow()],
      ["visibilitychange", () => this.#onVisibility()],
    ];
    handlers.forEach(([type, act]) => globalThis.addEventListener?.(type, act, { signal }));
  }

  /** Whether this page reads the stream, for itself or for all tabs. */
  get #isLeader() {
    return !!this.#leadership && !this.#leadership.aborted;
  }

  /** @param {Options} options */
  add(options) {
    this.#listeners.add(options);
    this.#start();
    this.#scheduleIdle();
    // A listener that is added later gets the current state.
    const status = this.#status;
    const snapshot = this.#snapshot;
    this.#notify(options, () => options.onStatus(status));
    if (snapshot) this.#notify(options, () => options.onEvent(this.#snapshotEvent("hello"), this.#isLeader));
    return {
      leader: () => this.#isLeader,
      close: () => this.#removeListener(options),
    };
  }

  /** @param {Options} options */
  #removeListener(options) {
    this.#listeners.delete(options);
    if (this.#listeners.size) return;
    this.#stop();
    this.#closed.abort();
    if (hubs.get(this.#name) === this) hubs.delete(this.#name);
  }

  /**
   * Calls a listener in a task of its own. An exception is reported and does not affect other listeners.
   *
   * @param {Options} listener @param {() => void} call
   */
  #notify(listener, call) {
    queueMicrotask(() => {
      try {
        if (this.#listeners.has(listener)) call();
      } catch (error) {
        globalThis.reportError?.(error);
      }
    });
  }

  /** Starts, unless it is running. */
  #start() {
    if (this.#active) return;
    this.#lastByteAt = Date.now();
    this.#active = new AbortController();
    const { signal } = this.#active;
    try {
      if (this.#shared && navigator.locks) {
        this.#channel = new BroadcastChannel(this.#name);
        this.#channel.onmessage = ({ data }) => this.#onTabMessage(data);
        this.#acquireLock(signal, false);
        return this.#askLeader();
      }
    } catch {
      // Absent, or forbidden here.
    }
    this.#readStream(signal);
  }

  /** Stops everything. The last event id and the snapshot are kept. */
  #stop() {
    this.#active?.abort();
    this.#active = null;
    clearTimeout(this.#leaderTimer);
    clearTimeout(this.#idleTimer);
    this.#channel?.close();
    this.#channel = null;
  }

  /** The page was hidden or became visible. */
  #onVisibility() {
    this.#scheduleIdle();
    if (document.hidden) return;
    this.#start();
    this.#wakeNow();
  }

  /** Closes the stream after a while if the page is hidden and all listeners allow it. */
  #scheduleIdle() {
    clearTimeout(this.#idleTimer);
    const timeout = Math.max(...[...this.#listeners].map(({ idleTimeout = Infinity }) => idleTimeout));
    if (globalThis.document?.hidden && timeout < Infinity) this.#idleTimer = setTimeout(() => this.#stop(), timeout);
  }

  /** Connects or checks the connection at once, instead of waiting for a timer. */
  #wakeNow() {
    if (!this.#active) return;
    if (!this.#isLeader) this.#askLeader();
    // Timers do not run while a computer sleeps.
    else if (Date.now() - this.#lastByteAt > SILENCE_TIMEOUT) this.#request?.abort();
    this.#endPause();
  }

  /**
   * Waits for the lock of the leader, or steals it from a leader that does not answer.
   *
   * @param {AbortSignal} signal @param {boolean} steal
   */
  async #acquireLock(signal, steal) {
    this.#lockRequest?.abort();
    const waiting = (this.#lockRequest = new AbortController());
    const term = new AbortController();
    const end = () => [waiting, term].forEach((each) => each.abort());
    signal.addEventListener("abort", end);
    let granted = false;
    // If the lock manager does not answer either, this page reads a stream of its own.
    if (steal) this.#setLeaderTimer(LEADER_TIMEOUT, () => this.#readStream(signal));
    try {
      await navigator.locks.request(this.#name, steal ? { steal } : { signal: waiting.signal }, () => {
        granted = true;
        return this.#readStream(term.signal);
      });
    } catch {
      // Replaced by an own request to steal, closed, stolen by another tab, or locks are forbidden.
      term.abort();
      if (granted && this.#channel) {
        this.#acquireLock(signal, false);
        this.#askLeader();
      } else if (granted || !waiting.signal.aborted) this.#readStream(signal);
    }
    signal.removeEventListener("abort", end);
  }

  /** Requests the current state from the leader. Without an answer this page takes over. */
  #askLeader() {
    this.#post({ ask: this.#tabId, last: this.#lastEventId });
    this.#setLeaderTimer(LEADER_TIMEOUT, () => this.#active && this.#acquireLock(this.#active.signal, true));
  }

  /** @param {number} time @param {() => void} otherwise */
  #setLeaderTimer(time, otherwise) {
    clearTimeout(this.#leaderTimer);
    this.#leaderTimer = setTimeout(() => this.#isLeader || otherwise(), time);
  }

  /**
   * A message from another tab: a request to the leader, or the leader's message to one or all.
   *
   * @param {any} message
   */
  #onTabMessage({ ask, last, status, from, to, data, id }) {
    if (ask) {
      if (!this.#isLeader) return;
      const missed = last && last !== this.#lastEventId;
      this.#broadcast({ to: ask, id: this.#lastEventId, data: this.#snapshot && JSON.stringify(this.#snapshotEvent(missed ? "reset" : "hello")) });
    } else if (!this.#isLeader) {
      this.#setLeaderTimer(SILENCE_TIMEOUT, () => this.#askLeader());
      this.#setStatus(status);
      // A new leader that resumed after another event may skip events that this page lacks.
      if (from != null && this.#lastEventId && from !== this.#lastEventId) this.#askLeader();
      if (data && (!to || to === this.#tabId)) this.#onEvent(data, id);
    }
  }

  /** @param {object} message */
  #broadcast(message) {
    this.#post({ status: this.#status, ...message });
  }

  /** @param {object} message */
  #post(message) {
    try {
      this.#channel?.postMessage(message);
    } catch {
      // Messages cannot be sent, so none will arrive either: this page reads a stream of its own.
      this.#channel?.close();
      this.#channel = null;
      if (this.#active) this.#readStream(this.#active.signal);
    }
  }

  /** @param {Status} status */
  #setStatus(status) {
    if (status === this.#status) return;
    this.#status = status;
    this.#listeners.forEach((listener) => this.#notify(listener, () => listener.onStatus(status)));
  }

  /** @param {string} event */
  #snapshotEvent(event) {
    return { event, snapshot: this.#snapshot };
  }

  /** @param {string} data @param {string} id */
  #onEvent(data, id) {
    const parsed = JSON.parse(data);
    const { event, item, snapshot } = parsed;
    this.#lastEventId = id;
    // An event read as a follower is repeated when this page resumes the stream as the leader.
    if (event === "arrived" && !this.#arrivedIds.add(item.id)) return;
    const old = this.#snapshot;
    // Numbers are comparable within a generation of the store. Another generation replaces the snapshot.
    if (!old || old.generation !== snapshot.generation || (snapshot.sequence >= old.sequence && snapshot.revision >= old.revision))
      this.#snapshot = snapshot;
    const leading = this.#isLeader;
    this.#listeners.forEach((listener) => this.#notify(listener, () => listener.onEvent(parsed, leading)));
  }

  /**
   * Reads the stream, and connects again, until aborted.
   *
   * @param {AbortSignal} signal
   */
  async #readStream(signal) {
    if (signal.aborted || this.#isLeader) return;
    this.#leadership = signal;
    clearTimeout(this.#leaderTimer);
    let failures = 0;
    let refused = false;
    while (!signal.aborted) {
      const request = (this.#request = new AbortController());
      const end = (signal.onabort = () => request.abort());
      /** @type {ReturnType<typeof setTimeout> | undefined} */
      let watchdog;
      const alive = () => {
        this.#lastByteAt = Date.now();
        clearTimeout(watchdog);
        watchdog = setTimeout(end, SILENCE_TIMEOUT);
      };
      /** @type {Status} */
      let status = "offline";
      let asked = null;
      const [listener] = this.#listeners;
      try {
        const bearer = await listener.token(refused);
        alive();
        const response = await fetch(`${this.#server}/api/v1/events`, {
          cache: "no-store",
          headers: {
            Accept: "text/event-stream",
            ...(bearer && { Authorization: `Bearer ${bearer}` }),
            ...(this.#lastEventId && { "Last-Event-ID": this.#lastEventId }),
          },
          signal: request.signal,
        });
        if (/40[13]/.test(response.status)) {
          // The token may have expired: a new one is requested once.
          refused = !refused;
          if (refused) continue;
          // Other listeners of this page, and then other tabs, may have a valid token.
          this.#removeListener(listener);
          listener.onStatus("unauthorized");
        } else if (response.ok && response.headers.get("Content-Type")?.startsWith("text/event-stream")) {
          const from = this.#lastEventId;
          this.#setStatus("open");
          this.#broadcast({ from });
          status = "connecting";
          const message = (data, id) => {
            this.#broadcast({ data, id });
            this.#onEvent(data, id);
            failures = 0;
          };
          const parse = eventParser(message, (milliseconds) => (this.#retryBase = milliseconds), from);
          const reader = response.body.getReader();
          for (let chunk; !(chunk = await reader.read()).done; ) {
            alive();
            parse(chunk.value);
            // Followers get a message at least as often as the leader gets bytes, and so know that there is a
            // leader.
            this.#broadcast({});
          }
        } else {
          asked = response.headers.get("Retry-After");
        }
      } catch {
        // Unreachable, interrupted, silent for too long, no token, or aborted.
      } finally {
        clearTimeout(watchdog);
        request.abort();
      }
      if (signal.aborted) break;
      refused = false;
      // The listener closed its connection meanwhile: no pause is needed.
      if (!this.#listeners.has(listener)) continue;
      this.#setStatus(status);
      this.#broadcast({});
      await new Promise((resolve) => {
        this.#endPause = signal.onabort = resolve;
        setTimeout(resolve, pauseAfter(failures++, this.#retryBase, asked));
      });
    }
  }
}
