import { Alert, Button, Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDate } from '#kernel/fields/web/format.ts';
import { post } from '../api/client.ts';
import { useDefinition } from '../api/definitions.ts';
import { queryClient, readRecord } from '../api/queries.ts';
import type { Definition, FieldShape, RecordShape } from '../api/types.ts';
import { computed, isEmpty, titleOf } from '../fields.ts';
import { FieldValue } from '../ui/field-value.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { ErrorState } from '../ui/state.tsx';
import { problemText, showUndo } from '../ui/toast.tsx';
import style from './merge.module.css';
import { MOST_MERGED } from './use-merge.ts';

/** One record of several: which one stays, and for each field whose value. What belonged to the others follows. */
export function MergePage() {
  const { t } = useTranslation();
  const { object } = useParams({ from: '/app/o/$object/merge' });
  const { ids } = useSearch({ from: '/app/o/$object/merge' });
  const definition = useDefinition(object);
  const wanted = [...new Set(ids.split(',').filter(Boolean))].slice(0, MOST_MERGED);
  const { data, error, refetch } = useQuery({
    queryKey: ['records', object, 'merging', wanted],
    queryFn: ({ signal }) => Promise.all(wanted.map((id) => readRecord(definition, id, signal))),
  });
  return (
    <div className={style.page}>
      <title>{`${t('merge.title')} · Tendero`}</title>
      {error ? <ErrorState error={error} onRetry={() => void refetch()} /> : null}
      {!data && !error ? <SkeletonRows /> : null}
      {data && data.length < 2 ? <p>{t('merge.tooFew')}</p> : null}
      {data && data.length > 1 ? <MergeOf key={wanted.join()} definition={definition} records={data} /> : null}
    </div>
  );
}

function MergeOf({ definition, records }: { definition: Definition; records: readonly RecordShape[] }) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  const navigate = useNavigate();
  // The oldest is the one that others know.
  const [survivor, setSurvivor] = useState(
    () => [...records].sort((a, b) => (String(a.createdAt) < String(b.createdAt) ? -1 : 1))[0]!.id,
  );
  const [chosen, setChosen] = useState<Readonly<Record<string, string>>>({});
  const [onlyDifferent, setOnlyDifferent] = useState(true);
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const fields = [...definition.fields, ...definition.system.filter(({ name }) => name === 'owner')].filter(
    (field) => !computed.has(field.type) && !field.readOnly && records.some((record) => !isEmpty(record[field.name])),
  );
  const shown = onlyDifferent ? fields.filter((field) => isDifferent(field, records)) : fields;
  const title = (record: RecordShape) => titleOf(definition, record, t('list.untitled'));

  const merge = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const { changeSet } = await post<{ changeSet: string }>(`/records/${definition.name}/merge`, {
        survivor,
        others: records.filter(({ id }) => id !== survivor).map(({ id }) => id),
        fields: chosen,
      });
      const refresh = () => queryClient.invalidateQueries({ queryKey: ['records'] });
      void refresh();
      await navigate({ to: '/o/$object/$id', params: { object: definition.name, id: survivor } });
      showUndo(t('merge.done', { count: records.length }), () => post(`/merges/${changeSet}/unmerge`).then(refresh));
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <>
      <header className={style.pageHead}>
        <h1>{t('merge.titleOf', { objects: definition.label.many.toLocaleLowerCase() })}</h1>
        <p className={style.quiet}>{t('merge.text')}</p>
      </header>
      <div className={style.scroll}>
        <table className={style.sides}>
          <thead>
            <tr>
              <td>
                <Switch
                  label={t('merge.onlyDifferent')}
                  checked={onlyDifferent}
                  onChange={(event) => setOnlyDifferent(event.currentTarget.checked)}
                />
              </td>
              {records.map((record) => (
                <th key={record.id} scope="col" data-survivor={record.id === survivor}>
                  <label>
                    <input
                      type="radio"
                      name="survivor"
                      checked={record.id === survivor}
                      onChange={() => setSurvivor(record.id)}
                    />
                    <bdi>{title(record)}</bdi>
                    <span className={style.stays}>{t(record.id === survivor ? 'merge.stays' : 'merge.goes')}</span>
                  </label>
                  <span className={style.quiet}>
                    {t('merge.since', { day: formatDate(String(record.createdAt).slice(0, 10), language) })} ·{' '}
                    <Link to="/o/$object/$id" params={{ object: definition.name, id: record.id }}>
                      {t('merge.look')}
                    </Link>
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((field) => (
              <FieldRow
                key={field.name}
                field={field}
                records={records}
                survivor={survivor}
                chosen={chosen[field.name]}
                titleOf={title}
                onChoose={(id) =>
                  setChosen(({ [field.name]: _before, ...others }) => (id ? { ...others, [field.name]: id } : others))
                }
              />
            ))}
          </tbody>
        </table>
        {shown.length === 0 ? <p className={style.quiet}>{t('merge.allTheSame')}</p> : null}
      </div>
      {problem ? (
        <Alert color="red" role="alert">
          {problemText(problem)}
        </Alert>
      ) : null}
      <footer className={style.pageFoot}>
        <Button variant="default" onClick={() => window.history.back()}>
          {t('common.cancel')}
        </Button>
        <Button loading={busy} onClick={() => void merge()}>
          {t('merge.mergeAll', { count: records.length })}
        </Button>
      </footer>
    </>
  );
}

/** Unless somebody chooses: lists are put together, anything else is the survivor's or, where that has none, the first. */
function FieldRow({
  field,
  records,
  survivor,
  chosen,
  titleOf,
  onChoose,
}: {
  field: FieldShape;
  records: readonly RecordShape[];
  survivor: string;
  chosen: string | undefined;
  titleOf(record: RecordShape): string;
  onChoose(id: string | null): void;
}) {
  const { t } = useTranslation();
  const filled = records.filter((record) => !isEmpty(record[field.name]));
  const isUnited = filled.length > 1 && filled.every((record) => Array.isArray(record[field.name]));
  const own = filled.find(({ id }) => id === survivor) ?? filled[0];
  const winner = chosen ?? (isUnited ? null : own?.id);
  return (
    <tr>
      <th scope="row">
        {field.label}
        {isUnited ? (
          <label className={style.united} data-chosen={winner === null}>
            <input type="radio" name={field.name} checked={winner === null} onChange={() => onChoose(null)} />
            {t('merge.together')}
          </label>
        ) : null}
      </th>
      {records.map((record) => (
        <td key={record.id} data-chosen={winner === record.id || winner === null}>
          <label>
            <input
              type="radio"
              name={field.name}
              aria-label={`${field.label}: ${titleOf(record)}`}
              checked={winner === record.id}
              disabled={isEmpty(record[field.name]) && winner !== record.id}
              onChange={() => onChoose(record.id)}
            />
            <span>
              <FieldValue field={field} record={record} cell />
              {isEmpty(record[field.name]) ? <span className={style.quiet}>—</span> : null}
            </span>
          </label>
        </td>
      ))}
    </tr>
  );
}

function isDifferent(field: FieldShape, records: readonly RecordShape[]): boolean {
  return new Set(records.map((record) => JSON.stringify(record[field.name] ?? null))).size > 1;
}
