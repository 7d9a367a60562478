import { useRecordTitle } from '#kernel/fields/web/environment.tsx';
import style from './record.module.css';

const mention = /@\{([0-9a-f-]{36})\}/g;

/** A comment's text; `@{user id}` in it is shown as that person's name. */
export function Mentions({ text }: { text: string }) {
  const parts = text.split(mention);
  return (
    <div className={style.lines}>
      {parts.map((part, index) =>
        // Every other part is what the parentheses caught: an id.
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text have no identity of their own
        index % 2 === 1 ? <Mention key={index} id={part} /> : part,
      )}
    </div>
  );
}

function Mention({ id }: { id: string }) {
  return <span className={style.mention}>@{useRecordTitle('user', id) ?? '…'}</span>;
}
