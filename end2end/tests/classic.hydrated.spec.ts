// The first minute of a stranger: two clicks, a broken row, the proof, and the cure on the same bad luck.
import { CLASSIC_ADDRESS, expect, test, workbench } from './lab.js';

test('two clicks from home break a real row, and show the proof', async ({ lab }) => {
  test.slow();
  await lab.open('/');
  await lab.at('lab-concurrency').getByTestId('play-classic').click();
  await lab.page.waitForURL(/\/labs\/concurrency\?.*run=/);
  await lab.isAwake();
  await expect(lab.state).toHaveAttribute('data-run-state', 'running');
  await expect(lab.at('connection')).toHaveAttribute('data-state', 'live');
  await expect(lab.at('entry-5')).toBeVisible({ timeout: 20_000 });
  const run = await lab.ends(40_000);
  expect(run.entries).toBeLessThanOrEqual(14);
  await lab.rules('no-lost-update', 'broken');
  await lab.rules('no-oversell', 'broken');
  await lab.judgement('no-lost-update').getByTestId('show-me-no-lost-update').click();
  await expect(lab.at('entries').locator('.is-lit')).not.toHaveCount(0);
});

test('a lost update and an oversale are each proved by three to six entries', async ({ lab }) => {
  const run = await lab.breaks();
  for (const invariant of ['no-lost-update', 'no-oversell']) {
    await lab.rules(invariant, 'broken');
    const judgement = run.verdict!.judgements.find((other) => other.invariant === invariant)!;
    const proof = lab.judgement(invariant).getByTestId('evidence').locator('li');
    await expect(proof).toHaveText(judgement.evidence!.map(({ seq, sentence }) => `${seq}${sentence}`));
    expect(await proof.count()).toBeGreaterThanOrEqual(3);
    expect(await proof.count()).toBeLessThanOrEqual(6);
  }
  await lab.rules('no-wrong-refusal', 'holds');
  await lab.rules('every-request-answered', 'holds');
});

test('"show me" lights the proof piece by piece, in order, each with its sentence', async ({ lab }) => {
  const run = await lab.breaks();
  const { evidence } = run.verdict!.judgements.find(({ invariant }) => invariant === 'no-oversell')!;
  await lab.at('show-me-no-oversell').click();
  const lit = lab.at('entries').locator('.is-lit');
  const caption = lab.page.locator('.stage-caption');
  for (const [place, { seq, sentence }] of evidence!.entries()) {
    await expect(caption).toHaveText(`${place + 1}. Entry ${seq}: ${sentence}`);
    await expect(lit).toHaveCount(place + 1);
    await expect(lab.at(`entry-${seq}`)).toHaveClass(/is-lit/);
  }
});

test('"show me" lights all of the proof at once for those who want less motion', async ({ lab }) => {
  await lab.page.emulateMedia({ reducedMotion: 'reduce' });
  const run = await lab.breaks();
  const { evidence } = run.verdict!.judgements.find(({ invariant }) => invariant === 'no-lost-update')!;
  await lab.at('show-me-no-lost-update').click();
  await expect(lab.at('entries').locator('.is-lit')).toHaveCount(evidence!.length, { timeout: 1_000 });
});

test('a piece of the proof picks its entry', async ({ lab }) => {
  await lab.breaks();
  const proof = lab.judgement('no-lost-update').getByTestId('evidence').getByRole('button');
  const seq = await proof.last().locator('.seq').textContent();
  await proof.last().click();
  await expect(lab.at(`entry-${seq}`)).toHaveAttribute('aria-selected', 'true');
  await expect(lab.at('inspector')).toContainText(`Entry ${seq}`);
});

test('the cure holds in the order that broke the classic', async ({ lab }) => {
  await lab.breaks();
  const order = new URL(lab.page.url()).searchParams.get('choices');
  await expect(lab.at('try-cure')).toContainText('same bad luck');
  const cured = await lab.another(() => lab.at('try-cure').click());
  expect(cured.spec.strategy).toBe('optimistic');
  expect(new URL(lab.page.url()).searchParams.get('choices')).toBe(order);
  await expect(lab.at('strategy')).toHaveValue('optimistic');
  for (const { invariant } of cured.verdict!.judgements) await lab.rules(invariant, 'holds');
  await expect(lab.at('verdict')).toContainText('Every invariant holds');
  await expect(lab.at('try-cure')).toHaveCount(0);
});

test('the cure of a seeded run repeats its order as a recorded one, and holds', async ({ lab }) => {
  await lab.open(workbench({ strategy: 'unprotected', buyers: 4, quantity: 2, schedule: 'seeded', seed: 7 }));
  await lab.run();
  await lab.rules('no-lost-update', 'broken');
  const cured = await lab.another(() => lab.at('try-cure').click());
  expect(cured.spec.schedule).toMatchObject({ kind: 'recorded' });
  await expect(lab.at('schedule')).toHaveValue('recorded');
  for (const { invariant } of cured.verdict!.judgements) await lab.rules(invariant, 'holds');
});

test('a run is stopped by its button, and nothing is decided about it', async ({ lab }) => {
  await lab.open(CLASSIC_ADDRESS.replace('pace=instant', 'pace=watch'));
  await lab.at('run').click();
  await expect(lab.at('run')).toHaveAttribute('aria-disabled', 'true');
  await expect(lab.at('entry-3')).toBeVisible();
  await lab.at('stop').click();
  await expect(lab.state).toHaveAttribute('data-run-state', 'interrupted');
  for (const invariant of ['no-lost-update', 'no-oversell']) await lab.rules(invariant, 'undecided');
  await expect(lab.at('entries')).toContainText('The run was cut off');
  await expect(lab.at('run')).toHaveAttribute('aria-disabled', 'false');
  expect((await lab.api.run(lab.runId())).state).toBe('interrupted');
});

test('what was said before the run is answered by the entry that settles it', async ({ lab }) => {
  await lab.open(CLASSIC_ADDRESS);
  await lab.at('predict-it-holds').click();
  await expect(lab.at('predict-it-holds')).toHaveAttribute('aria-pressed', 'true');
  await lab.run();
  await expect(lab.at('answer')).toContainText('You said that it holds, but it broke');
  await lab.at('answer').getByRole('button').click();
  await expect(lab.at('inspector')).not.toContainText('Pick an entry');
  // The cure is another run, of which nothing was said.
  await lab.another(() => lab.at('try-cure').click());
  await expect(lab.at('answer')).toHaveCount(0);
});
