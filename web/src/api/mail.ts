import type { components } from './schema.d.ts';
import { json } from './http.ts';

type Schemas = components['schemas'];

export const mailNames = ['invite', 'code', 'account', 'refusals', 'test'] as const;
export type MailName = (typeof mailNames)[number];
export type MailLanguage = 'en' | 'he';
export type MailPart = 'subject' | 'text' | 'html';
export type MailState = 'waiting' | 'sending' | 'sent' | 'failed' | 'unknown';
export type MailText = Schemas['MailTemplateText'];
export type MailTemplate = Omit<Schemas['MailTemplate'], 'name' | 'language'> & { name: MailName; language: MailLanguage };
export type MailTemplates = Omit<Schemas['MailTemplates'], 'templates'> & { templates: MailTemplate[] };
export type MailOutcome = Omit<Schemas['MailOutcome'], 'state'> & { state: MailState };
export type Mail = Omit<Schemas['Mail'], 'outcome'> & { outcome: MailOutcome };
export type Mails = Omit<Schemas['Mails'], 'mails'> & { mails: Mail[] };

const path = (name: MailName, language: MailLanguage) => `/api/mail/templates/${name}/${language}`;

export const mail = {
  templates: () => json<MailTemplates>('GET', '/api/mail/templates'),
  save: (name: MailName, language: MailLanguage, text: MailText) => json<MailTemplate>('PUT', path(name, language), text),
  reset: (name: MailName, language: MailLanguage) => json<MailTemplate>('DELETE', path(name, language)),
  preview: (name: MailName, language: MailLanguage, text: MailText, signal?: AbortSignal) =>
    json<MailText>('POST', `${path(name, language)}/preview`, text, signal),
  test: (name: MailName, language: MailLanguage, text: MailText) =>
    json<{ id: string }>('POST', `${path(name, language)}/test`, { template: text }),
  tested: (id: string) => json<MailOutcome>('GET', `/api/mail/tests/${encodeURIComponent(id)}`),
  list: (cursor?: string) => json<Mails>('GET', `/api/mail${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''}`),
};

export type MailApi = typeof mail;
