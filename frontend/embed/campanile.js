/**
 * `<campanile-bell>`: the bell of Campanile in any page.
 *
 * A button with the number of unread notifications, and a panel that is fetched when somebody is
 * about to open it. The element keeps to itself: everything is in its shadow root, styled by a
 * constructed sheet; the host page's document, styles, links and router are left alone.
 *
 * Attributes: `server` (base URL of the API; the folder of this script when absent), `token`
 * (bearer token of the person), `lang`, `dir`, `console` (base URL of the console; the folder of
 * this script when absent). Property `token`: a string, or a function that returns one or its
 * promise; it is called again, with `true`, when the server refused the token before.
 *
 * The bell belongs to the person of its token. When a token names another person, everything begins
 * anew: connection, count and panel. Without a valid token the bell is signed out and shows nothing.
 *
 * Events, bubbling and composed: `campanile-count` (detail: counts), `campanile-open` (cancel it to
 * keep the panel shut) and `campanile-item` (detail: id, title, url, link; cancel it to keep the
 * item's page from being opened).
 */
import { connect } from "./live.js";

/** The languages, each with its files of texts beside this script. */
export const LANGUAGES = ["ar", "de", "en", "es", "fr", "he", "it", "ja", "ko", "pl", "pt-BR", "zh-Hans"];

/** What the bell is called, by language: in English until the others are fetched. @type {Record<string, any>} */
const NAMES = { en: { notifications: "Notifications", bell_name: { other: "Notifications, {count} unread" } } };

/** The names that are on their way. @type {Record<string, Promise<any>>} */
const fetched = {};

/** The gravest first. */
const SEVERITIES = ["error", "warning", "success", "information"];
/** Counts end here: this many means this many or more. */
const CAP = 1_000;

/** A page that nobody sees for this long, in milliseconds, is told nothing until it is seen again. */
const REST = 300_000;

/** The longest pause before a bell that is signed out asks for a token again, in milliseconds. */
const LONGEST_WAIT = 60_000;

/** The counts of a bell that is signed out. */
const NOTHING = { total: 0, unread: 0, unseen: 0, by_severity: { information: 0, success: 0, warning: 0, error: 0 } };

/** A list that comes within this time of the program that shows it, in milliseconds, is waited for. */
const SOON = 100;

