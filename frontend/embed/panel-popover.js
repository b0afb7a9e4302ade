/**
 * The panel's popover: its style sheet, and its place under the bell, or above it where there is
 * more room, always within the window.
 *
 * Styles are set as CSSOM properties and constructed sheets, which a Content-Security-Policy
 * without `unsafe-inline` leaves alone.
 */

/** Room around the panel, in pixels. */
const GAP = 8;
/** The greatest height of the panel, in pixels. */
const TALLEST = 600;
/** With less room than this below the bell, in pixels, the side with more is taken. */
const ENOUGH = 360;

/** @type {CSSStyleSheet | undefined} */
let sheet;

/**
 * Lets the shadow root around the panel wear the panel's style: one sheet for all panels of a page.
 *
 * @param {HTMLElement} box @param {string} css
 */
export function adopt(box, css) {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  const root = /** @type {ShadowRoot} */ (box.getRootNode());
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}

/** Ends keeping a panel in its place. @type {WeakMap<HTMLElement, AbortController>} */
const following = new WeakMap();

/**
 * Begins or ends to keep the panel in its place. Open, the panel takes the focus, so that the keys
 * of its list work at once; shut, it gives the focus back to the bell.
 *
 * @param {HTMLElement} box @param {HTMLElement} button @param {boolean} open
 */
export function follow(box, button, open) {
  following.get(box)?.abort();
  if (!open) {
    if (box.matches(":focus-within")) button.focus();
    return;
  }
  const ending = new AbortController();
  following.set(box, ending);
  const listening = { capture: true, passive: true, signal: ending.signal };
  // Capturing, because the bell may be in a part of the page that scrolls by itself.
  for (const type of ["resize", "scroll"]) addEventListener(type, () => place(box, button), listening);
  // The panel has a size once it is shown, and is not seen before the next frame.
  requestAnimationFrame(() => {
    place(box, button);
    /** @type {HTMLElement?} */ (box.firstElementChild)?.focus({ preventScroll: true });
  });
}

/** @param {HTMLElement} box @param {HTMLElement} button */
function place(box, button) {
  const bell = button.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const { style, offsetWidth } = box;
  const start = getComputedStyle(box).direction === "rtl" ? bell.left : bell.right - offsetWidth;
  const below = clientHeight - bell.bottom;
  const above = below < ENOUGH && bell.top > below;
  style.left = `${Math.max(GAP, Math.min(start, clientWidth - offsetWidth - GAP))}px`;
  style.top = above ? "auto" : `${bell.bottom + GAP}px`;
  style.bottom = above ? `${clientHeight - bell.top + GAP}px` : "auto";
  style.maxHeight = `${Math.min(TALLEST, (above ? bell.top : below) - 2 * GAP)}px`;
}
