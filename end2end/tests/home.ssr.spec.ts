// The home page without scripts.
import { CLASSIC } from './api.js';
import { expect, test } from './lab.js';

test.describe('home', () => {
  test('says what it is and lists every lab of the catalog', async ({ lab }) => {
    await lab.page.goto('/');
    await expect(lab.page).toHaveTitle(/Interleave/);
    await expect(lab.page.getByRole('heading', { level: 1 })).toContainText('Break data on purpose');
    const { labs } = await lab.api.catalog();
    expect(labs.length).toBeGreaterThan(0);
    for (const { name, title, idea } of labs) {
      await expect(lab.at(`lab-${name}`)).toContainText(title);
      await expect(lab.at(`lab-${name}`)).toContainText(idea);
    }
  });

  test('has one button that plays the classic failure, and four ways on', async ({ lab }) => {
    await lab.page.goto('/');
    const card = lab.at('lab-concurrency');
    await expect(card.getByTestId('play-classic')).toHaveText('Break it');
    for (const way of [/same order, other strategy/i, /you choose the order/i, /live with 16/i, /all about it/i]) {
      await expect(card.getByRole('link', { name: way })).toHaveAttribute('href', /^\/labs\/concurrency/);
    }
  });

  test('leads to the workbench with the classic filled in', async ({ lab }) => {
    await lab.page.goto('/');
    await lab.at('lab-concurrency').getByTestId('play-classic').click();
    await expect(lab.page).toHaveURL(/\/labs\/concurrency\?/);
    await expect(lab.at('strategy')).toHaveValue('unprotected');
    await expect(lab.at('schedule')).toHaveValue('recorded');
    await expect(lab.at('choices')).toHaveValue(/buyer-1\/read#1/);
  });

  test('shows a run that this server played by itself before anybody has pressed a button', async ({ lab }) => {
    const { labs } = await lab.api.catalog();
    // The server plays them one after the other, right after its start.
    await expect(async () => {
      await lab.page.goto('/');
      for (const { name } of labs) {
        await expect(lab.at(`lab-${name}`).locator('figcaption')).toContainText('Broken', { timeout: 500 });
      }
    }).toPass();
  });

  test('shows a picture of a real run once there was one', async ({ lab }) => {
    const run = await lab.api.finished(CLASSIC);
    await lab.page.goto('/');
    const card = lab.at('lab-concurrency');
    await expect(card.getByRole('img', { name: /2 actors.*1 row.*2 reads/ })).toBeVisible();
    await expect(card.locator('figcaption')).toContainText('Broken');
    await card.getByRole('link', { name: 'The latest run of it' }).click();
    await expect(lab.page).toHaveURL(new RegExp(`/runs/${run.id}$`));
  });
});
