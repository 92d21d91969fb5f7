// The user says who moves next, step by step, on the real engine.
import { expect, test, workbench, type Lab } from './lab.js';

const UNPROTECTED = workbench({ strategy: 'unprotected', schedule: 'by-hand', pace: 'watch' });

/** Starts the run by hand that the form says, and waits for its first offer. */
async function begins(lab: Lab, address: string): Promise<void> {
  await lab.open(address);
  await lab.at('run').click();
  await waits(lab);
}

async function waits(lab: Lab): Promise<void> {
  await expect(lab.at('hand')).toHaveAttribute('data-mover', 'hand');
}

/** Makes a move, and waits for the offer that follows it. */
async function moves(lab: Lab, act: () => Promise<void>): Promise<void> {
  const before = await lab.at('hand').getAttribute('data-offer');
  await act();
  await expect(lab.at('hand')).not.toHaveAttribute('data-offer', before!);
}

const choose = (lab: Lab, actor: string) => moves(lab, () => lab.at(`choose-${actor}`).click());

test('two buyers lose an update by hand, and the page says what each would do next', async ({ lab }) => {
  await begins(lab, UNPROTECTED);
  await expect(lab.at('hand').getByRole('heading', { level: 2 })).toHaveText('Who moves next?');
  await expect(lab.at('aim')).toContainText('Your aim: break “No lost update” (two buyers of one product at the same time)');
  await expect(lab.at('choose-buyer-2')).toContainText('read stock sku-001');
  await choose(lab, 'buyer-1');
  await expect(lab.at('choose-buyer-1')).toContainText(/thinks until .*it takes its next step/);
  await choose(lab, 'buyer-2');
  // Both think; whose time comes first is drawn. Chosen, buyer-1 writes all the same.
  await expect(lab.at('hand')).toContainText('write stock sku-001');
  await choose(lab, 'buyer-1');
  await expect(lab.at('choose-buyer-1')).toHaveAttribute('aria-disabled', 'true');
  await expect(lab.at('choose-buyer-1')).toContainText('is done');
  await lab.at('choose-buyer-2').click();
  const run = await lab.ends();
  expect(run.spec.schedule).toEqual({ kind: 'by-hand' });
  await expect(lab.at('hand')).toHaveCount(0);
  await lab.rules('no-lost-update', 'broken');
  await expect(lab.at('try-cure')).toContainText('same bad luck');
});

test('a buyer behind a row lock is blocked, with an arrow to whom it waits for', async ({ lab }) => {
  // What is refused is an answer of 409, which the browser notes too.
  lab.watch.allow(/status of 409/);
  const query = { strategy: 'row-lock', 'engine.store': 'postgres', schedule: 'by-hand', quantity: 2 };
  await begins(lab, workbench(query));
  await expect(lab.at('wait-graph')).toContainText('Nobody waits');
  for (const actor of ['buyer-1', 'buyer-2', 'buyer-1', 'buyer-2']) await choose(lab, actor);
  const blocked = lab.at('choose-buyer-2');
  await expect(blocked).toHaveAttribute('aria-disabled', 'true');
  await expect(blocked).toContainText('waits for the row lock of stock sku-001, held by buyer-1');
  await expect(lab.at('wait-buyer-2-buyer-1')).toBeVisible();
  await expect(lab.at('wait-graph').getByRole('img')).toHaveAccessibleName(/buyer-2 waits for .* held by buyer-1/);
  await lab.page.keyboard.press('2');
  await expect(lab.at('hand-problem')).toContainText('buyer-2 waits for the row lock');
  await lab.at('hand-resume').click();
  await lab.ends();
  await lab.rules('no-lost-update', 'holds');
  await expect(lab.at('wait-graph')).toContainText('Nobody waits');
});

test('digits choose, and a step back is the same run again without its last move', async ({ lab }) => {
  await begins(lab, UNPROTECTED);
  await moves(lab, () => lab.page.keyboard.press('1'));
  await moves(lab, () => lab.page.keyboard.press('2'));
  const first = lab.runId();
  await lab.at('hand-back').click();
  await expect.poll(() => lab.runId()).not.toBe(first);
  await waits(lab);
  await expect(lab.at('hand')).toContainText('A fresh run on a fresh database: its first 1 move was replayed.');
  await expect(lab.at('choose-buyer-2')).toContainText('read stock sku-001');
  await expect(lab.at('choices')).toHaveValue('buyer-1/read#1');
  await expect.poll(async () => (await lab.api.run(first)).state).toBe('interrupted');
  await moves(lab, () => lab.page.keyboard.press('1'));
  await lab.page.keyboard.press('2');
  await lab.ends();
  await lab.rules('no-lost-update', 'holds');
});

test('a finished run is taken over from a moment, and its moves are played under another strategy', async ({ lab }) => {
  const run = await lab.breaks();
  const journal = await lab.api.journal(run.id);
  const write = journal.find(({ event }) => event.type === 'wrote')!;
  await lab.at('other-strategy').selectOption('atomic-update');
  await lab.another(() => lab.at('same-moves').click());
  await lab.rules('no-lost-update', 'holds');
  await lab.open(`/runs/${run.id}`);
  await lab.at('scrubber').fill(String(write.seq));
  await lab.at('take-over').click();
  await lab.page.waitForURL(/\/labs\/concurrency\?.*schedule=by-hand/);
  await lab.isAwake();
  await expect(lab.at('choices')).toHaveValue('buyer-1/read#1\nbuyer-2/read#1\nbuyer-1/write#1');
  await lab.at('run').click();
  await waits(lab);
  await expect(lab.at('choose-buyer-1')).toContainText('is done');
  await lab.at('choose-buyer-2').click();
  await lab.ends();
  await lab.rules('no-lost-update', 'broken');
});

test('a seeded run is paused, stepped and let go on, and stays what its seed says', async ({ lab }) => {
  const query = { strategy: 'optimistic', buyers: 2, schedule: 'seeded', seed: 3 };
  await lab.open(workbench({ ...query, pace: 'watch' }));
  await lab.at('run').click();
  await expect(lab.at('hand')).toHaveAttribute('data-mover', 'schedule');
  await lab.at('hand-pause').click();
  await waits(lab);
  await expect(lab.at('choose-buyer-1').getByRole('button')).toHaveCount(0);
  await moves(lab, () => lab.at('hand-step').click());
  await moves(lab, () => lab.at('hand-resume').click());
  await lab.at('pace-instant').click();
  const run = await lab.ends();
  const alone = await lab.api.finished({ ...run.spec, pace: 'instant' });
  expect(alone.entries).toBe(run.entries);
});

test('home offers to choose the order', async ({ lab }) => {
  await lab.open('/');
  await lab.at('lab-concurrency').getByTestId('play-by-hand').click();
  await lab.page.waitForURL(/schedule=by-hand.*run=/);
  await lab.isAwake();
  await waits(lab);
  await lab.at('stop').click();
  await expect(lab.state).toHaveAttribute('data-run-state', 'interrupted');
});
