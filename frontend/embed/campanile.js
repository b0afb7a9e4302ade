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
    const modules = ["-api", "", "-moments", "-popover"].map((part) => import(`${home}panel${part}.js`));
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
 * Names the person a token stands for, so that their tabs share one stream.
 *
 * @param {string?} bearer
 */
const person = (bearer) => {
  try {
    const { iss, sub } = JSON.parse(atob(bearer.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")));
    return iss + "/" + sub;
  } catch {
    return bearer ?? "";
  }
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
  /** What the token function gave last. @type {string | null | undefined} */
  #given;
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
    return this.#token ?? this.getAttribute("token");
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
    this.#update();
  }

  disconnectedCallback() {
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

  /** Makes the connection fit the attributes. */
  async #update() {
    // Several changes, or a move within the page, are seen as one.
    await null;
    const server = this.#server;
    const made = this.isConnected ? `${server} ${this.getAttribute("token")} ${this.#tokens}` : "";
    if (made === this.#made) return this.#render();
    this.#made = made;
    this.#connection?.close();
    this.#panel?.free();
    this.#connection = this.#panel = this.#given = this.#snapshot = undefined;
    this.#render();
    // Without a token another origin cannot know whose bell this is; it may come later.
    if (!made || (this.token == null && new URL(server).origin !== location.origin)) return;
    const bearer = await this.#bearer().catch(() => null);
    if (made !== this.#made || this.#connection) return;
    this.#connection = connect({
      server,
      share: `bell ${person(bearer)}`,
      rest: REST,
      token: (refused) => this.#bearer(refused),
      onEvent: (data) => {
        const event = JSON.parse(data);
        this.#count(event.snapshot);
        this.#panel?.receive(event);
      },
      onStatus: (status) => {
        this.#status = status;
        this.#panel?.status(status);
      },
    });
  }

  /** @param {boolean} [refused] @returns {Promise<string?>} */
  async #bearer(refused) {
    const { token } = this;
    if (typeof token !== "function") return token;
    // Kept until it is refused, and never when there was none to be had.
    const given = (refused ? undefined : this.#given) ?? (await token.call(this, refused));
    return (this.#given = given);
  }

  /**
   * @param {any} snapshot  Shown if it is newer than what is shown: both its numbers only ever grow.
   * @returns {boolean}  Whether it is older.
   */
  #count(snapshot) {
    const { sequence, revision } = snapshot;
    const old = this.#snapshot;
    if (old && (sequence < old.sequence || revision < old.revision)) return true;
    if (!old || sequence + revision !== old.sequence + old.revision) {
      this.#snapshot = snapshot;
      this.#render();
      this.#fire("campanile-count", snapshot.counts);
    }
    return false;
  }

  #render() {
    const { unread = 0, by_severity } = this.#snapshot?.counts ?? {};
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
    const worst = SEVERITIES.find((severity) => by_severity?.[severity]);
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
      const made = this.#made;
      const host = this.#host();
      const prepared = parts(host.language);
      // The list is on its way while what shows it is.
      host.first = panelCalls.then((calls) => calls.ask(host));
      const came = host.first.catch(() => {});
      const [module, texts] = await prepared;
      // To make it once, with its list, is less work than to make it empty first.
      await Promise.race([came, new Promise((wake) => setTimeout(wake, SOON))]);
      if (made !== this.#made) return;
      this.#panel = module.mount(host, texts);
      this.#panel.status(this.#status);
    })().finally(() => (this.#preparing = undefined)));
  }

  /** Opens the panel as soon as it is there. */
  async #open() {
    const button = this.#button;
    if (button.ariaBusy) return;
    button.ariaBusy = "true";
    try {
      // It is made for somebody: when that changes meanwhile, once more.
      do await this.#prepare();
      while (!this.#panel && this.#made);
      if (this.#panel) this.#box.showPopover();
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

  /** What the panel may know and ask of the element. @returns {Record<string, any>} */
  #host() {
    return {
      box: this.#box,
      button: this.#button,
      language: language(this),
      server: this.#server,
      page: (query) => this.#page(query),
      bearer: (refused) => this.#bearer(refused),
      count: (snapshot) => this.#count(snapshot),
      choose: (id, title, url, link) => this.#fire("campanile-item", { id, title, url, link }),
    };
  }
}

// A page may load the script twice.
customElements.get("campanile-bell") ?? customElements.define("campanile-bell", CampanileBell);
