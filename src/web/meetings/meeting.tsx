import { Button, Textarea } from '@mantine/core';
import IconCalendarEvent from '@tabler/icons-react/dist/esm/icons/IconCalendarEvent.mjs';
import IconCheck from '@tabler/icons-react/dist/esm/icons/IconCheck.mjs';
import IconQuestionMark from '@tabler/icons-react/dist/esm/icons/IconQuestionMark.mjs';
import IconSend from '@tabler/icons-react/dist/esm/icons/IconSend.mjs';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { formatDateTime, formatDuration } from '#kernel/fields/web/format.ts';
import type { MeetingShape } from '#server/answers.ts';
import { get, post } from '../api/client.ts';
import { queryClient, readPage } from '../api/queries.ts';
import { withWords } from '../i18n/room-words.ts';
import { openDialog } from '../ui/dialogs.tsx';
import { showProblem, showToast } from '../ui/toast.tsx';
import type { Invited } from './invite-dialog.tsx';
import style from './meeting.module.css';
import { ProposeDialog } from './propose-dialog.tsx';

type Person = MeetingShape['people'][number];
type Answer = MeetingShape['answers'][number];
type Act = (path: string, body: object, done?: string) => Promise<void>;

const InviteDialog = lazy(() =>
  withWords('compose', import('./invite-dialog.tsx')).then((loaded) => ({ default: loaded.InviteDialog })),
);

/** A mail that is on its way is looked after this often. */
const LOOK_MS = 2_000;
const marks = { accepted: IconCheck, tentative: IconQuestionMark, declined: IconX } as const;

const tones = { accepted: 'green', tentative: 'yellow', declined: 'red' } as const;

/** @param isElsewhere shown with a mail: with what the meeting is, and the way to it */
export function Meeting({ id, version, isElsewhere = false }: { id: string; version?: number; isElsewhere?: boolean }) {
  const { t } = useTranslation();
  const [isBusy, setBusy] = useState(false);
  const key = ['records', 'participant', 'meeting', id, version ?? 0];
  const { data } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => get<MeetingShape>(`/meetings/${id}`, undefined, signal),
    refetchInterval: ({ state: { data: known } }) =>
      known?.invitation?.isPending || known?.people.some(({ delivery }) => delivery === 'waiting') ? LOOK_MS : false,
  });
  const act: Act = async (path, body, done) => {
    setBusy(true);
    try {
      queryClient.setQueryData(key, await post<MeetingShape>(`/meetings/${id}${path}`, body));
      if (done) showToast(done);
      await queryClient.invalidateQueries({ queryKey: ['records', 'interaction'] });
    } catch (error) {
      showProblem(error);
    } finally {
      setBusy(false);
    }
  };
  if (!data) return null;
  const { people, invitation, canInvite, canDecide, answers } = data;
  const invited = people.filter(({ isInvited }) => isInvited);
  const others = people.filter(({ isInvited }) => !isInvited);
  if (people.length === 0 && !canInvite && answers.length === 0) return null;
  const invite = () =>
    void openDialog<Invited>((done) => <InviteDialog meeting={data} onClose={done} />).then(
      (given) => given && act('/invitations', given, t('meetings.invited')),
    );
  return (
    <section className={style.meeting} data-elsewhere={isElsewhere} aria-label={t('meetings.title')}>
      {isElsewhere ? <What id={id} /> : null}
      {answers.map((one) => (
        <AnswerBar key={one.address ?? ''} answer={one} meeting={id} isBusy={isBusy} act={act} />
      ))}
      <ul className={style.people}>
        {invited.map((one) => (
          <PersonLine key={one.id} person={one} isBusy={isBusy} act={canDecide ? act : null} />
        ))}
      </ul>
      {others.length > 0 ? (
        <div className={style.others}>
          <h3>{t('meetings.uninvited')}</h3>
          <ul className={style.people}>
            {others.map((one) => (
              <PersonLine key={one.id} person={one} isBusy={isBusy} act={null} />
            ))}
          </ul>
        </div>
      ) : null}
      {invitation?.text ? (
        <p role="alert" className={style.wrong}>
          {invitation.text}
        </p>
      ) : null}
      {canInvite || invitation ? (
        <div className={style.foot}>
          {invitation ? <span className={style.quiet}>{t('meetings.told', { from: invitation.from })}</span> : null}
          {canInvite ? (
            <Button
              size="compact-sm"
              variant={invitation ? 'subtle' : 'default'}
              leftSection={<IconSend size={14} aria-hidden />}
              loading={isBusy}
              onClick={invite}
            >
              {t(invitation ? 'meetings.inviteAgain' : 'meetings.invite')}
            </Button>
          ) : null}
        </div>
      ) : null}
    </section>
  );
}

/** What the meeting of a mail is, and the way to it. */
function What({ id }: { id: string }) {
  const { language, timeZone } = useFieldEnvironment();
  const { data } = useQuery({
    queryKey: ['records', 'interaction', 'meeting', id],
    queryFn: async ({ signal }) =>
      (await readPage('interaction', { filter: { id: { is: id } }, limit: 1 }, signal)).items[0] ?? null,
  });
  if (!data) return null;
  return (
    <Link to="/o/$object/$id" params={{ object: 'interaction', id }} className={style.what}>
      <IconCalendarEvent size={15} aria-hidden />
      <b data-off={data.state === 'cancelled'}>
        <bdi>{String(data.subject ?? '')}</bdi>
      </b>
      <time dateTime={String(data.at)}>{formatDateTime(String(data.at), language, timeZone)}</time>
      {data.place ? <bdi className={style.quiet}>{String(data.place)}</bdi> : null}
    </Link>
  );
}

