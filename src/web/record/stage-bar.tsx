import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs';
import { useTranslation } from 'react-i18next';
import { formatAgo } from '#kernel/fields/web/format.ts';
import type { Definition, RecordShape } from '../api/types.ts';
import { useLanes } from '../board/use-lanes.ts';
import { showProblem } from '../ui/toast.tsx';
import style from './record.module.css';
import { saveChanges } from './save-field.tsx';

/** Where a record stands among the stages of its pipeline; a click moves it. */
export function StageBar({ definition, record }: { definition: Definition; record: RecordShape }) {
  const { t, i18n } = useTranslation();
  const field = definition.fields.find((one) => one.type === 'reference' && one.options?.to === 'stage');
  const pipeline = definition.fields.find((one) => one.type === 'reference' && one.options?.to === 'pipeline');
  const { lanes } = useLanes(field, pipeline ? String(record[pipeline.name]) : undefined);
  if (!field || lanes.length === 0) return null;
  const at = lanes.findIndex((lane) => lane.value === record[field.name]);
  const editable = definition.can.update && !field.readOnly && !record.deletedAt;
  const since = typeof record.stageSince === 'string' ? formatAgo(record.stageSince, i18n.language) : null;
  return (
    <nav className={style.stages} aria-label={field.label}>
      {lanes.map((lane, index) => {
        const closed = lane.record?.isClosed === true;
        const state = index === at ? 'current' : index < at && !closed ? 'done' : 'ahead';
        return (
          <button
            type="button"
            key={lane.value}
            className={style.stage}
            data-state={state}
            data-tone={lane.tone ?? (closed ? 'gray' : 'teal')}
            disabled={!editable}
            aria-current={index === at ? 'step' : undefined}
            title={index === at && since ? t('record.since', { since }) : undefined}
            onClick={() =>
              index !== at && saveChanges(definition, record, { [field.name]: lane.value }).catch(showProblem)
            }
          >
            {state === 'done' ? <IconCheck size={13} aria-hidden /> : null}
            <span>{lane.label}</span>
          </button>
        );
      })}
    </nav>
  );
}
