/** The list of messages: grouped, dated, in order, and kept in place while it changes. */

import { button, daysAhead, firstName, h, icon, initial, withLinks } from './dom.js';

const GROUP_MS = 5 * 60000; // messages of one sender within this time share one name and time
const NEAR_END = 80; // pixels; closer to the end than this, the list follows new messages
const TYPING_MS = 20000; // an indicator whose end got lost goes away by itself

function together(before, after) {
  if (!before || !after || before.from !== after.from || before.name !== after.name || before.from === 'system') return false;
  const [first, second] = [new Date(before.at), new Date(after.at)];
  return second - first < GROUP_MS && first.toDateString() === second.toDateString();
}

/** `ui` is the element's side (element.js); `tail` comes after the messages; `edit(item)` takes a refused one back. */
export class MessageList {
  #views = new Map(); // key of a message -> {node, update}
  #archive = []; // nodes of a conversation that has expired
  #typing = {}; // sender -> timer
  #behind = false; // new messages are below what is visible
  #following = true; // the end of the list is in sight, and stays so

  constructor(ui, tail, edit) {
    this.ui = ui;
    this.edit = edit;
    this.list = h('ol');
    this.scroll = h('div', { class: 'scroll', role: 'region', tabindex: '0', onscroll: () => this.#scrolled() }, this.list, tail);
    this.jump = h('button', { type: 'button', class: 'jump', hidden: true, onclick: () => this.toEnd() });
    // a growing field, a note, a form or a phone's keyboard take room away: the last message stays in sight
    const stay = new ResizeObserver(() => this.#following && this.toEnd());
    stay.observe(this.scroll);
    stay.observe(tail);
  }

  label() {
    this.scroll.setAttribute('aria-label', this.ui.t('conversation'));
    this.jump.replaceChildren(this.ui.t('newMessages'), icon('down'));
    this.#views.clear();
    this.list.replaceChildren();
  }

  author({ from, name }) {
    if (from === 'agent') return name || this.ui.t('teammate');
    if (from === 'assistant') return this.ui.assistantName();
    return from === 'visitor' ? this.ui.t('you') : '';
  }

  setTyping(from, on) {
    clearTimeout(this.#typing[from]);
    const was = Boolean(this.#typing[from]);
    delete this.#typing[from];
    if (on) this.#typing[from] = setTimeout(() => this.setTyping(from, false), TYPING_MS);
    if (on && !was && this.ui.isOpen) this.ui.say(this.ui.t('typing', { who: this.#typist(from) }));
    if (was !== Boolean(on)) this.render();
  }

  #typist(from) {
    const agent = this.ui.chat.state?.agent?.name;
    if (from !== 'agent') return this.ui.assistantName();
    return agent ? firstName(agent) : this.ui.t('teammate');
  }

  /** The conversation has expired: what was said stays in sight, and a new one begins below it. */
  renew() {
    const kept = [...this.list.children].filter((node) => !node.matches('.pending, .typing'));
    for (const one of kept.flatMap((node) => [...node.querySelectorAll('.choices button')])) one.disabled = true;
    // repeated renewals (a server that accepts no token) need one note, not many
    if (kept.at(-1)?.matches('.note')) kept.pop();
    const text = this.ui.t('newConversation');
    const note = h('li', { class: 'note' }, h('div', { class: 'bubble' }, text));
    this.#archive = this.ui.chat.messages.length || this.#archive.length ? [...kept, note] : [note];
    this.#views.clear();
    this.list.replaceChildren(...this.#archive);
    this.ui.say(text);
  }

  /** Everything that is shown, in order: {key, message, item?}. */
  #entries() {
    const { messages, outbox } = this.ui.chat;
    const keyOf = (message) => (message.client_message_id ? `c:${message.client_message_id}` : `s:${message.seq}`);
    const entries = messages.map((message) => ({ key: keyOf(message), message }));
    for (const item of outbox.items) {
      const at = new Date(item.at).toISOString();
      entries.push({ key: `c:${item.id}`, message: { from: 'visitor', text: item.text, at }, item });
    }
    return entries;
  }

  render() {
    const { chat } = this.ui;
    const atEnd = this.#following;
    const entries = this.#entries();
    const nodes = [...this.#archive];
    const keep = new Set(entries.map(({ key }) => key));
    let added = null;

    if (!this.#archive.length) nodes.push(this.#view('greeting', () => this.#welcome()).node);
    this.#views.get('greeting')?.update(entries.length > 0);
    const lastVisitor = entries.findLastIndex(({ message }) => message.from === 'visitor');
    const lastChoices = entries.findLastIndex(({ message }) => message.buttons?.length);
    const lastSaid = entries.findLastIndex(({ message, item }) => message.from === 'visitor' && !item);
    let day = '';
    entries.forEach(({ key, message, item }, index) => {
      const date = new Date(message.at);
      const before = entries[index - 1]?.message;
      if (date.toDateString() !== day) {
        day = date.toDateString();
        // the first day needs no heading as long as it is today
        if (before || day !== new Date().toDateString()) {
          keep.add(`d:${day}`);
          nodes.push(this.#view(`d:${day}`, () => ({ node: h('li', { class: 'day' }, this.#dayName(date)) })).node);
        }
      }
      const known = this.#views.has(key);
      const view = this.#view(key, () => this.#messageView(message));
      if (!known && chat.loaded) view.node.classList.add('fresh');
      if (!known) added = message;
      view.update({
        message,
        item,
        joined: together(before, message),
        follows: together(message, entries[index + 1]?.message),
        live: index === lastChoices && index > lastVisitor && chat.state?.owner !== 'human',
        mark: index === lastSaid && (message.seq <= chat.state?.agent_seen ? 'seen' : 'sent'),
      });
      nodes.push(view.node);
    });
    for (const from of Object.keys(this.#typing)) {
      keep.add(`t:${from}`);
      nodes.push(this.#view(`t:${from}`, () => this.#typingView(from)).node);
    }
    for (const key of this.#views.keys()) if (key !== 'greeting' && !keep.has(key)) this.#views.delete(key);
    this.#place(nodes);

    if (atEnd || added?.from === 'visitor') this.toEnd();
    else if (added) this.#behind = true;
    this.jump.hidden = !this.#behind;
  }

  #view(key, make) {
    if (!this.#views.has(key)) this.#views.set(key, make());
    return this.#views.get(key);
  }

  /** Bring the list to `nodes`, moving only what moved: a focused button keeps the focus. */
  #place(nodes) {
    const wanted = new Set(nodes);
    for (const node of [...this.list.children]) if (!wanted.has(node)) node.remove();
    nodes.forEach((node, index) => {
      if (this.list.children[index] !== node) this.list.insertBefore(node, this.list.children[index] ?? null);
    });
  }

  #dayName(date) {
    const days = daysAhead(date);
    if (days > -2) return this.ui.t(days > -1 ? 'today' : 'yesterday');
    return date.toLocaleDateString(this.ui.locale, { weekday: 'long', day: 'numeric', month: 'long' });
  }

  #avatar(from, name) {
    const shown = from === 'agent' ? initial(name || this.ui.t('teammate')) : icon('assistant');
    return h('span', { class: `avatar ${from}`, 'aria-hidden': 'true' }, shown);
  }

  /** The greeting is the page's own: it is part of no conversation, and asks the server for nothing. */
  #welcome() {
    const { ui } = this;
    const text = ui.attribute('greeting') || ui.t('greeting');
    const questions = (ui.attribute('starters') || ui.t('starters')).split('|').map((one) => one.trim());
    const choices = this.#choices(questions.filter(Boolean).map((title) => ({ title })), ui.t('startersLabel'));
    const author = h('span', { class: 'author' }, ui.assistantName());
    const bubble = h('div', { class: 'bubble', dir: 'auto' }, ...withLinks(text, ui.t('newTab')));
    const node = h('li', { class: 'assistant' }, this.#avatar('assistant'), author, bubble, choices);
    return { node, update: (begun) => choices && (choices.hidden = begun) };
  }

  #choices(buttons, label) {
    if (!buttons?.length) return null;
    const choose = ({ title, payload }) => {
      this.ui.chat.send(title, payload);
      this.ui.focus(); // the button goes inert, and the focus must not get lost with it
    };
    const made = buttons.map((one) => h('button', { type: 'button', dir: 'auto', onclick: () => choose(one) }, one.title));
    return h('div', { class: 'choices', role: 'group', 'aria-label': label }, ...made);
  }

  #messageView(message) {
    const { from, name, buttons } = message;
    const author = from === 'system' ? null : h('span', {}, this.author(message));
    const bubble = h('div', { class: 'bubble', dir: 'auto' });
    const choices = this.#choices(buttons, this.ui.t('choicesLabel'));
    const meta = h('div', { class: 'meta' });
    const avatar = from === 'agent' || from === 'assistant' ? this.#avatar(from, name) : null;
    const node = h('li', {}, avatar, author, bubble, choices, from === 'system' ? null : meta);
    let shown;
    const update = ({ message: now, item, joined, follows, live, mark }) => {
      // the stored text may differ from the typed one: card numbers and the like are masked
      if (shown !== now.text) bubble.replaceChildren(...withLinks((shown = now.text ?? ''), this.ui.t('newTab')));
      const fresh = node.classList.contains('fresh');
      node.className = [from, joined && 'joined', follows && 'follows', item && 'pending', item?.failed && 'failed', fresh && 'fresh'].filter(Boolean).join(' ');
      if (author) author.className = joined || from === 'visitor' ? 'sr' : 'author';
      for (const one of choices?.children ?? []) one.disabled = !live;
      this.#showMeta(meta, now, item, follows, mark);
    };
    return { node, update };
  }

  /** Time and state below a message; only what changed is touched. */
  #showMeta(meta, message, item, follows, mark) {
    const { t, chat, clock } = this.ui;
    const bad = Boolean(item && (item.failed || chat.outbox.isRetried(item)));
    const time = follows || item ? '' : clock.format(new Date(message.at));
    let state = mark ? t(mark) : '';
    if (item) state = t(bad ? 'retrying' : 'sending');
    if (item?.failed) state = t('failed', { reason: item.failed });
    const text = [time, state].filter(Boolean).join(' \u00b7 ');
    if (meta.dataset.text === text) return;
    meta.dataset.text = text;
    meta.hidden = !text;
    meta.className = bad ? 'meta bad' : 'meta';
    meta.replaceChildren(text);
    if (!item?.failed) return;
    const discard = () => {
      chat.discard(item.id);
      this.ui.focus();
    };
    meta.append(button('', () => this.edit(item), t('edit')), button('', discard, t('discard')));
  }

  #typingView(from) {
    const label = this.ui.t('typing', { who: this.#typist(from) });
    const dots = h('div', { class: 'bubble dots', role: 'img', 'aria-label': label }, h('i'), h('i'), h('i'));
    return { node: h('li', { class: `typing ${from}` }, this.#avatar(from, this.ui.chat.state?.agent?.name), dots) };
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroll;
    this.#following = scrollHeight - scrollTop - clientHeight < NEAR_END;
    if (!this.#following) return;
    this.#behind = false;
    this.jump.hidden = true;
  }

  toEnd() {
    this.#behind = false;
    this.#following = true;
    this.jump.hidden = true;
    this.scroll.scrollTop = this.scroll.scrollHeight;
  }
}
