// Runs side by side: the same seed under several strategies, and one clock for all.
import { expect, test, type Lab } from './lab.js';

const WORKLOAD = 'lab=concurrency&scenario=stock&buyers=3&purchases=2&quantity=4&seed=42';
const STRATEGIES = ['unprotected', 'optimistic', 'row-lock'];

// With less motion the clock stands at the end at once.
test.use({ contextOptions: { reducedMotion: 'reduce' } });

/** Runs the three strategies and waits for the table of outcomes. */
async function compare(lab: Lab): Promise<void> {
  await lab.open(`/compare?${WORKLOAD}&strategies=${STRATEGIES.join(',')}`);
  await lab.at('run').click();
  await expect(lab.at('outcomes')).toBeVisible({ timeout: 15_000 });
  await expect(lab.state).toHaveAttribute('data-run-state', 'finished');
}

test('each strategy gets a run of its own on the same seed, and the table says what came out', async ({ lab }) => {
  await compare(lab);
  await expect(lab.at('outcome-unprotected-no-lost-update')).toHaveAttribute('data-ruling', 'broken');
  for (const cure of ['optimistic', 'row-lock']) {
    await expect(lab.at(`outcome-${cure}-no-lost-update`)).toHaveAttribute('data-ruling', 'holds');
  }
  const ids = new URL(lab.page.url()).searchParams.get('runs')!.split(',');
  expect(ids).toHaveLength(STRATEGIES.length);
  for (const [place, id] of ids.entries()) {
    const { spec } = await lab.api.run(id);
    expect(spec).toMatchObject({ strategy: STRATEGIES[place], seed: 42, schedule: { kind: 'seeded' } });
  }
});

test('one clock moves all pictures, and the verdict waits for its end', async ({ lab }) => {
  await compare(lab);
  await lab.at('clock').fill('0');
  await expect(lab.at('outcomes')).toBeHidden();
  for (const strategy of STRATEGIES) {
    await expect(lab.at(`contender-${strategy}`)).toContainText('has not come to the verdict');
    await expect(lab.at(`contender-${strategy}`)).toContainText('buyer-');
  }
  const end = await lab.at('clock').getAttribute('max');
  await lab.at('clock').fill(end!);
  await expect(lab.at('contender-unprotected')).toContainText('Broken invariants: “No lost update”');
});

test('the address opens the same comparison elsewhere, with scripts or without', async ({ lab, browser }) => {
  await compare(lab);
  const address = lab.page.url();
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(address);
  await expect(page.getByTestId('outcome-unprotected-no-lost-update')).toHaveAttribute('data-ruling', 'broken');
  await expect(page.getByTestId('contender-row-lock')).toBeVisible();
  await context.close();
});

test('six strategies are enough: the others cannot be chosen until one is left out', async ({ lab }) => {
  await lab.open(`/compare?${WORKLOAD}&strategies=${STRATEGIES.join(',')},atomic-update,relative-update,check-constraint`);
  await expect(lab.at('choose-serializable')).toBeDisabled();
  await lab.at('choose-atomic-update').click();
  await expect(lab.at('choose-serializable')).toBeEnabled();
});

test('the workbench leads to its own workload side by side', async ({ lab }) => {
  await lab.open('/labs/duplicates?scenario=payments&strategy=none&lost_acks=20&seed=7');
  await lab.at('compare').click();
  await lab.page.waitForURL(/\/compare\?lab=duplicates/);
  await lab.isAwake();
  await expect(lab.at('choose-none')).toBeChecked();
  await expect(lab.at('choose-inbox')).toBeChecked();
  expect(new URL(lab.page.url()).searchParams.get('lost_acks')).toBe('20');
});

test('throughput against contention is measured for each strategy that is chosen', async ({ lab }) => {
  test.slow();
  await lab.open(`/compare?${WORKLOAD}&think_ms=0&strategies=atomic-update,optimistic`);
  await lab.at('sweep').click();
  const plot = lab.at('sweep-plot').getByRole('img');
  await expect(plot).toHaveAttribute('aria-label', /Atomic update.*; Optimistic/, { timeout: 30_000 });
  await expect(lab.page.locator('.sweep .fault')).toBeEmpty();
});
