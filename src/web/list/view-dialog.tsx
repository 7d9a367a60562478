import { Button, Checkbox, Group, Modal, Radio, Stack, TextInput } from '@mantine/core';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { RecordPicker } from '#kernel/fields/web/record-picker.tsx';
import type { SavedView, ViewNaming } from './saved-views.ts';

/** What a view is called and who sees it. */
export function ViewDialog({
  title,
  start,
  promotes,
  userId,
  onClose,
}: {
  title: string;
  start: ViewNaming;
  /** May say that a view opens first for everybody. */
  promotes: boolean;
  userId: string;
  onClose(naming: ViewNaming | null): void;
}) {
  const { t } = useTranslation();
  const id = useId();
  const [name, setName] = useState(start.name);
  const [sharing, setSharing] = useState(start.sharing);
  const [team, setTeam] = useState<readonly string[]>(start.team ?? []);
  const [isDefault, setDefault] = useState(start.isDefault ?? false);
  return (
    <Modal opened onClose={() => onClose(null)} title={title} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const others = team.filter((one) => one !== userId);
          if (name.trim())
            onClose({
              name: name.trim(),
              sharing: isDefault ? 'everyone' : sharing,
              team: others,
              ...(promotes ? { isDefault } : {}),
            });
        }}
      >
        <Stack gap="md">
          <TextInput
            data-autofocus
            label={t('view.name')}
            required
            maxLength={80}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Radio.Group
            label={t('view.sharing')}
            value={isDefault ? 'everyone' : sharing}
            onChange={(value) => setSharing(value as SavedView['sharing'])}
          >
            <Stack gap={8} mt={6}>
              {(['private', 'team', 'everyone'] as const).map((one) => (
                <Radio
                  key={one}
                  value={one}
                  label={t(`view.${one}`)}
                  size="xs"
                  disabled={isDefault && one !== 'everyone'}
                />
              ))}
            </Stack>
          </Radio.Group>
          {sharing === 'team' && !isDefault ? (
            <RecordPicker
              id={id}
              aria-label={t('view.people')}
              placeholder={t('view.people')}
              object="user"
              many
              creatable={false}
              value={team}
              onChange={setTeam}
            />
          ) : null}
          {promotes ? (
            <Checkbox
              label={t('view.opensFirst')}
              checked={isDefault}
              onChange={(event) => setDefault(event.currentTarget.checked)}
            />
          ) : null}
        </Stack>
        <Group justify="flex-end" mt="md" gap="xs">
          <Button variant="default" onClick={() => onClose(null)}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" disabled={!name.trim()}>
            {t('common.save')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
