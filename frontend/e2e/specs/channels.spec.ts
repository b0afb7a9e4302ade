// Composing for other channels than the portal, and the delivery reports: mails, HTTP requests, scheduled sending.
import { expect, test } from "../harness/test";

test("a mail reaches people with an address, and the form names those without", async ({ signIn }) => {
  const [ada, bo] = [await signIn("ada"), await signIn("bo")];
  const { page } = ada;
  await ada.open("compose");
  await page.getByRole("radio", { name: "Email" }).check();
  await page.getByRole("radio", { name: "Everyone" }).check();
  await page.getByRole("radio", { name: "Error" }).check();
  await expect(page.getByText("3 people, 1 without an email address")).toBeVisible();
  const preview = page.getByRole("complementary", { name: "Preview" });
  await expect(preview.getByText("Cy Okafor has no email address")).toBeVisible();
  await expect(preview.getByText("No mail server is set up")).toBeVisible();
  await page.getByRole("textbox", { name: "Title" }).fill("Backup failed");
  await page.getByRole("textbox", { name: "Text" }).fill("Disk 3 is full.");
  await expect(preview).toContainText("Error: Backup failed");
  await preview.getByRole("radio", { name: "Text" }).check();
  await expect(preview).toContainText("acme\n\nError: Backup failed\n\nDisk 3 is full.\n\n--\n", { useInnerText: true });
  await page.getByRole("button", { name: "Send 2 emails" }).click();
  await expect(page.getByText("2 emails are on their way")).toBeVisible();

  await page.getByRole("link", { name: "View report" }).click();
  await expect(ada.report.getByText("Delivered", { exact: true })).toHaveCount(3);
  await expect(ada.report.getByText("No mail server is set up")).toBeVisible();
  const toBo = ada.report.getByRole("listitem").filter({ hasText: "bo@acme.example" });
  await toBo.getByText("bo@acme.example").click();
  await expect(toBo.getByText(/^written to mail\/.+\.eml$/)).toBeVisible();
  await bo.expectUnread(0);
});

test("an HTTP request is sent as composed, once its fields are valid", async ({ signIn, receiver }) => {
  const ada = await signIn("ada");
  const { page } = ada;
  await ada.open("compose");
  await page.getByRole("radio", { name: "HTTP POST" }).check();
  await page.getByRole("textbox", { name: "URL" }).fill("ftp://files.acme.example");
  await page.getByRole("textbox", { name: "Title" }).fill("Deploy finished");
  await page.getByRole("button", { name: "Add header" }).click();
  await expect(page.getByRole("textbox", { name: "Name" })).toBeFocused();
  await page.keyboard.type("Host");
  await page.getByRole("textbox", { name: "Value" }).fill("platform");
  await page.getByRole("textbox", { name: "Body" }).fill('{"text": "Deploy finished"}');
  const send = page.getByRole("button", { name: "Send request" });
  await send.click();
  await expect(page.getByRole("textbox", { name: "URL" })).toBeFocused();
  await expect(page.getByText("URLs start with https or http.")).toBeVisible();
  await expect(page.getByText("This header is set automatically. Remove it.")).toBeVisible();

  await page.getByRole("textbox", { name: "URL" }).fill(`${receiver.url}/hook?room=7`);
  await page.getByRole("textbox", { name: "Name" }).fill("X-Team");
  const request = `POST /hook?room=7 HTTP/1.1\nHost: ${new URL(receiver.url).host}\nX-Team: platform\nContent-Type: application/json`;
  await expect(page.getByRole("complementary", { name: "Preview" })).toContainText(request, { useInnerText: true });
  await send.click();
  await expect(page.getByText("The request is on its way")).toBeVisible();
  await page.getByRole("link", { name: "View report" }).click();
  await expect(ada.report.getByText("Delivered", { exact: true })).toHaveCount(2);
  expect(receiver.received).toHaveLength(1);
  const [{ url, headers, body }] = receiver.received;
  expect([url, headers["x-team"], headers["content-type"], body]).toEqual(["/hook?room=7", "platform", "application/json", '{"text": "Deploy finished"}']);
});

