import { Skeleton } from '@mantine/core';
import IconAppWindow from '@tabler/icons-react/dist/esm/icons/IconAppWindow.mjs';
import IconExternalLink from '@tabler/icons-react/dist/esm/icons/IconExternalLink.mjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fillAddress, frameFields, frameOrigin, frameValue } from '#kernel/object/frame-address.ts';
import type { ShownPanel } from '#kernel/object/layout.ts';
import { useFields } from '../api/definitions.ts';
import { useRecordContext } from './page-context.ts';
import style from './panels.module.css';

const usualHeight = 420;

/**
 * A page of another server, with values of the record in its address. It stands in a page of ours (`/api/frames`), which alone
 * may frame it: this one frames nothing of others.
 */
export function FramePanel({ panel }: { panel: Extract<ShownPanel, { type: 'frame' }> }) {
  const { t } = useTranslation();
  const { definition, record } = useRecordContext();
  const fields = useFields(definition);
  const address = fillAddress(panel.address, record);
  const missing = frameFields(panel.address).filter((name) => frameValue(record[name]) === '');
  const [loaded, setLoaded] = useState<string | null>(null);
  const host = new URL(frameOrigin(panel.address)!).host;
  if (missing.length > 0)
    return (
      <p className={style.none}>
        <IconAppWindow size={16} aria-hidden />
        <span>
          {t('record.panel.frameNeeds', { fields: missing.map((name) => fields.get(name)?.label ?? name).join(', ') })}
        </span>
      </p>
    );
  return (
    <div className={style.frame} style={{ height: panel.height ?? usualHeight }}>
      {loaded === address ? null : <Skeleton className={style.frameSkeleton} radius={0} />}
      <iframe
        key={address}
        src={`/api/frames?address=${encodeURIComponent(address)}`}
        title={panel.label ?? host}
        loading="lazy"
        data-loaded={loaded === address}
        onLoad={() => setLoaded(address)}
      />
      <a className={style.frameLink} href={address} target="_blank" rel="noreferrer noopener">
        <IconExternalLink size={13} aria-hidden />
        {t('record.panel.frameOpen', { host })}
      </a>
    </div>
  );
}
