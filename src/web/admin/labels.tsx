import { SegmentedControl, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { patch } from '../api/client.ts';
import { useDefinitions } from '../api/definitions.ts';
import { definitionsQuery, queryClient } from '../api/queries.ts';
import { languages } from '../i18n/i18n.ts';
import { showProblem } from '../ui/toast.tsx';
import style from './admin.module.css';
import { type ObjectSource, objectSourceQuery, type Words } from './api.ts';
import { Heading, Pending, Section, withWord } from './parts.tsx';

/** Every label in every language, changed where it stands. */
export function LabelsScreen({ rest: [given] }: { rest: readonly string[] }) {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const [object, setObject] = useState(given ?? definitions.list[0]?.name ?? '');
  const [only, setOnly] = useState<'all' | 'missing'>('all');
  const source = useQuery(objectSourceQuery(object));
  return (
    <div data-wide>
      <Heading title={t('admin.place.labels.title')} text={t('admin.place.labels.text')}>
        <Select
          aria-label={t('admin.objects.object')}
          searchable
          allowDeselect={false}
          data={definitions.list.map(({ name, label }) => ({ value: name, label: label.many }))}
          value={object}
          onChange={(next) => next && setObject(next)}
        />
        <SegmentedControl
          size="xs"
          aria-label={t('admin.labels.show')}
          value={only}
          onChange={(value) => setOnly(value as typeof only)}
          data={[
            { value: 'all', label: t('admin.labels.all') },
            { value: 'missing', label: t('admin.labels.missing') },
          ]}
        />
      </Heading>
      {source.data ? (
        <LabelTable key={object} source={source.data} onlyMissing={only === 'missing'} />
      ) : (
        <Pending query={source} />
      )}
    </div>
  );
}

interface Line {
  key: string;
  what: string;
  shown: Words;
  own: Words;
  save(words: Words): Promise<unknown>;
}

function LabelTable({ source, onlyMissing }: { source: ObjectSource; onlyMissing: boolean }) {
  const { t } = useTranslation();
  const pick = (which: 'one' | 'many', from: ObjectSource['label']): Words =>
    Object.fromEntries(Object.entries(from).map(([language, label]) => [language, label[which]]));
  const saveObject = (which: 'one' | 'many') => (words: Words) => {
    const label = Object.fromEntries(
      Object.entries(words).map(([language, text]) => {
        const shown = source.ownLabel[language] ?? source.label[language] ?? { one: text ?? '', many: text ?? '' };
        return [language, { ...shown, [which]: text }];
      }),
    );
    return patch(`/objects/${source.name}`, { label: { ...source.ownLabel, ...label } });
  };
  const lines: Line[] = [
    ...(['one', 'many'] as const).map((which) => ({
      key: which,
      what: t(`admin.objects.${which}`),
      shown: pick(which, source.label),
      own: pick(which, source.ownLabel),
      save: saveObject(which),
    })),
    ...source.fields.flatMap((field): Line[] => {
      const path = `/objects/${source.name}/fields/${field.name}`;
      return [
        {
          key: field.name,
          what: field.name,
          shown: field.label,
          own: field.ownLabel,
          save: (label) => patch(path, { label: Object.keys(label).length > 0 ? label : null }),
        },
        ...(field.settings.options ?? []).map((option) => ({
          key: `${field.name}.${option.value}`,
          what: `${field.name} · ${option.value}`,
          shown: field.optionLabels[option.value] ?? {},
          own: option.label ?? {},
          save: (label: Words) =>
            patch(path, {
              options: field.settings.options!.map((one) => (one.value === option.value ? { ...one, label } : one)),
            }),
        })),
      ];
    }),
  ];
  const shown = onlyMissing ? lines.filter((line) => languages.some(({ value }) => !line.shown[value])) : lines;
  return (
    <Section title={t('admin.labels.labels')}>
      {shown.length === 0 ? <p className={style.empty}>{t('admin.labels.complete')}</p> : null}
      <div className={style.tableBox}>
        <table className={style.table} aria-label={t('admin.place.labels.title')}>
          <thead>
            <tr>
              <th scope="col">{t('admin.labels.what')}</th>
              {languages.map(({ value, label }) => (
                <th key={value} scope="col">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((line) => (
              <tr key={line.key}>
                <td className={style.mono}>{line.what}</td>
                {languages.map(({ value, label }) => (
                  <td key={value} data-column={label}>
                    <LabelCell line={line} language={value} name={label} object={source.name} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function LabelCell({ line, language, name, object }: { line: Line; language: string; name: string; object: string }) {
  const saved = line.own[language] ?? '';
  const [text, setText] = useState(saved);
  const [busy, setBusy] = useState(false);
  const save = async () => {
    if (text.trim() === saved) return;
    setBusy(true);
    try {
      await line.save(withWord(line.own, language, text.trim()));
      await Promise.all([
        queryClient.invalidateQueries({ queryKey: objectSourceQuery(object).queryKey }),
        queryClient.refetchQueries({ queryKey: definitionsQuery.queryKey }),
      ]);
    } catch (error) {
      showProblem(error);
      setText(saved);
    } finally {
      setBusy(false);
    }
  };
  return (
    <TextInput
      size="xs"
      aria-label={`${line.what} · ${name}`}
      maxLength={100}
      disabled={busy}
      placeholder={line.shown[language] ?? '—'}
      error={!line.shown[language] && !text}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={() => void save()}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
        if (event.key === 'Escape') setText(saved);
      }}
    />
  );
}
