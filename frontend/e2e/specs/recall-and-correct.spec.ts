// Sent notifications are corrected and recalled in open inboxes.
import { expect, test } from "../harness/test";

test("a correction and a recall reach an open inbox", async ({ campanile, signIn }) => {
  const [ada, bo] = [await signIn("ada"), await signIn("bo")];
  const id = await campanile.send({ to: [{ kind: "everyone" }], content: [{ language: "en", title: "Maintenance on Saturday" }] });
  await bo.read("Maintenance on Saturday");
  await ada.open(`sent?item=${id}`);
  const { page } = ada;
  await page.getByRole("button", { name: "Correct" }).click();
  const form = page.getByRole("form", { name: "Correct" });
  await expect(form.getByRole("textbox", { name: "Title" })).toBeFocused();
  await form.getByRole("textbox", { name: "Title" }).fill("");
  await form.getByRole("button", { name: "Correct" }).click();
  await expect(form.getByText("Required", { exact: true })).toBeVisible();
  await form.getByRole("textbox", { name: "Title" }).fill("Maintenance on Sunday");
  await form.getByRole("button", { name: "Correct" }).click();
  await expect(page.getByRole("heading", { name: "Maintenance on Sunday" })).toBeVisible();
  await expect(bo.detail.getByRole("heading", { name: "Maintenance on Sunday" })).toBeVisible();
  await expect(bo.detail.getByText(/^Corrected /)).toBeVisible();
  await page.getByRole("button", { name: "Recall" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Recall" }).click();
  await expect(bo.rows).toHaveCount(0);
  await expect(bo.page.getByText("This notification is not in your inbox")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Maintenance on Sunday" })).toBeVisible();
});

test("a pending HTTP request is cancelled, because it cannot be recalled", async ({ campanile, signIn }) => {
  const content = [{ language: "en", title: "To a receiver that is away" }];
  const id = await campanile.send({ channel: "http", http: { url: "http://127.0.0.1:1/", body: "{}" }, content });
  const ada = await signIn("ada");
  await ada.open(`sent?item=${id}`);
  const { page } = ada;
  await expect(page.getByRole("main")).toContainText("monitoring (API key)");
  await expect(page.getByRole("button", { name: "Recall" })).toHaveCount(0);
  await page.getByRole("button", { name: "Stop sending" }).click();
  const question = page.getByRole("dialog", { name: /^Stop sending/ });
  await expect(question).toContainText("No further attempts will be made");
  await question.getByRole("button", { name: "Stop sending" }).click();
  await expect(page.getByText("Delivery stopped")).toBeVisible();
  await expect(page.getByRole("term").filter({ hasText: "Stopped" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Stop sending" })).toHaveCount(0);
});
