// The console on a page that the browser translates: each row opens and dismisses the item it shows, and numbers and
// messages are updated.
import type { Page } from "@playwright/test";

import { titled } from "../harness/citrix";
import type { Console } from "../harness/console";
import { embed } from "../harness/embed";
import { expect, test } from "../harness/test";
import { MARK, restore, translate } from "../harness/translator";

/** The rows of the list as a reader sees them: the item of each link, and its text. */
const rows = (page: Page) =>
  page.locator(".inbox-scroll [data-item]:visible").evaluateAll((rows) =>
    rows.map((row) => ({
      id: row.getAttribute("data-item")!,
      link: new URLSearchParams(row.querySelector<HTMLAnchorElement>(".row-title")!.search).get("item"),
      text: row.querySelector<HTMLElement>(".row-title")!.innerText,
    })),
  );

const view = (console: Console, name: string) => console.page.getByRole("navigation", { name: "Main navigation" }).getByRole("link", { name: new RegExp(`^${name}`) });

for (const [mode, once] of [["replace", false], ["move", false], ["replace", true], ["move", true]] as const) {
  test(`arrivals and changes show on a translated page: ${mode}${once ? ", once" : ""}`, async ({ campanile, signIn, watch }) => {
    for (const title of ["First", "Second", "Third"]) await campanile.citrix(titled(title));
    const ada = await signIn("ada");
    const { page } = ada;
    watch(page);
    await expect(ada.rows).toHaveCount(3);
    await translate(page, mode, once);

    await campanile.citrix(titled("Fourth", { severity: "Error" }));
    await expect(ada.rows).toHaveCount(4);
    await expect(ada.rows.first()).toContainText("Fourth");
    for (const at of [0, 1, 2, 3]) await expect(ada.rows.nth(at).locator(".row-title")).toContainText(["Fourth", "Third", "Second", "First"][at]);
    await expect(page.locator(".bell-badge")).toHaveText(/^4/);
    await expect(view(ada, "Unread").locator("b")).toHaveText(/^4/);
    await expect(page).toHaveTitle(/^\(4\)/);

    // A row dismisses the item it shows.
    const third = ada.rows.filter({ hasText: "Third" });
    await third.hover();
    await third.getByRole("button", { name: /^Dismiss/ }).click();
    await expect(ada.rows).toHaveCount(3);
    await expect(third).toHaveCount(0);
    await expect(page.getByRole("status").filter({ hasText: /^Dismissed/ })).toBeVisible();
    await expect(page.locator(".bell-badge")).toHaveText(/^3/);
    await expect(view(ada, "Unread").locator("b")).toHaveText(/^3/);
    expect((await rows(page)).map(({ text }) => text.replace(MARK, ""))).toEqual(["Fourth", "Second", "First"]);

    // A row opens the item it shows, one after the other.
    for (const title of ["Second", "Fourth", "First"]) {
      await ada.rows.filter({ hasText: title }).getByRole("link").click();
      await expect(ada.detail.getByRole("heading", { level: 2 })).toContainText(title);
      await expect(ada.detail.getByRole("heading", { level: 2 })).toHaveText(new RegExp(`^${title}( ⟦t⟧)?$`));
    }
    await expect(page.locator(".bell-badge")).toHaveCount(0);
    await expect(page).not.toHaveTitle(/^\(/);

    // The same in the panel.
    await ada.bell.click();
    await expect(ada.panel.getByRole("listitem")).toHaveCount(3);
    await campanile.citrix(titled("Fifth"));
    await expect(ada.panel.getByRole("listitem").first()).toContainText("Fifth");
    await expect(page.locator(".bell-badge")).toHaveText(/^1/);
    const first = ada.panel.getByRole("listitem").filter({ hasText: "First" });
    await first.hover();
    await first.getByRole("button", { name: /^Dismiss/ }).click();
    await expect(ada.panel.getByRole("listitem")).toHaveCount(3);
    await expect(first).toHaveCount(0);
    await page.keyboard.press("Escape");
    await view(ada, "Dismissed").click();
    await expect(ada.rows).toHaveCount(2);
    expect((await rows(page)).map(({ text }) => text.replace(MARK, "")).sort()).toEqual(["First", "Third"]);
  });
}

test("reused rows show the item they open, on a translated page", async ({ campanile, signIn }) => {
  const titles = new Map<string, string>();
  for (let number = 120; number > 0; number--) {
    const id = await campanile.send({ to: [{ kind: "everyone" }], severity: number % 2 ? "warning" : "error", content: [{ language: "en", title: `Number ${number}` }] });
    titles.set(id, `Number ${number}`);
  }
  const ada = await signIn("ada");
  const { page } = ada;
  await expect(ada.rows.first()).toContainText("Number 1");
  await translate(page);
  const list = page.locator(".inbox-scroll");
  const seen = new Set<string>();
  for (const top of [96, 480, 960, 2_400, 1_200, 4_800, 0]) {
    await expect.poll(() => list.evaluate((list, top) => ((list.scrollTop = top), list.scrollTop), top)).toBe(top);
    await expect.poll(async () => (await rows(page)).every(({ text }) => text.endsWith(MARK))).toBe(true);
    for (const { id, link, text } of await rows(page)) {
      expect(link).toBe(id);
      expect(text).toBe(titles.get(id)! + MARK);
      seen.add(id);
    }
  }
  expect(seen.size).toBeGreaterThan(40);
});

test("forms, messages and a change of language work on a translated page", async ({ signIn }) => {
  const ada = await signIn("ada");
  const { page } = ada;
  await ada.open("compose");
  await page.getByRole("radio", { name: "Everyone" }).check();
  await expect(page.getByRole("button", { name: "Send to 3 people" })).toBeVisible();
  await translate(page);
  const button = page.locator(".compose-send .primary");
  await expect(button).toHaveText(`Send to 3 people${MARK}`);
  await page.getByRole("radio", { name: /^Administrators/ }).check();
  await expect(button).toHaveText(`Send to 2 people${MARK}`);
  await button.click();
  const alert = page.locator(".compose-failure");
  await expect(alert).toHaveText(`Fix 1 field to continue${MARK}`);
  await expect(page.getByText("Enter a title.")).toHaveCount(1);
  await page.getByRole("textbox", { name: /^Title/ }).fill("Said");
  // A corrected error leaves no text.
  await expect(alert).toHaveText("");
  await expect(page.locator(".compose-fields .field-error:not(:empty)")).toHaveCount(0);
  await expect(page.locator(".row .row-title")).toHaveText(`Said${MARK}`);
  await button.click();
  await expect(page.getByText("Sent to 2 people")).toBeVisible();

  await page.getByRole("navigation", { name: "Main navigation" }).getByRole("link", { name: /^Settings/ }).click();
  await page.getByRole("combobox", { name: /^Language/ }).selectOption("de");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Einstellungen${MARK}`);
  expect(await page.locator("body").innerText()).not.toMatch(/Settings|Compose|Inbox/);
});

for (const mode of ["nodes", "copies"] as const) {
  test(`a reader who restores the original text sees it, and later changes: ${mode}`, async ({ campanile, signIn }) => {
    await campanile.citrix(titled("First"));
    const ada = await signIn("ada");
    const { page } = ada;
    await expect(ada.rows).toHaveCount(1);
    await expect(page.locator(".bell-badge")).toHaveText("1");
    const seen = () => page.locator(".inbox-list").innerText();
    // The components to filter by are loaded after the list.
    await expect.poll(seen).toContain("Citrix Cloud");
    const before = await seen();
    await translate(page, "replace", true);
    expect(await seen()).not.toBe(before);
    await restore(page, mode);
    await expect.poll(seen).toBe(before);
    await campanile.citrix(titled("Second"));
    await expect(ada.rows.first()).toContainText("Second");
    await expect(page.locator(".bell-badge")).toHaveText("2");
  });
}

test("the embedded bell counts, lists and dismisses on a translated page", async ({ campanile, portal, page, watch }) => {
  watch(page);
  for (const title of ["First", "Second", "Third"]) await campanile.citrix(titled(title));
  const bell = await embed(page, portal, campanile, "ada");
  await bell.expectUnread(3);
  await bell.button.click();
  await expect(bell.panel.getByRole("listitem")).toHaveCount(3);
  await translate(page);
  await campanile.citrix(titled("Fourth"));
  await expect(bell.panel.getByRole("listitem").first()).toContainText("Fourth");
  await expect(bell.button).toHaveText(`4${MARK}`);
  const second = bell.panel.getByRole("listitem").filter({ hasText: "Second" });
  await second.hover();
  await second.getByRole("button").click();
  await expect(second).toHaveCount(0);
  await expect(bell.panel.getByRole("listitem")).toHaveCount(3);
  await expect(bell.button).toHaveText(`3${MARK}`);
  await bell.panel.getByRole("button", { name: "Mark all read" }).click();
  await expect(bell.button).toHaveText("");
});
