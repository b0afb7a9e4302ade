/**
 * The panel's popover: its style sheet, and its place under the bell, or above it where there is
 * more room, always within the window.
 *
 * Styles are set as CSSOM properties and constructed sheets, which a Content-Security-Policy
 * without `unsafe-inline` leaves alone.
 */

/** Room around the panel, in pixels; its style sheet says the same. */
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
  place(box, button);
  // It can take the focus once it is shown.
  requestAnimationFrame(() => /** @type {HTMLElement?} */ (box.firstElementChild)?.focus({ preventScroll: true }));
}

/** @returns {Promise<void>}  When what there is to see can be seen: after the next frame. */
export const painted = () => new Promise((seen) => requestAnimationFrame(() => setTimeout(seen)));

/**
 * Puts the panel under its bell, or above it. Nothing of the panel is measured, so that it can be done before
 * there is anything to measure: its style sheet keeps it within the window.
 *
 * @param {HTMLElement} box @param {HTMLElement} button
 */
function place(box, button) {
  const bell = button.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const { style } = box;
  const below = clientHeight - bell.bottom;
  const above = below < ENOUGH && bell.top > below;
  style.setProperty("--p-end", `${getComputedStyle(box).direction === "rtl" ? bell.left : clientWidth - bell.right}px`);
  style.top = above ? "auto" : `${bell.bottom + GAP}px`;
  style.bottom = above ? `${clientHeight - bell.top + GAP}px` : "auto";
  style.maxHeight = `${Math.min(TALLEST, (above ? bell.top : below) - 2 * GAP)}px`;
}
