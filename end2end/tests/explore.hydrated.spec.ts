// Every order of steps: each tried for real, each one a run to watch.
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './lab.js';

test('four of six orders lose an update without protection, none under the cure, and each plays', async ({ lab }) => {
  await lab.open('/labs/concurrency?strategy=unprotected&pace=instant');
  await lab.page.getByText('Every order of steps').click();
  await lab.at('try-orders').click();
  const sums = lab.at('order-sums').locator('li');
  await expect(sums).toHaveText(['Unprotected, SQLite (embedded): fine in 2 of 6 orders']);
  await expect(lab.at('orders').locator('li')).toHaveCount(6);
  await expect(lab.at('orders').locator('li').first()).toContainText('buyer-1 read · buyer-2 read');
  const { violations } = await new AxeBuilder({ page: lab.page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(' ')}`)).toEqual([]);
  await lab.another(() => lab.at('order-1').click());
  await lab.rules('no-lost-update', 'broken');
  await lab.at('strategy').selectOption('atomic-update');
  await lab.at('try-orders').click();
  await expect(sums.last()).toHaveText('Atomic update, SQLite (embedded): fine in 2 of 2 orders');
  // What was found before stays beside it.
  await expect(sums).toHaveCount(2);
  await lab.another(() => lab.at('order-2').click());
  await lab.rules('no-lost-update', 'holds');
});

test('of the orders of two events those in which the view goes back come first, and another scenario has its own', async ({
  lab,
}) => {
  await lab.open('/labs/messages?strategy=arrival-order&consumers=2&orders=1&steps=2&pace=instant');
  await lab.page.getByText('Every order of steps').click();
  await lab.at('try-orders').click();
  await expect(lab.at('order-sums').locator('li')).toContainText(['fine in 174 of 192 orders'], { timeout: 60_000 });
  // No more than thirty are listed, and one line says that there are more.
  await expect(lab.at('orders').locator('li')).toHaveCount(31);
  await lab.another(() => lab.at('order-1').click());
  await lab.rules('final-view-correct', 'broken');
});
