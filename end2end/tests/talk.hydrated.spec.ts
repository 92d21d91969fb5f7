// A key for a talk that nobody gives, and a screen that follows.
import { expect, test } from './lab.js';

test('without a talk its keys leave the page as it is', async ({ lab }) => {
  await lab.open('/labs/concurrency');
  const address = lab.page.url();
  const answered = lab.page.waitForResponse(/\/talk\/next$/);
  await lab.page.keyboard.press('n');
  expect((await answered).status()).toBe(204);
  expect(lab.page.url()).toBe(address);
});

test('a screen that follows goes along when another run is started', async ({ lab, context }) => {
  const first = await lab.breaks();
  const screen = await context.newPage();
  await screen.goto('/follow');
  await expect(screen).toHaveURL(new RegExp(`/runs/${first.id}\\?follow=1$`));
  const second = await lab.another(() => lab.at('run').click());
  await expect(screen).toHaveURL(new RegExp(`/runs/${second.id}\\?follow=1$`), { timeout: 15_000 });
  await expect(screen.locator('[data-run-state]')).toHaveAttribute('data-run-state', 'finished');
});
