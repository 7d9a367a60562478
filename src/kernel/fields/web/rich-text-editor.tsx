import { Link, RichTextEditor } from '@mantine/tiptap';
import '@mantine/tiptap/styles.css';
import { useEditor } from '@tiptap/react';
import StarterKit from '@tiptap/starter-kit';
import { useTranslation } from 'react-i18next';
import type { EditorProps } from './field-web.ts';

/** TipTap, in a chunk of its own (about 110 kB gz) that is only fetched when somebody writes rich text. */
export function TipTapEditor({ value, onChange, id, autoFocus, ...props }: EditorProps<string>) {
  const { t } = useTranslation();
  const editor = useEditor({
    extensions: [StarterKit.configure({ link: false }), Link],
    content: value ?? '',
    autofocus: autoFocus ? 'end' : false,
    editorProps: {
      attributes: {
        id,
        role: 'textbox',
        'aria-multiline': 'true',
        'aria-label': props['aria-label'] ?? props.field.label,
      },
    },
    onUpdate: ({ editor: changed }) => onChange(changed.isEmpty ? null : changed.getHTML()),
  });
  const label = (name: string) => ({ 'aria-label': t(`richText.${name}`), title: t(`richText.${name}`) });
  return (
    <RichTextEditor editor={editor} withTypographyStyles={false} labels={{ linkEditorSave: t('common.save') }}>
      <RichTextEditor.Toolbar>
        <RichTextEditor.ControlsGroup>
          <RichTextEditor.Bold {...label('bold')} />
          <RichTextEditor.Italic {...label('italic')} />
          <RichTextEditor.Strikethrough {...label('strike')} />
        </RichTextEditor.ControlsGroup>
        <RichTextEditor.ControlsGroup>
          <RichTextEditor.H2 {...label('heading')} />
          <RichTextEditor.BulletList {...label('bullets')} />
          <RichTextEditor.OrderedList {...label('numbers')} />
          <RichTextEditor.Blockquote {...label('quote')} />
        </RichTextEditor.ControlsGroup>
        <RichTextEditor.ControlsGroup>
          <RichTextEditor.Link {...label('link')} />
          <RichTextEditor.Unlink {...label('unlink')} />
        </RichTextEditor.ControlsGroup>
      </RichTextEditor.Toolbar>
      <RichTextEditor.Content />
    </RichTextEditor>
  );
}
