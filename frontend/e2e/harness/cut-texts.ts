// Finds texts that do not fit into their place.
import type { Page } from "@playwright/test";

/** The texts of the page that are cut, leave their control, or make the page scroll sideways, one line each. */
export async function cutTexts(page: Page): Promise<string[]> {
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null))));
  return page.evaluate(() => {
    const found = new Set<string>();
    // Rounding of the layout.
    const SLACK = 1;
    // Pushed along on purpose: the filters above the list, tables of numbers, program text.
    const SCROLLERS = ".chips, .volume-scroll, pre, textarea";
    const report = (text: string, fault: string) => found.add(`“${text.trim().replace(/\s+/g, " ").slice(0, 60)}” ${fault}`);
    const fits = (text: DOMRect, box: DOMRect) =>
      text.left >= box.left - SLACK && text.right <= box.right + SLACK && text.top >= box.top - SLACK && text.bottom <= box.bottom + SLACK;
    const isForScreenReaders = (element: Element | null): boolean =>
      !!element && (getComputedStyle(element).clipPath.startsWith("inset(50%") || isForScreenReaders(element.parentElement));

    const check = (text: string, rect: DOMRect, parent: Element) => {
      const control = parent.closest("button, a, label, summary, [role=tab]");
      if (control && getComputedStyle(control).display !== "inline" && !fits(rect, control.getBoundingClientRect())) report(text, "leaves its control");
      for (let box: Element | null = parent; box && box !== document.body; box = box.parentElement) {
        const { overflowX, position } = getComputedStyle(box);
        if (overflowX === "auto" || overflowX === "scroll") return;
        if (overflowX !== "visible" && !fits(rect, box.getBoundingClientRect())) return void report(text, "is cut");
        if (position === "fixed") break;
      }
      if (rect.left < -SLACK || rect.right > innerWidth + SLACK) report(text, "leaves the screen");
    };

    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const parent = node.parentElement!;
      if (!node.nodeValue?.trim() || parent.closest("select, script, style, textarea")) continue;
      if (!parent.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || isForScreenReaders(parent)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const rect of range.getClientRects()) check(node.nodeValue, rect, parent);
    }

    for (const element of document.querySelectorAll("*")) {
      if (!element.checkVisibility({ visibilityProperty: true }) || element.matches(SCROLLERS)) continue;
      const { overflowX } = getComputedStyle(element);
      if ((overflowX === "auto" || overflowX === "scroll") && element.scrollWidth > element.clientWidth + SLACK) {
        report(element.textContent ?? "", `scrolls sideways by ${element.scrollWidth - element.clientWidth} px in .${element.className}`);
      }
    }
    const sideways = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (sideways > SLACK) report(document.title, `scrolls sideways by ${sideways} px`);

    // The browser cuts the shown option of a list, and the hint inside an empty input, without a trace in the layout.
    const pen = document.createElement("canvas").getContext("2d")!;
    for (const field of document.querySelectorAll<HTMLInputElement | HTMLSelectElement>("select, input[placeholder]")) {
      if (!field.checkVisibility({ visibilityProperty: true })) continue;
      const style = getComputedStyle(field);
      const text = field instanceof HTMLSelectElement ? (field.selectedOptions[0]?.textContent ?? "") : field.value ? "" : field.placeholder;
      const arrow = field instanceof HTMLSelectElement && style.appearance !== "none" ? 20 : 0;
      pen.font = style.font;
      const missing = pen.measureText(text.trim()).width + arrow - (field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight));
      if (missing > SLACK) report(text, `lacks ${Math.ceil(missing)} px`);
    }
    return [...found];
  });
}
