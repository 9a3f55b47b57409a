// A mail shown inside a frame that may run and fetch nothing. Its elements are built one by one from inert HTML: our
// content policy allows no style attributes, and a mail has no others. Of addresses only pictures inside the mail stay.
const DROPPED = 'script, style, link, meta, base, iframe, frame, object, embed, form, input, button, audio, video, svg, math, template';

/** Shows `html` in an empty document. */
export function show(page: Document, html: string): void {
  const read = new DOMParser().parseFromString(quieted(html), 'text/html');
  read.querySelectorAll(DROPPED).forEach((element) => element.remove());
  page.documentElement.lang = read.documentElement.lang;
  page.documentElement.dir = read.documentElement.dir;
  page.body.replaceChildren(...copies(page, read.body));
  dress(page.body, read.body);
}

/** Styles and handlers under names that mean nothing: the policy would report them even where nothing runs. */
function quieted(html: string): string {
  const tags = html.replace(/<style\b[^]*?(<\/style\s*>|$)/gi, '');
  return tags.replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/(["'\s/])(style|on\w+)(\s*=)/gi, '$1data-$2$3'));
}

function copies(page: Document, from: Element): Node[] {
  return [...from.childNodes].flatMap((node): Node[] => {
    if (node instanceof Text) return [page.createTextNode(node.data)];
    return node instanceof HTMLElement ? [copy(page, node)] : [];
  });
}

function copy(page: Document, from: HTMLElement): HTMLElement {
  const to = page.createElement(from.localName);
  for (const name of ['alt', 'width', 'height', 'colspan', 'rowspan', 'align', 'valign', 'bgcolor', 'dir', 'lang', 'title']) {
    const value = from.getAttribute(name);
    if (value !== null) to.setAttribute(name, value);
  }
  const picture = from.getAttribute('src');
  if (picture?.startsWith('data:image/')) to.setAttribute('src', picture);
  dress(to, from);
  to.append(...copies(page, from));
  return to;
}

/** A rule with an address in it could ask somebody; it is left out. */
function dress(to: HTMLElement, from: Element): void {
  const rules = (from.getAttribute('data-style') ?? '').split(';').filter((rule) => !/url\(|image-set\(|@import/i.test(rule));
  to.style.cssText = rules.join(';');
}
