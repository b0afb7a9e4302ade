/** The part of a browser's page that `<campanile-bell>` needs, for tests without a browser. */

/** Defines a global of the browser for the tests of a file: bells use it until the last of them is gone. */
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
 * A page of an origin, with the bell's script loaded.
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
    /** The page is hidden, or seen again. */
    show(hidden) {
      document.hidden = hidden;
      target.dispatchEvent(new Event("visibilitychange"));
    },
    /** Puts a bell into the page. */
    put(server, token) {
      const element = new bell();
      element.setAttribute("server", server);
      if (typeof token === "string") element.setAttribute("token", token);
      else if (token !== undefined) element.token = token;
      /** What `campanile-count` told. */
      element.told = [];
      element.addEventListener("campanile-count", ({ detail }) => element.told.push(detail.unread));
      element.isConnected = true;
      element.connectedCallback();
      const remove = () => {
        element.isConnected = false;
        element.disconnectedCallback();
      };
      t.after(remove);
      return Object.assign(element, {
        leave: remove,
        /** What its button is called. */
        label: () => element.root.children[0].ariaLabel,
      });
    },
  };
}

const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token as a portal signs it; the server alone looks at the signature. */
export const jwt = (sub, iss = "acme", more = {}) => `${part({ alg: "HS256" })}.${part({ iss, sub, ...more })}.${part(`signature of ${sub}`)}`;
