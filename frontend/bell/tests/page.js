/** The browser APIs that `<campanile-bell>` needs, for tests without a browser. */

/** Defines a browser global for all tests of a file, because bells use it until the last one is removed. */
function provide(name, value) {
  Object.defineProperty(globalThis, name, { configurable: true, writable: true, value });
}

provide("navigator", { language: "en" });

class Node extends EventTarget {
  #attributes = new Map();
  style = { setProperty() {} };
  getAttribute = (name) => this.#attributes.get(name) ?? null;
  setAttribute(name, value) {
    this.#attributes.set(name, value);
    if (this.constructor.observedAttributes?.includes(name)) this.attributeChangedCallback();
  }
  removeAttribute(name) {
    this.#attributes.delete(name);
    if (this.constructor.observedAttributes?.includes(name)) this.attributeChangedCallback();
  }
  append(...nodes) {
    this.children = nodes;
  }
  closest = () => null;
  // No popover is ever open here.
  matches = () => false;
  attachShadow() {
    this.root = new Node();
    return this.root;
  }
}

let loads = 0;

/**
 * A page of an origin with the bell's script loaded.
 *
 * @param {import("node:test").TestContext} t @param {string} origin
 */
export async function openPage(t, origin = "https://portal.example") {
  const target = new EventTarget();
  let bell;
  provide("HTMLElement", Node);
  provide("CSSStyleSheet", class { replaceSync() {} });
  provide("document", { baseURI: `${origin}/`, hidden: false, createElement: () => new Node(), createElementNS: () => new Node() });
  provide("location", { origin });
  provide("customElements", { get: () => undefined, define: (_, made) => (bell = made) });
  provide("addEventListener", target.addEventListener.bind(target));
  provide("removeEventListener", target.removeEventListener.bind(target));
  await import(`../campanile.js?page=${++loads}`);
  return {
    /** Hides the page, or makes it visible again. */
    show(hidden) {
      document.hidden = hidden;
      target.dispatchEvent(new Event("visibilitychange"));
    },
    /** Adds a bell to the page. */
    put(server, token) {
      const element = new bell();
      element.setAttribute("server", server);
      if (typeof token === "string") element.setAttribute("token", token);
      else if (token !== undefined) element.token = token;
      /** The unread counts of the `campanile-count` events. */
      element.counts = [];
      element.addEventListener("campanile-count", ({ detail }) => element.counts.push(detail.unread));
      element.isConnected = true;
      element.connectedCallback();
      const remove = () => {
        element.isConnected = false;
        element.disconnectedCallback();
      };
      t.after(remove);
      return Object.assign(element, {
        leave: remove,
        /** The accessible name of its button. */
        label: () => element.root.children[0].ariaLabel,
      });
    },
  };
}

const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token as a portal signs it. Only the server checks the signature. */
export const jwt = (sub, iss = "acme", more = {}) => `${part({ alg: "HS256" })}.${part({ iss, sub, ...more })}.${part(`signature of ${sub}`)}`;
