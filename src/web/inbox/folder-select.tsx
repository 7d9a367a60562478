import IconChevronDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs';
import { useTranslation } from 'react-i18next';
import { openDialog } from '../ui/dialogs.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { type FolderGroup, FolderPane } from './folder-pane.tsx';
import style from './folders.module.css';
import type { InboxSearch } from './folders.ts';

/** On a narrow screen the folders are behind the name of the one that is open. */
export function FolderSelect({
  groups,
  search,
  label,
}: {
  groups: readonly FolderGroup[];
  search: InboxSearch;
  label: string;
}) {
  const { t } = useTranslation();
  const choose = () =>
    void openDialog<true>((done) => (
      <FormDialog
        title={t('inbox.folders')}
        submit={t('common.close')}
        onSubmit={() => done(true)}
        onClose={() => done(null)}
      >
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: the links inside have the keys */}
        {/* biome-ignore lint/a11y/noStaticElementInteractions: whoever follows one of them is done here */}
        <div onClick={() => done(true)}>
          <FolderPane groups={groups} open={search} />
        </div>
      </FormDialog>
    ));
  return (
    <h1>
      <button type="button" className={style.folderButton} aria-haspopup="dialog" onClick={choose}>
        <bdi>{label}</bdi>
        <IconChevronDown size={15} aria-hidden />
      </button>
    </h1>
  );
}
