// What a visitor sees on the way through the classic run, at two widths, light and dark.
import { CLASSIC } from './tests/api.js';
import { CLASSIC_ADDRESS, expect, test, workbench, type Lab } from './tests/lab.js';

const WIDTHS = [1440, 390];
const THEMES = ['light', 'dark'] as const;

for (const width of WIDTHS) {
  for (const colorScheme of THEMES) {
    test.describe(`${width} ${colorScheme}`, () => {
      test.use({ viewport: { width, height: width > 1000 ? 900 : 844 }, colorScheme, hasTouch: width < 1000 });

      test('home', async ({ lab }) => {
        const { scenarios } = await lab.api.catalog();
        for (const { classic } of scenarios) await lab.api.finished({ ...classic, pace: 'instant' });
        await lab.open('/');
        await save(lab, 'home', width, colorScheme);
      });

      test('the classic failure of every lab, and its cure', async ({ lab }) => {
        for (const { classic, cure } of (await lab.api.catalog()).scenarios) {
          for (const strategy of [classic.strategy, cure]) {
            const run = await lab.api.finished({ ...classic, strategy, pace: 'instant' });
            await lab.open(`/runs/${run.id}`);
            await save(lab, `lab-${classic.lab}-${strategy}`, width, colorScheme);
          }
        }
        await lab.api.finished({ ...CLASSIC });
        const busy = { orders: 12, outage_at_ms: 20, outage_ms: 150, services: 2 };
        const spec = { lab: 'outbox', strategy: 'outbox-polling', workload: busy, schedule: { kind: 'seeded' } };
        const run = await lab.api.finished({ ...spec, pace: 'instant' } as never);
        await lab.open(`/runs/${run.id}`);
        await save(lab, 'lab-outbox-drains', width, colorScheme);
      });

      test('a run by hand, with somebody who waits', async ({ lab }) => {
        const choices = 'buyer-1/begin#1,buyer-2/begin#1,buyer-1/read#1,buyer-2/read#1,buyer-3/begin#1,buyer-3/read#1';
        const query = { strategy: 'row-lock', 'engine.store': 'postgres', buyers: 3, schedule: 'by-hand', choices };
        await lab.open(workbench(query));
        await lab.at('run').click();
        await expect(lab.at('wait-buyer-2-buyer-1')).toBeVisible();
        await expect(lab.at('hand')).toBeInViewport();
        await save(lab, 'by-hand-waits', width, colorScheme);
        await lab.at('hand-resume').click();
        await lab.ends();
        await save(lab, 'by-hand-over', width, colorScheme);
        await lab.open(workbench({ strategy: 'unprotected', schedule: 'by-hand', pace: 'watch' }));
        await lab.at('run').click();
        await expect(lab.at('choose-buyer-1')).toContainText('read');
        await save(lab, 'by-hand-begins', width, colorScheme);
        await lab.at('choose-buyer-1').click();
        await expect(lab.at('choose-buyer-1')).toContainText('thinks');
        await save(lab, 'by-hand-thinks', width, colorScheme);
        await lab.at('stop').click();
      });

      test('the classic run, its cure, and its own page', async ({ lab }) => {
        await lab.open('/labs/concurrency');
        await save(lab, 'workbench-idle', width, colorScheme);
        await lab.open(CLASSIC_ADDRESS.replace('pace=instant', 'pace=watch'));
        await lab.at('run').click();
        await expect(lab.at('entry-8')).toBeVisible({ timeout: 30_000 });
        await save(lab, 'workbench-during', width, colorScheme);
        await lab.ends(60_000);
        await lab.at('next-trouble').click();
        await save(lab, 'workbench-broken', width, colorScheme);
        await lab.at('run-link').click();
        await lab.page.waitForURL(/\/runs\//);
        await lab.isAwake();
        await save(lab, 'run', width, colorScheme);
        await lab.open(CLASSIC_ADDRESS);
        await lab.run();
        await lab.another(() => lab.at('try-cure').click());
        await save(lab, 'cure', width, colorScheme);
        await lab.page.locator('body').press('p');
        await save(lab, 'presentation', width, colorScheme);
      });
    });
  }
}

/** The whole page, and what is on the screen without scrolling. */
async function save(lab: Lab, name: string, width: number, theme: string): Promise<void> {
  const path = (part: string) => `test-results/look/${name}-${width}-${theme}${part}.png`;
  await lab.page.screenshot({ path: path('-screen'), animations: 'disabled' });
  await lab.page.screenshot({ path: path(''), fullPage: true, animations: 'disabled' });
}
