import { Modal, Stack, Switch } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { usePreference } from '../preferences.ts';
import { type NotificationType, notificationTypes } from './notifications.ts';

const none: Partial<Record<NotificationType, boolean>> = {};

/** Which news the server collects for the person. */
export function NotificationPreferences({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  const [wanted, setWanted] = usePreference('notifications', none);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('notifications.preferences')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <p style={{ color: 'var(--text-2)', marginBottom: 'var(--space-4)' }}>{t('notifications.preferencesText')}</p>
      <Stack gap="sm">
        {notificationTypes.map((type) => (
          <Switch
            key={type}
            label={t(`notifications.kindNames.${type}`)}
            checked={wanted[type] ?? true}
            onChange={(event) => setWanted({ ...wanted, [type]: event.currentTarget.checked })}
          />
        ))}
      </Stack>
    </Modal>
  );
}
