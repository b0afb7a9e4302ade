// System notifications: lets the browser raise them and looks at what it raised.
import type { BrowserContext, Page } from "@playwright/test";

/** A system notification that the browser has shown. */
export interface Shown {
  title: string;
  body: string;
}

/** Grants the permission and keeps, in each page, the notifications which that page made the browser show. */
export async function allowNotifications(context: BrowserContext, origin: string): Promise<void> {
  await context.grantPermissions(["notifications"], { origin });
  await context.addInitScript(() => {
    const shown: Shown[] = ((window as any).shownNotifications = []);
    window.Notification = class extends window.Notification {
      constructor(title: string, options?: NotificationOptions) {
        super(title, options);
        // Only what the system really showed counts.
        this.addEventListener("show", () => shown.push({ title: this.title, body: this.body }));
      }
    };
  });
}

/** The notifications of a page: its own and those of its service worker. */
export async function notifications(page: Page): Promise<Shown[]> {
  return page.evaluate(async () => {
    const registrations = await navigator.serviceWorker.getRegistrations();
    const byWorker = await Promise.all(registrations.map((registration) => registration.getNotifications()));
    return [...(window as any).shownNotifications, ...byWorker.flat()].map(({ title, body }) => ({ title, body }));
  });
}
