import { ActionIcon, Button, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import IconBolt from '@tabler/icons-react/dist/esm/icons/IconBolt.mjs';
import IconCircleCheck from '@tabler/icons-react/dist/esm/icons/IconCircleCheck.mjs';
import IconClock from '@tabler/icons-react/dist/esm/icons/IconClock.mjs';
import IconFilter from '@tabler/icons-react/dist/esm/icons/IconFilter.mjs';
import IconInbox from '@tabler/icons-react/dist/esm/icons/IconInbox.mjs';
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import IconUserPlus from '@tabler/icons-react/dist/esm/icons/IconUserPlus.mjs';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFieldEnvironment, useRecordTitle } from '#kernel/fields/web/environment.tsx';
import { post } from '../api/client.ts';
import { useDefinition } from '../api/definitions.ts';
import { queryClient, recordQuery } from '../api/queries.ts';
import type { RecordShape } from '../api/types.ts';
import { bulk, removeRecord, undoChange } from '../api/writes.ts';
import { openQuickCreate } from '../create/open-quick-create.tsx';
import { nextRecord, recordAt } from '../list/lines.ts';
import { useRows } from '../list/use-rows.ts';
import { useSelection } from '../list/use-selection.ts';
import { onLive } from '../live/live.ts';
import { Keys } from '../ui/keys.tsx';
import { useShortcuts } from '../ui/shortcuts.ts';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { EmptyState, ErrorState } from '../ui/state.tsx';
import { showProblem, showToast, showUndo, showWarning } from '../ui/toast.tsx';
import { ConversationList, type ListKeys } from './conversation-list.tsx';
import { askAssignee, askConversation, askMacro, askRecord, askSnooze } from './dialogs.tsx';
import { type FolderGroup, FolderPane, isOpenFolder, useFolders } from './folder-pane.tsx';
import { FolderSelect } from './folder-select.tsx';
import { type InboxSearch, leaves, listFilter, type State, sortOf, states } from './folders.ts';
import style from './inbox.module.css';
import { Thread, type ThreadWork } from './thread.tsx';
import { UnknownSenders } from './unknown-senders.tsx';
import { changeConversations, countsChanged, refreshConversations, runUndoable } from './work.ts';

const columns = [
  ...['subject', 'channel', 'status', 'snoozedUntil', 'lastAt', 'lastDirection', 'preview', 'tags'],
  ...['account', 'contact', 'owner', 'team', 'mentioned'],
];
/** Others' changes are gathered for so long before the folders are counted again. */
const GATHER_MS = 600;

/** Every conversation that waits for somebody, whatever the channel: folders, list, thread. */
export function InboxPage() {
  const { t } = useTranslation();
  const search = useSearch({ from: '/app/inbox' });
  const groups = useFolders();
  const folder = groups.flatMap(({ folders }) => folders).find((one) => isOpenFolder(one, search));
  const label = folder?.label ?? t('inbox.title');
  return (
    <>
      <title>{`${label} · Tendero`}</title>
      {search.in === 'unknown' ? (
        <UnknownSenders search={search} groups={groups} label={label} />
      ) : (
        <Conversations key={`${search.in} ${search.of}`} search={search} groups={groups} label={label} />
      )}
    </>
  );
}

