// Filters: in the search box, as saved views, and for exports.
import { readFile } from "node:fs/promises";

import { expect, test } from "../harness/test";

const everyone = [{ kind: "everyone" }];

test("operators filter the list and are in the URL", async ({ campanile, signIn }) => {
  const content = (title: string) => [{ language: "en", title }];
  await campanile.send({ to: everyone, severity: "error", component: "Citrix Cloud", categories: ["Storage"], content: content("Disk full") });
  await campanile.send({ to: everyone, severity: "warning", component: "Gateway", content: content("Certificate expires") });
  const ada = await signIn("ada");
  const search = ada.page.getByRole("combobox", { name: "Search notifications" });
  await search.fill("categ");
  await expect(ada.page.locator("#search-lines option[value='category:Storage']")).toBeAttached();
  for (const [line, title] of [
    ["category:storage", "Disk full"],
    ["from:monitoring component:Gateway", "Certificate expires"],
    ["severity:>=error after:2020-01-01", "Disk full"],
  ] as const) {
    await search.fill(line);
    await search.press("Enter");
    await expect(ada.row(title)).toBeVisible();
    await expect(ada.rows).toHaveCount(1);
  }
  expect(new URL(ada.page.url()).searchParams.get("severity")).toBe("error");
  expect(new URL(ada.page.url()).searchParams.get("after")).toBe("2019-12-31T23:00:00Z");
  await search.fill("before:2020-01-01");
  await search.press("Enter");
  await expect(ada.page.getByText("No matches")).toBeVisible();
  await ada.page.goBack();
  await expect(search).toHaveValue("severity:error after:2020-01-01");
});

test("the filter lists for category and date match the search box", async ({ campanile, signIn }) => {
  const content = (title: string) => [{ language: "en", title }];
  await campanile.send({ to: everyone, categories: ["Storage", "Night"], content: content("Disk full") });
  await campanile.send({ to: everyone, categories: ["Network"], content: content("Link down") });
  const ada = await signIn("ada");
  const [category, date] = ["Category", "Date"].map((name) => ada.page.getByRole("combobox", { name, exact: true }));
  await expect(category.getByRole("option")).toHaveText(["Any category", "Network", "Night", "Storage"]);
  await category.selectOption("Storage");
  await expect(ada.rows).toHaveCount(1);
  await expect(ada.row("Disk full")).toBeVisible();
  await expect(ada.page.getByRole("combobox", { name: "Search notifications" })).toHaveValue("category:Storage");
  // Values that are not in the current list are still offered.
  await category.selectOption("Network");
  await expect(ada.row("Link down")).toBeVisible();
  await category.selectOption("");
  await date.selectOption({ label: "Last 7 days" });
  await expect(ada.rows).toHaveCount(2);
  expect(new URL(ada.page.url()).searchParams.get("after")).toMatch(/^\d{4}-\d\d-\d\dT2[23]:00:00Z$/);
  await ada.page.reload();
  await expect(date.locator("option:checked")).toHaveText("Last 7 days");
  await ada.open("inbox?after=2020-01-01T00:00:00Z&before=2020-02-01T00:00:00Z");
  await expect(date.locator("option:checked")).toContainText("2020");
  await date.selectOption({ label: "Any time" });
  await expect(ada.rows).toHaveCount(2);
});

test("compact density reduces the row height", async ({ campanile, signIn }) => {
  await campanile.send({ to: everyone, component: "Storage", content: [{ language: "en", title: "Disk full", description: "Of /var." }] });
  const ada = await signIn("ada");
  const text = ada.row("Disk full").getByText("Of /var.");
  await expect(text).toBeVisible();
  const before = (await ada.row("Disk full").boundingBox())!.height;
  await ada.open("settings");
  await ada.page.getByRole("radio", { name: "Compact" }).check();
  await expect(ada.page.getByText("Saved", { exact: true })).toBeVisible();
  await ada.open("inbox");
  await expect(text).toBeHidden();
  await expect(ada.row("Disk full").getByText("Storage", { exact: true })).toBeVisible();
  // 40 pixels less, below the heading of its day.
  expect(before - (await ada.row("Disk full").boundingBox())!.height).toBeCloseTo(40);
});

