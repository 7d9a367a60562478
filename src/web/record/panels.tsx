import IconChevronRight from '@tabler/icons-react/dist/esm/icons/IconChevronRight.mjs';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { RichText } from '#kernel/fields/web/rich-text.tsx';
import { frameOrigin } from '#kernel/object/frame-address.ts';
import type { ShownPanel } from '#kernel/object/layout.ts';
import { Files } from '../files/files.tsx';
import { withWords } from '../i18n/room-words.ts';
import { SkeletonLines } from '../ui/skeleton.tsx';
import { FieldsPanel } from './fields-panel.tsx';
import style from './panels.module.css';
import { OtherRelated, RelatedPanel } from './related.tsx';
import { Timeline } from './timeline.tsx';

// Those that few pages have come when one has them.
const MailPanel = lazy(() => import('./mail-panel.tsx').then((loaded) => ({ default: loaded.MailPanel })));
const FramePanel = lazy(() => import('./frame-panel.tsx').then((loaded) => ({ default: loaded.FramePanel })));
const CalendarPanel = lazy(() =>
  withWords(['list', 'calendar'], import('./calendar-panel.tsx')).then((loaded) => ({ default: loaded.CalendarPanel })),
);
const ChartPanel = lazy(() =>
  withWords('list', import('./chart-panel.tsx')).then((loaded) => ({ default: loaded.ChartPanel })),
);

/** The panels of a zone, in the order an administrator gave them. */
export function Panels({ panels, zone }: { panels: readonly ShownPanel[]; zone: 'side' | 'middle' }) {
  return panels.map((panel, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: panels have no name; a layout is replaced as a whole
    <Framed key={`${panel.type}-${index}`} panel={panel}>
      <Suspense fallback={<SkeletonLines lines={5} />}>{contentOf(panel, zone)}</Suspense>
    </Framed>
  ));
}

function contentOf(panel: ShownPanel, zone: 'side' | 'middle'): ReactNode {
  switch (panel.type) {
    case 'fields':
      return <FieldsPanel panel={panel} zone={zone} />;
    case 'related':
      return <RelatedPanel panel={panel} zone={zone} />;
    case 'otherRelated':
      return <OtherRelated zone={zone} />;
    case 'timeline':
      return <Timeline brief={panel.brief} only={panel.only} />;
    case 'files':
      return <Files />;
    case 'mail':
      return <MailPanel />;
    case 'calendar':
      return <CalendarPanel zone={zone} />;
    case 'chart':
      return <ChartPanel panel={panel} />;
    case 'frame':
      return <FramePanel panel={panel} />;
    case 'text':
      return <RichText html={panel.text} />;
  }
}

/** A panel with a heading can be folded; those that bring their own heading have none here. */
function Framed({ panel, children }: { panel: ShownPanel; children: ReactNode }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(!panel.collapsed);
  const heading = panel.label ?? usualHeading(panel, t);
  if (!heading || panel.type === 'related') return <div className={style.panel}>{children}</div>;
  return (
    <section className={style.panel}>
      <h2 className={style.heading}>
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          <IconChevronRight size={13} aria-hidden data-open={open} />
          {heading}
        </button>
      </h2>
      {open ? children : null}
    </section>
  );
}

function usualHeading(panel: ShownPanel, t: (key: string) => string): string | undefined {
  if (panel.type === 'mail' || panel.type === 'calendar') return t(`record.panel.${panel.type}`);
  return panel.type === 'frame' ? new URL(frameOrigin(panel.address)!).host : undefined;
}
