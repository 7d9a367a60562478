import { Button, Skeleton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import IconBan from '@tabler/icons-react/dist/esm/icons/IconBan.mjs';
import IconBuilding from '@tabler/icons-react/dist/esm/icons/IconBuilding.mjs';
import IconUserCircle from '@tabler/icons-react/dist/esm/icons/IconUserCircle.mjs';
import IconUserPlus from '@tabler/icons-react/dist/esm/icons/IconUserPlus.mjs';
import IconUserQuestion from '@tabler/icons-react/dist/esm/icons/IconUserQuestion.mjs';
import IconUserX from '@tabler/icons-react/dist/esm/icons/IconUserX.mjs';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment } from '#kernel/fields/web/environment.tsx';
import { refreshObject } from '../api/cache.ts';
import { get } from '../api/client.ts';
import { useDefinition } from '../api/definitions.ts';
import { listQuery } from '../api/queries.ts';
import type { RecordShape } from '../api/types.ts';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../ui/state.tsx';
import { shortTime } from './conversation-list.tsx';
import { askRecord } from './dialogs.tsx';
import { type FolderGroup, FolderPane } from './folder-pane.tsx';
import { FolderSelect } from './folder-select.tsx';
import folderStyle from './folders.module.css';
import { type InboxSearch, waitingAddresses } from './folders.ts';
import style from './inbox.module.css';
import { ThreadMessage } from './message.tsx';
import ownStyle from './unknown-senders.module.css';
import { runUndoable } from './work.ts';
import writingStyle from './writing.module.css';

interface Candidate {
  object: 'contact' | 'account';
  id: string;
  title: string;
  account: { id: string; title: string } | null;
  evidence: { kind: string; value: string }[];
  certainty: 'certain' | 'likely' | 'possible';
}

interface Suggestions {
  candidates: Candidate[];
  contact: { firstName: string; lastName: string; jobTitle: string | null; phones: string[]; company: string | null };
}

