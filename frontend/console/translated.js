/**
 * Keeps the console up to date while a browser translates the page.
 *
 * A translator replaces text nodes by `<font>` elements. Leptos keeps its text nodes, writes to them, and
 * uses them to find places in the document. So each text node is put back at once, empty, before the element
 * that replaces it. When Leptos writes to the text node or removes it, the element is removed, and the
 * translator finds the new text like any other.
 */

/** The element that replaces a text node. @type {WeakMap<Text, HTMLElement>} */
const standIns = new WeakMap();

/** The text node that an element replaces, and its text. @type {WeakMap<Node, { text: Text, originalText: string }>} */
const originals = new WeakMap();

/** @param {Node | null} node @returns {boolean} */
const isFont = (node) => node?.nodeName === "FONT";

/** Records that an element replaces a text node. @param {Text} text @param {HTMLElement} font @param {string} originalText */
function linkStandIn(text, font, originalText) {
  standIns.set(text, font);
  originals.set(font, { text, originalText });
}

/** Forgets that an element replaces a text node. @param {Text} text @param {Node} font */
function unlinkStandIn(text, font) {
  standIns.delete(text);
  originals.delete(font);
}

/**
 * The element that has replaced a text node.
 *
 * @param {Text} text @param {MutationRecord} record  Of the removal of the text node.
 * @returns {HTMLElement | undefined}
 */
function replacement(text, { target, addedNodes, previousSibling, nextSibling }) {
  /** @type {Node | null} */
  let around = text.parentNode;
  while (around && around.parentNode !== target) around = around.parentNode;
  const found = around ? [around] : [...addedNodes, previousSibling, nextSibling];
  return found.find((node) => isFont(node) && node.parentNode === target && !originals.has(node));
}

/** A text node was removed. @param {Text} text @param {MutationRecord} record */
function onTextRemoved(text, record) {
  const before = standIns.get(text);
  const font = replacement(text, record);
  if (font && !before) {
    // Some translators move the text node into their element. They then show a copy.
    if (font.contains(text)) text.replaceWith(text.cloneNode());
    linkStandIn(text, font, text.data);
    text.data = "";
    font.before(text);
    observer.observe(text, { characterData: true });
  } else if (before?.isConnected && !font) {
    // The text node was moved, or removed for good.
    if (text.isConnected) text.after(before);
    else {
      unlinkStandIn(text, before);
      before.remove();
    }
  }
}

/** An element that replaced a text node was removed. @param {Node} font @param {MutationRecord} record */
function onStandInRemoved(font, { addedNodes }) {
  const original = originals.get(font);
  if (!original) return;
  const { text, originalText } = original;
  unlinkStandIn(text, font);
  const [next] = addedNodes;
  if (isFont(next)) linkStandIn(text, next, originalText);
  else {
    // The reader wants the original text: the translator's copy of it is not needed.
    if (next?.nodeType === Node.TEXT_NODE && next !== text) next.remove();
    text.data = originalText;
  }
}

/** A text node was written to. @param {Text} text */
function onTextWritten(text) {
  const font = standIns.get(text);
  if (!font) return;
  unlinkStandIn(text, font);
  if (text.isConnected) font.remove();
  else font.replaceWith(text);
}

const observer = new MutationObserver((records) => {
  for (const record of records) {
    if (record.type === "characterData") onTextWritten(record.target);
    else if (!isFont(record.target)) {
      for (const node of record.removedNodes) {
        if (node.nodeType === Node.TEXT_NODE) onTextRemoved(node, record);
        else onStandInRemoved(node, record);
      }
    }
  }
  // Ignores the changes made above.
  observer.takeRecords();
});

observer.observe(document.documentElement, { childList: true, subtree: true });
