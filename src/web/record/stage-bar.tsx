import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '../api/client.ts';
import type { Definition, FieldShape, HistoryEvent, RecordShape } from '../api/types.ts';
import { useLanes } from '../board/use-lanes.ts';
import { showProblem } from '../ui/toast.tsx';
import style from './record.module.css';
import { saveChanges } from './save-field.tsx';
import { timeInStages } from './time-in-stages.ts';

/** Where a record stands among the stages of its pipeline, and for how long it stood in each; a click moves it. */
export function StageBar({ definition, record }: { definition: Definition; record: RecordShape }) {
  const { t, i18n } = useTranslation();
  const field = definition.fields.find((one) => one.type === 'reference' && one.options?.to === 'stage');
  const pipeline = definition.fields.find((one) => one.type === 'reference' && one.options?.to === 'pipeline');
  const { lanes } = useLanes(field, pipeline ? String(record[pipeline.name]) : undefined);
  const times = useTimeInStages(definition, record, field);
  // What names a stage without having a pipeline stands in none: a playbook.
  if (!field || !pipeline || lanes.length === 0) return null;
  const at = lanes.findIndex((lane) => lane.value === record[field.name]);
  const editable = definition.can.update && !field.readOnly && !record.deletedAt;
  return (
    <nav className={style.stages} aria-label={field.label}>
      {lanes.map((lane, index) => {
        const closed = lane.record?.isClosed === true;
        const state = index === at ? 'current' : index < at && !closed ? 'done' : 'ahead';
        const time = times.get(lane.value);
        const days = time === undefined ? null : daysText(time, i18n.language);
        return (
          <button
            type="button"
            key={lane.value}
            ref={index === at ? bringIntoSight : undefined}
            className={style.stage}
            data-state={state}
            data-tone={lane.tone ?? (closed ? 'gray' : 'teal')}
            disabled={!editable}
            aria-current={index === at ? 'step' : undefined}
            title={days ? t('record.timeInStage', { stage: lane.label, time: days }) : undefined}
            onClick={() =>
              index !== at && saveChanges(definition, record, { [field.name]: lane.value }).catch(showProblem)
            }
          >
            {state === 'done' ? <IconCheck size={13} aria-hidden /> : null}
            <span>{lane.label}</span>
            {days && !(closed && index === at) ? <span className={style.stageTime}>{days}</span> : null}
          </button>
        );
      })}
    </nav>
  );
}

/** On a phone the stages are wider than the screen: the one that counts is in its middle. */
function bringIntoSight(stage: HTMLElement | null): void {
  const bar = stage?.parentElement;
  if (!stage || !bar) return;
  const left = stage.getBoundingClientRect().left - bar.getBoundingClientRect().left;
  bar.scrollLeft += left - (bar.clientWidth - stage.offsetWidth) / 2;
}

/** More moves than this say nothing that the time in each stage would not. */
const MOST_MOVES = 200;

function useTimeInStages(definition: Definition, record: RecordShape, field: FieldShape | undefined) {
  const { data } = useQuery({
    queryKey: ['records', definition.name, 'history', record.id, 'stages', field?.name],
    enabled: field !== undefined,
    queryFn: ({ signal }) =>
      get<{ items: HistoryEvent[] }>(
        `/records/${definition.name}/${record.id}/history`,
        { fields: field!.name, limit: MOST_MOVES },
        signal,
      ),
  });
  if (!field || !data) return new Map<string, number>();
  const moves = data.items
    .filter(({ merged, changes }) => !merged && changes?.[field.name])
    .map(({ at, changes }) => ({ at: Date.parse(at), to: changes![field.name]![1], from: changes![field.name]![0] }));
  // Brought over from another system: it stood here before it was in this one.
  const since = Date.parse(String(moves.length === 0 && record.stageSince ? record.stageSince : record.createdAt));
  return timeInStages(moves, since, record[field.name], Date.now());
}

function daysText(ms: number, language: string): string | null {
  const hours = ms / 3_600_000;
  if (hours < 1) return null;
  const unit = hours < 24 ? 'hour' : 'day';
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit,
    unitDisplay: 'narrow',
    maximumFractionDigits: 0,
  }).format(Math.floor(unit === 'hour' ? hours : hours / 24));
}
