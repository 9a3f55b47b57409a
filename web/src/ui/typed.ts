// What was typed into a dialog and would be lost with it. A field is known from when it has the focus first; what is
// searched for, chosen or only read is no loss.

type Field = HTMLInputElement | HTMLTextAreaElement;

const written = new Set(['text', 'email', 'password', 'url', 'tel', 'number', 'textarea']);

export class Typed {
  private readonly before = new Map<Field, string>();

  note(target: EventTarget | null): void {
    if (!(target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement)) return;
    if (this.before.has(target) || !written.has(target.type) || target.readOnly || target.closest('[role=search]')) return;
    this.before.set(target, target.value);
  }

  /** Whether a field that is still there holds something else than at first. */
  isLost(): boolean {
    return [...this.before].some(([field, before]) => field.isConnected && field.value !== before && field.value.trim() !== '');
  }

  forget(): void {
    this.before.clear();
  }
}