function Conversations({
  search,
  groups,
  label,
}: {
  search: InboxSearch;
  groups: readonly FolderGroup[];
  label: string;
}) {
  const { t } = useTranslation();
  const { userId } = useFieldEnvironment();
  const navigate = useNavigate();
  const definition = useDefinition('conversation');
  const phone = useMediaQuery('(max-width: 48em)') ?? false;
  const tablet = useMediaQuery('(max-width: 75em)') ?? false;
  const [writing, setWriting] = useState<'reply' | 'note' | null>(null);
  const [insert, setInsert] = useState<{ words: string }>();
  const [words, setWords] = useState(search.q ?? '');
  const asked = useDeferredValue(words.trim());
  const searchField = useRef<HTMLInputElement>(null);
  const keys = useRef<ListKeys | null>(null);
  const { in: place, of, state, channel, account, c } = search;
  const lines = useRows(
    definition,
    useMemo(
      () => ({
        filter: listFilter({ in: place, of, state, channel, account }),
        search: asked || undefined,
        sort: sortOf({ in: place, state }),
        fields: columns,
        expand: ['account', 'contact', 'owner'],
      }),
      [place, of, state, channel, account, asked],
    ),
  );
  const selection = useSelection(lines);
  useFollowed();

  const go = (change: Partial<InboxSearch>, replace = false) =>
    void navigate({ to: '/inbox', search: { ...search, ...change }, replace });
  const open = (id: string | undefined) => {
    setWriting(null);
    setInsert(undefined);
    // Reading on is one step back, not one for each that was read.
    go({ c: id }, c !== undefined && id !== undefined);
  };
  const indexOf = (id: string | undefined) => {
    for (let index = lines.start; index < lines.end; index++) if (recordAt(lines, index)?.id === id) return index;
    return -1;
  };
  const step = (by: 1 | -1) => {
    const from = indexOf(c);
    const index = from < 0 ? nextRecord(lines, lines.start, 1) : nextRecord(lines, from + by, by);
    const record = recordAt(lines, index);
    if (!record) return;
    keys.current?.scrollTo(index);
    open(record.id);
  };
  /** Whoever was read before it goes is followed by the next one, or the one above at the end. */
  const nextAfter = (gone: ReadonlySet<string>) => {
    const from = indexOf(c);
    for (const by of [1, -1] as const)
      for (let index = from + by; index >= lines.start && index < lines.end; index += by) {
        const record = recordAt(lines, index);
        if (record && !gone.has(record.id)) return record.id;
      }
    return undefined;
  };
  const change = async (records: readonly RecordShape[], changes: Record<string, unknown>, message: string) => {
    const isGoing = leaves(search, changes, userId ?? '');
    const ids = new Set(records.map(({ id }) => id));
    const next = nextAfter(ids);
    // On a phone one goes back to the list, as in every mail program.
    if (isGoing && c && ids.has(c)) open(phone ? undefined : next);
    selection.clear();
    await changeConversations(definition, records, changes, { message, leaves: isGoing });
  };
  const named = (one: string, records: readonly RecordShape[], more: Record<string, unknown> = {}) =>
    t(`inbox.did.${one}`, { count: records.length, ...more });
  const done = (records: readonly RecordShape[]) => {
    if (place !== 'mentions') return change(records, { status: 'done' }, named('done', records));
    // Among the mentions it is one's own part that is done, not the conversation.
    const rest = (record: RecordShape) => ((record.mentioned as string[] | null) ?? []).filter((id) => id !== userId);
    return Promise.all(
      records.map((record) => change([record], { mentioned: rest(record) }, named('mention', [record]))),
    );
  };
  const snooze = async (records: readonly RecordShape[]) => {
    const until = await askSnooze();
    if (until) await change(records, { status: 'snoozed', snoozedUntil: until }, named('snoozed', records));
  };
  const assign = async (records: readonly RecordShape[]) => {
    const to = await askAssignee();
    if (to) await change(records, to.changes, named('assigned', records, { name: to.name }));
  };
  const macro = async (records: readonly RecordShape[]) => {
    const id = await askMacro();
    if (!id) return;
    selection.clear();
    const body = { conversations: records.map((record) => record.id) };
    type Run = { changeSet: string; insert: string };
    const run = await runUndoable<Run>(definition, `/records/macro/${id}/actions/run`, body, named('macro', records));
    const [only] = records;
    if (!run?.insert || !only) return;
    // An answer is for a person to look at before it goes: one at a time.
    if (records.length > 1) return showWarning(t('inbox.answersOneByOne'));
    if (c !== only.id) open(only.id);
    setInsert({ words: run.insert });
    setWriting('reply');
  };
  const remove = async (records: readonly RecordShape[]) => {
    const ids = records.map(({ id }) => id);
    const next = nextAfter(new Set(ids));
    if (c && ids.includes(c)) open(phone ? undefined : next);
    selection.clear();
    try {
      const changeSet =
        ids.length === 1
          ? await removeRecord(definition, ids[0]!)
          : (await bulk(definition, { delete: { ids } })).changeSet;
      refreshConversations();
      showUndo(named('removed', records), () => undoChange(definition, changeSet).then(refreshConversations));
    } catch (error) {
      showProblem(error);
    }
  };
  const join = async (record: RecordShape) => {
    const other = await askConversation(record);
    if (!other) return;
    const second = await queryClient.fetchQuery(recordQuery(definition, other)).catch(() => null);
    // The one in which something was said last goes on: its place in the lists is right.
    const survivor = second && String(second.lastAt) > String(record.lastAt) ? other : record.id;
    const others = [survivor === other ? record.id : other];
    try {
      const { changeSet } = await post<{ changeSet: string }>('/records/conversation/merge', { survivor, others });
      refreshConversations();
      open(survivor);
      showUndo(t('inbox.joined'), () => post(`/merges/${changeSet}/unmerge`).then(refreshConversations));
    } catch (error) {
      showProblem(error);
    }
  };
  const work: ThreadWork = {
    done: (record) => void done([record]),
    reopen: (record) => void change([record], { status: 'open' }, named('reopened', [record])),
    snooze: (record) => void snooze([record]),
    assign: (record) => void assign([record]),
    macro: (record) => void macro([record]),
    remove: (record) => void remove([record]),
    join: (record) => void join(record),
    async link(record, field) {
      const id = await askRecord(field, Boolean(record[field]));
      if (id !== null) await change([record], { [field]: id || null }, named('linked', [record]));
    },
    async split(record, interactions) {
      const path = `/records/conversation/${record.id}/actions/split`;
      type Split = { changeSet: string; conversation: string };
      const made = await runUndoable<Split>(definition, path, { interactions }, t('inbox.splitDone'));
      if (made) open(made.conversation);
    },
    async log(record, kind) {
      const values = { channel: kind, conversation: record.id, account: record.account, contact: record.contact };
      if (await openQuickCreate({ object: 'interaction', values })) refreshConversations();
    },
    write(what) {
      setInsert(undefined);
      setWriting(what);
    },
  };

  /** Those that are marked, else the one that is read. */
  const chosen = (): RecordShape[] => {
    const marked: RecordShape[] = [];
    for (let index = lines.start; index < lines.end; index++) {
      const record = recordAt(lines, index);
      if (record && selection.ids.has(record.id)) marked.push(record);
    }
    if (marked.length > 0) return marked;
    const read = c ? queryClient.getQueryData<RecordShape>(['records', 'conversation', 'record', c]) : undefined;
    return read ? [read] : [];
  };
  const withChosen = (run: (records: readonly RecordShape[]) => unknown) => () => {
    const records = chosen();
    if (records.length > 0) void run(records);
    else showToast(t('inbox.chooseFirst'));
  };
  useShortcuts([
    { keys: 'j', label: t('inbox.keys.next'), run: () => step(1) },
    { keys: 'k', label: t('inbox.keys.previous'), run: () => step(-1) },
    {
      keys: 'e',
      label: t('inbox.keys.done'),
      run: withChosen((records) =>
        records.every(({ status }) => status === 'done') && place !== 'mentions'
          ? change(records, { status: 'open' }, named('reopened', records))
          : done(records),
      ),
    },
    { keys: 's', label: t('inbox.keys.snooze'), run: withChosen(snooze) },
    { keys: 'a', label: t('inbox.keys.assign'), run: withChosen(assign) },
    {
      keys: 'shift+a',
      label: t('inbox.keys.take'),
      run: withChosen((records) => change(records, { owner: userId }, named('taken', records))),
    },
    { keys: 'r', label: t('inbox.keys.reply'), run: () => c && setWriting('reply') },
    { keys: 'n', label: t('inbox.keys.note'), run: () => c && setWriting('note') },
    { keys: 'm', label: t('inbox.keys.macro'), run: withChosen(macro) },
    {
      keys: 'x',
      label: t('inbox.keys.mark'),
      run: () => {
        const index = indexOf(c);
        if (index >= 0) selection.toggle(index, false);
      },
    },
    { keys: '#', label: t('inbox.keys.remove'), run: withChosen(remove) },
    { keys: 'mod+/', label: t('inbox.keys.search'), always: true, run: () => searchField.current?.focus() },
    {
      keys: 'escape',
      label: t('inbox.keys.close'),
      run: () => (selection.ids.size > 0 ? selection.clear() : writing ? setWriting(null) : open(undefined)),
    },
  ]);

  const isFiltered = Boolean(asked || channel || account);
  const shownState: State = state ?? 'open';
  // One's own snoozed and done ones have folders of their own.
  const hasStates = place !== undefined && place !== 'mentions';
  const channels = definition.fields.find(({ name }) => name === 'channel')?.options?.options as
    | { value: string; label: string }[]
    | undefined;
  const list = (
    <div className={style.list}>
      <header className={style.listHead}>
        {tablet ? (
          <FolderSelect groups={groups} search={search} label={label} />
        ) : (
          <h1>
            <bdi>{label}</bdi>
          </h1>
        )}
        {hasStates ? (
          <SegmentedControl
            size="xs"
            aria-label={t('inbox.state')}
            value={shownState}
            onChange={(next) => go({ state: next === 'open' ? undefined : (next as 'done'), c: undefined })}
            data={states.map((value) => ({ value, label: t(`inbox.states.${value}`) }))}
          />
        ) : null}
        <div className={style.filters}>
          <TextInput
            ref={searchField}
            size="xs"
            leftSection={<IconSearch size={14} aria-hidden />}
            aria-label={t('inbox.search')}
            placeholder={t('inbox.search')}
            value={words}
            onChange={(event) => setWords(event.currentTarget.value)}
            onBlur={() => go({ q: words.trim() || undefined }, true)}
          />
          <Select
            size="xs"
            clearable
            aria-label={t('inbox.channel')}
            placeholder={t('inbox.channel')}
            value={channel ?? null}
            data={(channels ?? []).map(({ value, label: name }) => ({ value, label: name }))}
            onChange={(next) => go({ channel: next ?? undefined }, true)}
          />
          <AccountFilter account={account} onChange={(id) => go({ account: id }, true)} />
        </div>
      </header>
      {selection.ids.size > 0 ? (
        <div className={style.bulk} role="toolbar" aria-label={t('inbox.marked', { count: selection.ids.size })}>
          <strong aria-live="polite">{t('inbox.marked', { count: selection.ids.size })}</strong>
          <ActionIcon aria-label={t('inbox.finish')} title={t('inbox.finish')} onClick={withChosen(done)}>
            <IconCircleCheck size={16} />
          </ActionIcon>
          <ActionIcon aria-label={t('inbox.snooze')} title={t('inbox.snooze')} onClick={withChosen(snooze)}>
            <IconClock size={16} />
          </ActionIcon>
          <ActionIcon aria-label={t('inbox.assign')} title={t('inbox.assign')} onClick={withChosen(assign)}>
            <IconUserPlus size={16} />
          </ActionIcon>
          <ActionIcon aria-label={t('inbox.runMacro')} title={t('inbox.runMacro')} onClick={withChosen(macro)}>
            <IconBolt size={16} />
          </ActionIcon>
          <span className={style.spring} />
          <ActionIcon aria-label={t('common.clear')} onClick={selection.clear}>
            <IconX size={16} />
          </ActionIcon>
        </div>
      ) : null}
      {lines.error ? (
        <ErrorState error={lines.error} onRetry={lines.retry} />
      ) : lines.isPending ? (
        <SkeletonRows rows={8} />
      ) : lines.count === 0 ? (
        <EmptyState
          icon={<IconInbox size={22} />}
          title={t(isFiltered ? 'inbox.noneFound' : `inbox.none.${place ?? shownState}`)}
          text={isFiltered ? undefined : t('inbox.noneText')}
        >
          {isFiltered ? (
            <Button
              variant="default"
              onClick={() => {
                setWords('');
                go({ q: undefined, channel: undefined, account: undefined }, true);
              }}
            >
              {t('inbox.clearFilters')}
            </Button>
          ) : null}
        </EmptyState>
      ) : (
        <ConversationList
          lines={lines}
          label={label}
          open={c}
          marked={selection.ids}
          onOpen={(record) => open(record.id)}
          onMark={selection.toggle}
          keys={keys}
        />
      )}
    </div>
  );
  const thread = c ? (
    <Thread
      key={c}
      id={c}
      writing={writing}
      insert={insert}
      work={work}
      onBack={phone ? () => open(undefined) : undefined}
    />
  ) : (
    <div className={style.thread} data-empty>
      <EmptyState icon={<IconInbox size={22} />} title={t('inbox.chooseOne')}>
        <span className={style.hint}>
          <Keys keys="j" /> <Keys keys="k" /> {t('inbox.chooseKeys')}
        </span>
      </EmptyState>
    </div>
  );
  return (
    <div className={style.inbox} data-panes={phone ? 1 : tablet ? 2 : 3}>
      {tablet ? null : <FolderPane groups={groups} open={search} />}
      {phone && c ? null : list}
      {phone && !c ? null : thread}
    </div>
  );
}

function AccountFilter({ account, onChange }: { account: string | undefined; onChange(id: string | undefined): void }) {
  const { t } = useTranslation();
  const { objectLabel } = useFieldEnvironment();
  const title = useRecordTitle('account', account ?? null);
  const choose = async () => {
    const id = await askRecord('account', Boolean(account));
    if (id !== null) onChange(id || undefined);
  };
  return (
    <Button
      size="xs"
      variant={account ? 'light' : 'default'}
      className={style.accountFilter}
      leftSection={<IconFilter size={13} aria-hidden />}
      aria-label={t('inbox.ofAccount', { object: objectLabel('account') })}
      onClick={() => void choose()}
    >
      {account ? (title ?? '…') : objectLabel('account')}
    </Button>
  );
}

/** The numbers beside the folders follow what others do. */
function useFollowed(): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const changed = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        countsChanged();
      }, GATHER_MS);
    };
    const stops = ['change', 'changes', 'refresh', 'reset'].map((event) =>
      onLive<{ object?: string; changes?: { object: string }[] }>(event, (told) => {
        const objects = told.changes?.map(({ object }) => object) ?? [told.object];
        if (objects.some((object) => object === undefined || object === 'conversation')) changed();
      }),
    );
    return () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }, []);
}
