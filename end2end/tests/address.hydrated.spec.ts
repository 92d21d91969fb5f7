// The address says what is on the screen: copy it, open it elsewhere, see the same.
import { expect, test, workbench, type Lab } from './lab.js';

const CHOSEN: Record<string, string> = {
  strategy: 'optimistic',
  'knob-buyers': '5',
  'knob-purchases': '3',
  'knob-products': '2',
  'knob-quantity': '9',
  'knob-think_ms': '0',
  'retry-policy': 'fixed',
  'retry-attempts_max': '4',
  'retry-base_ms': '2',
  store: 'postgres',
  schedule: 'seeded',
  pace: 'brisk',
  seed: '123456789',
};

async function choose(lab: Lab): Promise<void> {
  for (const [testid, value] of Object.entries(CHOSEN)) {
    const control = lab.at(testid);
    const isSelect = (await control.evaluate((element) => element.tagName)) === 'SELECT';
    await (isSelect ? control.selectOption(value) : control.fill(value));
  }
}

async function isChosen(lab: { getByTestId: Lab['at'] }): Promise<void> {
  for (const [testid, value] of Object.entries(CHOSEN)) {
    await expect(lab.getByTestId(testid), testid).toHaveValue(value);
  }
}

test('every value of the form is in the address, and is there again after a reload', async ({ lab }) => {
  await lab.open('/labs/concurrency');
  await choose(lab);
  await expect(lab.page).toHaveURL(/seed=123456789/);
  await lab.page.reload();
  await lab.isAwake();
  await isChosen(lab.page);
});

test('the address shows the same in another browser, run and picture and all', async ({ lab, browser }) => {
  const run = await lab.breaks();
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(lab.page.url());
  await expect(page.locator('[data-run-state]')).toHaveAttribute('data-run-state', 'finished');
  await expect(page.getByTestId('strategy')).toHaveValue('unprotected');
  await expect(page.getByTestId('entries').locator('[data-testid^="entry-"]')).toHaveCount(run.entries);
  await expect(page.getByTestId('judgement-no-oversell')).toHaveAttribute('data-ruling', 'broken');
  await context.close();
});

test("a run's own page shows the run, and leads back to the workbench with its spec", async ({ lab }) => {
  const run = await lab.breaks();
  await lab.at('run-link').click();
  await expect(lab.page).toHaveURL(new RegExp(`/runs/${run.id}$`));
  await lab.isAwake();
  await lab.ends();
  await lab.rules('no-lost-update', 'broken');
  await lab.at('open-workbench').click();
  await lab.isAwake();
  await expect(lab.at('choices')).toHaveValue(/buyer-2\/write#1/);
  await expect(lab.at('pace')).toHaveValue('instant');
});

test('a run is pinned on its own page, and still is when the page is read again', async ({ lab }) => {
  const run = await lab.breaks();
  await lab.open(`/runs/${run.id}`);
  await lab.at('pin').click();
  await expect(lab.at('pin')).toHaveAttribute('aria-pressed', 'true');
  await lab.open(`/runs/${run.id}`);
  await expect(lab.at('pin')).toHaveAttribute('aria-pressed', 'true');
  await lab.at('pin').click();
  await expect(lab.at('pin')).toHaveAttribute('aria-pressed', 'false');
});

test('defaults are not in the address', async ({ lab }) => {
  await lab.open('/labs/concurrency');
  await lab.at('knob-buyers').fill('3');
  await expect(lab.page).toHaveURL(/buyers=3/);
  await lab.at('knob-buyers').fill('2');
  await expect(lab.page).not.toHaveURL(/buyers=|think_ms=|seed=|engine|retry/);
});

const WRONG: { query: Record<string, string | number>; field: string; says: RegExp }[] = [
  { query: { buyers: 65 }, field: 'workload.buyers', says: /workload\.buyers is 65.*1.*64/ },
  { query: { think_ms: 'long' }, field: 'workload.think_ms', says: /workload\.think_ms is "long".*0.*1000/ },
  { query: { seed: -1 }, field: 'seed', says: /seed is "?-1"?.*0.*9007199254740991/ },
  { query: { 'retry.attempts_max': 0 }, field: 'retry.attempts_max', says: /attempts_max is 0.*1/ },
  {
    query: { strategy: 'optimistic', 'retry.attempts_max': 0 },
    field: 'retry.attempts_max',
    says: /attempts_max is 0.*1/,
  },
  { query: { strategy: 'prayer' }, field: 'strategy', says: /strategy is "prayer".*optimistic/ },
  { query: { pace: 'slow' }, field: 'pace', says: /pace is "slow".*watch.*brisk.*instant/ },
  { query: { colour: 'red' }, field: 'workload.colour', says: /colour/ },
  { query: { schedule: 'recorded', choices: 'buyer-1' }, field: 'schedule.choices[0]', says: /is "buyer-1".*actor\/step#occ/ },
];

for (const { query, field, says } of WRONG) {
  test(`${JSON.stringify(query)} in the address is told with field, value and range`, async ({ lab }) => {
    await lab.open(workbench(query));
    await expect(lab.at(`fault-${field}`)).toHaveText(says);
  });
}

test('a wrong value that is typed is told at its field, and keeps a run from starting', async ({ lab }) => {
  await lab.open('/labs/concurrency');
  await lab.at('knob-buyers').fill('900');
  await expect(lab.at('fault-workload.buyers')).toHaveText(/workload\.buyers is 900.*1.*64/);
  await expect(lab.at('knob-buyers')).toHaveAttribute('aria-invalid', 'true');
  await lab.at('run').click();
  await expect(lab.state).toHaveAttribute('data-run-state', 'idle');
  await lab.at('knob-buyers').fill('9');
  await expect(lab.at('fault-workload.buyers')).toHaveCount(0);
});

test('a roll of the dice is a new seed, in the form and in the address', async ({ lab }) => {
  await lab.open('/labs/concurrency');
  await lab.at('roll-seed').click();
  await expect(lab.at('seed')).not.toHaveValue('42');
  await expect(lab.page).toHaveURL(new RegExp(`seed=${await lab.at('seed').inputValue()}`));
});