test("every attempt is shown with its answer, and failed deliveries can be retried", async ({ campanile, signIn, receiver }) => {
  receiver.answers = [410];
  await campanile.send({
    channel: "http",
    http: { url: `${receiver.url}/hook?token=secret`, body: "{}" },
    content: [{ language: "en", title: "To the chat" }],
  });
  const ada = await signIn("ada");
  const { page } = ada;
  await ada.open("sent");
  await page.getByRole("link", { name: "To the chat" }).click();
  await expect(ada.report.getByText("Rejected")).toBeVisible();
  const delivery = ada.report.getByText(`${receiver.url}/hook`);
  await expect(delivery).not.toContainText("secret");
  await delivery.click();
  await expect(ada.report.getByText("410 Gone")).toBeVisible();
  await ada.report.getByRole("button", { name: "Resend to 1" }).click();
  await expect(ada.report.getByText("2 attempts")).toBeVisible();
  // The open details stay open, with both answers.
  await expect(ada.report.getByText("204 No Content")).toBeVisible();
  await expect(ada.report.getByText("410 Gone")).toBeVisible();
  await expect(ada.report.getByRole("button", { name: /^Resend/ })).toHaveCount(0);
  expect(receiver.received[0].headers["webhook-id"]).toBe(receiver.received[1].headers["webhook-id"]);
});

test("a role is found by the words of its object and reaches its holders", async ({ campanile, signIn }) => {
  await campanile.importDirectory(
    { object: { object: "application:shop", name: "Shop" } },
    { relation: { object: "application:shop", relation: "OWNER", subject: "person:bo" } },
    { relation: { object: "application:shop", relation: "USER", subject: "person:cy" } },
    { relation: { object: "api:petstore", relation: "ACCEPTED", subject: "application:shop" } },
  );
  const [ada, bo, cy] = [await signIn("ada"), await signIn("bo"), await signIn("cy")];
  const { page } = ada;
  await ada.open("compose");
  const to = page.getByRole("combobox", { name: "To" });
  await to.fill("petst");
  await page.getByRole("option", { name: "Subscribers of api petstore 2 people" }).click();
  await expect(page.getByRole("button", { name: "Send to 2 people" })).toBeVisible();
  await page.getByRole("button", { name: "Remove Subscribers of api petstore" }).click();
  await to.fill("shop owner");
  await page.getByRole("option", { name: "OWNER in Shop 1 person" }).click();
  await page.getByRole("textbox", { name: "Title" }).fill("For the owner");
  await page.getByRole("button", { name: "Send to 1 person" }).click();
  await expect(page.getByText("Sent to 1 person")).toBeVisible();
  await expect(bo.row("For the owner")).toBeVisible();
  await cy.expectUnread(0);

  await bo.read("For the owner");
  await page.getByRole("link", { name: "View report" }).click();
  await expect(ada.report.getByRole("listitem").filter({ hasText: "Bo Lindqvist" })).toContainText("Read");
});

test("a scheduled notification is listed under Sent and can be cancelled", async ({ signIn }) => {
  const ada = await signIn("ada");
  const { page } = ada;
  await ada.open("compose");
  await page.getByRole("radio", { name: "Everyone" }).check();
  await page.getByRole("textbox", { name: "Title" }).fill("Happy new year");
  await page.getByLabel("Send at").fill("2100-01-01T08:00");
  await page.getByRole("button", { name: "Schedule" }).click();
  await expect(page.getByText("Scheduled for Jan 1, 2100")).toBeVisible();
  await page.getByRole("link", { name: "View report" }).click();
  await expect(page.getByRole("region", { name: "Scheduled" })).toContainText("Happy new year");
  await page.getByRole("button", { name: "Cancel “Happy new year”" }).click();
  await expect(page.getByText("Cancelled; it won’t be sent")).toBeVisible();
  await expect(page.getByRole("region", { name: "Scheduled" })).toHaveCount(0);
});
