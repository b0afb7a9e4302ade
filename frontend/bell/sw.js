/**
 * The console's service worker: it handles clicks on desktop notifications.
 *
 * The console registers it and shows notifications through the registration, with `data: { item: "<id>" }`.
 * It caches nothing and handles no requests.
 */

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(show(event.notification.data?.item));
});

/**
 * Shows an item in an open tab of the console, or in a new one. Without an item it shows the inbox.
 *
 * @param {string | undefined} item
 */
async function show(item) {
  // The scope is the folder of the console, which directly contains its pages.
  const url = new URL(item ? `inbox?item=${encodeURIComponent(item)}` : "inbox", registration.scope).href;
  const tabs = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const [tab] = tabs.filter((tab) => tab.url.startsWith(registration.scope)).sort((one, other) => other.focused - one.focused);
  if (!tab) return clients.openWindow(url);
  tab.postMessage({ type: "campanile-item", item });
  // The click may be too long ago for the browser to allow focusing a tab.
  return tab.focus().catch(() => {});
}
