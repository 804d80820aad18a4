/** Elements, icons and text: everything that anybody typed is put on the page as text nodes, never as HTML. */

const ICONS = {
  chat: ['M20.5 11.6c0 4.2-3.8 7.6-8.5 7.6-1.1 0-2.1-.2-3.1-.5L4.2 20l1.2-3.8a7 7 0 0 1-1.9-4.6C3.5 7.4 7.3 4 12 4s8.5 3.4 8.5 7.6Z', 'M8.4 11.7h.01M12 11.7h.01M15.6 11.7h.01'],
  down: ['m6 9.5 6 6 6-6'],
  close: ['m6.5 6.5 11 11M17.5 6.5l-11 11'],
  more: ['M12 6h.01M12 12h.01M12 18h.01'],
  send: ['m5 12-1-7.5L21 12 4 19.5 5 12Zm0 0h7'],
  assistant: ['M11 4c.6 5 2.8 7.2 8 8-5.2.8-7.4 3-8 8-.6-5-2.8-7.2-8-8 5.2-.8 7.4-3 8-8Z', 'M19 3.5v4M17 5.5h4'],
  queued: ['M9 11a3.2 3.2 0 1 0 0-6.4A3.2 3.2 0 0 0 9 11Z', 'M3 19c.4-3.2 2.8-5 6-5s5.6 1.8 6 5', 'M15.5 5a3.2 3.2 0 0 1 0 5.8M17.5 14.3c2 .7 3.2 2.4 3.5 4.7'],
};

/** Mouths of the five faces, from very bad to very good. */
const MOUTHS = ['M8 17c1.8-2.7 6.2-2.7 8 0', 'M8.5 16.3c1.5-1.3 5.5-1.3 7 0', 'M8.5 15.5h7', 'M8.5 15c1.5 1.4 5.5 1.4 7 0', 'M7.5 14c1.2 4.6 7.8 4.6 9 0Z'];

/** An element with attributes (`on...`: listeners) and children; text becomes text nodes. */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

/** A button that submits nothing. */
export const button = (className, onclick, ...children) => h('button', { type: 'button', class: className, onclick }, ...children);

function drawing(paths) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  for (const d of paths) {
    const path = document.createElementNS(space, 'path');
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}

export const icon = (name) => drawing(ICONS[name]);

/** The face for a score of 1 to 5. */
export const face = (score) => drawing(['M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z', 'M9 9.6v.8M15 9.6v.8', MOUTHS[score - 1]]);

/** `text` with its https addresses as links; every other kind of address stays plain text. */
export function withLinks(text, newTab) {
  const nodes = [];
  let from = 0;
  for (const { 0: found, index } of text.matchAll(/https:\/\/[^\s<>"'`]+/gi)) {
    // a full stop after an address ends the sentence; a closing bracket belongs to it only if it was opened in it
    let address = found.replace(/[.,;:!?\u2019\u201d\u00bb*_]+$/, '');
    while (/[)\]]$/.test(address) && !/[([]/.test(address)) address = address.slice(0, -1).replace(/[.,;:!?]+$/, '');
    if (!URL.canParse?.(address) || new URL(address).protocol !== 'https:') continue;
    nodes.push(text.slice(from, index));
    const link = h('a', { href: address, target: '_blank', rel: 'noopener noreferrer nofollow' }, address);
    link.append(h('span', { class: 'sr' }, ` (${newTab})`));
    nodes.push(link);
    from = index + address.length;
  }
  nodes.push(text.slice(from));
  return nodes.filter((node) => node !== '');
}

export const firstName = (name) => name.trim().split(/\s+/)[0];

export const initial = (name) => [...name.trim()][0]?.toUpperCase() ?? '';

/** Whole days from today to `date` on the visitor's calendar: 0 today, 1 tomorrow, -1 yesterday. */
export const daysAhead = (date) => Math.round((new Date(date).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 86400000);
