import IconChevronRight from '@tabler/icons-react/dist/esm/icons/IconChevronRight.mjs';
import { type ReactNode, useState } from 'react';
import { RichText } from '#kernel/fields/web/rich-text.tsx';
import type { ShownPanel } from '#kernel/object/layout.ts';
import { Files } from '../files/files.tsx';
import { FieldsPanel } from './fields-panel.tsx';
import style from './panels.module.css';
import { OtherRelated, RelatedPanel } from './related.tsx';
import { Timeline } from './timeline.tsx';

/** The panels of a zone, in the order an administrator gave them. */
export function Panels({ panels, zone }: { panels: readonly ShownPanel[]; zone: 'side' | 'middle' }) {
  return panels.map((panel, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: panels have no name; a layout is replaced as a whole
    <Framed key={`${panel.type}-${index}`} panel={panel}>
      {contentOf(panel, zone)}
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
    case 'text':
      return <RichText html={panel.text} />;
  }
}

/** A panel with a heading can be folded; those that bring their own heading have none here. */
function Framed({ panel, children }: { panel: ShownPanel; children: ReactNode }) {
  const [open, setOpen] = useState(!panel.collapsed);
  if (!panel.label || panel.type === 'related') return <div className={style.panel}>{children}</div>;
  return (
    <section className={style.panel}>
      <h2 className={style.heading}>
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          <IconChevronRight size={13} aria-hidden data-open={open} />
          {panel.label}
        </button>
      </h2>
      {open ? children : null}
    </section>
  );
}
