import { Button, Group, Modal, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** A form over the screen: what is asked, and at its foot the way out and what it does. */
export function FormDialog({
  title,
  submit,
  busy = false,
  disabled = false,
  onSubmit,
  onClose,
  children,
}: {
  title: string;
  /** What the button says that sends it. */
  submit: string;
  busy?: boolean;
  disabled?: boolean;
  onSubmit(): void;
  onClose(): void;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        <Stack gap="sm">{children}</Stack>
        <Group justify="flex-end" mt="md" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={busy} disabled={disabled}>
            {submit}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
