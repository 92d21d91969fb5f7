// Lessons: an answer starts a real run, and the run's record says who was right.
import { expect, test, type Lab } from './lab.js';

// With less motion a run is shown at once.
test.use({ contextOptions: { reducedMotion: 'reduce' } });

async function answers(lab: Lab, scene: number, answer: number): Promise<void> {
  await lab.at(`scene-${scene}`).getByTestId(`answer-${answer}`).click();
}

function answer(lab: Lab, scene: number, place: number) {
  return lab.at(`scene-${scene}`).getByTestId(`answer-${place}`);
}

async function says(lab: Lab, scene: number, words: RegExp): Promise<void> {
  await expect(lab.at(`scene-${scene}`).getByTestId('told')).toContainText(words);
}

test('an answer starts the run, a wrong one is corrected, and what happened is told', async ({ lab }) => {
  await lab.open('/lessons/lost-update');
  const scene = lab.at('scene-1');
  await expect(scene.getByTestId('told')).toHaveText('Your answer starts the run.');
  await expect(scene.getByText('a lost update')).toBeHidden();
  await answers(lab, 1, 1);
  await expect(answer(lab, 1, 1)).toHaveAttribute('aria-pressed', 'true');
  await says(lab, 1, /You said .One: the other one is too late.. It is .Both../);
  await expect(answer(lab, 1, 1)).toHaveAttribute('data-mark', 'wrong');
  await expect(answer(lab, 1, 2)).toHaveAttribute('data-mark', 'right');
  await expect(scene.getByText('a lost update')).toBeVisible();
  await expect(scene.locator('.verdict-head')).toContainText('No lost update');
  await expect(scene.locator('canvas')).toBeVisible();
  // A second answer changes nothing.
  await answer(lab, 1, 2).click({ force: true });
  await expect(answer(lab, 1, 1)).toHaveAttribute('aria-pressed', 'true');
});

test('whoever plays all of a lesson finds it ticked, and goes on to the next, or to its challenge', async ({ lab }) => {
  await lab.open('/lessons');
  await expect(lab.at('lessons-done')).toHaveText(/^0 of 13 done$/);
  await lab.at('lesson-versions').click();
  await lab.isAwake();
  await answers(lab, 1, 3);
  await says(lab, 1, /You were right: .It changes nothing, and buyer 2 looks again/);
  await answers(lab, 2, 4);
  await says(lab, 2, /The answer is: .More than seven: 22 of 30./);
  await expect(lab.at('lesson-next')).toHaveText(/^Next: What was read counts, too$/);
  await lab.open('/lessons');
  await expect(lab.at('lessons-done')).toHaveText(/^1 of 13 done$/);
  await lab.page.getByRole('button', { name: 'Forget what I have done' }).click();
  await expect(lab.at('lessons-done')).toHaveText(/^0 of/);
  await lab.open('/lessons/lost-update');
  await lab.at('lesson-challenge').click();
  await expect(lab.at('challenge')).toContainText('Two buyers, one shelf');
});

test('a run of a lesson has a page of its own, and a workbench with it in the form', async ({ lab }) => {
  await lab.open('/lessons/two-systems');
  await answers(lab, 3, 2);
  await says(lab, 3, /You were right/);
  const scene = lab.at('scene-3');
  await scene.getByRole('link', { name: 'Step through this run' }).click();
  await expect(lab.page).toHaveURL(/\/runs\//);
  await expect(lab.at('verdict')).toContainText('No phantom');
  await lab.open('/lessons/two-systems');
  await scene.getByRole('link', { name: 'Change it on the workbench' }).click();
  await expect(lab.at('strategy')).toHaveValue('outbox-polling');
  await expect(lab.at('crash')).toHaveValue('service-1/commit#1');
});

test('a run is shown slowly enough to be followed, and whoever has seen enough goes to its end', async ({ lab }) => {
  await lab.page.emulateMedia({ reducedMotion: 'no-preference' });
  await lab.open('/lessons/lost-update');
  await answers(lab, 1, 2);
  const scene = lab.at('scene-1');
  await expect(scene.getByTestId('told')).toHaveText('Watch it happen.');
  await expect(scene.locator('.stage-caption')).toContainText(/buyer-. (reads|thinks|writes)/);
  await expect(scene.locator('.verdict-head')).toHaveCount(0);
  await scene.getByRole('button', { name: 'Show the end' }).click();
  await says(lab, 1, /You were right: .Both/);
});

test('the keyboard answers as well', async ({ lab }) => {
  await lab.open('/lessons/two-rows');
  await answer(lab, 1, 2).focus();
  await lab.page.keyboard.press('Enter');
  await says(lab, 1, /You were right: .Both go through/);
});

test('a lesson that is not there is said to be none', async ({ lab }) => {
  lab.watch.allow(/status of 404/);
  await lab.open('/lessons/nothing');
  await expect(lab.page.getByRole('heading', { level: 1 })).toHaveText('No such lesson');
});
