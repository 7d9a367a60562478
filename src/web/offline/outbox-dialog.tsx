import { Button, Group, Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatAgo } from '#kernel/fields/web/format.ts';
import { useDefinitions } from '../api/definitions.ts';
import { FieldValue } from '../ui/field-value.tsx';
import style from './offline.module.css';
import { decide, useOffline } from './offline.ts';
import type { OutboxEntry } from './outbox.ts';

/** What was written without a network: what waits, and field by field what clashes with the server. */
export function OutboxDialog({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  const { outbox } = useOffline();
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('offline.outbox')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <ul className={style.list}>
        {outbox.map((entry) => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </ul>
    </Modal>
  );
}

function Entry({ entry }: { entry: OutboxEntry }) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  const definition = useDefinitions().get(entry.object);
  const object = definition?.label.one ?? entry.object;
  const current = entry.problem?.current;
  const fields = definition?.fields.filter(({ name }) => name in entry.values) ?? [];
  return (
    <li className={style.entry}>
      <div className={style.head}>
        <strong>{entry.title || object}</strong>
        <span>
          {t(entry.recordId ? 'offline.change' : 'offline.create', { object })} · {formatAgo(entry.at, language)}
        </span>
      </div>
      {entry.problem ? <p className={style.problem}>{entry.problem.message}</p> : null}
      <dl className={style.fields} data-two={current !== undefined}>
        {current ? (
          <>
            <span />
            <strong>{t('offline.mine')}</strong>
            <strong>{t('offline.theirs')}</strong>
          </>
        ) : null}
        {fields.map((field) => (
          <div key={field.name} className={style.field}>
            <dt>{field.label}</dt>
            <dd>
              <FieldValue field={field} record={{ id: '', version: 0, ...entry.values }} />
            </dd>
            {current ? (
              <dd>
                <FieldValue field={field} record={{ id: '', version: 0, ...current }} />
              </dd>
            ) : null}
          </div>
        ))}
      </dl>
      <Group gap="xs" justify="end">
        {entry.problem ? (
          <Button variant="default" onClick={() => void decide(entry, 'mine')}>
            {t('offline.keepMine')}
          </Button>
        ) : null}
        <Button variant="subtle" color="red" onClick={() => void decide(entry, 'theirs')}>
          {t(entry.problem ? 'offline.keepTheirs' : 'offline.drop')}
        </Button>
      </Group>
    </li>
  );
}
