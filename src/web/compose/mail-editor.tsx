import { Link, RichTextEditor } from '@mantine/tiptap';
import '@mantine/tiptap/styles.css';
import { type Editor, useEditor } from '@tiptap/react';
import StarterKit from '@tiptap/starter-kit';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import style from './compose.module.css';
import { GapMarks } from './gap-marks.ts';

/** What a mail says. Files that are dropped or pasted into it are sent along. */
export function MailEditor({
  value,
  label,
  autoFocus,
  onChange,
  onFiles,
  onSlash,
  onEditor,
  tools,
}: {
  value: string;
  label: string;
  autoFocus: boolean;
  onChange(html: string): void;
  onFiles(files: File[]): void;
  /** `/` where a word begins. */
  onSlash?: (() => void) | undefined;
  onEditor?(editor: Editor): void;
  tools?: ReactNode;
}) {
  const { t } = useTranslation();
  // The editor is made once; what it calls is of the newest drawing.
  const calls = useRef({ onChange, onFiles, onSlash });
  calls.current = { onChange, onFiles, onSlash };
  const editor = useEditor({
    extensions: [StarterKit.configure({ link: false }), Link, GapMarks],
    content: value,
    autofocus: autoFocus ? 'start' : false,
    editorProps: {
      attributes: { role: 'textbox', 'aria-multiline': 'true', 'aria-label': label, dir: 'auto' },
      handleKeyDown: ({ state }, event) => {
        const { $from, empty } = state.selection;
        const before = $from.parent.textBetween(0, $from.parentOffset).slice(-1);
        if (event.key !== '/' || !empty || /\S/.test(before) || !calls.current.onSlash) return false;
        event.preventDefault();
        calls.current.onSlash();
        return true;
      },
      handlePaste: (_view, event) => takeFiles(event.clipboardData, event),
      handleDrop: (_view, event) => takeFiles((event as DragEvent).dataTransfer, event),
    },
    onUpdate: ({ editor: changed }) => calls.current.onChange(changed.isEmpty ? '' : changed.getHTML()),
  });
  const takeFiles = (data: DataTransfer | null, event: Event): boolean => {
    const files = [...(data?.files ?? [])];
    // A table copied from a spreadsheet is text, and a picture of it.
    if (files.length === 0 || data?.types.includes('text/html')) return false;
    event.preventDefault();
    calls.current.onFiles(files);
    return true;
  };
  useEffect(() => {
    if (editor) onEditor?.(editor);
  }, [editor, onEditor]);
  const named = (name: string) => ({ 'aria-label': t(`richText.${name}`), title: t(`richText.${name}`) });
  return (
    <RichTextEditor
      editor={editor}
      withTypographyStyles={false}
      labels={{ linkEditorSave: t('common.save') }}
      className={style.editor}
    >
      <RichTextEditor.Content />
      <RichTextEditor.Toolbar className={style.tools}>
        <RichTextEditor.ControlsGroup>
          <RichTextEditor.Bold {...named('bold')} />
          <RichTextEditor.Italic {...named('italic')} />
          <RichTextEditor.BulletList {...named('bullets')} />
          <RichTextEditor.OrderedList {...named('numbers')} />
          <RichTextEditor.Link {...named('link')} />
        </RichTextEditor.ControlsGroup>
        {tools}
      </RichTextEditor.Toolbar>
    </RichTextEditor>
  );
}
