// The matrix of crash points: every step of every design, tried for real; each cell opens its run.
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './lab.js';

test('the matrix says where each design loses, invents or doubles, and a cell plays its run', async ({ lab }) => {
  await lab.open('/labs/outbox?pace=instant');
  await lab.page.getByText('Every crash point, every design').click();
  await lab.at('try-crashes').click();
  const sums = lab.at('matrix-sums').locator('li');
  await expect(sums).toHaveCount(4);
  await expect(sums.last()).toHaveText(/^Outbox \+ inbox: fine at (\d+) of \1 points$/);
  await expect(lab.at('matrix-Publish before commit-service-1/commit#1')).toHaveText('phantom');
  await expect(lab.at('matrix-Outbox, no inbox-relay/mark#1')).toHaveText('doubled');
  const lost = lab.at('matrix-Publish after commit-service-1/publish#1');
  await expect(lost).toHaveText('lost');
  const { violations } = await new AxeBuilder({ page: lab.page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(' ')}`)).toEqual([]);
  await lab.another(() => lost.click());
  await lab.rules('no-event-lost', 'broken');
  // The table is still there, for the next cell.
  await expect(lost).toBeVisible();
  await lab.another(() => lab.at('matrix-Outbox, no inbox-relay/mark#1').click());
  await lab.rules('no-double-effect', 'broken');
});

test('a form that is wrong is told about instead of a matrix', async ({ lab }) => {
  await lab.open('/labs/outbox?pace=instant');
  await lab.at('seed').fill('-1');
  await lab.page.getByText('Every crash point, every design').click();
  await lab.at('try-crashes').click();
  await expect(lab.page.locator('.matrix').getByRole('alert')).toContainText('seed');
  await expect(lab.at('matrix')).toHaveCount(0);
});
