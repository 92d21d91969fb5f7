// The main pages, compared with pictures that people have looked at.
//
// Everything on them follows from specs and seeds; what is measured in real time is covered. A change that is meant to be
// seen needs new pictures, and somebody who looks at them: `npm run pictures` draws them anew.
import type { Page } from '@playwright/test';
import { expect, test, workbench } from './lab.js';
import { Server } from './server.js';
import { Watch } from './watch.js';

test.use({ contextOptions: { reducedMotion: 'reduce' } });

const PHONE = { width: 390, height: 844 };
const LABS = 5;

test('home, light and wide, and dark on a phone', async ({ page }) => {
  // A server of its own: the pictures on this page are those of the latest runs, and others run on theirs.
  const server = await Server.start();
  const watch = new Watch(page, server.host);
  try {
    const pictures = page.locator('figure .wide svg');
    await expect(async () => {
      await page.goto(server.url);
      await expect(pictures).toHaveCount(LABS);
    }).toPass();
    await expect(page.locator('body')).toHaveAttribute('data-hydrated', 'true');
    await looksLike(page, 'home-light.png', true);
    await darkPhone(page);
    await looksLike(page, 'home-phone-dark.png', true);
    watch.check();
  } finally {
    await page.goto('about:blank');
    await server.stop();
  }
});

test('the workbench before a run, light, and dark on a phone', async ({ lab }) => {
  await lab.open(workbench({ strategy: 'optimistic' }));
  await looksLike(lab.page, 'workbench-light.png');
  await darkPhone(lab.page);
  await looksLike(lab.page, 'workbench-phone-dark.png');
});

test('the stage of each classic failure, and the verdict and the story of the first', async ({ lab }) => {
  test.slow();
  const seen = new Set<string>();
  for (const { classic } of (await lab.api.catalog()).scenarios) {
    if (seen.has(classic.lab)) continue;
    const run = await lab.api.finished({ ...classic, pace: 'instant' });
    await lab.open(`/runs/${run.id}`);
    for (const part of seen.size === 0 ? ['stage', 'verdict', 'story'] : ['stage']) {
      await expect.soft(lab.at(part)).toHaveScreenshot(`${classic.lab}-${part}.png`);
    }
    seen.add(classic.lab);
  }
  expect(seen.size).toBe(LABS);
});

async function darkPhone(page: Page): Promise<void> {
  await page.setViewportSize(PHONE);
  await page.emulateMedia({ colorScheme: 'dark' });
}

async function looksLike(page: Page, name: string, fullPage = false): Promise<void> {
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await expect.soft(page).toHaveScreenshot(name, { fullPage });
}
