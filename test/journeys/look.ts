import type { Page } from 'playwright-core';

/** Where pictures of the screens go, when somebody wants to look at them. */
const pictures = process.env.TENDERO_PICTURES;

/** Takes pictures of a page, light and dark, wide and on a phone, for whoever wants to look at it. */
export async function look(page: Page, name: string): Promise<void> {
  if (!pictures) return;
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1440, 390]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await page.waitForTimeout(300);
      await page.screenshot({ path: `${pictures}/${name}-${colorScheme}-${width}.png` });
    }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
}

/** One picture of all of a page, as it is now. */
export async function lookAtAll(page: Page, name: string): Promise<void> {
  if (pictures) await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });
}
