import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDateTime } from '#kernel/fields/web/format.ts';
import { DataTable, Mark, Section } from '../admin/parts.tsx';
import { get, patch, post } from '../api/client.ts';
import { useDefinitions } from '../api/definitions.ts';
import type { RecordShape } from '../api/types.ts';
import { showProblem } from '../ui/toast.tsx';
import { refreshForms, useSubmissions } from './form-queries.ts';
import style from './forms.module.css';
import { Statistics } from './statistics.tsx';

interface Suggestion {
  readonly object: string;
  readonly id: string;
  readonly field: string;
  readonly value: unknown;
}

const tones = { received: 'accent', unconfirmed: 'warning', done: 'good', refused: 'danger' } as const;

/** How often a form was seen and sent, what came, what waits and why. */
export function Answers({ id }: { id: string }) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const submissions = useSubmissions(id);
  const replay = (submission: string) =>
    post(`/web-forms/submissions/${submission}/replay`).then(refreshForms, showProblem);
  return (
    <div className={style.stack}>
      <Statistics
        at="web-forms"
        id={id}
        counted={{ views: t('forms.views'), starts: t('forms.starts'), submissions: t('forms.submissions') }}
      />
      <Section title={t('forms.submissions')}>
        <DataTable
          label={t('forms.submissions')}
          columns={[t('forms.who'), t('forms.state'), t('forms.when'), '']}
          query={submissions}
          empty={t('forms.nothingCame')}
          rows={submissions.data?.items.map((row) => {
            const one = row as unknown as RecordShape & {
              name: string;
              email: string | null;
              state: keyof typeof tones;
              at: string;
              reason: string | null;
              interaction: string | null;
              suggestions: readonly Suggestion[] | null;
            };
            return {
              key: one.id,
              cells: [
                <span key="who" className={style.who}>
                  {one.interaction ? (
                    <Link to="/o/$object/$id" params={{ object: 'interaction', id: one.interaction }}>
                      {one.name}
                    </Link>
                  ) : (
                    <strong>{one.name}</strong>
                  )}
                  {one.email && one.email !== one.name ? <span className={style.quiet}>{one.email}</span> : null}
                  {one.reason ? <span className={style.reason}>{one.reason}</span> : null}
                  {one.suggestions ? <Suggestions of={one.id} suggestions={one.suggestions} /> : null}
                </span>,
                <Mark key="state" tone={tones[one.state]}>
                  {t(`forms.submissionStates.${one.state}`)}
                </Mark>,
                formatDateTime(one.at, language, timeZone),
                one.state === 'refused' || one.state === 'unconfirmed' ? (
                  <Button key="again" variant="default" size="compact-sm" onClick={() => void replay(one.id)}>
                    {t(one.state === 'refused' ? 'forms.again' : 'forms.takeAnyway')}
                  </Button>
                ) : null,
              ],
            };
          })}
        />
      </Section>
    </div>
  );
}

/** What somebody said otherwise than it is known: taken over by a person, with their own rights, or not. */
function Suggestions({ of, suggestions }: { of: string; suggestions: readonly Suggestion[] }) {
  const { t } = useTranslation();
  const definitions = useDefinitions();
  const settle = async (one: Suggestion, isTaken: boolean) => {
    try {
      if (isTaken) {
        const { version } = await get<{ version: number }>(`/records/${one.object}/${one.id}`, { fields: 'version' });
        await patch(`/records/${one.object}/${one.id}`, { [one.field]: one.value, version });
      }
      const left = suggestions.filter((other) => other !== one);
      await patch(`/records/formSubmission/${of}`, { suggestions: left.length > 0 ? left : null });
      await refreshForms();
    } catch (error) {
      showProblem(error);
    }
  };
  return (
    <ul className={style.suggestions} aria-label={t('forms.suggestions')}>
      {suggestions.map((one) => {
        const label = definitions.get(one.object)?.fields.find(({ name }) => name === one.field)?.label ?? one.field;
        return (
          <li key={`${one.object} ${one.field}`}>
            <span>{t('forms.suggestion', { field: label, value: told(one.value) })}</span>
            <Button variant="subtle" size="compact-xs" onClick={() => void settle(one, true)}>
              {t('forms.take')}
            </Button>
            <Button variant="subtle" color="gray" size="compact-xs" onClick={() => void settle(one, false)}>
              {t('forms.leave')}
            </Button>
          </li>
        );
      })}
    </ul>
  );
}

function told(value: unknown): string {
  if (Array.isArray(value)) return value.map(told).join(', ');
  if (typeof value === 'object' && value !== null && 'value' in value) return String(value.value);
  return String(value);
}
