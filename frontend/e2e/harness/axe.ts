// Accessibility checks with axe-core.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

/** The violations that axe-core finds, one line each. */
export async function accessibilityViolations(page: Page): Promise<string[]> {
  // Colours are checked after animations have ended.
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null))));
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ target, any }) => `${id}: ${help}: ${target} ${any[0]?.message ?? ""}`));
}
