// What was said last by a notice. While a modal dialog is open everything outside it is silent for
// screen readers, so dialogs repeat it in a live region of their own.
export const spoken = $state({ text: '' });