/** Addresses that nobody knows, those who may have written from them and why, and what somebody says to it. */
export function UnknownSenders({
  search,
  groups,
  label,
}: {
  search: InboxSearch;
  groups: readonly FolderGroup[];
  label: string;
}) {
  const { t } = useTranslation();
  const { language, timeZone } = useFieldEnvironment();
  const navigate = useNavigate();
  const phone = useMediaQuery('(max-width: 48em)') ?? false;
  const tablet = useMediaQuery('(max-width: 75em)') ?? false;
  const query = useInfiniteQuery(listQuery('knownAddress', { filter: waitingAddresses, sort: ['-lastAt'], limit: 50 }));
  const items = (query.data?.pages ?? []).flatMap((page) => page.items as readonly RecordShape[]);
  const open = items.find(({ id }) => id === search.c) ?? (phone ? undefined : items[0]);
  const show = (c: string | undefined) => void navigate({ to: '/inbox', search: { in: 'unknown', c } });
  const list = (
    <div className={style.list}>
      <header className={style.listHead}>
        {tablet ? <FolderSelect groups={groups} search={search} label={label} /> : <h1>{label}</h1>}
      </header>
      {query.isPending ? <SkeletonRows rows={8} /> : null}
      {query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isSuccess && items.length === 0 ? (
        <EmptyState
          icon={<IconUserQuestion size={22} />}
          title={t('inbox.unknownNone')}
          text={t('inbox.unknownText')}
        />
      ) : null}
      <ul className={ownStyle.addresses} aria-label={label}>
        {items.map((one) => (
          <li key={one.id} data-open={one.id === open?.id}>
            <button type="button" aria-current={one.id === open?.id ? 'true' : undefined} onClick={() => show(one.id)}>
              <span className={style.rowHead}>
                <bdi className={style.who}>{String(one.name ?? one.address)}</bdi>
                {one.lastAt ? (
                  <time dateTime={String(one.lastAt)}>{shortTime(String(one.lastAt), language, timeZone)}</time>
                ) : null}
              </span>
              <span className={style.rowFoot}>
                <bdi className={style.preview}>{String(one.address)}</bdi>
                <span className={folderStyle.count}>{t('inbox.count', { count: Number(one.messages ?? 1) })}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {query.hasNextPage ? (
        <Button variant="subtle" color="gray" onClick={() => void query.fetchNextPage()}>
          {t('activity.more')}
        </Button>
      ) : null}
    </div>
  );
  return (
    <div className={style.inbox} data-panes={phone ? 1 : tablet ? 2 : 3}>
      {tablet ? null : <FolderPane groups={groups} open={search} />}
      {phone && open ? null : list}
      {open ? (
        <Decision key={open.id} known={open} onBack={phone ? () => show(undefined) : undefined} />
      ) : phone ? null : (
        <div className={style.thread} data-empty>
          {items.length > 0 ? (
            <EmptyState icon={<IconUserQuestion size={22} />} title={t('inbox.chooseAddress')} />
          ) : null}
        </div>
      )}
    </div>
  );
}

function Decision({ known, onBack }: { known: RecordShape; onBack?: () => void }) {
  const { t } = useTranslation();
  const definition = useDefinition('knownAddress');
  const found = useQuery({
    queryKey: ['records', 'knownAddress', 'candidates', known.id, known.version],
    queryFn: ({ signal }) => get<Suggestions>(`/known-addresses/${known.id}/candidates`, undefined, signal),
  });
  const message = useQuery({
    queryKey: ['records', 'interaction', 'record', known.interaction, 'review'],
    enabled: typeof known.interaction === 'string',
    queryFn: ({ signal }) =>
      get<RecordShape>(`/records/interaction/${known.interaction}`, { expand: 'owner,contact' }, signal),
  });
  const decide = async (input: Record<string, unknown>) => {
    const verdict = String(input.verdict);
    type Decided = { changeSet: string; moved: number };
    const path = `/records/knownAddress/${known.id}/actions/decide`;
    const words = verdict === 'contact' || verdict === 'account' ? { count: Number(known.messages ?? 1) } : {};
    const done = await runUndoable<Decided>(definition, path, input, t(`inbox.decided.${verdict}`, words));
    if (done) refreshObject('knownAddress', ['list', 'count']);
  };
  const make = () => {
    const { firstName = '', lastName = '', jobTitle, phones = [] } = found.data?.contact ?? {};
    const company = found.data?.candidates.find(({ object }) => object === 'account');
    const name = lastName || String(known.name ?? known.address);
    return decide({
      verdict: 'contact',
      create: {
        firstName,
        lastName: name,
        phones,
        ...(jobTitle ? { jobTitle } : {}),
        ...(company ? { account: company.id } : {}),
      },
    });
  };
  const choose = async (object: 'contact' | 'account') => {
    const id = await askRecord(object, false);
    if (id) await decide({ verdict: object, [object]: id });
  };
  const candidates = found.data?.candidates ?? [];
  return (
    <section className={style.thread} aria-label={String(known.address)}>
      <header className={style.threadHead}>
        <div className={style.threadTitle}>
          {onBack ? (
            <Button variant="subtle" color="gray" size="compact-sm" onClick={onBack}>
              {t('inbox.back')}
            </Button>
          ) : null}
          <h2>
            <bdi>{String(known.name ?? known.address)}</bdi>
          </h2>
        </div>
        <div className={style.threadFacts}>
          <bdi>{String(known.address)}</bdi>
        </div>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
      <section className={style.messages} tabIndex={0} aria-label={t('inbox.candidates')}>
        <h3>{t('inbox.candidates')}</h3>
        {found.isPending ? <Skeleton height={64} /> : null}
        {found.isError ? <ErrorState error={found.error} onRetry={() => void found.refetch()} /> : null}
        {found.isSuccess && candidates.length === 0 ? <p className={style.quiet}>{t('inbox.noCandidates')}</p> : null}
        <ul className={ownStyle.candidates}>
          {candidates.map((one) => (
            <li key={one.id}>
              {one.object === 'contact' ? (
                <IconUserCircle size={18} aria-hidden />
              ) : (
                <IconBuilding size={18} aria-hidden />
              )}
              <div>
                <span className={ownStyle.candidateHead}>
                  <Link to="/o/$object/$id" params={{ object: one.object, id: one.id }}>
                    <bdi>{one.title}</bdi>
                  </Link>
                  {one.account ? <bdi className={style.quiet}>{one.account.title}</bdi> : null}
                  <span className={ownStyle.certainty} data-certainty={one.certainty}>
                    {t(`inbox.certainty.${one.certainty}`)}
                  </span>
                </span>
                <ul>
                  {one.evidence.map(({ kind, value }) => (
                    <li key={`${kind} ${value}`}>{t(`inbox.evidence.${kind}`, { value })}</li>
                  ))}
                </ul>
              </div>
              <Button
                variant={one.certainty === 'possible' ? 'default' : 'light'}
                size="compact-sm"
                onClick={() => void decide({ verdict: one.object, [one.object]: one.id })}
              >
                {t(one.object === 'contact' ? 'inbox.isThis' : 'inbox.isAccount')}
              </Button>
            </li>
          ))}
        </ul>
        <div className={style.threadTools}>
          <Button
            leftSection={<IconUserPlus size={15} aria-hidden />}
            disabled={found.isPending}
            onClick={() => void make()}
          >
            {t('inbox.newContact')}
          </Button>
          <Button variant="default" onClick={() => void choose('contact')}>
            {t('inbox.otherContact')}
          </Button>
          <Button variant="default" onClick={() => void choose('account')}>
            {t('inbox.otherAccount')}
          </Button>
          <Button
            variant="subtle"
            color="gray"
            leftSection={<IconUserX size={15} aria-hidden />}
            onClick={() => void decide({ verdict: 'nobody' })}
          >
            {t('inbox.ignore')}
          </Button>
          <Button
            variant="subtle"
            color="red"
            leftSection={<IconBan size={15} aria-hidden />}
            onClick={() => void decide({ verdict: 'blocked' })}
          >
            {t('inbox.block')}
          </Button>
        </div>
        {message.data ? (
          <>
            <h3>{t('inbox.lastMessage')}</h3>
            <ThreadMessage record={message.data} folded={false} />
          </>
        ) : null}
        {known.signature ? (
          <>
            <h3>{t('inbox.signature')}</h3>
            <pre className={writingStyle.quoted} dir="auto">
              {String(known.signature)}
            </pre>
          </>
        ) : null}
      </section>
    </section>
  );
}
