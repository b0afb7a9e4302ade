// The effect of a browser's page translator: it replaces text nodes by its own elements, now and whenever new text
// appears.
import type { Page } from "@playwright/test";

/** The mark that the translator adds to each text, to distinguish it from the page's own. */
export const MARK = " ⟦t⟧";

/**
 * Starts to translate a page, including shadow roots.
 *
 * `replace` puts new text nodes into the elements, as Google's translator does. `move` moves the page's own. `once` does
 * not translate text that appears later.
 */
export async function translate(page: Page, mode: "replace" | "move" = "replace", once = false): Promise<void> {
  await page.evaluate(
    ([mode, once, mark]) => {
      const originals: Map<Element, Text> = ((window as any).originals = new Map());
      const skipped = new Set(["FONT", "SCRIPT", "STYLE", "TEXTAREA"]);
      const wrap = (text: Text) => {
        if (!text.data.trim() || !text.parentElement || skipped.has(text.parentElement.tagName)) return;
        const outer = document.createElement("font");
        const inner = outer.appendChild(document.createElement("font"));
        originals.set(outer, text);
        if (mode === "replace") {
          inner.textContent = text.data + mark;
          text.replaceWith(outer);
        } else {
          text.before(outer);
          inner.append(text);
        }
      };
      const all = (root: Node) => {
        const texts: Text[] = [];
        const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
        for (let node: Node | null = root; node; node = walker.nextNode()) {
          if (node instanceof Text) texts.push(node);
          else if (node instanceof Element && node.shadowRoot) begin(node.shadowRoot);
        }
        texts.forEach(wrap);
      };
      const begin = (root: Node) => {
        all(root);
        if (once) return;
        new MutationObserver((records) => {
          for (const { type, target, addedNodes } of records) for (const node of type === "characterData" ? [target] : addedNodes) if (node.isConnected) all(node);
        }).observe(root, { childList: true, characterData: true, subtree: true });
      };
      begin(document.body);
    },
    [mode, once, MARK] as const,
  );
}

/** Shows the original text again: the old text nodes, or copies. */
export async function restore(page: Page, mode: "nodes" | "copies"): Promise<void> {
  await page.evaluate((mode) => {
    const originals: Map<Element, Text> = (window as any).originals;
    for (const [font, text] of originals) if (font.isConnected) font.replaceWith(mode === "nodes" ? text : font.textContent!.replace(" ⟦t⟧", ""));
  }, mode);
}
