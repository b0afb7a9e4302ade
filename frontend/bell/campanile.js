/**
 * `<campanile-bell>`: the bell of Campanile for any page.
 *
 * It is a button with the number of unread notifications, and a panel that is loaded when the person is about
 * to open it. Everything is in the element's shadow root, styled by a constructed sheet. The host page's
 * document, styles, links and router are not touched.
 *
 * Attributes: `server` (base URL of the API; default: the folder of this script), `token` (bearer token of
 * the person), `lang`, `dir`, `console` (base URL of the console; default: the folder of this script).
 * Property `token`: a string, or a function that returns one or a promise of one. The function is called with
 * `true` if the server refused the last token.
 *
 * The bell belongs to the person of its token. A token of another person resets connection, count and panel.
 * Without a valid token the bell is signed out and shows no count.
 *
 * Events, bubbling and composed: `campanile-count` (detail: counts), `campanile-open` (cancel it to keep the
 * panel closed) and `campanile-item` (detail: id, title, url, link; cancel it to keep the item's page from
 * opening).
 */
import { connect } from "./live.js";
import { sheet } from "./campanile/style.js";
import { buttonTexts, languageOf } from "./campanile/texts.js";
import { personOfToken } from "./campanile/token-person.js";

/** The highest first. */
const SEVERITIES = ["error", "warning", "success", "information"];
/** The cap of counts: this value means “this many or more”. */
const CAP = 1_000;

/** A page that is hidden for this long, in milliseconds, closes the stream until it is visible again. */
const IDLE_TIMEOUT = 300_000;

/** The longest pause before a signed-out bell requests a token again, in milliseconds. */
const MAX_TOKEN_PAUSE = 60_000;

/** The counts of a bell that is signed out. */
const NO_COUNTS = { total: 0, unread: 0, unseen: 0, by_severity: { information: 0, success: 0, warning: 0, error: 0 } };

/** How long a loaded panel waits for its list before it is created without it, in milliseconds. */
const LIST_WAIT = 100;

/** The folder of this script, which also contains the panel. */
const scriptFolder = new URL(".", import.meta.url).href;

/** The panel's module, shared by all bells of the page, and the module with its API calls. @type {Promise<any> | undefined} */
let panelModule, panelCalls;

/** Loads the panel. The WebAssembly is compiled while the modules are loaded. */
const loadPanel = () =>
  (panelModule ??= (async () => {
    const url = `${scriptFolder}panel_bg.wasm`;
    // If the server sends the wrong media type, the module loads the program in another way.
    const program = WebAssembly.compileStreaming(fetch(url)).catch(() => url);
    const modules = ["-api", "", "-dates", "-popover"].map((part) => import(`${scriptFolder}panel${part}.js`));
    panelCalls = modules[0];
    const [, panel] = await Promise.all(modules);
    await panel.default({ module_or_path: program });
    return panel;
  })());

/** Loads texts of a language: `.panel` for the panel, `.bell` for the button. @param {string} name */
const fetchTexts = async (name) => (await fetch(`${scriptFolder}locales/${name}.json`)).json();

/** The texts of panels, by language. @type {Record<string, Promise<any>>} */
const texts = {};

/** Loads the parts of a panel in a language. @param {string} tag */
const loadParts = (tag) =>
  Promise.all([loadPanel(), (texts[tag] ??= fetchTexts(`${tag}.panel`))]).catch((error) => {
    // Allows another attempt, because the network may be back by then.
    panelModule = texts[tag] = undefined;
    throw error;
  });

/** @param {string} url @returns {string}  The absolute URL without a trailing slash. */
const absoluteUrl = (url) => new URL(url, document.baseURI).href.replace(/\/+$/, "");

class CampanileBell extends HTMLElement {
  static observedAttributes = ["server", "token", "lang"];

  #button = document.createElement("button");
  #badge = document.createElement("span");
  #popover = document.createElement("div");
  /** @type {any} */
  #token;
  /** How often the token was set. */
  #tokenVersion = 0;
  /** The token in use. @type {string | null | undefined} */
  #currentToken;
  /** The last token that the server refused. @type {string | null | undefined} */
  #refusedToken;
  /** The person of the bell; empty if signed out, `undefined` if not known yet. @type {string | undefined} */
  #person;
  /** Increased when the person or the attributes change. Results of an older epoch are dropped. */
  #epoch = 0;
  /** Runs until a token is requested again. @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** How often a token was requested since the bell was signed out. */
  #attempts = 0;
  /** @type {any} */
  #snapshot;
  /** @type {ReturnType<typeof connect> | undefined} */
  #connection;
  /** The attributes that the connection was made for. */
  #connectedFor = "";
  #status = "connecting";
  /** @type {any} */
  #panel;
  /** The panel that is being created. @type {Promise<void> | undefined} */
  #preparing;

