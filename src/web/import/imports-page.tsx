import { Loader, Select } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import '@mantine/dropzone/styles.css';
import IconDownload from '@tabler/icons-react/dist/esm/icons/IconDownload.mjs';
import IconFileSpreadsheet from '@tabler/icons-react/dist/esm/icons/IconFileSpreadsheet.mjs';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDateTime, formatNumber } from '#kernel/fields/web/format.ts';
import { post } from '../api/client.ts';
import { useDefinitions } from '../api/definitions.ts';
import { queryClient } from '../api/queries.ts';
import { ErrorState } from '../ui/state.tsx';
import { showProblem, showWarning } from '../ui/toast.tsx';
import style from './import.module.css';
import { importQuery, importsQuery } from './queries.ts';
import type { ImportShape } from './types.ts';

/** Where a file becomes records: drop it, say what its rows are; below, what was imported before. */
export function ImportsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const definitions = useDefinitions();
  const { language, timeZone } = useFieldEnvironment();
  const given = useSearch({ from: '/app/import' }).object;
  const offered = definitions.list.filter((one) => one.can.import && one.name !== 'user' && one.detailOf !== '*');
  const [object, setObject] = useState(given ?? offered[0]?.name ?? '');
  const [busy, setBusy] = useState(false);
  const history = useQuery(importsQuery);
  const upload = async (file: File) => {
    setBusy(true);
    const form = new FormData();
    // The object first: the server streams the file and has to know what it is by then.
    form.set('object', object);
    form.set('file', file);
    try {
      const made = await post<ImportShape>('/imports', form);
      queryClient.setQueryData(importQuery(made.id).queryKey, {
        ...made,
        object,
        file: made.file ?? file.name,
        state: made.state ?? 'mapping',
      });
      await navigate({ to: '/import/$id', params: { id: made.id } });
    } catch (error) {
      showProblem(error);
      setBusy(false);
    }
  };
  return (
    <div className={style.page}>
      <title>{`${t('import.title')} · Tendero`}</title>
      <div className={style.sheet}>
        <h1 className={style.title}>{t('import.title')}</h1>
        <p className={style.text}>{t('import.text')}</p>
        <Select
          mt="md"
          w={280}
          label={t('import.object')}
          allowDeselect={false}
          searchable
          data={offered.map((one) => ({ value: one.name, label: one.label.many }))}
          value={object}
          onChange={(next) => next && setObject(next)}
        />
        <Dropzone
          className={style.drop}
          multiple={false}
          disabled={busy}
          onDrop={(files) => files[0] && void upload(files[0])}
          inputProps={{ 'aria-label': t('import.choose') }}
          accept={{
            'text/csv': ['.csv', '.tsv', '.txt'],
            'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['.xlsx'],
            'text/vcard': ['.vcf'],
          }}
          onReject={() => showWarning(t('import.notThis', { formats: t('import.formats') }))}
        >
          <div className={style.dropInside}>
            {busy ? <Loader size="sm" /> : <IconFileSpreadsheet size={28} stroke={1.4} aria-hidden />}
            <strong>{busy ? t('import.reading') : t('import.drop')}</strong>
            <span>{t('import.formats')}</span>
          </div>
        </Dropzone>
        <p className={style.template}>
          <a className={style.link} href={`/api/imports/templates/${object}`} download>
            <IconDownload size={14} aria-hidden /> {t('import.template')}
          </a>
          <span>{t('import.templateText')}</span>
        </p>
        {history.data && history.data.items.length > 0 ? (
          <section>
            <h2 className={style.subtitle}>{t('import.history')}</h2>
            <ul className={style.history}>
              {history.data.items.map((one) => (
                <li key={one.id}>
                  <Link to="/import/$id" params={{ id: one.id }}>
                    <strong>{one.file ?? one.id}</strong>
                    <span>{definitions.get(one.object)?.label.many ?? one.object}</span>
                    <span>{one.createdAt ? formatDateTime(one.createdAt, language, timeZone) : ''}</span>
                    <span className="tabular">
                      {one.counts?.total === undefined
                        ? ''
                        : t('import.rows', {
                            count: one.counts.total,
                            shown: formatNumber(one.counts.total, language),
                          })}
                    </span>
                    <span>{t(`import.state.${one.state}`)}</span>
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        ) : null}
        {history.isError ? (
          <section>
            <h2 className={style.subtitle}>{t('import.history')}</h2>
            <ErrorState error={history.error} onRetry={() => void history.refetch()} />
          </section>
        ) : null}
      </div>
    </div>
  );
}
