// A page whose program does not come, or stops, says so.
import { CLASSIC_ADDRESS, expect, test } from './lab.js';

test('a program that cannot be loaded is told, and the page can be read', async ({ lab }) => {
  await lab.page.route('**/*.wasm', (route) => route.abort());
  lab.watch.allow(/wasm|Failed to|fetch/);
  await lab.page.goto(CLASSIC_ADDRESS);
  await expect(lab.at('fallen')).toBeVisible();
  await expect(lab.at('run')).toBeVisible();
});

test('a program that stops is told', async ({ lab }) => {
  await lab.open(CLASSIC_ADDRESS);
  await expect(lab.at('fallen')).toBeHidden();
  lab.watch.allow(/unreachable/);
  await lab.page.evaluate(() => {
    setTimeout(() => {
      throw new WebAssembly.RuntimeError('unreachable');
    });
  });
  await expect(lab.at('fallen')).toBeVisible();
});
