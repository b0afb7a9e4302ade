// What is wrong with a page for those who see, hear or use it otherwise (axe-core).
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

/** What axe-core finds, in as many words as a person needs to mend it. */
export async function findings(page: Page): Promise<string[]> {
  // Colours are judged where they come to rest.
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null))));
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ target, any }) => `${id}: ${help}: ${target} ${any[0]?.message ?? ""}`));
}
