// Challenges: each kind is solved as a visitor would, and what is no solution is told as such.
import { expect, test, type Lab } from './lab.js';

async function takes(lab: Lab, name: string): Promise<void> {
  await lab.open('/challenges');
  await lab.at(`challenge-${name}`).click();
  await expect(lab.at('challenge')).toBeVisible();
  await lab.isAwake();
  await lab.at('pace').selectOption('instant');
}

async function says(lab: Lab, outcome: 'solved' | 'not-yet', words: RegExp): Promise<void> {
  await expect(lab.at('challenge-outcome')).toHaveAttribute('data-outcome', outcome);
  await expect(lab.at('challenge-outcome')).toContainText(words);
}

/** Lets these actors move, one after the other, and the run end by itself. */
async function moves(lab: Lab, actors: string[]): Promise<void> {
  await lab.at('run').click();
  for (const actor of actors) {
    await expect(lab.at('hand')).toHaveAttribute('data-mover', 'hand');
    const offer = (await lab.at('hand').getAttribute('data-offer'))!;
    await lab.at(`choose-${actor}`).click();
    await expect(lab.at('hand').and(lab.page.locator(`[data-offer="${offer}"]`))).toHaveCount(0);
  }
  await lab.ends();
}

test('an order that breaks the promise solves a challenge, and the browser remembers it', async ({ lab }) => {
  await takes(lab, 'two-buyers');
  await moves(lab, ['buyer-1', 'buyer-1', 'buyer-2']);
  await says(lab, 'not-yet', /holds in this run/);
  await lab.page.getByRole('link', { name: 'Back to what was given' }).click();
  await expect(lab.at('challenge-outcome')).toHaveCount(0);
  await lab.isAwake();
  await moves(lab, ['buyer-1', 'buyer-2', 'buyer-1', 'buyer-2']);
  await says(lab, 'solved', /is broken: 1 write was replaced/);
  await lab.at('challenge-next').click();
  await expect(lab.at('challenge')).toContainText('Challenge 2');
  await lab.open('/challenges');
  await expect(lab.at('challenges-solved')).toHaveText(/^1 of \d+ solved$/);
  await lab.page.getByRole('button', { name: 'Forget what I have solved' }).click();
  await expect(lab.at('challenges-solved')).toHaveText(/^0 of/);
});

test('the crash points below a run keep the challenge', async ({ lab }) => {
  await takes(lab, 'nobody-was-told');
  await lab.run();
  await says(lab, 'not-yet', /holds in this run/);
  await lab.at('crash-points').locator('summary').click();
  await lab.another(() => lab.at('crash-points').getByRole('link', { name: 'service-1/publish#1' }).click());
  await says(lab, 'solved', /is broken/);
});

test('standstills are named in the form, and no more than there are', async ({ lab }) => {
  await takes(lab, 'the-holder-sleeps');
  await lab.at('pause').fill('buyer-1/write#1,buyer-2/write#1');
  await lab.run();
  await says(lab, 'not-yet', /you have 1 standstill/);
  await lab.at('pause').fill('buyer-1/write#1');
  await lab.run();
  await says(lab, 'solved', /is broken/);
});

test('a crash that never comes is no solution, and the answer is not offered beside the challenge', async ({ lab }) => {
  await takes(lab, 'half-an-order');
  await lab.at('crash').fill('coordinator-1/sing#1');
  await lab.run();
  await says(lab, 'not-yet', /nobody took the step/);
  await expect(lab.at('see-failure')).toHaveCount(0);
  await expect(lab.at('same-moves')).toHaveCount(0);
});

test('another strategy keeps what is to be kept, unless it is lucky or the situation was changed', async ({ lab }) => {
  await takes(lab, 'charged-once');
  await lab.run();
  await says(lab, 'not-yet', /No double charge/);
  await lab.at('strategy').selectOption('dedup-then-effect');
  await lab.run();
  await says(lab, 'not-yet', /by luck.*a crash between remembering and charging/);
  await lab.at('strategy').selectOption('inbox');
  await lab.run();
  await says(lab, 'solved', /Everything held/);
  await expect(lab.at('knob-payments')).toBeHidden();
  await lab.page.getByText('All settings').click();
  await lab.at('knob-payments').fill('2');
  await lab.run();
  await says(lab, 'not-yet', /another situation: payments is not as given/);
});

test('a challenge that is not there is said to be none', async ({ lab }) => {
  await lab.open('/labs/concurrency?challenge=fly');
  await expect(lab.at('challenge')).toContainText('There is no challenge of the name \u201cfly\u201d.');
});
