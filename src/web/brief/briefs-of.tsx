import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { useDefinitions } from '../api/definitions.ts';
import { listQuery } from '../api/queries.ts';
import type { Definition } from '../api/types.ts';
import { titleOf } from '../fields.ts';
import style from './brief.module.css';
import { briefObjects } from './brief-objects.ts';

/** Whoever stands in begins with these: what changed last comes first. */
const SHOWN = 5;

/** Briefs of what somebody owns. */
export function BriefsOf({ owner }: { owner: string }) {
  const definitions = useDefinitions();
  return [...briefObjects].map((object) => {
    const definition = definitions.get(object);
    return definition ? <BriefLinks key={object} definition={definition} owner={owner} /> : null;
  });
}

function BriefLinks({ definition, owner }: { definition: Definition; owner: string }) {
  const { t } = useTranslation();
  const object = definition.name;
  const { data } = useInfiniteQuery(
    listQuery(object, {
      filter: { owner: { is: owner } },
      fields: [definition.title],
      sort: ['-updatedAt'],
      limit: SHOWN,
    }),
  );
  const records = data?.pages[0]?.items ?? [];
  if (records.length === 0) return null;
  return (
    <div className={style.briefs}>
      {t('absence.briefs')}{' '}
      {records.map((record, index) => (
        <Fragment key={record.id}>
          {index > 0 ? ' · ' : null}
          <Link to="/o/$object/$id/brief" params={{ object, id: record.id }}>
            {titleOf(definition, record, t('list.untitled'))}
          </Link>
        </Fragment>
      ))}
    </div>
  );
}
