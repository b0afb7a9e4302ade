import { expect, test } from "../harness/test";

test("the address is that of the page, also after steps back and forward", async ({ signIn }) => {
  const { page } = await signIn("ada");
  const isOn = async (name: string) => {
    await expect(page.locator(`main.${name}`)).toBeVisible();
    await expect(page).toHaveURL(new RegExp(`/${name}$`));
  };
  const go = async (key: string, name: string) => {
    await page.keyboard.press("g");
    await page.keyboard.press(key);
    await isOn(name);
  };
  await isOn("inbox");
  await go("c", "compose");
  await go("i", "inbox");
  await page.getByRole("link", { name: "Sent" }).click();
  await isOn("sent");
  await page.goBack();
  await isOn("inbox");
  await page.goForward();
  await isOn("sent");
  // The router's own memory of where it was ends at the inbox here.
  await go("i", "inbox");
  await page.goBack();
  await isOn("sent");
  await page.goBack();
  await isOn("inbox");
});