test("a view is saved under a name, and can be renamed and removed", async ({ campanile, signIn, anotherTab }) => {
  await campanile.send({ to: everyone, severity: "error", content: [{ language: "en", title: "Disk full" }] });
  const ada = await signIn("ada");
  await ada.open("inbox?view=unread&severity=error");
  const keep = ada.page.getByRole("dialog", { name: "Save or export this view" });
  const open = () => ada.page.getByRole("button", { name: "Save or export this view" }).click();
  await open();
  await keep.getByRole("textbox", { name: "Name" }).fill("Urgent");
  await keep.getByRole("button", { name: "Save view" }).click();
  const pages = ada.page.getByRole("navigation", { name: "Main navigation" });
  await expect(pages.getByRole("link", { name: "Urgent" })).toHaveAttribute("aria-current", "page");
  await expect(ada.page.getByRole("heading", { level: 1 })).toContainText("Urgent");

  const other = await anotherTab(ada);
  await other.page.getByRole("navigation", { name: "Main navigation" }).getByRole("link", { name: "Urgent" }).click();
  await expect(other.page).toHaveURL(/view=unread&severity=error/);

  await open();
  await keep.getByRole("textbox", { name: "Name" }).fill("On fire");
  await keep.getByRole("button", { name: "Save view" }).click();
  await expect(pages.getByRole("link", { name: "On fire" })).toBeVisible();
  await expect(pages.getByRole("link", { name: "Urgent" })).toHaveCount(0);
  await open();
  await keep.getByRole("button", { name: "Remove view" }).click();
  await expect(pages.getByRole("link", { name: "On fire" })).toHaveCount(0);
  await expect(ada.page.getByText("View removed")).toBeVisible();
});

test("the export contains the shown items", async ({ campanile, signIn }) => {
  for (const [severity, title] of [["error", "=1+1"], ["warning", "Certificate expires"]])
    await campanile.send({ to: everyone, severity, content: [{ language: "en", title }] });
  const ada = await signIn("ada");
  await ada.open("inbox?severity=error");
  await expect(ada.rows).toHaveCount(1);
  const exported = async (format: string) => {
    await ada.page.getByRole("button", { name: "Save or export this view" }).click();
    const [download] = await Promise.all([
      ada.page.waitForEvent("download"),
      ada.page.getByRole("link", { name: `Export as ${format}` }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`notifications.${format.toLowerCase()}`);
    return readFile(await download.path(), "utf8");
  };
  expect((await exported("CSV")).split("\r\n")).toMatchObject([/^\uFEFF"id",/, /,"'=1\+1",/, ""].map(expect.stringMatching));
  expect(JSON.parse(await exported("JSON"))).toMatchObject([{ title: "=1+1", severity: "error" }]);
});

test("all matching items are selected, counted and changed at once", async ({ campanile, signIn }) => {
  for (let at = 0; at < 60; at++)
    await campanile.send({ to: everyone, severity: at % 2 ? "error" : "warning", content: [{ language: "en", title: `Number ${at}` }] });
  const ada = await signIn("ada");
  await ada.open("inbox?severity=error");
  await ada.page.getByRole("button", { name: "Select", exact: true }).click();
  await ada.page.getByRole("checkbox", { name: "Select all" }).check();
  await expect(ada.page.getByText("All 30 selected")).toBeVisible();
  await ada.page.getByRole("region", { name: "Inbox" }).getByRole("button", { name: "Dismiss", exact: true }).click();
  await expect(ada.page.getByText("No matches")).toBeVisible();
  await ada.expectUnread(30);
  await ada.page.getByRole("button", { name: "Undo" }).click();
  await ada.expectUnread(60);
});
