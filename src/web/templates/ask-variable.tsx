import IconBraces from '@tabler/icons-react/dist/esm/icons/IconBraces.mjs';
import { useTranslation } from 'react-i18next';
import { openDialog } from '../ui/dialogs.tsx';
import { Picker } from '../ui/picker.tsx';
import { readVariables } from './text-queries.ts';

/** A variable as it stands in a text, `{{ contact.firstName }}`; null when none was chosen. */
export async function askVariable(): Promise<string | null> {
  const path = await openDialog<string>((done) => <VariablePicker onClose={done} />);
  return path && `{{ ${path} }}`;
}

function VariablePicker({ onClose }: { onClose(path: string | null): void }) {
  const { t } = useTranslation();
  return (
    <Picker
      title={t('templates.variable')}
      placeholder={t('templates.whichVariable')}
      name="mail variable"
      empty={t('templates.noVariable')}
      load={async (words) => {
        const wanted = words.toLocaleLowerCase().split(/\s+/).filter(Boolean);
        const all = await readVariables();
        return all
          .filter(({ path, group, label }) => {
            const text = `${group} ${label} ${path}`.toLocaleLowerCase();
            return wanted.every((word) => text.includes(word));
          })
          .slice(0, 100)
          .map(({ path, group, label }) => ({
            ...{ key: path, label, detail: group },
            icon: <IconBraces size={16} aria-hidden />,
          }));
      }}
      onClose={onClose}
    />
  );
}
