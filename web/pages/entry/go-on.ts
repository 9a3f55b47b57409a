// A visible page goes on by itself; scanners and previews, which never show it, bind nothing. Without script its
// button does it.

export function goOnWhenSeen(form: HTMLFormElement | null): void {
  const send = () => {
    if (document.visibilityState !== 'visible') return;
    document.removeEventListener('visibilitychange', send);
    form?.requestSubmit();
  };
  document.addEventListener('visibilitychange', send);
  send();
}
