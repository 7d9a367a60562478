import type { Editor } from '@tiptap/react';
import { type Dispatch, type RefObject, type SetStateAction, useCallback, useEffect, useRef } from 'react';
import type { FilledMailText, MailContent } from '#server/answers.ts';
import { showProblem, showWarning } from '../ui/toast.tsx';
import { selectGap } from './gap-marks.ts';
import type { MailStart } from './mail-start.ts';
import { askText, fillText } from './text-picker.tsx';

/** Templates and snippets, put into a mail where its writer is; the first gap is chosen, to be filled in. */
export function useTexts({
  editor,
  content,
  setContent,
  insert,
}: {
  editor: RefObject<Editor | null>;
  content: MailContent;
  setContent: Dispatch<SetStateAction<MailContent>>;
  /** Words that a macro brings. */
  insert: MailStart['insert'];
}) {
  const newest = useRef(content);
  newest.current = content;
  const inserted = useRef<MailStart['insert']>(undefined);
  const put = useCallback(
    (filled: FilledMailText, isWhole: boolean) => {
      const [problem] = filled.problems;
      if (problem) return showWarning(problem.text);
      setContent((before) => {
        const known = new Set(before.attachments.map(({ id }) => id));
        return {
          ...before,
          ...(isWhole ? { subject: before.subject.trim() || filled.subject, language: filled.language } : {}),
          attachments: [...before.attachments, ...filled.attachments.filter(({ id }) => !known.has(id))],
        };
      });
      const written = editor.current;
      if (!written) return;
      written.chain().focus().insertContent(inline(filled.html)).run();
      if (filled.gaps.length > 0) selectGap(written);
    },
    [editor, setContent],
  );
  /** @param typed what was typed to choose one; it stays where nothing is chosen */
  const choose = async (typed: string) => {
    const chosen = await askText();
    if (!chosen) {
      editor.current?.chain().focus().insertContent(typed).run();
      return;
    }
    try {
      put(await fillText({ template: chosen.id }, newest.current, chosen.language), chosen.kind === 'template');
    } catch (error) {
      showProblem(error);
    }
  };
  const bring = useCallback(() => {
    if (!insert || !editor.current || inserted.current === insert) return;
    inserted.current = insert;
    fillText(insert, newest.current, null).then((filled) => put(filled, false), showProblem);
  }, [editor, insert, put]);
  useEffect(bring, [bring]);
  const onEditor = useCallback(
    (made: Editor) => {
      editor.current = made;
      bring();
    },
    [editor, bring],
  );
  return { choose, onEditor };
}

/** One paragraph goes into the line where the cursor is; several stand for themselves. */
function inline(html: string): string {
  const [, only] = /^<p>((?:(?!<\/?p[ >]).)*)<\/p>$/s.exec(html.trim()) ?? [];
  return only ?? html;
}
