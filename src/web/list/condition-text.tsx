import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment, useRecordTitle } from '#kernel/fields/web/environment.tsx';
import { formatDate, formatNumber } from '#kernel/fields/web/format.ts';
import type { FieldShape } from '../api/types.ts';
import { type Condition, type FilterItem, isCondition, isGroup } from './filter-model.ts';
import { periodKey } from './periods.ts';

/** A part of a filter in words: "Status is any of Open, Waiting". */
export function FilterText({ item, fieldOf }: { item: FilterItem; fieldOf(path: string): FieldShape | undefined }) {
  const { t } = useTranslation();
  if (isCondition(item)) return <ConditionText condition={item} field={fieldOf(item.field)} />;
  if (!isGroup(item)) return <span>{t('filter.other')}</span>;
  return (
    <>
      {item.items.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of a filter have no identity of their own
        <span key={index}>
          {index > 0 ? <em> {item.match === 'or' ? t('filter.or') : t('filter.and')} </em> : null}
          <FilterText item={part} fieldOf={fieldOf} />
        </span>
      ))}
    </>
  );
}

function ConditionText({ condition, field }: { condition: Condition; field: FieldShape | undefined }) {
  const { t } = useTranslation();
  const values = Array.isArray(condition.value) ? condition.value : [condition.value];
  const takes = field?.operators?.[condition.operator];
  const negated = condition.operator === 'empty' && condition.value === false;
  return (
    <>
      {field?.label ?? condition.field} <em>{t(`operator.${negated ? 'notEmpty' : condition.operator}`)}</em>{' '}
      {takes === 'nothing' || condition.operator === 'empty' ? null : (
        <b>
          {values.map((value, index) => (
            <Fragment key={String(value)}>
              {index > 0 ? ', ' : ''}
              {takes === 'period' ? t(periodKey(String(value))) : <ValueText value={value} field={field} />}
            </Fragment>
          ))}
        </b>
      )}
    </>
  );
}

function ValueText({ value, field }: { value: unknown; field: FieldShape | undefined }) {
  const { t } = useTranslation();
  const { language } = useFieldEnvironment();
  const choices = field?.options?.options as { value: string; label: string }[] | undefined;
  if (value === 'me') return t('field.me');
  if (typeof value === 'boolean') return value ? t('common.yes') : t('common.no');
  if (typeof value === 'number') return formatNumber(value, language);
  if (choices) return choices.find((choice) => choice.value === value)?.label ?? String(value);
  if (field && ['reference', 'references', 'user'].includes(field.type)) {
    return <TitleText object={field.type === 'user' ? 'user' : String(field.options?.to)} id={String(value)} />;
  }
  if (value && typeof value === 'object' && 'amount' in value) return formatNumber(Number(value.amount), language);
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value)) return formatDate(value, language);
  return String(value ?? '…');
}

function TitleText({ object, id }: { object: string; id: string }) {
  return useRecordTitle(object, id) ?? '…';
}
