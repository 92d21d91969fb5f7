// Lessons without scripts: they read from end to end, and each run is a way to the workbench.
import { expect, test } from './lab.js';

test('every lesson is on the list, and reads without scripts', async ({ lab }) => {
  const { lessons } = await lab.api.catalog();
  expect(lessons.length).toBeGreaterThan(0);
  await lab.page.goto('/lessons');
  for (const { name, title, aim } of lessons) {
    const card = lab.page.locator('article', { has: lab.at(`lesson-${name}`) });
    await expect(card).toContainText(title);
    await expect(card).toContainText(aim);
  }
  for (const { name, title, parts } of lessons) {
    await lab.page.goto(`/lessons/${name}`);
    await expect(lab.page.getByRole('heading', { level: 1 })).toHaveText(title);
    await expect(lab.page.getByRole('heading', { level: 2 })).toHaveCount(parts.length);
    for (const [place, part] of parts.entries()) {
      const scene = lab.at(`scene-${place + 1}`);
      const link = scene.getByRole('link', { name: 'Change it on the workbench' });
      await expect(link).toHaveAttribute('href', new RegExp(`strategy=${part.spec.strategy}`));
      await scene.locator('summary').click();
      await expect(scene.locator('details p').first()).toBeVisible();
    }
  }
});
