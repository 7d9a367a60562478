import { Plugin } from '@tiptap/pm/state';
import { Decoration, DecorationSet } from '@tiptap/pm/view';
import { type Editor, Extension } from '@tiptap/react';
import { gapPattern } from '#kernel/template/gaps.ts';
import style from './compose.module.css';

/** A stretch of the text that an editor shows. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Shows what is still to be filled in, and where a text asks for a value. */
export const GapMarks = Extension.create({
  name: 'gapMarks',
  addProseMirrorPlugins: () => [
    new Plugin({
      props: {
        decorations: ({ doc }) =>
          DecorationSet.create(doc, [
            ...stretches(doc, gapPattern).map(({ from, to }) => Decoration.inline(from, to, { class: style.gap! })),
            ...stretches(doc, variablePattern).map(({ from, to }) =>
              Decoration.inline(from, to, { class: style.variable! }),
            ),
          ]),
      },
    }),
  ],
});

/** Chooses the next gap after the cursor, so that what is typed takes its place. @returns whether there is one */
export function selectGap(editor: Editor): boolean {
  const gaps = stretches(editor.state.doc, gapPattern);
  const next = gaps.find(({ from }) => from >= editor.state.selection.to) ?? gaps[0];
  if (!next) return false;
  return editor.chain().focus().setTextSelection(next).scrollIntoView().run();
}

const variablePattern = /\{\{[^{}]{0,300}\}\}|\{%[^{}]{0,300}%\}/g;

function stretches(doc: Editor['state']['doc'], pattern: RegExp): Stretch[] {
  const found: Stretch[] = [];
  doc.descendants((node, at) => {
    for (const match of node.text?.matchAll(pattern) ?? [])
      found.push({ from: at + match.index, to: at + match.index + match[0].length });
  });
  return found;
}
