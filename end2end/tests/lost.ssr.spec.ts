// Addresses that lead nowhere.
import { expect, test } from './lab.js';

const NOWHERE = [
  { path: '/nowhere', title: 'No such page', says: /leads nowhere/ },
  { path: '/labs/alchemy', title: 'No such lab', says: /no such lab/ },
  { path: '/runs/01a20bd2-0000-702f-ae70-8d5cc31691f8', title: 'No such run', says: /no run at this address/ },
];

for (const { path, title, says } of NOWHERE) {
  test(`${path} is 404, says why, and where to go`, async ({ lab }) => {
    const answer = await lab.page.goto(path);
    expect(answer!.status()).toBe(404);
    lab.watch.allow(/status of 404/);
    await expect(lab.page.getByRole('heading', { level: 1 })).toHaveText(title);
    await expect(lab.page.getByRole('main')).toContainText(says);
    await lab.page.getByRole('main').getByRole('link', { name: 'All labs' }).click();
    await expect(lab.page).toHaveURL(/\/$/);
    await expect(lab.at('play-classic').first()).toBeVisible();
  });
}

test('an id that is no id is told the same way as a run that is not there', async ({ lab }) => {
  const answer = await lab.page.goto('/runs/not-an-id');
  lab.watch.allow(/status of 404/);
  expect(answer!.status()).toBe(404);
  await expect(lab.page.getByRole('heading', { level: 1 })).toHaveText('No such run');
});
