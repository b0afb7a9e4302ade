/**
 * Keeps what the console writes in sight while a browser translates the page.
 *
 * A translator takes text nodes out of the document and puts `<font>` elements of its own in their places. Leptos keeps its
 * text nodes, writes to them and finds the places of others by them. So each is put back at once, empty, before the element
 * that stands for it. When something else is written to it, or when it goes, that element goes, and the translator
 * finds the new text like any other.
 */

/** The element that stands for a text node. @type {WeakMap<Text, HTMLElement>} */
const standIns = new WeakMap();

/** The text node that an element stands for, and what it said. @type {WeakMap<Node, { text: Text, said: string }>} */
const originals = new WeakMap();

/** @param {Node | null} node @returns {boolean} */
const isFont = (node) => node?.nodeName === "FONT";

/** Has an element stand for a text node. @param {Text} text @param {HTMLElement} font @param {string} said */
function pair(text, font, said) {
  standIns.set(text, font);
  originals.set(font, { text, said });
}

/** Lets a text node speak for itself. @param {Text} text @param {Node} font */
function part(text, font) {
  standIns.delete(text);
  originals.delete(font);
}

/**
 * The element that has taken the place of a text node.
 *
 * @param {Text} text @param {MutationRecord} record  Of the text node leaving its place.
 * @returns {HTMLElement | undefined}
 */
function replacement(text, { target, addedNodes, previousSibling, nextSibling }) {
  /** @type {Node | null} */
  let around = text.parentNode;
  while (around && around.parentNode !== target) around = around.parentNode;
  const found = around ? [around] : [...addedNodes, previousSibling, nextSibling];
  return found.find((node) => isFont(node) && node.parentNode === target && !originals.has(node));
}

/** A text node has left its place. @param {Text} text @param {MutationRecord} record */
function left(text, record) {
  const before = standIns.get(text);
  const font = replacement(text, record);
  if (font && !before) {
    // Some translators take the text node along; what they show is then a copy.
    if (font.contains(text)) text.replaceWith(text.cloneNode());
    pair(text, font, text.data);
    text.data = "";
    font.before(text);
    observer.observe(text, { characterData: true });
  } else if (before?.isConnected && !font) {
    // It has moved, or gone for good.
    if (text.isConnected) text.after(before);
    else {
      part(text, before);
      before.remove();
    }
  }
}

/** An element that stood for a text node has left its place. @param {Node} font @param {MutationRecord} record */
function shownAgain(font, { addedNodes }) {
  const original = originals.get(font);
  if (!original) return;
  const { text, said } = original;
  part(text, font);
  const [next] = addedNodes;
  if (isFont(next)) pair(text, next, said);
  else {
    // The reader wants the original: a copy of it is not needed.
    if (next?.nodeType === Node.TEXT_NODE && next !== text) next.remove();
    text.data = said;
  }
}

/** Something was written to a text node. @param {Text} text */
function written(text) {
  const font = standIns.get(text);
  if (!font) return;
  part(text, font);
  if (text.isConnected) font.remove();
  else font.replaceWith(text);
}

const observer = new MutationObserver((records) => {
  for (const record of records) {
    if (record.type === "characterData") written(record.target);
    else if (!isFont(record.target)) {
      for (const node of record.removedNodes) {
        if (node.nodeType === Node.TEXT_NODE) left(node, record);
        else shownAgain(node, record);
      }
    }
  }
  // What was done here needs no further answer.
  observer.takeRecords();
});

observer.observe(document.documentElement, { childList: true, subtree: true });
