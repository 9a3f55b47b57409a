import { json } from './http.ts';
import type { Policy, PolicyAnswer, PolicyChange, SiteLog } from './types.ts';

export const policy = {
  get: () => json<Policy>('GET', '/api/site/policy'),
  change: (ask: PolicyChange) => json<PolicyAnswer>('PATCH', '/api/site/policy', ask),
  log: (cursor?: string) => json<SiteLog>('GET', `/api/site/log${cursor ? `?${new URLSearchParams({ cursor })}` : ''}`),
};

export type PolicyApi = typeof policy;
