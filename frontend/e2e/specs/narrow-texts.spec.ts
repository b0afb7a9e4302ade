// Every text of every language fits into its place on the narrowest screen, 320 px.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { cutTexts } from "../harness/cut-texts";
import { expect, test } from "../harness/test";

const LOCALES = join(import.meta.dirname, "../../locales");

for (const language of readdirSync(LOCALES).map((name) => name.replace(/\.json$/, ""))) {
  test(`no text is cut at 320 px: ${language}`, async ({ campanile, browser, watch }) => {
    test.slow();
    const t: Record<string, string> = JSON.parse(readFileSync(join(LOCALES, `${language}.json`), "utf8"));
    const filled = (text: string, value: string) => text.replace(/\{\w+\}/, value);
    const context = await browser.newContext({ locale: language, viewport: { width: 320, height: 640 } });
    const page = await context.newPage();
    watch(page);
    const found: Record<string, string[]> = {};
    const check = async (name: string) => {
      const list = await cutTexts(page);
      if (list.length) found[name] = list;
    };
    const open = async (address: string) => {
      await page.goto(`${campanile.url}/${address}`);
      await page.getByRole("main").waitFor();
      await expect(page.getByText(t.loading, { exact: true })).toHaveCount(0);
    };
    const press = (text: string) => page.getByRole("button", { name: text, exact: true }).first().click();
    /** Opens something by its button, checks it, and closes it. */
    const peek = async (button: string) => {
      await press(button);
      await page.getByRole("dialog").first().waitFor();
      await check(button);
      await page.keyboard.press("Escape");
    };

    await page.goto(`${campanile.url}/sign-in`);
    await page.getByRole("button", { name: t.sign_in, exact: true }).waitFor();
    await check("sign-in");
    // The link is another fragment of this page, which would not load it again.
    await page.goto("about:blank");
    await page.goto(await campanile.signInLink("ada"));
    await expect(page.getByText(t.inbox_empty, { exact: true })).toBeVisible();
    await check("inbox, empty");
    for (const view of ["unread", "snoozed", "dismissed"]) {
      await open(`inbox?view=${view}`);
      await check(`inbox, ${view}, empty`);
    }

    const everyone = [{ kind: "everyone" }];
    const content = [{ language: "en", title: "Disk full", description: "On db-3." }, { language: "de", title: "Platte voll" }];
    const id = await campanile.send({
      to: everyone,
      severity: "error",
      priority: "urgent",
      component: "Storage",
      categories: ["disk"],
      expires_at: "2100-01-01T00:00:00Z",
      content,
      buttons: [{ label: "Yes", primary: true }],
    });
    const email = await campanile.send({ to: everyone, channel: "email", content });
    const post = await campanile.send({ channel: "http", http: { url: "http://127.0.0.1:9/", body: "{}" }, content });
    await campanile.send({ to: everyone, not_before: "2100-01-01T00:00:00Z", content });

    await open("inbox");
    await page.locator("[data-item]").first().waitFor();
    await check("inbox");
    await press(t.select);
    await page.getByRole("checkbox", { name: t.select_all, exact: true }).check();
    await check("inbox, all selected");
    await open("inbox?text=nothing");
    await check("inbox, nothing found");
    await page.getByRole("banner").getByRole("button", { name: new RegExp(`^${t.notifications}`) }).click();
    await page.getByRole("dialog", { name: t.notifications }).getByRole("listitem").first().waitFor();
    await check("bell");
    await page.keyboard.press("Escape");
    await open(`inbox?item=${id}`);
    await page.getByText(t.why, { exact: true }).click();
    await page.getByRole("button", { name: "Yes" }).click();
    await check("notification");
    await peek(t.snooze);
    await open("inbox");
    await peek(t.this_view);
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: t.help }).waitFor();
    await check("keyboard shortcuts");
    await page.keyboard.press("Escape");
    await press(filled(t.account, "Ada Byron"));
    await check("account");

    await open("compose");
    await page.getByRole("button", { name: t.compose_button_add, exact: true }).click();
    await check("compose");
    await page.getByText(t.compose_copy_as, { exact: true }).click();
    for (const channel of [t.channel_portal, t.channel_email, t.channel_http]) {
      await page.getByRole("radio", { name: channel, exact: true }).check();
      if (channel === t.channel_http) await press(t.compose_header_add);
      else await page.getByRole("radio", { name: t.compose_to_everyone, exact: true }).check();
      await check(`compose, ${channel}`);
      await page.locator(".compose-send .primary").click();
      await check(`compose, ${channel}, with errors`);
    }

    await open("sent");
    await check("sent");
    for (const [name, sent] of Object.entries({ portal: id, email, post })) {
      await open(`sent?item=${sent}`);
      await page.getByRole("region", { name: t.sent_report }).waitFor();
      for (const summary of await page.locator(".report-list summary").all()) await summary.click();
      await check(`sent, ${name}`);
    }
    await open(`sent?item=${id}`);
    await peek(t.sent_recall);
    await press(t.sent_correct);
    await check("sent, correct");

    await open("settings");
    await page.getByRole("checkbox", { name: t.settings_quiet, exact: true }).check();
    await check("settings");
    await press(t.settings_password_change);
    await check("settings, with errors");

    await open("administration?part=people");
    await press(filled(t.admin_person_edit_item, "Bo Lindqvist"));
    await press(t.admin_person_new);
    await check("people");
    await press(t.admin_create);
    await check("people, with errors");
    await open("administration?part=keys");
    await press(t.admin_key_new);
    await check("keys");
    await peek(filled(t.admin_revoke_item, "monitoring"));
    await open("administration?part=volume");
    await check("volume");
    await open("administration?part=tenant");
    await check("organisation");
    await peek(t.admin_portal_replace);
    await open("no-such-page");
    await check("page not found");
    expect(found).toEqual({});
    await context.close();
  });
}
