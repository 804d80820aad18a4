/** <handoff-chat>: puts the parts together. How to use it: docs/widget.md. */

import { Cards } from './cards.js';
import { Composer, sendable } from './composer.js';
import { Conversation } from './conversation.js';
import { button, h, icon } from './dom.js';
import { MessageList } from './messages.js';
import { Presence } from './presence.js';
import { StateLine } from './state-line.js';
import { tab } from './store.js';
import { STYLE } from './style.js';
import { fill, loadTexts, TEXTS } from './texts.js';
import { TranscriptMenu } from './transcript.js';
import { Unread } from './unread.js';

const OFFLINE_NOTE_MS = 2500; // a shorter interruption is not worth a word
const ANNOUNCED_MS = 5000; // by then a screen reader has taken it up; left longer, it would be read a second time at the end

let sheet;

export class HandoffChat extends HTMLElement {
  static observedAttributes = ['name', 'lang', 'greeting', 'starters', 'texts', 'prechat', 'prechat-when', 'title-badge', 'open'];

  #texts = {};
  #merged = null; // with those of the language; made when first needed
  #clock; // writes times
  #chat = null;
  #leave;
  #problem = ''; // something other than a message that did not work
  #offlineTimer = null;
  #unread = new Unread();
  #ui = this.#face();
  #state;
  #cards;
  #menu;
  #messages;
  #composer;
  #presence;
  #close;
  #banner;
  #panel;
  #badge;
  #launcher;
  #live;