  constructor() {
    super();
    const button = this.#button;
    const box = this.#popover;
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS(icon.namespaceURI, "path");
    icon.setAttribute("viewBox", "0 0 16 16");
    path.setAttribute("d", "M3.5 11.5V7a4.5 4.5 0 0 1 9 0v4.5l1 1h-11zM6.5 14.2h3");
    icon.append(path);
    button.part = "button";
    button.ariaHasPopup = "dialog";
    button.ariaExpanded = "false";
    this.#badge.part = "badge";
    button.append(icon, this.#badge);
    box.part = "panel";
    box.role = "dialog";
    box.popover = "auto";
    root.append(button, box);

    // The browser opens and closes the panel: by the button, by Escape, by a click elsewhere.
    button.popoverTargetElement = box;
    box.addEventListener("beforetoggle", (event) => this.#toggle(event));
    for (const type of ["pointerenter", "focus"])
      button.addEventListener(type, () => {
        // Without a connection the bell may be signed out, and there is no list to load.
        if (this.#connection && !this.#panel) this.#prepare().catch(() => {});
      });
  }

  get token() {
    return this.#token === undefined ? this.getAttribute("token") : this.#token;
  }

  set token(token) {
    this.#token = token;
    this.#tokenVersion++;
    this.#update();
  }

  connectedCallback() {
    // A token that was set before the element was defined hides the property.
    if (Object.hasOwn(this, "token")) {
      const { token } = this;
      delete this.token;
      this.token = token;
    }
    addEventListener("visibilitychange", this.#identify);
    this.#update();
  }

  disconnectedCallback() {
    removeEventListener("visibilitychange", this.#identify);
    this.#update();
  }

  attributeChangedCallback() {
    this.#update();
  }

  /** @param {FocusOptions} [options] */
  focus(options) {
    this.#button.focus(options);
  }

  get #server() {
    return absoluteUrl(this.getAttribute("server") || scriptFolder);
  }

  get #isOpen() {
    return this.#popover.matches(":popover-open");
  }

  /** Connects again if the attributes have changed. */
  async #update() {
    // Several changes, or a move within the page, are handled together.
    await null;
    const target = this.isConnected ? `${this.#server} ${this.getAttribute("token")} ${this.#tokenVersion}` : "";
    if (target === this.#connectedFor) return this.#render();
    this.#connectedFor = target;
    this.#refusedToken = undefined;
    this.#switchPerson();
    this.#identify();
  }

  /**
   * Finds out who the person is, unless that is known. Repeats while the page is visible.
   *
   * @param {any} [again]
   */
  #identify = (again) => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#connectedFor || this.#person) return;
    this.#scheduleIdentify();
    if (!again || !document.hidden) this.#bearerToken(!!again).catch(() => {});
  };

  /** Schedules the next attempt. */
  #scheduleIdentify() {
    this.#timer = setTimeout(this.#identify, Math.min(2_000 * 2 ** this.#attempts++, MAX_TOKEN_PAUSE), true);
  }

  /**
   * Switches to another person, or to none. All data of the previous person are removed.
   *
   * @param {string} [person] @param {string | null} [newToken]  The person's token.
   */
  #switchPerson(person, newToken) {
    const epoch = ++this.#epoch;
    this.#person = person;
    this.#currentToken = person && newToken;
    this.#connection?.close();
    this.#panel?.free();
    const old = this.#snapshot;
    this.#connection = this.#panel = this.#snapshot = undefined;
    this.#render();
    if (old) this.#dispatch("campanile-count", NO_COUNTS);
    if (person)
      this.#connection = connect({
        server: this.#server,
        share: `bell ${person}`,
        idleTimeout: IDLE_TIMEOUT,
        token: (refused) => this.#bearerToken(refused, epoch),
        onEvent: (event) => {
          this.#attempts = 0;
          this.#applySnapshot(event.snapshot);
          this.#panel?.receive(event);
        },
        onStatus: (status) => {
          this.#status = status;
          this.#panel?.status(status);
          if (status === "unauthorized") {
            this.#refusedToken = this.#currentToken;
            this.#switchPerson("");
          }
        },
      });
    else if (person === "") {
      this.#status = "unauthorized";
      // The attempt that led here may have set the timer already.
      if (!this.#timer) this.#scheduleIdentify();
    }
    if (this.#isOpen) this.#open();
  }

  /**
   * The token of the bell's person. Rejects if there is none, or if the token is of another person. In the
   * latter case the bell switches to that person first.
   *
   * @param {boolean} [refused] @param {number} [epoch]  The `#epoch` of the caller.
   * @returns {Promise<string | null | undefined>}
   */
  async #bearerToken(refused, epoch = this.#epoch) {
    const { token } = this;
    let newToken;
    let person = "";
    if (token === null && this.#token !== null && new URL(this.#server).origin === location.origin) {
      // The server names the person of the cookie's session.
      person = await (await import(`${scriptFolder}panel-api.js`)).sessionPerson(this.#server);
    } else
      try {
        // The token is kept until the server refuses it.
        newToken = typeof token === "function" ? ((!refused && this.#currentToken) || (await token.call(this, refused))) : token;
        if (newToken !== this.#refusedToken) person = personOfToken(newToken);
      } catch {
        // No token, or no JWT: signed out.
      }
    if (epoch === this.#epoch) {
      if (person !== this.#person) this.#switchPerson(person, newToken);
      else if (person) return (this.#currentToken = newToken);
    }
    throw new Error("signed out");
  }

  /**
   * @param {any} snapshot  Shown unless it is older. Within a generation of the store both numbers only grow.
   *   A snapshot of another generation replaces the old one.
   * @param {number} [begun]  The generation that was shown when the request was made.
   * @returns {boolean}  Whether the snapshot is older.
   */
  #applySnapshot(snapshot, begun = this.#snapshot?.generation) {
    const { generation, sequence, revision } = snapshot;
    const old = this.#snapshot;
    const same = old?.generation === generation;
    if (old && (same ? sequence < old.sequence || revision < old.revision : begun !== old.generation)) return true;
    if (!old || !same || sequence + revision !== old.sequence + old.revision) {
      this.#snapshot = snapshot;
      this.#render();
      this.#dispatch("campanile-count", snapshot.counts);
    }
    return false;
  }

  #render() {
    const { unread, by_severity } = this.#snapshot?.counts ?? NO_COUNTS;
    const tag = languageOf(this);
    const { notifications, bell_name } = buttonTexts(tag, fetchTexts, () => this.#render());
    const number = unread < CAP ? unread.toLocaleString(tag) : (CAP - 1).toLocaleString(tag) + "+";
    this.#badge.textContent = unread ? number : "";
    this.#badge.hidden = !unread;
    const form = bell_name[new Intl.PluralRules(tag).select(unread)] ?? bell_name.other;
    this.#button.ariaLabel = unread ? form.replace("{count}", number) : notifications;
    this.#popover.ariaLabel = notifications;
    const worst = SEVERITIES.find((severity) => by_severity[severity]);
    this.#button.style.setProperty("--c-ring", worst ? `var(--c-${worst})` : "");
  }

  /** @param {string} type @param {object} [detail] @returns {boolean}  Whether the event was not cancelled. */
  #dispatch(type, detail) {
    return this.dispatchEvent(new CustomEvent(type, { bubbles: true, composed: true, cancelable: true, detail }));
  }

  /** @param {any} event */
  #toggle(event) {
    const open = event.newState === "open";
    if (open && !this.#panel) {
      event.preventDefault();
      this.#open();
    } else if (open && !this.#dispatch("campanile-open")) {
      event.preventDefault();
    } else {
      this.#button.ariaExpanded = `${open}`;
      this.#panel?.toggle(open);
    }
  }

  /** Creates the panel and loads its list. Concurrent calls share one attempt. */
  #prepare() {
    return (this.#preparing ??= (async () => {
      const epoch = this.#epoch;
      const host = this.#host(epoch);
      const prepared = loadParts(host.language);
      // The list is loaded while the panel's program is loaded.
      host.earlyRequest = panelCalls.then((calls) => calls.requestNewest(host));
      const listLoaded = host.earlyRequest.catch(() => {});
      const [module, texts] = await prepared;
      // Creating the panel with its list is less work than creating it empty first.
      await Promise.race([listLoaded, new Promise((wake) => setTimeout(wake, LIST_WAIT))]);
      if (epoch !== this.#epoch) return;
      this.#panel = module.mount(host, texts);
      this.#panel.status(this.#status);
    })().finally(() => (this.#preparing = undefined)));
  }

  /** Opens the panel once it is created. If it is open already, its content is created again. */
  async #open() {
    const button = this.#button;
    if (button.ariaBusy) return;
    const renewed = this.#isOpen;
    button.ariaBusy = "true";
    try {
      // If the person changes meanwhile, the panel is created again.
      do await this.#prepare();
      while (!this.#panel && this.#connectedFor);
      if (renewed) this.#panel?.toggle(this.#isOpen);
      else if (this.#panel) this.#popover.showPopover();
    } catch (error) {
      console.warn(error);
      // The console works without the panel.
      window.open(this.#page(""), "_blank", "noopener");
    }
    button.ariaBusy = null;
  }

  /** @param {string} query @returns {string}  The URL of the console's inbox with a query. */
  #page(query) {
    return `${absoluteUrl(this.getAttribute("console") || scriptFolder)}/inbox${query}`;
  }

  /** What the element offers to its panel. @param {number} epoch  The `#epoch` of the panel. @returns {Record<string, any>} */
  #host(epoch) {
    return {
      box: this.#popover,
      button: this.#button,
      language: languageOf(this),
      server: this.#server,
      page: (query) => this.#page(query),
      generation: () => this.#snapshot?.generation,
      bearer: (refused) => this.#bearerToken(refused, epoch),
      count: (snapshot, begun) => epoch !== this.#epoch || this.#applySnapshot(snapshot, begun),
      choose: (id, title, url, link) => this.#dispatch("campanile-item", { id, title, url, link }),
    };
  }
}

// A page may load the script twice.
customElements.get("campanile-bell") ?? customElements.define("campanile-bell", CampanileBell);
