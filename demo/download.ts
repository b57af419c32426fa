// Saves the result as a PNG file.
import { saveFile } from './shared/save-file.js';

/** A file name for a picture and what was done to it: coffee-gaussian-blur-9x9.png. */
export function fileName(pictureName: string, filterName: string): string {
  const slug = filterName
    .replaceAll(' × ', 'x')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return `${pictureName}-${slug}.png`;
}

export async function download(canvas: HTMLCanvasElement, name: string): Promise<void> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new Error('The browser could not write a PNG of this size.');
  saveFile(blob, name);
}
