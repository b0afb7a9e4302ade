// The keyboard, with a count of its keystrokes.
import { expect, type Page } from "@playwright/test";

export class Keys {
  private pressed: string[] = [];

  constructor(private readonly page: Page) {}

  /** Presses keys, one after the other. A combination is one keystroke. */
  async press(...keys: string[]): Promise<void> {
    for (const key of keys) {
      this.pressed.push(key);
      await this.page.keyboard.press(key);
      await this.settle();
    }
  }

  /** Presses a key until the condition holds. Each press counts. */
  async pressUntil(key: string, holds: () => Promise<boolean>): Promise<void> {
    for (let presses = 0; !(await holds()); presses++) {
      expect(presses, `${key}: the place is not reached`).toBeLessThan(20);
      await this.press(key);
    }
  }

  /** Types a text, which does not count. */
  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  /** Expects that the task took at most this many keystrokes. Starts a new count. */
  expectAtMost(budget: number): void {
    expect(this.pressed.length, this.pressed.join(" ")).toBeLessThanOrEqual(budget);
    this.pressed = [];
  }

  /** Waits for two frames, so that the page has handled the key. */
  private settle(): Promise<void> {
    return this.page.evaluate(() => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))));
  }
}
