// WCAG 2.2 AA, as far as a program can tell: every kind of page, light and dark, wide and narrow.
import { AxeBuilder } from '@axe-core/playwright';
import { CLASSIC_ADDRESS, expect, test, type Lab } from './lab.js';
import { PAGES } from './pages.js';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const WIDTHS = [1440, 360];
const THEMES = ['light', 'dark'] as const;

// Colours that are still on their way from one theme to the other would be judged as they stand.
test.use({ contextOptions: { reducedMotion: 'reduce' } });

for (const { name, go } of PAGES) {
  test(`axe finds nothing on ${name}, light and dark, wide and narrow`, async ({ lab }) => {
    test.slow();
    await go(lab);
    for (const width of WIDTHS) {
      await lab.page.setViewportSize({ width, height: 900 });
      for (const colorScheme of THEMES) {
        await lab.page.emulateMedia({ colorScheme });
        expect.soft(await violations(lab), `${name}, ${colorScheme}, ${width} px wide`).toEqual([]);
      }
    }
  });
}

test('axe finds nothing in the list of keys and in the presentation', async ({ lab }) => {
  await lab.open(CLASSIC_ADDRESS);
  await lab.another(() => lab.page.keyboard.press('r'));
  await lab.page.keyboard.press('?');
  await expect(lab.at('keys-dialog')).toBeVisible();
  expect.soft(await violations(lab), 'keys').toEqual([]);
  await lab.page.keyboard.press('Escape');
  await lab.page.keyboard.press('p');
  await expect(lab.at('run')).toBeHidden();
  expect.soft(await violations(lab), 'presentation').toEqual([]);
});

test('the chosen theme is kept from page to page', async ({ lab }) => {
  await lab.page.emulateMedia({ colorScheme: 'light' });
  await lab.open('/');
  const ink = () => lab.page.locator('body').evaluate((body) => getComputedStyle(body).color);
  const light = await ink();
  await lab.at('theme-toggle').click();
  await expect.poll(ink).not.toBe(light);
  const dark = await ink();
  await lab.open('/labs/concurrency');
  expect(await ink()).toBe(dark);
});

test('a finished run tells its verdict and its entries to those who cannot see it', async ({ lab }) => {
  await lab.breaks();
  await expect(lab.at('verdict')).toHaveAttribute('aria-live', 'polite');
  await expect(lab.at('stage')).toHaveAccessibleName(/2 actors.*1 row.*2 reads, 2 writes/);
  await expect(lab.at('stage-log')).toContainText('The verdict: not every invariant holds.');
  await expect(lab.at('stage-log')).toHaveAttribute('role', 'log');
});

async function violations(lab: Lab): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page: lab.page }).withTags(TAGS).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.target.join(' ')}: ${node.any[0]?.message ?? node.failureSummary}`),
  );
}