/** Where this script came from: the panel lies beside it. */
const home = new URL(".", import.meta.url).href;

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
:host {
  display: inline-block;
  --c-information: var(--campanile-information, light-dark(#1f6fb2, #6cb4f0));
  --c-success: var(--campanile-success, light-dark(#1d7a46, #58c48a));
  --c-warning: var(--campanile-warning, light-dark(#96600a, #e5ab4d));
  --c-error: var(--campanile-error, light-dark(#b3261e, #ff8a80));
}
:host([hidden]), [hidden] { display: none }
button[part] {
  all: initial;
  color-scheme: inherit;
  position: relative;
  display: grid;
  place-items: center;
  inline-size: 32px;
  block-size: 32px;
  border: 1px solid transparent;
  border-radius: var(--campanile-radius-small, 6px);
  color: var(--campanile-bell, currentColor);
  box-shadow: inset 0 0 0 1.5px var(--c-ring);
  cursor: pointer;
}
button[part]:hover { background: color-mix(in srgb, currentColor 10%, transparent) }
button[part]:focus-visible { outline: 2px solid }
button[aria-busy] { cursor: progress }
button[part] > svg { inline-size: 18px; fill: none; stroke: currentColor; stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round }
[part=badge] {
  position: absolute;
  inset-block-start: -6px;
  inset-inline-end: -7px;
  min-inline-size: 9px;
  padding-inline: 4px;
  border: 1px solid transparent;
  border-radius: 9px;
  background: var(--c-ring);
  color: light-dark(#fff, #14152b);
  font: 600 11px/16px var(--campanile-font, system-ui);
  text-align: center;
}
`);

/** The panel's module, once for all bells of the page, and its calls. @type {Promise<any> | undefined} */
let panelModule, panelCalls;

/** Fetches the panel. Its program is compiled while the module that runs it, and its parts, are read. */
const load = () =>
  (panelModule ??= (async () => {
    const url = `${home}panel_bg.wasm`;
    // A server that gives it a wrong type leaves it to the module, which copes.
    const program = WebAssembly.compileStreaming(fetch(url)).catch(() => url);
    const modules = ["-api", "", "-dates", "-popover"].map((part) => import(`${home}panel${part}.js`));
    panelCalls = modules[0];
    const [, panel] = await Promise.all(modules);
    await panel.default({ module_or_path: program });
    return panel;
  })());

/** Texts of a language: `.panel` the panel's, `.bell` the bell's names. @param {string} name */
const words = async (name) => (await fetch(`${home}locales/${name}.json`)).json();

/** The texts of panels, by language. @type {Record<string, Promise<any>>} */
const texts = {};

/** Fetches what a panel in this language is made of. @param {string} tag */
const parts = (tag) =>
  Promise.all([load(), (texts[tag] ??= words(`${tag}.panel`))]).catch((error) => {
    // Perhaps the network is back at the next try.
    panelModule = texts[tag] = undefined;
    throw error;
  });

/**
 * Names the person of a token, which the server alone can verify. Throws when it is no JWT (RFC 7519).
 *
 * @param {string} bearer @returns {string}  Empty when it names nobody.
 */
const person = (bearer) => {
  const { iss, sub } = JSON.parse(atob(bearer.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")));
  return iss && sub ? JSON.stringify([iss, sub]) : "";
};

/** @param {string} url @returns {string}  The same, absolute and without a slash at its end. */
const base = (url) => new URL(url, document.baseURI).href.replace(/\/+$/, "");

/** @param {string} tag @returns {string}  Its first part: the language without script and region. */
const primary = (tag) => tag.split("-")[0].toLowerCase();

/** @param {Element} element @returns {string}  The language to speak in it: one of ours. */
const language = (element) => {
  const tag = element.closest("[lang]")?.getAttribute("lang") || navigator.language;
  return LANGUAGES.find((each) => each === tag) ?? LANGUAGES.find((each) => primary(each) === primary(tag)) ?? "en";
};

class CampanileBell extends HTMLElement {
  static observedAttributes = ["server", "token", "lang"];

  #button = document.createElement("button");
  #number = document.createElement("span");
  #box = document.createElement("div");
  /** @type {any} */
  #token;
  /** How often the token was set. */
  #tokens = 0;
  /** The token in use. @type {string | null | undefined} */
  #given;
  /** The last token that the server refused. @type {string | null | undefined} */
  #spent;
  /** The person whose bell it is; empty when signed out, `undefined` until that is known. @type {string | undefined} */
  #who;
  /** Changes with the person and the attributes: what began before is dropped. */
  #turn = 0;
  /** Until a token is asked for again. @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** How often it was asked for since the bell was signed out. */
  #tries = 0;
  /** @type {any} */
  #snapshot;
  /** @type {ReturnType<typeof connect> | undefined} */
  #connection;
  /** What the connection was made for. */
  #made = "";
  #status = "connecting";
  /** @type {any} */
  #panel;
  /** The panel in the making. @type {Promise<void> | undefined} */
  #preparing;

  constructor() {
    super();
    const button = this.#button;
    const box = this.#box;
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
    this.#number.part = "badge";
    button.append(icon, this.#number);
    box.part = "panel";
    box.role = "dialog";
    box.popover = "auto";
    root.append(button, box);

    // The browser opens and shuts the panel: by the button, by Escape, by a click elsewhere.
    button.popoverTargetElement = box;
    box.addEventListener("beforetoggle", (event) => this.#toggle(event));
    for (const type of ["pointerenter", "focus"])
      button.addEventListener(type, () => {
        // Without a connection there is nobody to ask, and perhaps nobody to ask for.
        if (this.#connection && !this.#panel) this.#prepare().catch(() => {});
      });
  }

  get token() {
    return this.#token === undefined ? this.getAttribute("token") : this.#token;
  }

  set token(token) {
    this.#token = token;
    this.#tokens++;
    this.#update();
  }

  connectedCallback() {
    // A token set before the element was defined hides the property.
    if (Object.hasOwn(this, "token")) {
      const { token } = this;
      delete this.token;
      this.token = token;
    }
    addEventListener("visibilitychange", this.#ask);
    this.#update();
  }

  disconnectedCallback() {
    removeEventListener("visibilitychange", this.#ask);
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
    return base(this.getAttribute("server") || home);
  }

  get #isOpen() {
    return this.#box.matches(":popover-open");
  }

  /** Makes the connection fit the attributes. */
  async #update() {
    // Several changes, or a move within the page, are seen as one.
    await null;
    const made = this.isConnected ? `${this.#server} ${this.getAttribute("token")} ${this.#tokens}` : "";
    if (made === this.#made) return this.#render();
    this.#made = made;
    this.#spent = undefined;
    this.#become();
    this.#ask();
  }

  /**
   * Asks whose bell it is, unless that is known; again and again, while somebody sees the page.
   *
   * @param {any} [again]
   */
  #ask = (again) => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#made || this.#who) return;
    this.#wait();
    if (!again || !document.hidden) this.#bearer(!!again).catch(() => {});
  };

  /** Asks again after a while. */
  #wait() {
    this.#timer = setTimeout(this.#ask, Math.min(2_000 * 2 ** this.#tries++, LONGEST_WAIT), true);
  }

  /**
   * Becomes the bell of another person, or of nobody: nothing of the person before is left.
   *
   * @param {string} [who] @param {string | null} [given]  Their token.
   */
  #become(who, given) {
    const turn = ++this.#turn;
    this.#who = who;
    this.#given = who && given;
    this.#connection?.close();
    this.#panel?.free();
    const old = this.#snapshot;
    this.#connection = this.#panel = this.#snapshot = undefined;
    this.#render();
    if (old) this.#fire("campanile-count", NOTHING);
    if (who)
      this.#connection = connect({
        server: this.#server,
        share: `bell ${who}`,
        rest: REST,
        token: (refused) => this.#bearer(refused, turn),
        onEvent: (data) => {
          const event = JSON.parse(data);
          this.#tries = 0;
          this.#count(event.snapshot);
          this.#panel?.receive(event);
        },
        onStatus: (status) => {
          this.#status = status;
          this.#panel?.status(status);
          if (status === "unauthorized") {
            this.#spent = this.#given;
            this.#become("");
          }
        },
      });
    else if (who === "") {
      this.#status = "unauthorized";
      // Whoever asked and was told so may have set the time already.
      if (!this.#timer) this.#wait();
    }
    if (this.#isOpen) this.#open();
  }

  /**
   * The token of the person whose bell it is. Fails when it is another person's by now, after the
   * bell has become theirs, or when there is none.
   *
   * @param {boolean} [refused] @param {number} [turn]  For whom it is.
   * @returns {Promise<string | null | undefined>}
   */
  async #bearer(refused, turn = this.#turn) {
    const { token } = this;
    let given;
    let who = "";
    if (token === null && this.#token !== null && new URL(this.#server).origin === location.origin) {
      // The cookie's session says who it is.
      who = await (await import(`${home}panel-api.js`)).who(this.#server);
    } else
      try {
        // Kept until it is refused.
        given = typeof token === "function" ? ((!refused && this.#given) || (await token.call(this, refused))) : token;
        if (given !== this.#spent) who = person(given);
      } catch {
        // No token, or something else in its place: signed out.
      }
    if (turn === this.#turn) {
      if (who !== this.#who) this.#become(who, given);
      else if (who) return (this.#given = given);
    }
    throw new Error("signed out");
  }

  /**
   * @param {any} snapshot  Shown unless it is older than what is shown. Within a generation of the
   *   store both numbers only grow; another generation replaces everything.
   * @param {number} [begun]  The generation shown when the answer was asked for.
   * @returns {boolean}  Whether it is older.
   */
  #count(snapshot, begun = this.#snapshot?.generation) {
    const { generation, sequence, revision } = snapshot;
    const old = this.#snapshot;
    const same = old?.generation === generation;
    if (old && (same ? sequence < old.sequence || revision < old.revision : begun !== old.generation)) return true;
    if (!old || !same || sequence + revision !== old.sequence + old.revision) {
      this.#snapshot = snapshot;
      this.#render();
      this.#fire("campanile-count", snapshot.counts);
    }
    return false;
  }

  #render() {
    const { unread, by_severity } = this.#snapshot?.counts ?? NOTHING;
    const tag = language(this);
    if (!NAMES[tag]) {
      // Names that cannot be had leave the bell in English.
      const names = (fetched[tag] ??= words(`${tag}.bell`));
      names.then((names) => ((NAMES[tag] = names), this.#render())).catch(() => {});
    }
    const { notifications, bell_name } = NAMES[tag] ?? NAMES.en;
    const number = unread < CAP ? unread.toLocaleString(tag) : (CAP - 1).toLocaleString(tag) + "+";
    this.#number.textContent = unread ? number : "";
    this.#number.hidden = !unread;
    const form = bell_name[new Intl.PluralRules(tag).select(unread)] ?? bell_name.other;
    this.#button.ariaLabel = unread ? form.replace("{count}", number) : notifications;
    this.#box.ariaLabel = notifications;
    const worst = SEVERITIES.find((severity) => by_severity[severity]);
    this.#button.style.setProperty("--c-ring", worst ? `var(--c-${worst})` : "");
  }

  /** @param {string} type @param {object} [detail] @returns {boolean}  Whether nobody cancelled it. */
  #fire(type, detail) {
    return this.dispatchEvent(new CustomEvent(type, { bubbles: true, composed: true, cancelable: true, detail }));
  }

  /** @param {any} event */
  #toggle(event) {
    const open = event.newState === "open";
    if (open && !this.#panel) {
      event.preventDefault();
      this.#open();
    } else if (open && !this.#fire("campanile-open")) {
      event.preventDefault();
    } else {
      this.#button.ariaExpanded = `${open}`;
      this.#panel?.toggle(open);
    }
  }

  /** Makes the panel, with its list, for whoever is about to open it: once, however often it is asked for. */
  #prepare() {
    return (this.#preparing ??= (async () => {
      const turn = this.#turn;
      const host = this.#host(turn);
      const prepared = parts(host.language);
      // The list is on its way while what shows it is.
      host.first = panelCalls.then((calls) => calls.ask(host));
      const came = host.first.catch(() => {});
      const [module, texts] = await prepared;
      // To make it once, with its list, is less work than to make it empty first.
      await Promise.race([came, new Promise((wake) => setTimeout(wake, SOON))]);
      if (turn !== this.#turn) return;
      this.#panel = module.mount(host, texts);
      this.#panel.status(this.#status);
    })().finally(() => (this.#preparing = undefined)));
  }

  /** Opens the panel as soon as it is there, or makes what is in an open one anew. */
  async #open() {
    const button = this.#button;
    if (button.ariaBusy) return;
    const renewed = this.#isOpen;
    button.ariaBusy = "true";
    try {
      // It is made for somebody: when that changes meanwhile, once more.
      do await this.#prepare();
      while (!this.#panel && this.#made);
      if (renewed) this.#panel?.toggle(this.#isOpen);
      else if (this.#panel) this.#box.showPopover();
    } catch (error) {
      console.warn(error);
      // The console can do without the panel.
      window.open(this.#page(""), "_blank", "noopener");
    }
    button.ariaBusy = null;
  }

  /** @param {string} query @returns {string}  A page of the console. */
  #page(query) {
    return `${base(this.getAttribute("console") || home)}/inbox${query}`;
  }

  /** What a panel may know and ask of the element. @param {number} turn  For whom. @returns {Record<string, any>} */
  #host(turn) {
    return {
      box: this.#box,
      button: this.#button,
      language: language(this),
      server: this.#server,
      page: (query) => this.#page(query),
      generation: () => this.#snapshot?.generation,
      bearer: (refused) => this.#bearer(refused, turn),
      count: (snapshot, begun) => turn !== this.#turn || this.#count(snapshot, begun),
      choose: (id, title, url, link) => this.#fire("campanile-item", { id, title, url, link }),
    };
  }
}

// A page may load the script twice.
customElements.get("campanile-bell") ?? customElements.define("campanile-bell", CampanileBell);
