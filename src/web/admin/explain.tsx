import { Select } from '@mantine/core';
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs';
import IconMinus from '@tabler/icons-react/dist/esm/icons/IconMinus.mjs';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { RecordPicker } from '#kernel/fields/web/record-picker.tsx';
import type { AccessExplanation } from '#server/answers.ts';
import { get } from '../api/client.ts';
import { useDefinitions } from '../api/definitions.ts';
import style from './access.module.css';
import admin from './admin.module.css';
import { Pending } from './parts.tsx';
import { shownOperations } from './role-draft.ts';

interface Question {
  object: string;
  operation: string;
  record: string | null;
}

/** Why somebody can, or cannot: each rule with whether it holds for the record that is chosen. */
export function Explain({ user, name }: { user: string; name: string }) {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const label = useId();
  const first = definitions.list.find(({ detailOf }) => !detailOf)?.name ?? 'user';
  const [question, setQuestion] = useState<Question>({
    object: definitions.get('account') ? 'account' : first,
    operation: 'read',
    record: null,
  });
  const { object, operation, record } = question;
  const answer = useQuery({
    queryKey: ['admin', 'explanation', user, question],
    staleTime: 0,
    queryFn: ({ signal }) =>
      get<AccessExplanation>('/access/explanation', { user, object, operation, record: record ?? undefined }, signal),
  });
  return (
    <>
      <div className={style.question}>
        <Select
          label={t('admin.explain.operation', { name })}
          allowDeselect={false}
          data={shownOperations.map((value) => ({ value, label: t(`admin.roles.operation.${value}`) }))}
          value={operation}
          onChange={(next) => next && setQuestion({ ...question, operation: next })}
        />
        <Select
          label={t('admin.roles.object')}
          searchable
          allowDeselect={false}
          data={definitions.list.map((one) => ({ value: one.name, label: one.label.many }))}
          value={object}
          onChange={(next) => next && setQuestion({ ...question, object: next, record: null })}
        />
        <div>
          <label className="mantine-InputWrapper-label" htmlFor={label}>
            {t('admin.explain.record')}
          </label>
          <RecordPicker
            key={object}
            id={label}
            aria-label={t('admin.explain.record')}
            creatable={false}
            object={object}
            value={record ? [record] : []}
            placeholder={t('admin.explain.any')}
            onChange={([next]) => setQuestion({ ...question, record: next ?? null })}
          />
        </div>
      </div>
      {answer.data ? (
        <Answer answer={answer.data} onFollow={(next) => setQuestion({ ...question, ...next })} />
      ) : (
        <Pending query={answer} />
      )}
    </>
  );
}

function Answer({
  answer,
  onFollow,
}: {
  answer: AccessExplanation;
  onFollow(next: { object: string; record: string }): void;
}) {
  const { t } = useTranslation();
  return (
    <div aria-live="polite">
      <p className={style.verdict} data-allowed={answer.isAllowed}>
        {answer.text}
        {answer.isDeleted ? ` ${t('admin.explain.deleted')}` : ''}
      </p>
      <ul className={style.reasons}>
        {answer.reasons.map(({ source, rule, fact, matches, through }) => (
          <li key={source + rule + fact} data-matches={matches ?? undefined}>
            {matches ? <IconCheck size={15} aria-hidden /> : <IconMinus size={15} aria-hidden />}
            <span>
              <strong>{source}</strong>: {rule}
              {fact ? ` – ${fact}` : ''}
              {matches === null ? null : (
                <span className="visually-hidden">
                  {' '}
                  ({t(matches ? 'admin.explain.holds' : 'admin.explain.holdsNot')})
                </span>
              )}
              {through ? (
                <>
                  {' '}
                  <button
                    type="button"
                    className={admin.link}
                    onClick={() => onFollow({ object: through.object, record: through.id })}
                  >
                    {t('admin.explain.why')}
                  </button>
                </>
              ) : null}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
