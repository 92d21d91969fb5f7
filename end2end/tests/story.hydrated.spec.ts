// The story: what was promised, why it held or broke in this very run, and what to try next.
import { expect, test, workbench } from './lab.js';

test('the story of a lost update names both buyers, and its entries are picked', async ({ lab }) => {
  const run = await lab.breaks();
  const story = await lab.api.story(run.id);
  const cause = story.why.find(({ about }) => about.includes('no-lost-update'))!;
  const sentence = lab.at('story').locator('[data-kind="cause"]').first();
  await expect(sentence).toContainText('buyer-1');
  await expect(sentence).toContainText('buyer-2');
  await expect(sentence).toHaveText(cause.text.replace(/[[\]]/g, ''));
  expect(cause.entries.length).toBeGreaterThanOrEqual(3);
  for (const seq of cause.entries) {
    await sentence.getByTestId(`story-${seq}`).click();
    await expect(lab.at(`entry-${seq}`)).toHaveAttribute('aria-selected', 'true');
    await expect(lab.at('inspector')).toContainText(`Entry ${seq}`);
  }
});

test('the story of the cure says which conflict protected it', async ({ lab }) => {
  await lab.breaks();
  await expect(lab.at('story').locator('[data-kind="cause"]')).toHaveCount(2);
  const cured = await lab.another(() => lab.at('try-cure').click());
  const conflict = (await lab.api.journal(cured.id)).find(({ event }) => event.type === 'conflict')!;
  const sentence = lab.at('story').locator('[data-kind="protection"]').first();
  await expect(sentence).toContainText('It found version 2 where it expected 1');
  await expect(sentence.getByTestId(`story-${conflict.seq}`)).toBeVisible();
  await expect(lab.at('story').locator('[data-kind="untested"], [data-kind="cause"]')).toHaveCount(0);
});

test('a buyer who is alone is told that nothing was put to the test', async ({ lab }) => {
  await lab.open(workbench({ strategy: 'unprotected', buyers: 1, schedule: 'seeded' }));
  const run = await lab.run();
  expect(run.verdict!.judgements.every(({ ruling }) => ruling === 'holds')).toBe(true);
  await expect(lab.at('story').locator('[data-kind="untested"]').first()).toContainText('never put to the test');
  await expect(lab.at('story')).toContainText('It held this time');
});

test('what to try next after a lost update is a cure in the same order, and it holds', async ({ lab }) => {
  await lab.breaks();
  const order = new URL(lab.page.url()).searchParams.get('choices');
  const next = lab.at('story').locator('.try-next a').first();
  await expect(next).toContainText('on the same bad luck');
  await next.click();
  await lab.isAwake();
  expect(new URL(lab.page.url()).searchParams.get('choices')).toBe(order);
  await expect(lab.at('strategy')).toHaveValue('optimistic');
  const cured = await lab.run();
  expect(cured.verdict!.judgements.every(({ ruling }) => ruling === 'holds')).toBe(true);
});
