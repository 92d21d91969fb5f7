// A run's own page without scripts: the link to share.
import { CLASSIC, spec } from './api.js';
import { expect, test } from './lab.js';
import { figures } from './figures.js';

test.describe('a finished run', () => {
  test('shows its verdict: expected against found, and the evidence in order', async ({ lab }) => {
    const run = await lab.api.finished(CLASSIC);
    await lab.page.goto(`/runs/${run.id}`);
    await expect(lab.page.locator('[data-run-state]')).toHaveAttribute('data-run-state', 'finished');
    for (const { invariant, ruling, expected, found, evidence = [] } of run.verdict!.judgements) {
      const judgement = lab.judgement(invariant);
      await expect(judgement).toHaveAttribute('data-ruling', ruling);
      await expect(judgement).toContainText(expected);
      await expect(judgement).toContainText(found);
      const proof = judgement.getByTestId('evidence').locator('li');
      await expect(proof).toHaveText(evidence.map(({ seq, sentence }) => `${seq}${sentence}`));
    }
  });

  test('shows the price that the API tells', async ({ lab }) => {
    const run = await lab.api.finished(spec('optimistic', { workload: { buyers: 4, quantity: 3 } }));
    await lab.page.goto(`/runs/${run.id}`);
    for (const [field, words] of figures(run.verdict!.price)) {
      await expect(lab.at(`price-${field}`), field).toHaveText(words);
    }
  });

  test('lists every entry of the journal, and draws them', async ({ lab }) => {
    const run = await lab.api.finished(CLASSIC);
    await lab.page.goto(`/runs/${run.id}`);
    const journal = await lab.api.journal(run.id);
    await expect(lab.rows).toHaveCount(journal.length);
    for (const { seq, event } of journal) {
      await expect(lab.at(`entry-${seq}`)).toHaveAttribute('data-event', event.type);
    }
    await expect(lab.page.getByRole('img', { name: /2 actors.*2 writes/ }).locator('visible=true').first()).toBeVisible();
  });

  test('says what was asked, and opens the workbench with it', async ({ lab }) => {
    const run = await lab.api.finished(spec('row-lock', { workload: { buyers: 3, quantity: 2 }, seed: 77 }));
    await lab.page.goto(`/runs/${run.id}`);
    await expect(lab.page.locator('.spec-words')).toContainText('77');
    await lab.at('open-workbench').click();
    await expect(lab.at('strategy')).toHaveValue('row-lock');
    await expect(lab.at('knob-buyers')).toHaveValue('3');
    await expect(lab.at('knob-quantity')).toHaveValue('2');
    await expect(lab.at('seed')).toHaveValue('77');
    await expect(lab.at('pace')).toHaveValue('instant');
  });
});
