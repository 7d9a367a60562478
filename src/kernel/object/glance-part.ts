/** Shown one behind the other, each as its kind is shown everywhere. */
export type GlancePart =
  | { readonly count: number }
  | { readonly money: { readonly amount: number; readonly currency: string } }
  /** A moment, or a day. */
  | { readonly at: string }
  /** A value of a select, in its words and colour. */
  | { readonly option: { readonly object: string; readonly field: string; readonly value: string } }
  | { readonly record: { readonly object: string; readonly id: string; readonly title: string } }
  /** Words of the catalogues that go before the next part: `glance.<word>`. */
  | { readonly word: string };
