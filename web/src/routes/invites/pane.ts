/** What the sheet shows. Invites are named by id: they change while one looks at them. */
export type Pane =
  | { kind: 'list' }
  | { kind: 'one' }
  | { kind: 'many' }
  | { kind: 'made'; id: string }
  | { kind: 'qr'; id: string }
  | { kind: 'change'; id: string }
  | { kind: 'new-link'; id: string }
  | { kind: 'revoke'; id: string };
