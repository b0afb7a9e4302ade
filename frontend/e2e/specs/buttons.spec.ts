// Attachments of a notification: buttons, files, links.
import { expect, test } from "../harness/test";

test("clicking a button shows in every tab and to the sender", async ({ campanile, signIn, anotherTab }) => {
  const bo = await signIn("bo");
  const beside = await anotherTab(bo);
  await campanile.send({
    to: [{ kind: "everyone" }],
    content: [{ language: "en", title: "Restart db-3?" }],
    categories: ["maintenance", "database"],
    buttons: [
      { label: "Restart tonight", primary: true },
      { label: "Not this week" },
      { label: "Runbook", link: "https://wiki.acme.example/db" },
    ],
  });
  await bo.read("Restart db-3?");
  await beside.read("Restart db-3?");
  await expect(bo.detail.getByText("maintenance", { exact: true })).toBeVisible();
  const runbook = bo.detail.getByRole("link", { name: "Runbook" });
  await expect(runbook).toHaveAttribute("href", "https://wiki.acme.example/db");
  await expect(runbook).toHaveAttribute("rel", /noopener noreferrer/);
  await expect(bo.detail.getByText("wiki.acme.example")).toBeVisible();

  const answer = bo.detail.getByRole("button", { name: "Not this week" });
  await answer.press("Enter");
  await expect(bo.detail.getByText(/^You answered /)).toHaveCount(1);
  await expect(answer).toBeFocused();
  await expect(answer).toHaveAttribute("aria-disabled", "true");
  await expect(beside.detail.getByText(/^You answered /)).toHaveCount(1);

  const ada = await signIn("ada");
  await ada.open("sent");
  await ada.page.getByRole("link", { name: "Restart db-3?" }).click();
  const answers = ada.report.getByRole("listitem").filter({ hasText: "Not this week" });
  await expect(answers).toContainText("Bo Lindqvist");
});

test("files are listed with size and host, and the browser requests no thumbnails elsewhere", async ({ campanile, signIn }) => {
  await campanile.importDirectory({ relation: { object: "department:service", relation: "internal_subscriber", subject: "person:ada" } });
  const response = await fetch(`${campanile.url}/mykaarma/communications/department/service/user/bo/notify`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Basic ${btoa(`monitoring:${campanile.key}`)}` },
    body: JSON.stringify({
      messageAttributes: {
        subject: "Photos of the damage",
        attachments: [
          {
            fileURL: "https://files.acme.example/front.jpg",
            mimeType: "image/jpeg",
            originalFileName: "front.jpg",
            docSize: "482113",
            thumbnailURL: "https://files.acme.example/small/front.jpg",
          },
          { originalFileName: "notes.txt" },
        ],
      },
      notificationAttributes: { internalSubscribersNotifierPop: true },
    }),
  });
  expect(response.status).toBe(200);
  const ada = await signIn("ada");
  const asked: string[] = [];
  ada.page.on("request", (request) => asked.push(new URL(request.url()).host));
  await ada.read("Photos of the damage");
  const files = ada.detail.getByRole("region", { name: "Attachments" });
  await expect(files.getByRole("link", { name: "front.jpg" })).toHaveAttribute("href", "https://files.acme.example/front.jpg");
  await expect(files.getByRole("listitem").first()).toContainText("482\u{A0}kB · files.acme.example");
  await expect(files.getByText("notes.txt")).toBeVisible();
  // That host does not answer, so an icon is shown.
  await expect(files.locator("img")).toHaveCount(0);
  expect(asked.filter((host) => host !== new URL(campanile.url).host)).toEqual([]);
});

test("the thumbnail of a file comes through the server", async ({ campanile, signIn, receiver }) => {
  // One black pixel.
  receiver.picture = Buffer.from("R0lGODdhAQABAIAAAAAAAAAAACwAAAAAAQABAAACAkQBADs=", "base64");
  await campanile.importDirectory({ relation: { object: "department:service", relation: "internal_subscriber", subject: "person:ada" } });
  const attachments = [{ originalFileName: "front.jpg", thumbnailURL: `${receiver.url}/small/front.jpg` }];
  const response = await fetch(`${campanile.url}/mykaarma/communications/department/service/user/bo/notify`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Basic ${btoa(`monitoring:${campanile.key}`)}` },
    body: JSON.stringify({
      messageAttributes: { subject: "Photos of the damage", attachments },
      notificationAttributes: { internalSubscribersNotifierPop: true },
    }),
  });
  expect(response.status).toBe(200);
  const ada = await signIn("ada");
  await ada.read("Photos of the damage");
  const picture = ada.detail.getByRole("region", { name: "Attachments" }).locator("img");
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth)).toBe(1);
  expect(new URL(await picture.evaluate((image: HTMLImageElement) => image.currentSrc)).origin).toBe(campanile.url);
  expect(receiver.received.map(({ url }) => url)).toEqual(["/small/front.jpg"]);
  expect(receiver.received[0].headers.cookie).toBeUndefined();
});
