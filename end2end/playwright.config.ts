// Three ways to meet the same pages: without scripts, with scripts, and on a phone.
//
// The runner needs INTERLEAVE_BIN (the server's program) and INTERLEAVE_TEST_POSTGRES (a URL); `./dev test browser`
// sets both. Nothing is downloaded: the browser is the system's Chromium.
import { defineConfig } from '@playwright/test';
import { chromium } from './chromium.js';

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results/tests',
  forbidOnly: !!process.env.CI,
  fullyParallel: true,
  workers: 2,
  // A test that passes at the second attempt tells of a race: that is a finding, not a pass.
  retries: 0,
  timeout: 30_000,
  // Chromium smooths letters a little differently from version to version; a part that is gone or has moved is more than this.
  expect: { timeout: 10_000, toHaveScreenshot: { maxDiffPixelRatio: 0.01, animations: 'disabled' } },
  snapshotPathTemplate: 'pictures/{arg}{ext}',
  reporter: process.env.CI ? [['list'], ['html', { open: 'never' }]] : 'list',
  use: {
    ...chromium,
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'ssr', testMatch: '*.ssr.spec.ts', use: { javaScriptEnabled: false } },
    { name: 'hydrated', testMatch: '*.hydrated.spec.ts' },
    {
      name: 'phone',
      testMatch: '*.phone.spec.ts',
      use: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
    },
  ],
});