/** What one says to an invitation. */
function AnswerBar({ answer, meeting, isBusy, act }: { answer: Answer; meeting: string; isBusy: boolean; act: Act }) {
  const { t } = useTranslation();
  const [comment, setComment] = useState('');
  const [isWriting, setWriting] = useState(false);
  const [onlyThis, setOnlyThis] = useState(false);
  const to = answer.address === null ? {} : { address: answer.address };
  const say = (response: NonNullable<Answer['answer']>) =>
    act('/answer', { ...to, response, comment, onlyThis }, t(`meetings.said.${response}`)).then(() =>
      setWriting(false),
    );
  const propose = () =>
    void openDialog<object>((done) => <ProposeDialog meeting={meeting} comment={comment} onClose={done} />).then(
      (given) =>
        given && act('/answer', { ...to, response: 'tentative', onlyThis, ...given }, t('meetings.said.proposed')),
    );
  return (
    <div className={style.answer}>
      <p>
        {answer.organizer === null ? t('meetings.asked') : t('meetings.askedBy', { name: answer.organizer })}{' '}
        {answer.address ? <span className={style.quiet}>{t('meetings.as', { address: answer.address })}</span> : null}
      </p>
      <div className={style.buttons}>
        {(['accepted', 'tentative', 'declined'] as const).map((response) => {
          const Mark = marks[response];
          return (
            <Button
              key={response}
              size="compact-sm"
              variant={answer.answer === response ? 'filled' : 'default'}
              aria-pressed={answer.answer === response}
              leftSection={<Mark size={14} aria-hidden />}
              disabled={isBusy}
              onClick={() => void say(response)}
            >
              {t(`meetings.say.${response}`)}
            </Button>
          );
        })}
        <Button size="compact-sm" variant="subtle" disabled={isBusy} onClick={propose}>
          {t('meetings.say.propose')}
        </Button>
        {isWriting ? null : (
          <Button size="compact-sm" variant="subtle" color="gray" onClick={() => setWriting(true)}>
            {t('meetings.say.comment')}
          </Button>
        )}
      </div>
      {answer.repeats ? (
        <label className={style.quiet}>
          <input type="checkbox" checked={onlyThis} onChange={(event) => setOnlyThis(event.currentTarget.checked)} />{' '}
          {t('meetings.onlyThis')}
        </label>
      ) : null}
      {isWriting ? (
        <Textarea
          aria-label={t('meetings.say.comment')}
          placeholder={t('meetings.commentHint')}
          autosize
          maxLength={1_000}
          autoFocus
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
      ) : null}
    </div>
  );
}

function PersonLine({ person, isBusy, act }: { person: Person; isBusy: boolean; act: Act | null }) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const { name, address, contact, onlyThis, response, comment, delivery, text, proposal } = person;
  const Mark = response ? marks[response] : null;
  const shown = name || address || '…';
  const decide = (accept: boolean) =>
    void act!(`/proposals/${person.id}`, { accept }, t(accept ? 'meetings.moved' : 'meetings.stays'));
  const isTold = delivery !== null && response === null;
  return (
    <li>
      <span className={style.mark} data-tone={response ? tones[response] : undefined}>
        {Mark ? <Mark size={13} aria-hidden /> : null}
      </span>
      <span className={style.person}>
        {contact ? (
          <Link to="/o/$object/$id" params={{ object: 'contact', id: contact }}>
            <bdi>{shown}</bdi>
          </Link>
        ) : (
          <bdi>{shown}</bdi>
        )}{' '}
        {address && address !== shown ? <bdi className={style.quiet}>{address}</bdi> : null}{' '}
        {onlyThis ? <span className={style.quiet}>· {t('meetings.guests.onlyThis')}</span> : null}
      </span>
      <span className={style.said}>
        {response ? t(`meetings.response.${response}`) : isTold ? t(`meetings.delivery.${delivery}`) : null}
      </span>
      {text || ((delivery === 'failed' || delivery === 'unsure') && response) ? (
        <span className={style.wrong}>{text ?? t(`meetings.delivery.${delivery}`)}</span>
      ) : null}
      {comment ? <q className={style.comment}>{comment}</q> : null}
      {proposal ? (
        <span className={style.proposal}>
          <span>
            {t('meetings.proposes')}{' '}
            <time dateTime={proposal.at}>{formatDateTime(proposal.at, language, timeZone)}</time>
            {proposal.duration ? ` · ${formatDuration(proposal.duration, language)}` : null}
          </span>
          {act ? (
            <>
              <Button size="compact-sm" disabled={isBusy} onClick={() => decide(true)}>
                {t('meetings.move')}
              </Button>
              <Button size="compact-sm" variant="default" disabled={isBusy} onClick={() => decide(false)}>
                {t('meetings.stay')}
              </Button>
            </>
          ) : null}
        </span>
      ) : null}
    </li>
  );
}
