// Whatever the server may say by a code has a sentence of its own. The codes come from its description, so a new one is
// missed here before anybody meets it.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

type Described = { components: { schemas: Record<string, { enum?: string[] }> } };
type Tree = { [key: string]: Tree | string };
const described: Described = JSON.parse(readFileSync('openapi.json', 'utf8'));
const catalogue: Tree = JSON.parse(readFileSync('i18n/en.json', 'utf8'));

function at(key: string): Tree | string | undefined {
  return key.split('.').reduce<Tree | string | undefined>((tree, part) => (typeof tree === 'object' ? tree[part] : undefined), catalogue);
}

const groups: [schema: string, group: string][] = [
  ['ActivityKind', 'activity.what'],
  ['EndReason', 'player.ended'],
  ['Findable', 'settings.typeAhead'],
  ['InviteRole', 'invites.role'],
  ['InviteState', 'invites.state'],
  ['ItemRight', 'rights.name'],
  ['KindClass', 'settings.class'],
  ['LinkState', 'guestAccess.state'],
  ['MailCause', 'letters.cause'],
  ['MailState', 'letters.state'],
  ['Reason', 'reason'],
  ['Scope', 'tokens.scope'],
  ['SiteRole', 'members.roles'],
];

describe('every word has a sentence', () => {
  it.each(groups)('%s', (schema, group) => {
    const codes = described.components.schemas[schema]?.enum ?? [];
    expect(codes).not.toEqual([]);
    expect(codes.filter((code) => at(`${group}.${code}`) === undefined)).toEqual([]);
  });
});
