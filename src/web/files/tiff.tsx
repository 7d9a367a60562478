import { ActionIcon, Skeleton } from '@mantine/core';
import IconChevronDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs';
import IconChevronUp from '@tabler/icons-react/dist/esm/icons/IconChevronUp.mjs';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import type { FileLink } from '#kernel/fields/web/field-web.ts';
import style from './files.module.css';
import type { TiffPage } from './tiff-pages.ts';
import type { TiffAnswer, TiffQuestion } from './tiff-worker.ts';

/** Bytes. A fax of a hundred pages has five million. */
const LARGEST = 40 * 1024 ** 2;
/** A page of a fax takes a tenth of a second; a broken one would take for ever. */
const PATIENCE_MS = 20_000;

/** The pages of a fax, one at a time. They are drawn in a worker, which ends when a file takes too long. */
export function Tiff({ file }: { file: FileLink }) {
  const { t } = useTranslation();
  const { fileHref } = useFieldEnvironment();
  const [pages, setPages] = useState<readonly TiffPage[] | null>(null);
  const [at, setAt] = useState(0);
  const [isBroken, setBroken] = useState(file.size > LARGEST);
  const worker = useRef<Worker | null>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const href = fileHref(file.id);

  useEffect(() => {
    if (file.size > LARGEST) return;
    const own = new Worker(new URL('./tiff-worker.ts', import.meta.url), { type: 'module' });
    const stopping = new AbortController();
    worker.current = own;
    const fail = () => {
      own.terminate();
      setBroken(true);
    };
    own.addEventListener('error', fail);
    own.addEventListener('message', ({ data }: MessageEvent<TiffAnswer>) => {
      if ('isBroken' in data) fail();
      else if ('pages' in data) setPages(data.pages);
    });
    const patience = AbortSignal.any([stopping.signal, AbortSignal.timeout(PATIENCE_MS)]);
    fetch(href, { signal: patience })
      .then(async (answer) => {
        if (!answer.ok) throw new Error(String(answer.status));
        const open = await answer.arrayBuffer();
        own.postMessage({ open } satisfies TiffQuestion, [open]);
      })
      .catch(() => void (stopping.signal.aborted || fail()));
    return () => {
      stopping.abort();
      own.terminate();
    };
  }, [file.size, href]);

  const page = pages?.[at];
  useEffect(() => {
    const own = worker.current;
    if (!own || !page) return;
    const tooLong = setTimeout(() => {
      own.terminate();
      setBroken(true);
    }, PATIENCE_MS);
    const draw = ({ data }: MessageEvent<TiffAnswer>) => {
      if ('isBroken' in data) clearTimeout(tooLong);
      if (!('dots' in data) || data.page !== at || !canvas.current) return;
      clearTimeout(tooLong);
      Object.assign(canvas.current, { width: page.width, height: page.height });
      canvas.current.getContext('2d')?.putImageData(new ImageData(data.dots, page.width, page.height), 0, 0);
    };
    own.addEventListener('message', draw);
    own.postMessage({ page: at } satisfies TiffQuestion);
    return () => {
      clearTimeout(tooLong);
      own.removeEventListener('message', draw);
    };
  }, [page, at]);

  if (isBroken) return <p className={style.noPreview}>{t('files.noPages')}</p>;
  if (!pages || !page) return <Skeleton height={400} />;
  const words = t('files.page', { page: at + 1, pages: pages.length });
  return (
    <div className={style.pages}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
      <section className={style.sheet} tabIndex={0} aria-label={words}>
        <canvas
          ref={canvas}
          role="img"
          aria-label={words}
          style={{ aspectRatio: `${page.width} / ${page.height * page.dot}` }}
        />
      </section>
      {pages.length > 1 ? (
        <div className={style.pageFoot}>
          <ActionIcon aria-label={t('files.previousPage')} disabled={at === 0} onClick={() => setAt(at - 1)}>
            <IconChevronUp size={16} />
          </ActionIcon>
          <span aria-live="polite">{words}</span>
          <ActionIcon aria-label={t('files.nextPage')} disabled={at === pages.length - 1} onClick={() => setAt(at + 1)}>
            <IconChevronDown size={16} />
          </ActionIcon>
        </div>
      ) : null}
    </div>
  );
}
