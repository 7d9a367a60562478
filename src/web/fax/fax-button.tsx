import IconPrinter from '@tabler/icons-react/dist/esm/icons/IconPrinter.mjs';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useRecordContext } from '../record/page-context.ts';
import { gatewaysQuery } from './fax-queries.ts';
import { openFax } from './open-fax.tsx';

/** Sends a fax to whoever the record is of; only where there is a gateway to send through. */
export function FaxButton() {
  const { t } = useTranslation();
  const { definition, record } = useRecordContext();
  const isOf = definition.name === 'account' || definition.name === 'contact';
  const gateways = useQuery({ ...gatewaysQuery, enabled: isOf });
  if (!isOf || !gateways.data?.items.length) return null;
  const write = () =>
    openFax({
      numbers: (record.phones ?? []) as { value: string; label: string | null }[],
      name: String(record.name ?? ''),
      about: { [definition.name]: record.id },
    });
  return (
    <button type="button" title={t('activity.write.fax')} onClick={() => void write()}>
      <span>
        <IconPrinter size={15} stroke={1.7} aria-hidden />
      </span>
      {t('activity.kinds.fax')}
    </button>
  );
}
