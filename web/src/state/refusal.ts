/** What the server said no to, for pages that show it. */
export type { Refusal } from '../api/http.ts';
