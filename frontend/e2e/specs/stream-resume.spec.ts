// The server stops and starts again: acknowledged data is there, exactly once.
import { titled } from "../harness/citrix";
import { expect, test } from "../harness/test";

test("after a kill and a start the stream resumes; nothing is lost or repeated", async ({ campanile, signIn, anotherTab }) => {
  const ada = await signIn("ada");
  const second = await anotherTab(ada);
  await campanile.citrix(titled("Before"));
  await ada.expectUnread(1);

  await campanile.kill();
  await expect(ada.page.getByRole("banner").getByText("Offline")).toBeVisible();
  await campanile.run();
  await campanile.citrix(titled("While the console was waiting to connect again"));
  await expect(ada.row("While the console was waiting to connect again")).toBeVisible({ timeout: 40_000 });
  await campanile.citrix(titled("After"));

  for (const console of [ada, second]) {
    await expect(console.row("After")).toBeVisible();
    await console.expectUnread(3);
    await expect(console.rows).toHaveText([/After/, /While/, /Before/]);
  }
});

test("changes made while the server is unavailable are reverted, with the reason", async ({ campanile, signIn }) => {
  const ada = await signIn("ada");
  await campanile.citrix(titled("Disk almost full"));
  await ada.read("Disk almost full");
  await ada.expectUnread(0);
  await campanile.kill();
  await ada.detail.getByRole("button", { name: "Dismiss", exact: true }).click();
  await expect(ada.page.getByText("Couldn’t save the change")).toBeVisible();
  await expect(ada.row("Disk almost full")).toBeVisible();
});
