// The table of anomalies: every cell is there, and a press plays its run.
import { expect, test } from './lab.js';

test('a cell of the table plays its run and the verdict agrees', async ({ lab }) => {
  await lab.open('/labs/concurrency?scenario=anomalies&strategy=serializable');
  await expect(lab.at('glance').locator('a')).toHaveCount(50);
  await lab.at('glance-no-lost-write-serializable-sqlite').click();
  await lab.page.waitForURL(/run=/);
  await lab.ends(90_000);
  await expect(lab.at('judgement-no-lost-write')).toHaveAttribute('data-ruling', 'holds');
});
