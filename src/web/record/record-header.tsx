import { ActionIcon, Button, Menu } from '@mantine/core';
import IconChevronDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs';
import IconChevronRight from '@tabler/icons-react/dist/esm/icons/IconChevronRight.mjs';
import IconChevronUp from '@tabler/icons-react/dist/esm/icons/IconChevronUp.mjs';
import IconCopyCheck from '@tabler/icons-react/dist/esm/icons/IconCopyCheck.mjs';
import IconDots from '@tabler/icons-react/dist/esm/icons/IconDots.mjs';
import IconHistory from '@tabler/icons-react/dist/esm/icons/IconHistory.mjs';
import IconLink from '@tabler/icons-react/dist/esm/icons/IconLink.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { get } from '../api/client.ts';
import type { Definition, RecordShape } from '../api/types.ts';
import { undoChange } from '../api/writes.ts';
import { BriefItem } from '../brief/brief-item.tsx';
import { removeAsked } from '../meetings/series.tsx';
import { openSimilar } from '../merge/open-similar.tsx';
import { BuilderLink } from '../playbooks/builder-link.tsx';
import { PrivacyMenu } from '../privacy/privacy-menu.tsx';
import { openDialog } from '../ui/dialogs.tsx';
import { ObjectIcon, ObjectTile } from '../ui/object-icon.tsx';
import { useShortcuts } from '../ui/shortcuts.ts';
import { showProblem, showToast, showUndo } from '../ui/toast.tsx';
import { AssociationHistory } from './association-history.tsx';
import { Follow } from './follow.tsx';
import { People } from './people.tsx';
import style from './record.module.css';
import { runAction } from './run-action.tsx';
import { Sharing } from './sharing.tsx';
import { hasNeighbour, neighbourOf, trailOf } from './trail.ts';

export function RecordHeader({
  definition,
  record,
  title,
}: {
  definition: Definition;
  record: RecordShape;
  title: string;
}) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const trail = trailOf(definition.name);
  const object = definition.name;
  const step = async (by: 1 | -1) => {
    const id = await neighbourOf(object, record.id, by).catch(showProblem);
    if (id) await navigate({ to: '/o/$object/$id', params: { object, id } });
  };
  const back = () => void navigate({ to: '/o/$object', params: { object }, search: trail?.search ?? {} });
  const showAssociations = () =>
    void openDialog((done) => (
      <AssociationHistory definition={definition} record={record} onClose={() => done(null)} />
    ));
  const remove = async () => {
    try {
      const changeSet = await removeAsked(definition, record);
      if (changeSet === null) return;
      back();
      showUndo(t('record.deleted', { title }), () => undoChange(definition, changeSet));
    } catch (error) {
      showProblem(error);
    }
  };
  const offered = useQuery({
    queryKey: ['records', definition.name, 'far', record.id, record.version, 'actions'],
    enabled: definition.actions.length > 0 && !record.deletedAt,
    queryFn: ({ signal }) => get<{ actions: string[] }>(`/records/${object}/${record.id}/actions`, undefined, signal),
  });
  const actions = definition.actions.filter(({ name }) => !record.deletedAt && offered.data?.actions.includes(name));
  useShortcuts([
    { keys: 'mod+arrowleft', label: t('shortcut.previous'), run: () => void step(-1) },
    { keys: 'mod+arrowright', label: t('shortcut.next'), run: () => void step(1) },
    { keys: 'k', label: t('shortcut.previous'), run: () => void step(-1) },
    { keys: 'j', label: t('shortcut.next'), run: () => void step(1) },
    { keys: 'escape', label: t('shortcut.back'), run: back },
    ...actions.flatMap((action) =>
      action.shortcut
        ? [{ keys: action.shortcut, label: action.label, run: () => void runAction(definition, record, action) }]
        : [],
    ),
  ]);
  return (
    <header className={style.header}>
      <div className={style.crumbs}>
        <Link to="/o/$object" params={{ object }} search={trail?.search ?? {}} className={style.crumb}>
          {definition.label.many}
        </Link>
        <IconChevronRight size={13} aria-hidden />
      </div>
      <ObjectTile name={definition.icon} />
      <h1 className={style.title} title={title}>
        <bdi>{title}</bdi>
      </h1>
      <span className={style.spring} />
      <People definition={definition} id={record.id} />
      <Sharing definition={definition} record={record} />
      <Follow definition={definition} record={record} />
      <div className={style.actions}>
        <BuilderLink definition={definition} record={record} />
        {actions.slice(0, 3).map((action) => (
          <Button
            key={action.name}
            variant="default"
            leftSection={<ObjectIcon name={action.icon} size={14} />}
            onClick={() => void runAction(definition, record, action)}
            aria-keyshortcuts={action.shortcut ?? undefined}
          >
            {action.label}
          </Button>
        ))}
      </div>
      {trail?.ids.includes(record.id) ? (
        <div className={style.steps}>
          <ActionIcon
            aria-label={t('record.previous')}
            disabled={!hasNeighbour(trail, record.id, -1)}
            onClick={() => void step(-1)}
            aria-keyshortcuts="Control+ArrowLeft"
          >
            <IconChevronUp size={16} />
          </ActionIcon>
          <ActionIcon
            aria-label={t('record.next')}
            disabled={!hasNeighbour(trail, record.id, 1)}
            onClick={() => void step(1)}
            aria-keyshortcuts="Control+ArrowRight"
          >
            <IconChevronDown size={16} />
          </ActionIcon>
        </div>
      ) : null}
      <Menu>
        <Menu.Target>
          <ActionIcon aria-label={t('record.more')}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {actions.map((action) => (
            <Menu.Item
              key={action.name}
              leftSection={<ObjectIcon name={action.icon} size={15} />}
              onClick={() => void runAction(definition, record, action)}
            >
              {action.label}
            </Menu.Item>
          ))}
          {actions.length > 0 ? <Menu.Divider /> : null}
          <Menu.Item
            leftSection={<IconLink size={15} />}
            onClick={() =>
              void navigator.clipboard?.writeText(window.location.href).then(() => showToast(t('record.linkCopied')))
            }
          >
            {t('record.copyLink')}
          </Menu.Item>
          <BriefItem object={object} id={record.id} />
          <Menu.Item leftSection={<IconHistory size={15} />} onClick={showAssociations}>
            {t('record.associations')}
          </Menu.Item>
          {record.deletedAt ? null : (
            <Menu.Item leftSection={<IconCopyCheck size={15} />} onClick={() => openSimilar(definition, record)}>
              {t('merge.similar')}
            </Menu.Item>
          )}
          {definition.can.delete && !record.deletedAt ? (
            <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={() => void remove()}>
              {t('record.delete')}
            </Menu.Item>
          ) : null}
          <PrivacyMenu definition={definition} record={record} title={title} />
        </Menu.Dropdown>
      </Menu>
    </header>
  );
}
