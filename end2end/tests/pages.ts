// Every kind of page, with what it takes to get there.
import { CLASSIC } from './api.js';
import { CLASSIC_ADDRESS, expect, workbench, type Lab } from './lab.js';
import { begins, TRAY_ADDRESS } from './tray.js';

type Stop = { name: string; go: (lab: Lab) => Promise<void> };

export const PAGES: Stop[] = [
  {
    name: 'home',
    go: async (lab) => {
      // With a run of the classic the page has its picture.
      await lab.api.finished(CLASSIC);
      await lab.open('/');
    },
  },
  { name: 'all lessons', go: (lab) => lab.open('/lessons') },
  {
    name: 'a lesson after its first run',
    go: async (lab) => {
      await lab.page.emulateMedia({ reducedMotion: 'reduce' });
      await lab.open('/lessons/versions');
      await lab.at('scene-2').getByTestId('answer-1').click();
      await expect(lab.at('scene-2').getByTestId('told')).toContainText('22 of 30');
    },
  },
  { name: 'all challenges', go: (lab) => lab.open('/challenges') },
  {
    name: 'a challenge that is solved',
    go: async (lab) => {
      await lab.open('/challenges');
      await lab.at('challenge-nobody-was-told').click();
      await expect(lab.at('challenge')).toBeVisible();
      await lab.isAwake();
      await lab.at('pace').selectOption('instant');
      await lab.at('crash').fill('service-1/publish#1');
      await lab.run();
      await expect(lab.at('challenge-outcome')).toHaveAttribute('data-outcome', 'solved');
    },
  },
  { name: 'the workbench before a run', go: (lab) => lab.open('/labs/concurrency?strategy=optimistic') },
  {
    name: 'the workbench with a wrong address',
    go: (lab) => lab.open('/labs/concurrency?buyers=900&colour=red&seed=none'),
  },
  {
    name: 'the workbench after a broken run',
    go: async (lab) => {
      await lab.open(CLASSIC_ADDRESS);
      await lab.run();
      await lab.judgement('no-lost-update').getByTestId('evidence').getByRole('button').last().click();
    },
  },
  {
    name: 'a run by hand in which somebody waits',
    go: async (lab) => {
      const choices = 'buyer-1/begin#1,buyer-2/begin#1,buyer-1/read#1,buyer-2/read#1';
      const query = { strategy: 'row-lock', 'engine.store': 'postgres', schedule: 'by-hand', choices };
      await lab.open(workbench(query));
      await lab.at('run').click();
      await expect(lab.at('wait-buyer-2-buyer-1')).toBeVisible();
    },
  },
  { name: 'a run by hand with messages on the tray', go: (lab) => begins(lab, TRAY_ADDRESS) },
  {
    name: "a run's own page",
    go: async (lab) => {
      const run = await lab.api.finished(CLASSIC);
      await lab.open(`/runs/${run.id}`);
      await lab.at('source').locator('summary').click();
    },
  },
  {
    name: 'runs side by side',
    go: async (lab) => {
      // With less motion the clock stands at the end at once, and the table of outcomes is there.
      await lab.page.emulateMedia({ reducedMotion: 'reduce' });
      await lab.open('/compare?lab=concurrency&strategies=unprotected,optimistic');
      await lab.at('run').click();
      await expect(lab.at('outcomes')).toBeVisible();
    },
  },
  {
    name: 'a page that is not there',
    go: async (lab) => {
      lab.watch.allow(/status of 404/);
      await lab.open('/nowhere');
    },
  },
];
