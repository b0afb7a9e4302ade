// The console, addressed by roles and names as a person does, never by classes.
import { expect, type Locator, type Page } from "@playwright/test";

export class Console {
  constructor(
    readonly page: Page,
    /** The console's URL, with a trailing slash. */
    readonly base: string,
  ) {}

  /** Opens a page of the console. */
  async open(address: string): Promise<void> {
    await this.page.goto(this.base + address);
  }

  /** Opens a page of the console and waits for its live connection. The browser must have no other tab of the console. */
  async openLive(address: string): Promise<void> {
    // The previous page may be about to open its own connection, which is not the one to wait for.
    await this.page.goto("about:blank");
    const stream = this.page.waitForResponse("**/api/v1/events");
    await this.open(address);
    await stream;
  }

  /** Signs in with a password, on any page. */
  async signIn(login: string, password: string): Promise<void> {
    const { page } = this;
    await page.getByRole("textbox", { name: "Organisation" }).fill("acme");
    await page.getByRole("textbox", { name: "Login" }).fill(login);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
  }

  /** The bell in the top bar. */
  get bell(): Locator {
    return this.page.getByRole("banner").getByRole("button", { name: /^Notifications, / });
  }

  /** Expects this number on the bell. */
  async expectUnread(count: number, within = 10_000): Promise<void> {
    const name = count === 0 ? "Notifications, none unread" : `Notifications, ${count} unread`;
    await expect(this.bell).toHaveAccessibleName(name, { timeout: within });
  }

  /** The rows of the inbox. */
  get rows(): Locator {
    return this.page.getByRole("region", { name: "Inbox" }).getByRole("listitem");
  }

  /** The detail beside the list. */
  get detail(): Locator {
    return this.page.getByRole("region", { name: "Notification", exact: true });
  }

  /** The delivery report on the page of a sent notification. */
  get report(): Locator {
    return this.page.getByRole("region", { name: "Delivery report" });
  }

  /** The panel below the bell. */
  get panel(): Locator {
    return this.page.getByRole("dialog", { name: "Notifications" });
  }

  /** The row of the inbox with this title. */
  row(title: string): Locator {
    return this.rows.filter({ has: this.page.getByText(title, { exact: true }) });
  }

  /** Opens the row with this title beside the list. */
  async read(title: string): Promise<void> {
    await this.row(title).getByRole("link").click();
    await expect(this.detail.getByRole("heading", { name: title })).toBeVisible();
  }

  /** Dismisses the notification with this title from its detail. */
  async dismiss(title: string): Promise<void> {
    await this.read(title);
    await this.detail.getByRole("button", { name: "Dismiss", exact: true }).click();
    await expect(this.row(title)).toHaveCount(0);
  }

  /** Signs out. */
  async signOut(): Promise<void> {
    await this.page.getByRole("button", { name: /^Account of / }).click();
    await this.page.getByRole("button", { name: "Sign out" }).click();
    await this.page.getByRole("button", { name: "Sign in" }).waitFor();
  }
}
