/**
 * The panel's popover: its style sheet and its position. It opens below the bell, or above it if there is
 * more room, always within the window.
 *
 * Styles are CSSOM properties and constructed sheets, which a Content-Security-Policy without `unsafe-inline`
 * allows.
 */

/** The space around the panel, in pixels. The style sheet has the same value. */
const GAP = 8;
/** The maximum height of the panel, in pixels. */
const MAX_HEIGHT = 600;
/** The panel opens below the bell if there is at least this much room, in pixels. Otherwise the larger side is used. */
const MIN_ROOM_BELOW = 360;

/** @type {CSSStyleSheet | undefined} */
let sheet;

/**
 * Adds the panel's style sheet to the shadow root. All panels of a page share one sheet.
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

/** Aborts the listeners of an open panel. @type {WeakMap<HTMLElement, AbortController>} */
const openPanels = new WeakMap();

/**
 * Starts or stops keeping the panel next to the bell. An open panel takes the focus, so that its keys work at
 * once. When it closes, the focus returns to the bell.
 *
 * @param {HTMLElement} box @param {HTMLElement} button @param {boolean} open
 */
export function follow(box, button, open) {
  openPanels.get(box)?.abort();
  if (!open) {
    if (box.matches(":focus-within")) button.focus();
    return;
  }
  const controller = new AbortController();
  openPanels.set(box, controller);
  const listening = { capture: true, passive: true, signal: controller.signal };
  // Capturing, because the bell may be in a part of the page that scrolls by itself.
  for (const type of ["resize", "scroll"]) addEventListener(type, () => position(box, button), listening);
  position(box, button);
  // It can take the focus once it is shown.
  requestAnimationFrame(() => /** @type {HTMLElement?} */ (box.firstElementChild)?.focus({ preventScroll: true }));
}

/** @returns {Promise<void>}  Resolves after the next frame is painted. */
export const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));

/**
 * Places the panel below its bell, or above it. The panel is not measured, so this works before it has
 * content. Its style sheet keeps it within the window.
 *
 * @param {HTMLElement} box @param {HTMLElement} button
 */
function position(box, button) {
  const bell = button.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const { style } = box;
  const below = clientHeight - bell.bottom;
  const above = below < MIN_ROOM_BELOW && bell.top > below;
  style.setProperty("--p-end", `${getComputedStyle(box).direction === "rtl" ? bell.left : clientWidth - bell.right}px`);
  style.top = above ? "auto" : `${bell.bottom + GAP}px`;
  style.bottom = above ? `${clientHeight - bell.top + GAP}px` : "auto";
  style.maxHeight = `${Math.min(MAX_HEIGHT, (above ? bell.top : below) - 2 * GAP)}px`;
}
