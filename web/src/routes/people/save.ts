// A file that the browser keeps, under a name that every system takes.
export function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = safeName(name);
  link.click();
  // The browser reads it a little later.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export function safeName(name: string): string {
  return name.replace(/[\u0000-\u001f\u007f<>:"/\\|?*\u202a-\u202e\u2066-\u2069]/g, '_').slice(-120);
}
