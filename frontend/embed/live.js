/**
 * The live connection: what happens in a person's inbox, as it happens.
 *
 * One event stream serves every tab of a person: the tabs elect a leader (Web Locks), which reads
 * the stream and passes it on (BroadcastChannel). Where a browser lacks or forbids either, each page
 * reads its own. The module knows nothing of the screen and keeps no list: who gets a `reset`, or a
 * `hello` with a snapshot newer than the list shown, fetches the list again.
 */

/** @typedef {"connecting" | "open" | "offline" | "unauthorized"} Status */

/**
 * @typedef {object} Options
 * @property {string} server  Base URL of the API server, such as `https://bell.example/campanile`,
 *   without a slash at its end.
 * @property {string?} share  Names the person: tabs of one origin with the same server and the same
 *   name share one stream. `null`: share with nobody.
 * @property {(refused: boolean) => Promise<string | null | undefined>} token  The bearer token; `null`
 *   to rely on the cookie. Asked for at every connection; `refused` says that the server did not take
 *   the last one. A listener that finds another person's token closes its connection here.
 * @property {(data: string, leader: boolean) => void} onEvent  The JSON text of a live event, and
 *   whether this page is the one to act on it alone (a desktop notification).
 * @property {(status: Status) => void} onStatus  After `unauthorized`, which is about this listener's
 *   token alone, the connection is closed.
 * @property {number} [rest]  After how long a page that nobody sees lets go of the stream, in
 *   milliseconds; it catches up when it is seen again. Never, when absent.
 */

/** Without a byte for this long the stream is taken for dead. The server sends a comment every 25 s. */
const SILENCE_TIMEOUT = 60_000;
/** How long a follower waits for the leader's answer before it takes its place. */
const LEADER_TIMEOUT = 5_000;
/** The shortest pause after an attempt that failed, whatever the server says. */
const MIN_PAUSE = 1_000;
/** The longest pause that a server may ask for. */
const MAX_PAUSE = 60_000;
/** The longest pause between the first attempts, so that a page is right again soon after a restart. */
const MAX_PROMPT_PAUSE = 3_000;
/** How many attempts are prompt: those of about a minute. */
const PROMPT_ATTEMPTS = 20;
/** The longest pause between the attempts after them. */
const MAX_PATIENT_PAUSE = 30_000;
/** How many arrivals are remembered, to drop what is told twice when the leader changes. */
const ARRIVED_IDS_KEPT = 500;

/**
 * Reads server-sent events from chunks of bytes (WHATWG HTML §9.2.6).
 *
 * @param {(data: string, id: string) => void} onMessage  `id` is the last one told, perhaps empty.
 * @param {(milliseconds: number) => void} onRetry
 * @param {string} [id]  The last event id of the connection before.
 * @returns {(bytes: Uint8Array) => void}
 */
export function eventParser(onMessage, onRetry, id = "") {
  const decoder = new TextDecoder();
  let rest = "";
  let afterReturn = false;
  let told = id;
  /** @type {string[]} */
  let data = [];

  /** @param {string} line */
  const read = (line) => {
    if (line === "") {
      id = told;
      if (data.length) onMessage(data.join("\n"), id);
      data = [];
      return;
    }
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") data.push(value);
    else if (field === "id" && !value.includes("\0")) told = value;
    else if (field === "retry" && /^\d+$/.test(value)) onRetry(Number(value));
  };

  return (bytes) => {
    let text = decoder.decode(bytes, { stream: true });
    // The middle of a character: nothing to read yet.
    if (!text) return;
    // A line feed that opens a chunk may belong to the carriage return that closed the one before.
    if (afterReturn && text[0] === "\n") text = text.slice(1);
    afterReturn = text.endsWith("\r");
    const lines = (rest + text).split(/\r\n?|\n/);
    rest = lines.pop() ?? "";
    lines.forEach(read);
  };
}

/**
 * How long to wait before the next attempt, in milliseconds.
 *
 * @param {number} failures  How many attempts failed in a row before this one.
 * @param {number} retry  The base that the server set, in milliseconds.
 * @param {string?} [asked]  `Retry-After` (RFC 9110 §10.2.3): seconds, or a date.
 */
export function pauseAfter(failures, retry, asked) {
  const longest = failures < PROMPT_ATTEMPTS ? MAX_PROMPT_PAUSE : MAX_PATIENT_PAUSE;
  const grown = Math.min(longest, Math.max(retry, MIN_PAUSE) * 2 ** failures) * (0.5 + Math.random() / 2);
  // What is neither a number nor a date asks for nothing.
  const wanted = (asked && (asked * 1_000 || Date.parse(asked) - Date.now())) || 0;
  return Math.max(MIN_PAUSE, grown, Math.min(wanted, MAX_PAUSE));
}

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

