// The workbench without scripts: a form to read and to fill in, and everything about the strategies.
import type { Catalog, Knob } from './api.js';
import { expect, test, workbench } from './lab.js';

const CONTROLS = ['scenario', 'strategy', 'store', 'schedule', 'pace', 'seed'];

/** The knobs of the first scenario that change something under a strategy. */
function knobsOf({ scenarios, strategies }: Catalog, strategy: string): Knob[] {
  const unused = strategies.find((card) => card.name === strategy)?.unused ?? [];
  return scenarios[0]!.knobs.filter((knob) => !unused.includes(knob.name));
}

test.describe('workbench', () => {
  test('gives every control a label and a help that belongs to it', async ({ lab }) => {
    await lab.page.goto('/labs/concurrency');
    const knobs = knobsOf(await lab.api.catalog(), 'unprotected').map((knob) => `knob-${knob.name}`);
    for (const testid of [...CONTROLS, ...knobs]) {
      const control = lab.at(testid);
      await expect(control, testid).toBeVisible();
      await expect(control, testid).toHaveAccessibleName(/\w{3,}/);
      await expect.soft(control, testid).toHaveAccessibleDescription(/\w{3,}/, { timeout: 1_000 });
    }
  });

  test('tells the range, the unit and the default of every knob, as the catalog has them', async ({ lab }) => {
    await lab.page.goto('/labs/concurrency');
    for (const knob of knobsOf(await lab.api.catalog(), 'unprotected')) {
      const field = lab.at(`knob-${knob.name}`);
      await expect(field).toHaveAccessibleName(knob.label);
      if (knob.words) {
        await expect(field.locator('option')).toHaveText(knob.words.map((word) => word.title));
        await expect(field).toHaveAccessibleDescription(knob.help);
        continue;
      }
      await expect(field).toHaveAttribute('min', String(knob.min));
      await expect(field).toHaveAttribute('max', String(knob.max));
      await expect(field).toHaveValue(String(knob.default));
      const range = `${knob.help} ${`${knob.min} to ${knob.max} ${knob.unit}`.trim()}.`;
      await expect(field).toHaveAccessibleDescription(range);
    }
  });

  test('shows the knobs that change something under the strategy, and no others', async ({ lab }) => {
    const catalog = await lab.api.catalog();
    for (const strategy of ['unprotected', 'single-writer']) {
      await lab.page.goto(`/labs/concurrency?strategy=${strategy}`);
      const shown = knobsOf(catalog, strategy).map((knob) => knob.name);
      for (const { name } of catalog.scenarios[0]!.knobs) {
        await expect(lab.at(`knob-${name}`), name).toHaveCount(shown.includes(name) ? 1 : 0);
      }
      expect(shown.includes('partitions')).toBe(strategy === 'single-writer');
    }
  });

  test('offers every strategy of the catalog by its title, and says which the database lacks', async ({ lab }) => {
    await lab.page.goto('/labs/concurrency');
    const { strategies } = await lab.api.catalog();
    const missing = ['Repeatable read', 'Advisory lock', 'Units, skip locked, unconfirmed', 'Units, skip locked'];
    const offered = strategies.filter((card) => card.scenarios.includes('stock')).map((card) => card.title);
    const titles = offered.map((title) => (missing.includes(title) ? `${title} (not on SQLite)` : title));
    await expect(lab.at('strategy').locator('option')).toHaveText(titles);
  });

  test('tells of every strategy how it works, how it fails, what it promises, and its source', async ({ lab }) => {
    // A page for each strategy, and there are more of them with every lab.
    test.slow();
    const { strategies, scenarios } = await lab.api.catalog();
    // One page for each strategy: the time grows with their number.
    test.setTimeout(5_000 * strategies.length);
    for (const card of strategies) {
      const [scenario] = card.scenarios;
      const { lab: name } = scenarios.find((other) => other.name === scenario)!;
      await lab.page.goto(`/labs/${name}?scenario=${scenario}&strategy=${card.name}`);
      const story = lab.page.locator('#about');
      await expect(story).toContainText(card.idea);
      await expect(story).toContainText(card.fails);
      await expect(lab.at('promises').getByRole('row')).not.toHaveCount(1);
      const source = lab.at('source');
      await source.locator('summary').click();
      // An empty line is a space in a rendered page, so ends of lines do not count.
      const text = (await source.locator('.line').allTextContents()).map((line) => line.trimEnd());
      expect(text, card.name).toEqual(card.source.trimEnd().split('\n'));
      await expect(source.getByText('//! Idea:').first()).toBeVisible();
    }
  });

  test('says that starting a run needs scripts, and what works without', async ({ lab }) => {
    await lab.page.goto('/labs/concurrency');
    await expect(lab.page.getByText(/Starting a run needs JavaScript/)).toBeVisible();
    await expect(lab.at('verdict')).toBeVisible();
  });

  test('keeps what was chosen when its form is sent', async ({ lab }) => {
    await lab.page.goto('/labs/concurrency');
    await lab.at('strategy').selectOption('optimistic');
    await lab.at('knob-buyers').fill('7');
    await lab.at('seed').fill('11');
    await lab.at('run').click();
    await expect(lab.page).toHaveURL(/strategy=optimistic/);
    await expect(lab.at('strategy')).toHaveValue('optimistic');
    await expect(lab.at('knob-buyers')).toHaveValue('7');
    await expect(lab.at('seed')).toHaveValue('11');
    await expect(lab.page.locator('.fault:not(:empty)')).toHaveCount(0);
  });

  test('names the field, the value and the range of what is wrong in its address', async ({ lab }) => {
    await lab.page.goto(workbench({ buyers: 900, seed: 'none' }));
    await expect(lab.at('fault-workload.buyers')).toHaveText(/workload\.buyers is 900.*1.*64/);
    await expect(lab.at('fault-seed')).toHaveText(/seed is "none".*0.*9007199254740991/);
  });
});
