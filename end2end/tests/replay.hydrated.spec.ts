// The run again: back and forth, by mouse and by keyboard alone.
import { CLASSIC } from './api.js';
import { CLASSIC_ADDRESS, expect, test } from './lab.js';

test('the scrubber and the steps go back and forth, and every panel follows', async ({ lab }) => {
  const { entries } = await lab.breaks();
  await lab.shows(entries, entries);
  await lab.at('step-back').click();
  await lab.shows(entries - 1, entries);
  await lab.at('scrubber').fill('5');
  await lab.shows(5, entries);
  await expect(lab.at('stage-summary')).toContainText('Up to entry 5');
  await expect(lab.at('stage')).toHaveAccessibleName(/Up to entry 5/);
  await lab.at('step-forward').click();
  await lab.shows(6, entries);
  await expect(lab.at('entry-6')).toBeVisible();
  await expect(lab.at('entry-7')).toHaveCount(0);
  await lab.at('scrubber').fill(String(entries));
  await lab.shows(entries, entries);
});

test('play runs from the start to the end by itself, and can be paused', async ({ lab }) => {
  const { entries } = await lab.breaks();
  await lab.at('play-pause').click();
  await expect(lab.at('play-pause')).toHaveAccessibleName('Pause');
  await expect(lab.at('entry-3')).toBeVisible();
  await lab.at('play-pause').click();
  await expect(lab.at('play-pause')).toHaveAccessibleName('Play');
  expect(await lab.rows.count()).toBeLessThan(entries);
  await lab.at('play-pause').click();
  await lab.shows(entries, entries);
  await expect(lab.at('play-pause')).toHaveAccessibleName('Play');
});

test('the next conflict or violation is one press away', async ({ lab }) => {
  const run = await lab.breaks();
  await lab.at('next-trouble').click();
  const picked = lab.at('entries').locator('[aria-selected="true"]');
  await expect(picked).toHaveCount(1);
  const first = await picked.getAttribute('data-testid');
  expect(run.verdict!.judgements.flatMap(({ evidence = [] }) => evidence.map(({ seq }) => `entry-${seq}`))).toContain(first);
  await lab.at('next-trouble').click();
  await expect(picked).not.toHaveAttribute('data-testid', first!);
});

test('everything can be done by keys alone', async ({ lab }) => {
  const { keyboard } = lab.page;
  await lab.open(CLASSIC_ADDRESS);
  const { entries } = await lab.another(() => keyboard.press('r'));
  await lab.shows(entries, entries);
  await keyboard.press('ArrowLeft');
  await lab.shows(entries - 1, entries);
  await keyboard.press('Home');
  await lab.shows(0, entries);
  await keyboard.press('ArrowRight');
  await lab.shows(1, entries);
  await keyboard.press('End');
  await lab.shows(entries, entries);
  await keyboard.press('v');
  await expect(lab.at('entries').locator('[aria-selected="true"]')).toHaveCount(1);
  await keyboard.press('Escape');
  await expect(lab.at('entries').locator('[aria-selected="true"]')).toHaveCount(0);
  await keyboard.press('Space');
  await expect(lab.at('play-pause')).toHaveAccessibleName('Pause');
});

test('keys go on working after a button was pressed by mouse', async ({ lab }) => {
  const { entries } = await lab.breaks();
  await expect(lab.at('run')).toBeFocused();
  await lab.page.keyboard.press('ArrowLeft');
  await lab.shows(entries - 1, entries);
  await lab.page.keyboard.press('v');
  await expect(lab.at('entries').locator('[aria-selected="true"]')).toHaveCount(1);
  await lab.page.keyboard.press('?');
  await expect(lab.at('keys-dialog')).toBeVisible();
});

test('keys belong to a field while somebody types into it', async ({ lab }) => {
  await lab.open(CLASSIC_ADDRESS);
  await lab.at('choices').press('r');
  await lab.at('choices').press('?');
  await lab.at('choices').press('p');
  await expect(lab.at('keys-dialog')).toBeHidden();
  await expect(lab.at('run')).toBeVisible();
  await expect(lab.state).toHaveAttribute('data-run-state', 'idle');
});

test('? opens the list of keys, and Escape closes it', async ({ lab }) => {
  for (const path of ['/', CLASSIC_ADDRESS]) {
    await lab.open(path);
    await expect(lab.at('keys-dialog')).toBeHidden();
    await lab.page.keyboard.press('?');
    await expect(lab.at('keys-dialog')).toBeVisible();
    await expect(lab.at('keys-dialog')).toContainText('To the next conflict or violation');
    await lab.page.keyboard.press('Escape');
    await expect(lab.at('keys-dialog')).toBeHidden();
    await lab.at('keys-open').click();
    await expect(lab.at('keys-dialog')).toBeVisible();
  }
});

test('p leaves stage and verdict alone on the screen, and Escape brings the rest back', async ({ lab }) => {
  await lab.open(CLASSIC_ADDRESS);
  await lab.another(() => lab.page.keyboard.press('r'));
  await lab.page.keyboard.press('p');
  for (const gone of ['run', 'entries', 'inspector']) await expect(lab.at(gone)).toBeHidden();
  for (const kept of ['stage', 'verdict']) await expect(lab.at(kept)).toBeVisible();
  await lab.page.keyboard.press('Escape');
  await expect(lab.at('run')).toBeVisible();
});

test('the tab key reaches the run button, and Enter on it runs once', async ({ lab }) => {
  await lab.open(CLASSIC_ADDRESS);
  await lab.at('roll-seed').focus();
  await expect(async () => {
    await lab.page.keyboard.press('Tab');
    await expect(lab.at('run')).toBeFocused({ timeout: 100 });
  }).toPass({ intervals: [0], timeout: 5_000 });
  await lab.another(() => lab.page.keyboard.press('Enter'));
});

test("arrow keys walk the list of entries on a run's own page", async ({ lab }) => {
  const run = await lab.api.finished(CLASSIC);
  await lab.open(`/runs/${run.id}`);
  await lab.at('entry-3').click();
  await lab.at('entries').press('ArrowDown');
  await expect(lab.at('entry-4')).toHaveAttribute('aria-selected', 'true');
  await lab.at('entries').press('ArrowUp');
  await expect(lab.at('entry-3')).toHaveAttribute('aria-selected', 'true');
});

test('the map shows the same moment as the lanes: who stands where, and the latest step between them', async ({ lab }) => {
  await lab.breaks();
  await lab.at('view-1').click();
  await expect(lab.at('view-1')).toHaveAttribute('aria-pressed', 'true');
  await expect(lab.at('axis')).toBeHidden();
  // A press on a box picks the latest entry that it took part in.
  const box = (await lab.at('stage').boundingBox())!;
  await lab.page.mouse.click(box.x + 60, box.y + 55);
  await expect(lab.at('inspector')).toContainText('buyer-1');
  await lab.at('view-0').click();
  await expect(lab.at('axis')).toBeVisible();
});
