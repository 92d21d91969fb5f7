// How smooth a page stays while ten thousand operations arrive: `npm run frames` prints it.
import { defineConfig } from '@playwright/test';
import { chromium } from './chromium.js';

export default defineConfig({
  testDir: '.',
  testMatch: 'frames.ts',
  outputDir: 'test-results/frames',
  workers: 1,
  timeout: 180_000,
  reporter: 'list',
  use: {
    ...chromium,
    launchOptions: {
      ...chromium.launchOptions,
      args: [...chromium.launchOptions.args, '--enable-precise-memory-info'],
    },
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
  },
});
