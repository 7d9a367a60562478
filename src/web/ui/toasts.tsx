import { Notifications } from '@mantine/notifications';

/** Where toasts appear, above dialogs too. */
export function Toasts() {
  return <Notifications position="bottom-center" zIndex={1000} limit={4} />;
}
