/// <reference lib="dom" />
// The demo page as a test handles it: opening it, waiting for results, reading canvases. Whatever a page prints as an
// error or throws fails the test that opened it.
import { test as base, expect, type Page } from 'playwright/test';

/** Pixels of a canvas, RGBA. */
export interface CanvasPixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

export class DemoPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens the page and waits for the first result. */
  async open(): Promise<void> {
    await this.page.goto('demo/');
    await this.settled();
    await expect(this.page.getByTestId('after-caption')).not.toBeEmpty();
  }

  /** Waits until no run is under way. The page says 'busy' in the very event that starts one. */
  async settled(): Promise<void> {
    await expect(this.page.locator('html')).toHaveAttribute('data-state', /^(done|failed|stopped)$/);
  }

  /** Chooses a filter by its name in the list, and waits for the result. */
  async chooseFilter(name: string): Promise<void> {
    await this.page.getByLabel('Filter', { exact: true }).selectOption({ label: name });
    await this.done();
  }

  /** Moves the slider, as a hand does, and waits for the result. */
  async setSlider(value: number): Promise<void> {
    await this.page.locator('#slider').fill(String(value));
    await this.done();
  }

  /** Waits for a result; fails where there is an error in its place. */
  async done(): Promise<void> {
    await this.settled();
    await expect(this.page.getByTestId('error')).toBeHidden();
    await expect(this.page.getByTestId('status')).toContainText('Done');
  }

  /** Waits until the picture on the page has this size. */
  async showsPicture(width: number, height: number): Promise<void> {
    await expect(this.page.getByTestId('before')).toHaveAttribute('width', String(width));
    await expect(this.page.getByTestId('before')).toHaveAttribute('height', String(height));
    await this.done();
  }

  async caption(): Promise<string> {
    return (await this.page.getByTestId('after-caption').textContent()) ?? '';
  }

  async pixels(canvas: 'before' | 'after'): Promise<CanvasPixels> {
    const { width, height, base64 } = await this.page.getByTestId(canvas).evaluate((element) => {
      const { width, height } = element as HTMLCanvasElement;
      const { data } = (element as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
      let bytes = '';
      for (let at = 0; at < data.length; at += 8192) bytes += String.fromCharCode(...data.subarray(at, at + 8192));
      return { width, height, base64: btoa(bytes) };
    });
    return { width, height, data: new Uint8ClampedArray(Buffer.from(base64, 'base64')) };
  }

  /** Drops a file on the page, as the browser would: through a DataTransfer, with its events. */
  async drop(name: string, type: string, content: Uint8Array): Promise<void> {
    const transfer = await this.page.evaluateHandle(
      ({ name, type, base64 }) => {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        const transfer = new DataTransfer();
        transfer.items.add(new File([bytes], name, { type }));
        return transfer;
      },
      { name, type, base64: Buffer.from(content).toString('base64') },
    );
    for (const event of ['dragenter', 'dragover', 'drop']) {
      await this.page.dispatchEvent('main', event, { dataTransfer: transfer });
    }
    await transfer.dispose();
  }
}

/** Tests with a `demo`; complaints of the page fail them. */
export const test = base.extend<{ demo: DemoPage; complaints: string[] }>({
  complaints: [
    async ({ page }, use) => {
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
      });
      page.on('requestfailed', (request) => complaints.push(`not loaded: ${request.url()}`));
      await use(complaints);
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
  demo: async ({ page }, use) => use(new DemoPage(page)),
});

export { expect } from 'playwright/test';
