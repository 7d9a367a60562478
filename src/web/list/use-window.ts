import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** Lines drawn above and below what is seen. */
const SPARE = 10;
/** Browsers place nothing beyond 33 million pixels (Firefox 17); at this height the rows move back into reach. */
const TALLEST = 8_000_000;

export interface Window {
  first: number;
  last: number;
  /** Lines that were scrolled past and are no longer part of the height. */
  skipped: number;
  height: number;
  scrollTo(index: number): void;
}

/** Which of many lines of one height are to be drawn. Drawn again only when the lines that are seen change. */
export function useWindow(
  element: HTMLElement | null,
  count: number,
  lineHeight: number,
  /** What covers the lines at the top and the bottom. */
  edges: { top: number; bottom: number },
): Window {
  const [view, setView] = useState({ first: 0, last: 40, skipped: 0 });
  const latest = useRef({ count, lineHeight, skipped: 0 });
  latest.current.count = count;
  latest.current.lineHeight = lineHeight;

  const look = useCallback(() => {
    if (!element) return;
    const { lineHeight: height, count: lines } = latest.current;
    let { skipped } = latest.current;
    const half = Math.floor(TALLEST / 2 / height);
    if (element.scrollTop > TALLEST * 0.8) skipped += half;
    else if (skipped > 0 && element.scrollTop < TALLEST * 0.1) skipped = Math.max(0, skipped - half);
    const moved = skipped - latest.current.skipped;
    if (moved !== 0) {
      latest.current.skipped = skipped;
      element.scrollTop -= moved * height;
    }
    const top = skipped + Math.floor(element.scrollTop / height);
    const seen = Math.ceil(element.clientHeight / height);
    // In steps of four: every line scrolled by would be a drawing of its own.
    const first = Math.max(0, Math.floor((top - SPARE) / 4) * 4);
    const last = Math.min(lines - 1, Math.ceil((top + seen + SPARE) / 4) * 4);
    setView((old) =>
      old.first === first && old.last === last && old.skipped === skipped ? old : { first, last, skipped },
    );
  }, [element]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: it looks again when there are more lines or higher ones
  useLayoutEffect(look, [look, count, lineHeight]);
  useEffect(() => {
    if (!element) return;
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [element, look]);

  const scrollTo = useCallback(
    (index: number) => {
      if (!element) return;
      const { lineHeight: height, skipped } = latest.current;
      const top = (index - skipped) * height;
      const space = element.clientHeight - edges.top - edges.bottom;
      if (top < element.scrollTop) element.scrollTop = top;
      else if (top + height > element.scrollTop + space) element.scrollTop = top + height - space;
    },
    [element, edges.top, edges.bottom],
  );
  return {
    ...view,
    last: Math.min(view.last, count - 1),
    height: (count - view.skipped) * lineHeight,
    scrollTo,
  };
}
