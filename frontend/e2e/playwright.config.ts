// The configuration of the browser tests: Debian's Chromium, the release binary, real HTTP.
import { defineConfig, devices } from "@playwright/test";

export default defineConfig({
  testDir: "specs",
  outputDir: "results",
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
  // A test that passes only on a retry counts as failed.
  retries: 0,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    ...devices["Desktop Chrome"],
    viewport: { width: 1360, height: 900 },
    locale: "en-US",
    timezoneId: "Europe/Berlin",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.E2E_CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-component-update", "--disable-sync"],
    },
  },
});
