// What the engine does, as the page tells it: real waits, real SQL, the same decisions for the same seed.
import { decisions } from './api.js';
import { figures } from './figures.js';
import { expect, test, workbench } from './lab.js';

/** A value as SQL writes it. */
const literal = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : String(value));

const CROWD = { buyers: 4, purchases: 2, quantity: 5, schedule: 'seeded', seed: 4711 };

for (const store of ['sqlite', 'postgres']) {
  test(`the same seed decides the same twice (${store})`, async ({ lab }) => {
    await lab.open(workbench({ strategy: 'optimistic', 'engine.store': store, ...CROWD }));
    const first = await lab.run();
    const second = await lab.run();
    expect(second.id).not.toBe(first.id);
    const [one, other] = [await lab.api.journal(first.id), await lab.api.journal(second.id)];
    expect(decisions(other)).toEqual(decisions(one));
    expect(one.length).toBe(first.entries);
  });
}

test('another seed decides otherwise', async ({ lab }) => {
  await lab.open(workbench({ strategy: 'optimistic', ...CROWD }));
  const first = await lab.run();
  await lab.at('seed').fill('4712');
  const second = await lab.run();
  const [one, other] = [await lab.api.journal(first.id), await lab.api.journal(second.id)];
  expect(decisions(other).slice(1)).not.toEqual(decisions(one).slice(1));
});

test('a seeded run with row locks shows who waits for whom', async ({ lab }) => {
  const query = { strategy: 'row-lock', 'engine.store': 'postgres', buyers: 3, quantity: 2, schedule: 'seeded' };
  await lab.open(workbench({ ...query, seed: 1 }));
  const run = await lab.run();
  expect(run.verdict!.price.waits).toBeGreaterThan(0);
  await expect(lab.at('entries').locator('[data-event="blocked"]').first()).toContainText(
    /buyer-\d waits for the row lock of stock sku-001, held by buyer-\d\./,
  );
  await expect(lab.at('stage-summary')).toContainText(/\d waits?/);
  await expect(lab.at('verdict')).toContainText('Every invariant holds');
});

test('PostgreSQL breaks like SQLite does, and shows the SQL that ran on it', async ({ lab }) => {
  await lab.open(workbench({ strategy: 'transaction-only', 'engine.store': 'postgres' }));
  await lab.at('knob-buyers').fill('2');
  await lab.at('schedule').selectOption('seeded');
  await lab.at('knob-quantity').fill('1');
  const run = await lab.run();
  const journal = await lab.api.journal(run.id);
  expect(JSON.stringify(journal[0])).toContain('PostgreSQL');
  await expect(lab.at('entry-1')).toContainText('PostgreSQL');
  const write = journal.find(({ event }) => event.type === 'wrote')!;
  await lab.at(`entry-${write.seq}`).click();
  await expect(lab.at('inspector-sql').locator('pre').first()).toHaveText(write.sql![0]!.text);
  expect(write.sql![0]!.text).toMatch(/update stock set quantity = \$1/);
});

test('every entry shows in the inspector the SQL that ran and its values', async ({ lab }) => {
  const run = await lab.breaks();
  for (const { seq, event, sql = [] } of await lab.api.journal(run.id)) {
    await lab.at(`entry-${seq}`).click();
    await expect(lab.at('inspector').getByRole('heading', { level: 3 })).toHaveText(`Entry ${seq} ${event.type}`);
    const statements = lab.at('inspector-sql').locator('pre');
    await expect(statements).toHaveText(sql.map(({ text }) => text));
    for (const [place, { values = [] }] of sql.entries()) {
      const item = lab.at('inspector-sql').getByRole('listitem').nth(place);
      for (const [i, value] of values.entries()) await expect(item).toContainText(`${i + 1}: ${literal(value)}`);
    }
    if (sql.length === 0) await expect(lab.at('inspector')).toContainText('No SQL ran');
  }
});

for (const [name, query] of [
  ['a seeded run with conflicts', { strategy: 'optimistic', ...CROWD }],
  ['a live run that sells out', { strategy: 'atomic-update', buyers: 8, purchases: 2, quantity: 10 }],
] as const) {
  test(`every figure of the price is the API's: ${name}`, async ({ lab }) => {
    await lab.open(workbench(query));
    const run = await lab.run();
    expect(run.verdict!.price.operations).toBeGreaterThan(0);
    const shown = figures(run.verdict!.price);
    for (const [field, words] of shown) await expect(lab.at(`price-${field}`), field).toHaveText(words);
    await expect(lab.at('price').locator('dd')).toHaveCount(shown.length);
  });
}

test('a run of more entries than the list holds is paged, and its end is shown first', async ({ lab }) => {
  await lab.open(workbench({ strategy: 'atomic-update', buyers: 16, purchases: 10, quantity: 500, think_ms: 0 }));
  const run = await lab.run();
  expect(run.entries).toBeGreaterThan(200);
  await lab.shows(run.entries, run.entries);
  await expect(lab.at(`entry-${run.entries}`)).toBeVisible();
  await lab.page.getByRole('button', { name: 'Earlier' }).click();
  await expect(lab.at(`entry-${run.entries}`)).toHaveCount(0);
  await expect(lab.rows).toHaveCount(100);
});
