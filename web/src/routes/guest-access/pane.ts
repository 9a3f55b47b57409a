import type { FinishingLink, GuestLink } from '../../state/shapes.ts';

/** What the sheet shows. Links are as they were when the pane was opened. */
export type Pane =
  | { kind: 'list' }
  | { kind: 'create' }
  | { kind: 'edit'; link: GuestLink }
  | { kind: 'qr'; link: GuestLink }
  | { kind: 'off' }
  | { kind: 'delete'; link: GuestLink }
  /** null: of all links. */
  | { kind: 'end'; link: FinishingLink | null };
