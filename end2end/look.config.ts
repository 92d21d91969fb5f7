// Pictures of the pages for people: `npm run look` saves them in test-results/look.
import { defineConfig } from '@playwright/test';
import { chromium } from './chromium.js';

export default defineConfig({
  testDir: '.',
  testMatch: 'look.ts',
  outputDir: 'test-results/look-traces',
  fullyParallel: true,
  workers: 2,
  timeout: 120_000,
  reporter: 'list',
  use: { ...chromium, locale: 'en-GB', timezoneId: 'UTC', deviceScaleFactor: 1 },
});
