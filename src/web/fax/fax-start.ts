/** What a fax begins with. */
export interface FaxStart {
  readonly numbers?: readonly { readonly value: string; readonly label: string | null }[];
  readonly name?: string;
  readonly about?: { readonly account?: string; readonly contact?: string; readonly opportunity?: string };
  /** The interaction that it answers. */
  readonly replyTo?: string;
  readonly subject?: string;
  /** One that was taken back. */
  readonly draft?: string;
}
