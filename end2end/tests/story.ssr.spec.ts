// The story of a run without scripts: it is in the page that the server sends.
import { CLASSIC, spec } from './api.js';
import { expect, test } from './lab.js';

test('the page of a finished run tells its story', async ({ lab }) => {
  const run = await lab.api.finished(CLASSIC);
  const story = await lab.api.story(run.id);
  await lab.page.goto(`/runs/${run.id}`);
  const told = lab.at('story').locator('.happened li');
  await expect(told).toHaveText(story.why.map(({ text }) => text.replace(/[[\]]/g, '')));
  for (const { text } of story.promise) await expect(lab.at('story')).toContainText(text);
  for (const { title, address } of story.next) {
    await expect(lab.at('story').getByRole('link', { name: title })).toHaveAttribute('href', address);
  }
});

test('a run that met no trouble says so on its page', async ({ lab }) => {
  const run = await lab.api.finished(spec('optimistic', { workload: { buyers: 1 } }));
  await lab.page.goto(`/runs/${run.id}`);
  await expect(lab.at('story')).toContainText('So this run never put to the test');
});
