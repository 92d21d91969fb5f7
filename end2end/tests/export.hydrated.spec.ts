// A run as files to take along.
import { readFile } from 'node:fs/promises';
import { expect, test } from './lab.js';

test('a run is saved as one file that shows verdict, picture and SQL without a server', async ({ lab, context }) => {
  await lab.breaks();
  await lab.open(`/runs/${lab.runId()}`);
  const waiting = lab.page.waitForEvent('download');
  await lab.at('export').click();
  const download = await waiting;
  expect(download.suggestedFilename()).toMatch(/^interleave-.*\.html$/);
  const html = await readFile(await download.path(), 'utf8');
  const page = await context.newPage();
  await context.setOffline(true);
  await page.setContent(html);
  await expect(page.getByRole('heading', { name: /^Verdict: Broken/ })).toBeVisible();
  await expect(page.getByRole('img')).toBeVisible();
  await expect(page.locator('pre').filter({ hasText: 'update stock set quantity' }).first()).toBeVisible();
  await page.locator('.judgements a').first().click();
  await expect(page.locator('li:target')).toHaveCount(1);
});

test('a run is saved as steps for the shells of its own database', async ({ lab }) => {
  await lab.breaks();
  await lab.open(`/runs/${lab.runId()}`);
  const waiting = lab.page.waitForEvent('download');
  await expect(lab.at('export-steps')).toHaveText('Steps to type into sqlite3');
  await lab.at('export-steps').click();
  const steps = await readFile(await (await waiting).path(), 'utf8');
  expect(steps).toMatch(/-- Step 3 in buyer-1: buyer-1 reads/);
});
