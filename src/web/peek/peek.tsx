import IconLayoutSidebarRight from '@tabler/icons-react/dist/esm/icons/IconLayoutSidebarRight.mjs';
import { useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { withWords } from '../i18n/room-words.ts';
import { openPeek, type Peeked, recordOf, usePeeked } from './open-peek.ts';
import style from './peek.module.css';

const PeekPanel = lazy(() =>
  withWords('record', import('./peek-panel.tsx')).then((loaded) => ({ default: loaded.PeekPanel })),
);

/** A short look from any link: by the button that appears beside it, Ctrl and the middle button, or the space bar. */
export function Peek() {
  const peeked = usePeeked();
  const pathname = useRouterState({ select: ({ location }) => location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page is another context
  useEffect(() => openPeek(null), [pathname]);
  useEffect(() => {
    const click = (event: MouseEvent) => {
      const found = event.button === 1 && (event.ctrlKey || event.metaKey) ? recordOf(event.target as Element) : null;
      if (!found) return;
      event.preventDefault();
      openPeek(found);
    };
    const key = (event: KeyboardEvent) => {
      if (event.key !== ' ' || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
      const found = event.target instanceof HTMLAnchorElement ? recordOf(event.target) : null;
      if (!found) return;
      event.preventDefault();
      openPeek(found);
    };
    document.addEventListener('auxclick', click);
    document.addEventListener('keydown', key);
    return () => {
      document.removeEventListener('auxclick', click);
      document.removeEventListener('keydown', key);
    };
  }, []);
  return (
    <>
      <HoverButton />
      {peeked ? (
        <Suspense fallback={null}>
          <PeekPanel key={peeked.id} peeked={peeked} />
        </Suspense>
      ) : null}
    </>
  );
}

const SHOW_AFTER_MS = 350;
const HIDE_AFTER_MS = 250;

/** One button for all links of the page, at the end of the one under the pointer. */
function HoverButton() {
  const { t } = useTranslation();
  const [at, setAt] = useState<{ to: Peeked; x: number; y: number } | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    const over = (event: PointerEvent) => {
      if (event.pointerType !== 'mouse') return;
      const element = event.target as Element;
      if (element.closest('[data-peek-button]')) {
        clearTimeout(timer.current);
        return;
      }
      const anchor = element.closest('a[href^="/o/"]');
      const to = anchor?.closest('[role="dialog"], [data-no-peek]') ? null : recordOf(anchor);
      clearTimeout(timer.current);
      if (!to || !anchor) {
        timer.current = setTimeout(() => setAt(null), HIDE_AFTER_MS);
        return;
      }
      timer.current = setTimeout(() => {
        const box = anchor.getBoundingClientRect();
        const text = widthOfText(anchor, box);
        setAt({
          to,
          x: Math.min(box.left + text + 4, window.innerWidth - 30),
          y: box.top + Math.min(box.height, 34) / 2,
        });
      }, SHOW_AFTER_MS);
    };
    const hide = () => {
      clearTimeout(timer.current);
      setAt(null);
    };
    document.addEventListener('pointerover', over);
    const press = (event: PointerEvent) => {
      if (!(event.target as Element).closest('[data-peek-button]')) hide();
    };
    document.addEventListener('pointerdown', press);
    window.addEventListener('scroll', hide, true);
    return () => {
      document.removeEventListener('pointerover', over);
      document.removeEventListener('pointerdown', press);
      window.removeEventListener('scroll', hide, true);
      clearTimeout(timer.current);
    };
  }, []);
  if (!at) return null;
  return (
    <button
      type="button"
      data-peek-button
      // By the keyboard it is the space bar on the link itself.
      tabIndex={-1}
      className={style.hover}
      style={{ left: at.x, top: at.y }}
      title={t('peek.look')}
      aria-label={t('peek.look')}
      onClick={() => {
        openPeek(at.to);
        setAt(null);
      }}
    >
      <IconLayoutSidebarRight size={14} aria-hidden />
    </button>
  );
}

/** A link is often as wide as its column; the button stands beside its words. */
function widthOfText(anchor: Element, box: DOMRect): number {
  const range = document.createRange();
  range.selectNodeContents(anchor.firstElementChild ?? anchor);
  const text = range.getBoundingClientRect();
  return Math.min(Math.max(text.right - box.left, 0), box.width);
}
