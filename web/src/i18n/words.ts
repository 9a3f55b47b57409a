// Words for the codes that the server sends.
import { t, tCode, byteSize } from './index.ts';

/** A sentence for any cause of a failed act. `code` is looked up, everything else is "try again". */
export function errorWords(cause: unknown): string {
  const code = cause && typeof cause === 'object' && 'code' in cause ? String(cause.code) : 'unknown';
  return tCode('error', code, 'error.unknown');
}

/** What a file is instead of a film; anything else that the server says there is the name of a format. */
const notFormats = ['empty', 'text', 'playlist', 'picture', 'document', 'archive', 'unknown'];

export function failureWords(failure: { code: string; detail?: string | null | undefined } | null | undefined): string {
  const { code = 'unknown', detail } = failure ?? {};
  const format = detail && !notFormats.includes(detail) ? detail : undefined;
  if (format && code === 'not_media') return t('failure.not_media_named', { format });
  if (format && code === 'unsupported_codec') return t('failure.unsupported_codec_named', { format });
  return tCode('failure', code, 'failure.unknown');
}

export function fieldWords(code: string | undefined, params: Record<string, string | number> = {}): string | undefined {
  return code === undefined ? undefined : tCode('formError', code, 'formError.unknown', params);
}

export function uploadTroubleWords(trouble: { code: string; limitBytes?: number }): string {
  const limit = trouble.limitBytes === undefined ? '' : byteSize(trouble.limitBytes);
  if (trouble.code === 'too_large' && !limit) return t('failure.too_large');
  return tCode('uploadError', trouble.code, 'uploadError.unknown', { limit });
}

/** The exact cause of a refusal; owners alone are told. */
export function reasonWords(cause: string): string {
  return tCode('reason', cause, 'reason.unknown');
}

/** What the owner can do about a refusal. */
export function remedyWords(cause: string): string {
  return tCode('remedy', cause, 'remedy.unknown');
}
