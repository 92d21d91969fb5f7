// Every lab: its classic failure breaks on the page, and its cure holds on the same bad luck.
import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Lab } from './lab.js';

const LABS = [
  { name: 'messages', breaks: ['final-view-correct', 'view-never-goes-back'] },
  { name: 'duplicates', breaks: ['no-double-charge'] },
  { name: 'outbox', breaks: ['no-event-lost'] },
  { name: 'whole', breaks: ['no-double-order', 'no-event-lost', 'no-double-effect'] },
];

/** Opens a lab's classic failure as its card on the home page links to it, and runs it at once. */
async function classic(lab: Lab, name: string): Promise<void> {
  await lab.open('/');
  const href = await lab.at(`lab-${name}`).getByTestId('play-classic').getAttribute('href');
  await lab.open(`${href}&pace=instant`);
  await lab.run();
}

for (const { name, breaks } of LABS) {
  test(`${name}: the classic failure breaks, with its proof, and the cure holds on the same bad luck`, async ({ lab }) => {
    await classic(lab, name);
    for (const invariant of breaks) {
      await lab.rules(invariant, 'broken');
      const proof = lab.judgement(invariant).getByTestId('evidence').locator('li');
      expect(await proof.count()).toBeGreaterThanOrEqual(3);
    }
    const cured = await lab.another(() => lab.at('try-cure').click());
    for (const { invariant, ruling } of cured.verdict!.judgements) {
      expect(ruling, invariant).toBe('holds');
      await lab.rules(invariant, 'holds');
    }
  });

  test(`${name}: axe finds nothing on the workbench after a broken run`, async ({ lab }) => {
    await classic(lab, name);
    const { violations } = await new AxeBuilder({ page: lab.page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(' ')}`)).toEqual([]);
  });
}

test('an order is as safe as its weakest stage: each stage that is protected mends its own promise', async ({ lab }) => {
  const bad = 'crash=service-1/publish%231,consumer-1/ack%231,relay/mark%231&lost-answer=customer-1/request%231';
  const stages = [
    { way: 'request=nothing&handed_on=outbox&queue=by-order&receipt=by-inbox', breaks: ['no-double-order'] },
    { way: 'request=claimed&handed_on=after-commit&queue=by-order&receipt=by-inbox', breaks: ['no-event-lost'] },
    { way: 'request=claimed&handed_on=outbox&queue=by-order&receipt=nothing', breaks: ['no-double-effect'] },
    { way: 'request=claimed&handed_on=outbox&queue=by-order&receipt=by-inbox', breaks: [] },
  ];
  for (const { way, breaks } of stages) {
    await lab.open(`/labs/whole?strategy=stage-by-stage&schedule=seeded&pace=instant&${bad}&${way}`);
    const { verdict } = await lab.run();
    const broken = verdict!.judgements.filter(({ ruling }) => ruling === 'broken');
    expect(broken.map(({ invariant }) => invariant), way).toEqual(breaks);
  }
});

test('two messages of one order cross: what was sent first is written last', async ({ lab }) => {
  await classic(lab, 'messages');
  const sentences = await lab.rows.allTextContents();
  const place = (words: RegExp) => sentences.findIndex((sentence) => words.test(sentence));
  expect(place(/publishes order-1\.placed/)).toBeLessThan(place(/publishes order-1\.paid/));
  expect(place(/consumer-2 writes order_view.*status paid/)).toBeLessThan(place(/consumer-1 overwrites order_view.*status placed/));
});

test('after a run that held, the failure of its strategy is one press away', async ({ lab }) => {
  await lab.open('/labs/duplicates?pace=instant&schedule=seeded');
  await lab.run();
  await lab.rules('no-double-charge', 'holds');
  await lab.another(() => lab.at('see-failure').click());
  await lab.rules('no-double-charge', 'broken');
});

test('a promise that breaks plays its witness', async ({ lab }) => {
  await lab.open('/labs/duplicates?pace=instant');
  await lab.another(() => lab.at('see-no-double-charge-sqlite').first().click());
  await lab.rules('no-double-charge', 'broken');
});

test('the table of anomalies opens with a level that the chosen engine has', async ({ lab }) => {
  await lab.open('/labs/concurrency?scenario=anomalies&pace=instant');
  await lab.run();
  await expect(lab.at('verdict')).toBeVisible();
});

test('a crash that is typed strikes before its step', async ({ lab }) => {
  await lab.open('/labs/duplicates?scenario=payments&strategy=inbox&schedule=seeded&pace=instant');
  await lab.at('crash').fill('consumer-1/commit#1');
  await lab.at('crash').blur();
  await expect(lab.page).toHaveURL(/crash=consumer-1/);
  await lab.run();
  await expect(lab.rows.filter({ hasText: 'consumer-1 crashes before the step commit' })).toHaveCount(1);
  await lab.rules('no-double-charge', 'holds');
  await lab.rules('no-missing-charge', 'holds');
});

test('a crash that names no step is told at its field', async ({ lab }) => {
  await lab.open('/labs/duplicates');
  await lab.at('crash').fill('consumer-1');
  await lab.at('crash').blur();
  await expect(lab.at('fault-crash')).toHaveText(/is "consumer-1".*actor\/step#occurrence/);
});

test('an outbox grows while the broker is down and drains when it is back', async ({ lab }) => {
  const query = 'strategy=outbox-polling&orders=6&outage_ms=200&schedule=seeded&pace=instant';
  await lab.open(`/labs/outbox?scenario=order-placed&${query}`);
  const run = await lab.run();
  for (const { invariant, ruling } of run.verdict!.judgements) expect(ruling, invariant).toBe('holds');
  await expect(lab.rows.filter({ hasText: 'does not reach the broker' })).not.toHaveCount(0);
  await expect(lab.judgement('outbox-drained')).toContainText('6 of 6 rows are sent');
});
