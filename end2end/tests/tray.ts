// What the tests of the tray share.
import { type Run } from './api.js';
import { expect, type Lab } from './lab.js';

/** One consumer, and two messages on their way to it. */
export const TRAY_ADDRESS =
  '/labs/messages?scenario=order-status&strategy=arrival-order&consumers=1&pace=instant&schedule=by-hand' +
  '&choices=publisher/publish%231,publisher/publish%232';

/** Starts the run by hand, and waits until both messages are on their way. */
export async function begins(lab: Lab, address: string): Promise<void> {
  await lab.open(address);
  await lab.at('run').click();
  await expect.poll(() => cards(lab)).toEqual(['order-1.placed', 'order-1.paid']);
}

/** The names of the cards, in order. */
export async function cards(lab: Lab): Promise<(string | null)[]> {
  const all = await lab.at('tray-card').all();
  return Promise.all(all.map((card) => card.getAttribute('data-card')));
}

/** Does what swaps the two cards. */
export async function swap(lab: Lab, act: () => Promise<void>): Promise<void> {
  await act();
  await expect.poll(() => cards(lab)).toEqual(['order-1.paid', 'order-1.placed']);
}

/** The rest is the seed's, and the view goes back. */
export async function goesBack(lab: Lab): Promise<Run> {
  await lab.at('hand-resume').click();
  const run = await lab.ends();
  await lab.rules('view-never-goes-back', 'broken');
  return run;
}
