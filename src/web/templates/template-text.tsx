import { TextInput } from '@mantine/core';
import { RichTextEditor } from '@mantine/tiptap';
import IconBraces from '@tabler/icons-react/dist/esm/icons/IconBraces.mjs';
import type { Editor } from '@tiptap/react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { MailEditor } from '../compose/mail-editor.tsx';
import { askVariable } from './ask-variable.tsx';
import style from './templates.module.css';
import type { Texts } from './text-queries.ts';

/** The text of one language; a variable goes where the cursor was last. */
export function TemplateText({
  hasSubject,
  text,
  readOnly,
  onChange,
  onFiles,
}: {
  hasSubject: boolean;
  text: Texts[string] | undefined;
  readOnly: boolean;
  onChange(changes: { subject?: string; html?: string }): void;
  onFiles(files: File[]): void;
}) {
  const { t } = useTranslation();
  const editor = useRef<Editor | null>(null);
  const subject = useRef<HTMLInputElement>(null);
  const addToSubject = async () => {
    const variable = await askVariable();
    if (!variable) return;
    const value = text?.subject ?? '';
    const at = subject.current?.selectionStart ?? value.length;
    onChange({ subject: value.slice(0, at) + variable + value.slice(at) });
  };
  return (
    <>
      {hasSubject ? (
        <TextInput
          ref={subject}
          mt="sm"
          label={t('templates.subject')}
          maxLength={500}
          disabled={readOnly}
          value={text?.subject ?? ''}
          onChange={(event) => onChange({ subject: event.currentTarget.value })}
          rightSection={
            readOnly ? null : (
              <button
                type="button"
                className={style.inField}
                aria-label={t('templates.variableInSubject')}
                title={t('templates.variableInSubject')}
                onClick={() => void addToSubject()}
              >
                <IconBraces size={15} aria-hidden />
              </button>
            )
          }
        />
      ) : null}
      <div className={style.text} inert={readOnly}>
        <MailEditor
          value={text?.html ?? ''}
          label={t('templates.text')}
          autoFocus={false}
          onChange={(html) => onChange({ html })}
          onFiles={onFiles}
          onEditor={(made) => {
            editor.current = made;
          }}
          tools={
            <RichTextEditor.ControlsGroup>
              <RichTextEditor.Control
                aria-label={t('templates.variable')}
                title={t('templates.variable')}
                onClick={async () => {
                  const variable = await askVariable();
                  if (variable) editor.current?.chain().focus().insertContent({ type: 'text', text: variable }).run();
                }}
              >
                <IconBraces size={16} aria-hidden />
              </RichTextEditor.Control>
            </RichTextEditor.ControlsGroup>
          }
        />
      </div>
    </>
  );
}
