// Raft in this process: picked in the form, a node cut off before a step and by hand.
import { expect, test, workbench } from './lab.js';

test('a holder whose node is cut off writes over the next one, and the page says what happened', async ({ lab }) => {
  await lab.open(workbench({ strategy: 'distributed-lock', schedule: 'recorded', choices: 'buyer-1/acquire#1' }));
  await expect(lab.at('cut-node-at')).toHaveCount(0);
  await lab.at('locks').selectOption('raft');
  await expect(lab.page.getByText(/their links are simulated, so that a node can be cut off/)).toBeVisible();
  await lab.at('cut-node-at').fill('buyer-1/read#1');
  const run = await lab.run();
  await expect(lab.page).toHaveURL(/engine\.locks=raft/);
  expect(run.verdict!.judgements.find(({ invariant }) => invariant === 'no-lost-update')!.ruling).toBe('broken');
  const entries = lab.at('entries');
  await expect(entries.locator('[data-event="outage-began"]')).toContainText(
    'Node 1 of the lock service is cut off from nodes 2 and 3',
  );
  await expect(entries.locator('[data-event="lease-released"]').last()).toContainText(
    'node 1, which reaches no majority: nobody else hears of it',
  );
});

test('a cut that nobody can make is refused in the form', async ({ lab }) => {
  await lab.open(workbench({ strategy: 'distributed-lock', 'cut-node': 'buyer-1/read#1' }));
  await expect(lab.page.getByText(/only on the lock service "raft", because/).first()).toBeVisible();
});

test('a hand cuts a node of a live run off, and links it again', async ({ lab }) => {
  const buyers = { buyers: 3, purchases: 50, quantity: 200, think_ms: 1, schedule: 'live' };
  await lab.open(workbench({ strategy: 'distributed-lock-fenced', 'engine.locks': 'raft', ...buyers }));
  await lab.at('run').click();
  await lab.at('cut-node-2').click();
  await expect(lab.at('lift-node-2')).toHaveText('Lift the outage of node 2');
  await expect(lab.at('cut-node-3')).toBeVisible();
  await lab.at('lift-node-2').click();
  await expect(lab.at('cut-node-2')).toBeVisible();
  const run = await lab.ends(60_000);
  const journal = await lab.api.journal(run.id);
  const outages = journal.filter(({ event }) => event.type.startsWith('outage-')).map(({ event }) => event);
  expect(outages).toMatchObject([
    { type: 'outage-began', port: 'node-2', by_hand: true, simulated: true },
    { type: 'outage-ended', port: 'node-2', by_hand: true },
  ]);
  await expect(lab.at('verdict')).toContainText('Every invariant holds');
});
