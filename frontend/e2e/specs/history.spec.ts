import { expect, test } from "../harness/test";

test("the address bar shows the page's URL, also after steps back and forward", async ({ signIn }) => {
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
  // The router's last known URL is the inbox here.
  await go("i", "inbox");
  await page.goBack();
  await isOn("sent");
  await page.goBack();
  await isOn("inbox");
});