/** One person at one server, for every listener of this page. */
class Hub {
  /** The id to resume after. */
  #lastEventId = "";
  /** The newest snapshot told. @type {any} */
  #snapshot = null;
  /** @type {Status} */
  #status = "connecting";
  /** Aborted when this page's leadership ends. @type {AbortSignal?} */
  #leadership = null;
  /** Base of the pause between two attempts, in milliseconds; the server may set it. */
  #retryBase = 1_000;
  /** @type {Set<Options>} */
  #listeners = new Set();
  /** Ids of items that arrived, the newest first. @type {string[]} */
  #arrivedIds = [];
  /** Names this page to the others. */
  #tabId = Math.random();
  /** Ends the pause between two attempts. @type {(value?: any) => void} */
  #endPause = () => {};
  /** Ends what runs while the page is shown. @type {AbortController?} */
  #active = null;
  /** Ends the wait for the lock. @type {AbortController?} */
  #lockRequest = null;
  /** @type {BroadcastChannel?} */
  #channel = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #leaderTimer = undefined;
  /** Until a hidden page rests. @type {ReturnType<typeof setTimeout> | undefined} */
  #idleTimer = undefined;
  /** When the stream was last heard, in milliseconds. */
  #lastByteAt = 0;
  /** Ends the request under way. @type {AbortController?} */
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
    // A page in the back-forward cache must hold neither lock, channel nor stream.
    /** @type {[string, () => void][]} */
    const moments = [
      ["pagehide", () => this.#stop()],
      ["pageshow", () => this.#start()],
      ["online", () => this.#wakeNow()],
      ["visibilitychange", () => this.#onVisibility()],
    ];
    moments.forEach(([type, act]) => globalThis.addEventListener?.(type, act, { signal }));
  }

  /** Whether this page reads the stream, for itself or for all. */
  get #isLeader() {
    return !!this.#leadership && !this.#leadership.aborted;
  }

  /** @param {Options} options */
  add(options) {
    this.#listeners.add(options);
    this.#start();
    this.#scheduleIdle();
    // A listener that comes later is told how things stand.
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
   * Calls a listener by itself: what it throws is reported and disturbs nobody else.
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

  /** Begins, unless it runs already. */
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

  /** Ends everything but the memory of where it stood. */
  #stop() {
    this.#active?.abort();
    this.#active = null;
    clearTimeout(this.#leaderTimer);
    clearTimeout(this.#idleTimer);
    this.#channel?.close();
    this.#channel = null;
  }

  /** The page was hidden or is seen again. */
  #onVisibility() {
    this.#scheduleIdle();
    if (document.hidden) return;
    this.#start();
    this.#wakeNow();
  }

  /** Rests after a while, if nobody sees the page and all that listens may rest. */
  #scheduleIdle() {
    clearTimeout(this.#idleTimer);
    const rest = Math.max(...[...this.#listeners].map(({ rest = Infinity }) => rest));
    if (globalThis.document?.hidden && rest < Infinity) this.#idleTimer = setTimeout(() => this.#stop(), rest);
  }

  /** Something changed for the better: no use in waiting longer. */
  #wakeNow() {
    if (!this.#active) return;
    if (!this.#isLeader) this.#askLeader();
    // Timers do not run while a machine sleeps.
    else if (Date.now() - this.#lastByteAt > SILENCE_TIMEOUT) this.#request?.abort();
    this.#endPause();
  }

  /**
   * Waits to become the leader, or takes the place of one that does not answer.
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
    // A thief whom nobody answers either reads a stream of its own.
    if (steal) this.#setLeaderTimer(LEADER_TIMEOUT, () => this.#readStream(signal));
    try {
      await navigator.locks.request(this.#name, steal ? { steal } : { signal: waiting.signal }, () => {
        granted = true;
        return this.#readStream(term.signal);
      });
    } catch {
      // Replaced by a theft of our own, closed, robbed, or locks are forbidden here.
      term.abort();
      if (granted && this.#channel) {
        this.#acquireLock(signal, false);
        this.#askLeader();
      } else if (granted || !waiting.signal.aborted) this.#readStream(signal);
    }
    signal.removeEventListener("abort", end);
  }

  /** Asks the leader how things stand; without an answer its place is taken. */
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
   * A word from another tab: a question to the leader, or the leader's word to one or to all.
   *
   * @param {any} message
   */
  #onTabMessage({ ask, last, status, from, to, data, id }) {
    if (ask) {
      if (!this.#isLeader) return;
      const missed = last && last !== this.#lastEventId;
      this.#broadcast({ to: ask, id: this.#lastEventId, data: this.#snapshot && this.#snapshotEvent(missed ? "reset" : "hello") });
    } else if (!this.#isLeader) {
      this.#setLeaderTimer(SILENCE_TIMEOUT, () => this.#askLeader());
      this.#setStatus(status);
      // A new leader that resumed elsewhere than where this page stands may skip what it lacks.
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
      // Nobody can be told, and nobody can be heard: this page reads a stream of its own.
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
    return JSON.stringify({ event, snapshot: this.#snapshot });
  }

  /** @param {string} data @param {string} id */
  #onEvent(data, id) {
    const { event, item, snapshot } = JSON.parse(data);
    this.#lastEventId = id;
    // What was read as a follower comes again when the stream is resumed as the leader.
    if (event === "arrived") {
      if (this.#arrivedIds.includes(item.id)) return;
      this.#arrivedIds = [item.id, ...this.#arrivedIds].slice(0, ARRIVED_IDS_KEPT);
    }
    const old = this.#snapshot;
    // Numbers are compared within a generation of the store; another replaces what was before.
    if (!old || old.generation !== snapshot.generation || (snapshot.sequence >= old.sequence && snapshot.revision >= old.revision))
      this.#snapshot = snapshot;
    const leading = this.#isLeader;
    this.#listeners.forEach((listener) => this.#notify(listener, () => listener.onEvent(data, leading)));
  }

  /**
   * Reads the stream, again and again, until told to end.
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
          // The token may just be old: its source is asked once for a new one.
          refused = !refused;
          if (refused) continue;
          // Others of this page, and then other tabs, may have better ones.
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
            // Followers hear that there is a leader at least as often as the leader hears the server.
            this.#broadcast({});
          }
        } else {
          asked = response.headers.get("Retry-After");
        }
      } catch {
        // Unreachable, cut off, silent for too long, no token to be had, or told to end.
      } finally {
        clearTimeout(watchdog);
        request.abort();
      }
      if (signal.aborted) break;
      refused = false;
      // Whoever left did so for reasons of their own.
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
