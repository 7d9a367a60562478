import { Button, Group, Modal } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useDefinitions } from '../api/definitions.ts';
import type { ApiProblem, Holding } from '../api/problem.ts';
import { ObjectIcon } from './object-icon.tsx';
import style from './ui.module.css';

/** Why a record cannot be deleted: the records that point at it, each to be opened and changed. */
export function HeldByDialog({ problem, onClose }: { problem: ApiProblem; onClose(): void }) {
  const { t } = useTranslation();
  // The address that was asked to go: `/api/records/account/<id>`.
  const id = /\/records\/[^/]+\/([0-9a-f-]{36})$/.exec(String(problem.body.instance))?.[1];
  return (
    <Modal
      opened
      onClose={onClose}
      title={String(problem.body.title)}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <p>{String(problem.body.detail)}</p>
      <HeldBy held={problem.heldBy} id={id} onLeave={onClose} />
      <Group justify="flex-end" mt="md">
        <Button data-autofocus onClick={onClose}>
          {t('common.close')}
        </Button>
      </Group>
    </Modal>
  );
}

/** @param id the record that is held: those of which the server told only some are then found in their list */
export function HeldBy({ held, id, onLeave }: { held: readonly Holding[]; id?: string; onLeave?(): void }) {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  return (
    <div className={style.held}>
      {held.map(({ object, field, count, records }) => {
        const definition = definitions.get(object);
        const shape = definition?.fields.find(({ name }) => name === field);
        const more = count - records.length;
        return (
          <section key={`${object}.${field}`}>
            <h3>
              <ObjectIcon name={definition?.icon ?? 'box'} size={14} />
              {definition?.label.many ?? object}
              {shape ? <span>{shape.label}</span> : null}
            </h3>
            {records.length > 0 ? (
              <ul>
                {records.map((record) => (
                  <li key={record.id}>
                    <Link to="/o/$object/$id" params={{ object, id: record.id }} onClick={onLeave}>
                      <bdi>{record.title}</bdi>
                    </Link>
                  </li>
                ))}
              </ul>
            ) : null}
            {more > 0 ? (
              <p>
                {t(records.length > 0 ? 'inUse.more' : 'inUse.hidden', { count: more })}
                {records.length > 0 && id ? (
                  <>
                    {' · '}
                    <Link
                      to="/o/$object"
                      params={{ object }}
                      search={{ filter: { [field]: shape?.type === 'references' ? { hasAny: [id] } : { is: id } } }}
                      onClick={onLeave}
                    >
                      {t('inUse.seeAll')}
                    </Link>
                  </>
                ) : null}
              </p>
            ) : null}
          </section>
        );
      })}
    </div>
  );
}
