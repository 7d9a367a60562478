import { drawPage, readPages } from './tiff-pages.ts';

/** What the page asks: `open` comes first. */
export type TiffQuestion = { readonly open: ArrayBuffer } | { readonly page: number };
export type TiffAnswer =
  | { readonly pages: ReturnType<typeof readPages> }
  | { readonly page: number; readonly dots: Uint8ClampedArray<ArrayBuffer> }
  | { readonly isBroken: true };

let bytes = new ArrayBuffer(0);

/** Draws pages where a file that was made to do harm harms nobody: whoever asked ends the worker when it takes too long. */
addEventListener('message', ({ data }: MessageEvent<TiffQuestion>) => {
  try {
    if ('open' in data) {
      bytes = data.open;
      tell({ pages: readPages(bytes) });
    } else {
      const dots = drawPage(bytes, data.page);
      tell({ page: data.page, dots }, [dots.buffer]);
    }
  } catch {
    tell({ isBroken: true });
  }
});

function tell(answer: TiffAnswer, given: Transferable[] = []): void {
  (postMessage as (message: TiffAnswer, given: Transferable[]) => void)(answer, given);
}