  constructor() {
    super();
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
    }
    this.attachShadow({ mode: 'open' }).adoptedStyleSheets = [sheet];
    this.#build();
  }

  /** What the parts may know and do of the element. */
  #face() {
    const element = this;
    return {
      t: (key, values = {}) => fill(element.texts[key] ?? '', values),
      attribute: (name) => element.getAttribute(name),
      assistantName: () => element.#assistantName(),
      say: (text) => element.#say(text),
      focus: () => element.#focus(),
      render: () => element.#render(),
      get chat() {
        return element.#chat;
      },
      get isOpen() {
        return element.isOpen;
      },
      get clock() {
        return element.#clock;
      },
      get locale() {
        return element.#locale;
      },
    };
  }

  #build() {
    const ui = this.#ui;
    this.#presence = new Presence(ui);
    this.#cards = new Cards(ui);
    const leave = () => this.#cards.ask('contact');
    this.#state = new StateLine(ui, { leave, cancel: () => this.#cancel() });
    this.#menu = new TranscriptMenu(ui, { mail: () => this.#cards.ask('transcript'), failed: (text) => this.#trouble(text) });
    const send = (text) => this.send(text);
    this.#composer = new Composer(ui, { send, typed: (text) => this.#presence.typed(text) });
    const edit = (item) => {
      this.#chat.discard(item.id);
      this.#composer.take(item.text);
    };
    this.#messages = new MessageList(ui, this.#cards.node, edit);
    this.#close = button('icon', () => this.hide(), icon('close'));
    this.#banner = h('p', { class: 'banner', role: 'status' });
    const { face, title, help, strip } = this.#state;
    this.#panel = h(
      'section',
      { class: 'panel', id: 'panel', role: 'dialog', 'aria-labelledby': 'title', 'aria-describedby': 'help', tabindex: '-1', hidden: true },
      h('header', { role: 'none' }, face, h('div', { class: 'who' }, title, help), this.#menu.node, this.#close),
      strip,
      this.#messages.scroll,
      h('div', { class: 'foot' }, this.#messages.jump, this.#banner, this.#composer.hint, this.#composer.form),
    );
    this.#panel.addEventListener('click', (event) => this.#menu.clicked(event));
    this.shadowRoot.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || event.isComposing || !this.isOpen) return;
      event.stopPropagation();
      this.hide();
    });
    this.#badge = h('span', { class: 'badge', 'aria-hidden': 'true', hidden: true });
    this.#launcher = button('launcher', () => this.toggle(), icon('chat'), this.#badge);
    this.#launcher.setAttribute('aria-controls', 'panel');
    this.#launcher.setAttribute('aria-expanded', 'false');
    this.#live = h('div', { class: 'sr', role: 'log', 'aria-live': 'polite' });
    this.shadowRoot.append(this.#panel, this.#launcher, this.#live);
  }

  connectedCallback() {
    // a page of before the module was loaded may have set the property already
    if (Object.hasOwn(this, 'texts')) {
      const { texts } = this;
      delete this.texts;
      this.texts = texts;
    }
    const server = new URL(this.getAttribute('server') || HandoffChat.home, document.baseURI);
    this.#chat = new Conversation(server.href.replace(/\/+$/, ''), (kind, detail) => this.#on(kind, detail));
    this.#leave = new AbortController();
    const { signal } = this.#leave;
    // a page kept in the browser's back/forward cache must not keep a socket
    window.addEventListener('pagehide', () => this.#stop(), { signal });
    window.addEventListener('pageshow', (event) => event.persisted && this.#start(), { signal });
    document.addEventListener('visibilitychange', () => this.#inSight(), { signal });
    window.visualViewport?.addEventListener('resize', () => this.#fit(), { signal });
    this.#composer.restore();
    this.#start();
    this.#relabel();
    if (this.hasAttribute('open') || tab.get('open')) this.#setOpen(true, false);
  }

  disconnectedCallback() {
    this.#leave?.abort();
    if (this.#chat) this.#stop();
  }

  #start() {
    this.#chat.start();
    this.#presence.start();
  }

  #stop() {
    this.#presence.stop();
    this.#chat.stop();
  }

  attributeChangedCallback(name, before, after) {
    if (name === 'open') {
      if (this.#chat && (after !== null) !== this.isOpen) this.#setOpen(after !== null);
      return;
    }
    if (name === 'texts' && after) {
      try {
        this.#texts = { ...this.#texts, ...JSON.parse(after) };
      } catch (error) {
        console.error('handoff-chat: the attribute "texts" is not JSON:', error.message);
      }
    }
    if (this.#chat) this.#relabel();
  }

  // ---- for the page

  /** Texts that replace those of the widget, by key. */
  get texts() {
    this.#merged ??= { ...TEXTS.en, ...TEXTS[this.#language.split('-')[0]], ...this.#texts };
    return this.#merged;
  }

  set texts(texts) {
    this.#texts = { ...this.#texts, ...texts };
    if (this.#chat) this.#relabel();
  }

  get isOpen() {
    return !this.#panel.hidden;
  }

  /** Open the chat and move the focus into it. */
  show() {
    if (!this.isOpen) this.#setOpen(true);
  }

  /** Close it and give the focus back to the button that opens it. */
  hide() {
    if (this.isOpen) this.#setOpen(false);
  }

  toggle() {
    this.#setOpen(!this.isOpen);
  }

  /** Send `text` as the visitor, as a link on the page ("Ask about this desk") may want to. */
  send(text) {
    const ready = sendable(text);
    if (!ready) return;
    this.#cards.clearThanks();
    this.#presence.stopTyping();
    this.#problem = '';
    this.#chat.send(ready);
  }

  /** Tell that the visitor did what the shop wanted. Whether there is a conversation that it can count for. */
  track(name, details) {
    return this.#chat?.tracks.add(name, details) ?? false;
  }

  /** For the shop's server; null before there is a conversation. */
  get conversationId() {
    return this.#chat?.id ?? null;
  }

  // ---- texts

  get #language() {
    return this.getAttribute('lang') || document.documentElement.lang || navigator.language || 'en';
  }

  /** For times and dates: the visitor's own variety of the language, since a page in "en" does not say 9 PM or 21:00. */
  get #locale() {
    const language = this.#language.split('-')[0];
    return navigator.languages.find((one) => one.split('-')[0] === language) ?? this.#language;
  }

  #assistantName() {
    const name = this.getAttribute('name');
    return this.#ui.t(name ? 'titleAssistant' : 'titleAssistantUnnamed', { name });
  }

  /** Everything anew, in the language and with the attributes of now. */
  #relabel() {
    const { t } = this.#ui;
    const language = this.#language.split('-')[0];
    loadTexts(language).then((come) => come && this.isConnected && this.#relabel());
    this.#merged = null;
    this.#clock = new Intl.DateTimeFormat(this.#locale, { timeStyle: 'short' });
    // a page in a language that the widget lacks gets English, and has it read as English
    const spoken = this.getAttribute('lang') || TEXTS[language] ? this.#language : 'en';
    for (const node of [this.#panel, this.#launcher, this.#live]) node.lang = spoken;
    this.#close.setAttribute('aria-label', t('close'));
    for (const part of [this.#menu, this.#composer, this.#messages, this.#cards]) part.label();
    this.#render();
  }

  // ---- what the conversation tells

  #on(kind, detail) {
    if (kind === 'message') this.#heard(detail);
    else if (kind === 'typing') this.#messages.setTyping(detail?.from, detail?.on);
    else if (kind === 'renewed') this.#messages.renew();
    else if (kind === 'session') this.#tell('handoff-conversation', { conversation_id: this.conversationId });
    else if (kind === 'state') this.#stateChanged(detail);
    else this.#render();
  }

  #stateChanged({ first }) {
    const { state } = this.#chat;
    const news = this.#render();
    if (news && !first) this.#say(news);
    if (state?.owner !== 'human') this.#messages.setTyping('agent', false);
    if (state?.status !== this.status) {
      this.status = state?.status;
      this.#presence.here(); // from now on somebody may wait for this visitor
    }
    this.#tell('handoff-state', state);
  }

  #heard({ message, history }) {
    if (history) return;
    if (message.from !== 'visitor') {
      this.#messages.setTyping(message.from, false);
      const who = this.#messages.author(message);
      if (!this.isOpen) this.#say(this.#ui.t('newWhileClosed', { who: who || this.#assistantName() }));
      else this.#say(who ? `${who}: ${message.text}` : message.text);
    }
    this.#tell('handoff-message', message);
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  /** Have a screen reader say `text`; history never goes through here. */
  #say(text) {
    const line = h('p', {}, text);
    this.#live.append(line);
    setTimeout(() => line.remove(), ANNOUNCED_MS);
  }

  /** Bring everything up to date. What is worth saying about the state. */
  #render() {
    this.#cards.sync();
    const news = this.#state.show(this.#chat.state, this.#cards.shown.has('contact'));
    this.#menu.node.hidden = !this.#chat.messages.length;
    this.#messages.render();
    this.#showBanner();
    this.#markRead();
    return news;
  }

  async #cancel() {
    this.#problem = '';
    try {
      await this.#chat.act('cancel', {});
      this.#focus();
    } catch (trouble) {
      this.#trouble(trouble.message || this.#ui.t('notSaved'));
    }
  }

  #trouble(text) {
    this.#problem = text;
    this.#showBanner();
  }

  #showBanner() {
    const { online, outbox } = this.#chat;
    const { dataset } = this.#banner;
    if (online !== false) {
      clearTimeout(this.#offlineTimer);
      this.#offlineTimer = null;
      if (dataset.lost && online) this.#say(this.#ui.t('online'));
      delete dataset.lost;
      const text = this.#problem || outbox.notice;
      if (this.#banner.textContent !== text) this.#banner.textContent = text;
      return;
    }
    this.#offlineTimer ??= setTimeout(() => {
      dataset.lost = 'yes';
      this.#banner.textContent = this.#ui.t('offline');
    }, OFFLINE_NOTE_MS);
  }

  // ---- open, close, read

  #inSight() {
    this.#markRead();
    this.#presence.here();
  }

  #markRead() {
    const read = this.isOpen && !document.hidden && this.#chat.loaded;
    const count = this.#unread.count(this.#chat, read);
    if (read) this.#presence.seen();
    if (this.hasAttribute('title-badge')) this.#unread.entitle(count);
    this.#badge.hidden = this.isOpen || !count;
    this.#badge.textContent = count > 99 ? '99+' : String(count);
    const key = this.isOpen ? 'close' : count === 0 ? 'open' : count === 1 ? 'openUnreadOne' : 'openUnreadMany';
    this.#launcher.setAttribute('aria-label', this.#ui.t(key, { count }));
  }

  #setOpen(open, focus = true) {
    this.#panel.hidden = !open;
    this.#panel.classList.toggle('opening', open && focus);
    this.#launcher.setAttribute('aria-expanded', String(open));
    this.#launcher.replaceChildren(icon(open ? 'down' : 'chat'), this.#badge);
    tab.set('open', open);
    this.toggleAttribute('open', open);
    if (open) {
      this.#fit();
      this.#composer.grow();
      this.#render();
      this.#messages.toEnd();
      if (focus) this.#focus();
    } else {
      if (focus) this.#launcher.focus();
      this.#markRead();
    }
    this.#tell(open ? 'handoff-open' : 'handoff-close');
  }

  /** Into the field; on touch screens into the panel, as the keyboard would cover what is to be read first. */
  #focus() {
    (matchMedia('(pointer: coarse)').matches ? this.#panel : this.#composer.input).focus();
  }

  /** On phones the sheet is as high as the part of the screen that the keyboard leaves. */
  #fit() {
    const { visualViewport: room } = window;
    if (room && this.isOpen) this.#panel.style.setProperty('--room', `${Math.round(room.height)}px`);
  }
}
