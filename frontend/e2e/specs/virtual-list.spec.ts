// A long list is a virtual list: it reuses a few rows while it is scrolled.
import { expect, test } from "../harness/test";

const COUNT = 150;

test("reused rows are in the order of their items and do not move the focus", async ({ campanile, signIn }) => {
  for (let number = COUNT; number > 0; number--) {
    await campanile.send({ to: [{ kind: "everyone" }], severity: number % 2 ? "warning" : "error", content: [{ language: "en", title: `Number ${number}` }] });
  }
  const { page, rows } = await signIn("ada");
  const list = page.locator(".inbox-scroll");
  await expect(rows.first()).toContainText("Number 1");
  /** The rows in document order: the position of each among all items, and its title. */
  const said = () =>
    list.locator("[data-item]").evaluateAll((rows) => rows.map((row) => `${row.getAttribute("aria-posinset")} ${row.querySelector(".row-title")?.textContent}`));
  const inOrder = async (first: number) => {
    await expect
      .poll(async () => {
        const lines = await said();
        const begin = Number(lines[0]?.split(" ")[0]);
        return lines.length > 10 && begin <= first && begin + lines.length > first && lines.every((line, at) => line === `${begin + at} Number ${begin + at}`);
      })
      .toBe(true);
  };
  await inOrder(1);

  await page.getByRole("link", { name: "Number 3", exact: true }).focus();
  const scroll = (top: number) => list.evaluate((list, top) => ((list.scrollTop = top), list.scrollTop), top);
  // Row by row, then past all rows that exist at first.
  for (const top of [96, 192, 480, 960, 1_056]) await scroll(top);
  await expect.poll(() => scroll(9_600)).toBe(9_600);
  await inOrder(100);
  expect(await page.evaluate(() => document.activeElement?.closest("[data-item]"))).toBeNull();
  // The next key continues from the reader's position.
  await page.keyboard.press("j");
  await expect(page.getByRole("link", { name: "Number 4", exact: true })).toBeFocused();
  await inOrder(4);
  // An arrival above leaves the rows in order, and the focus in place.
  await campanile.send({ to: [{ kind: "everyone" }], severity: "error", content: [{ language: "en", title: "Number 0" }] });
  await expect(list.locator("[data-item]").first()).toContainText("Number 0");
  expect((await said()).map((line) => Number(line.split(" ")[0]))).toEqual((await said()).map((_, at) => at + 1));
  await expect(page.getByRole("link", { name: "Number 4", exact: true })).toBeFocused();

  // Another view has its own rows.
  for (const view of ["Unread", "Inbox"]) {
    // So far that the first rows show later items and follow the others.
    await expect.poll(() => scroll(1_056)).toBe(1_056);
    await expect
      .poll(async () => {
        const places = (await said()).map((line) => Number(line.split(" ")[0]));
        return places[0] > 1 && places.every((place, at) => place === places[0] + at);
      })
      .toBe(true);
    await page.getByRole("navigation", { name: "Main navigation" }).getByRole("link", { name: view }).click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText(view);
    await expect
      .poll(async () => {
        const lines = await said();
        return lines.length > 10 && lines.every((line, at) => line === `${at + 1} Number ${at}`) && (await list.locator("li").count()) === lines.length;
      })
      .toBe(true);
  }
});
