/** Which forms stand at the end of the conversation, and what becomes of what is filled in. */

import { firstName, h } from './dom.js';
import { fieldCard } from './forms.js';
import { ratingCard } from './rating.js';
import { teamOf } from './state-line.js';

const FIELDS = ['name', 'email', 'phone'];

/**
 * A form that was sent or skipped is marked `done:` in storage, so it closes in the visitor's other tabs and stays away.
 * `ui` is the element's side (element.js).
 */
export class Cards {
  constructor(ui) {
    this.ui = ui;
    this.node = h('div', { class: 'cards' });
    this.shown = new Map(); // name -> {id, node}
    this.values = {}; // name -> what is filled in; outlives the card
    this.asked = new Set(); // cards that the visitor asked for
  }

  /** Open a card because the visitor wants it, and move the focus into it. */
  ask(name) {
    this.asked.add(name);
    this.ui.render();
    this.shown.get(name)?.node.querySelector('input')?.focus();
  }

  /** Bring the cards in line with the conversation. */
  sync() {
    const wanted = this.#wanted();
    for (const [name, { id, node }] of this.shown) if (wanted[name] !== id) this.#close(name, node);
    for (const [name, id] of Object.entries(wanted)) {
      if (id === undefined || this.shown.has(name)) continue;
      const node = this[`_${name}`](id);
      this.shown.set(name, { id, node });
      this.node.append(node);
    }
  }

  /** Make the cards anew, in other words. */
  label() {
    this.shown.clear();
    this.node.replaceChildren();
    this.sync();
  }

  /** Take away the word of thanks. */
  clearThanks() {
    this.thanks?.remove();
  }

  /** name -> what the card is about, or undefined: not now. */
  #wanted() {
    const { chat } = this.ui;
    const { status, rating, email_known: known, handoff_id: handoff } = chat.state ?? {};
    const open = (name, id, when) => (when && !chat.store.get(`done:${name}:${id}`) ? id : undefined);
    const waits = ['queued', 'scheduled', 'missed', 'follow_up'].includes(status) && !known;
    const asked = waits && this.asked.has('contact');
    const contact = asked ? handoff : open('contact', handoff, waits && (status === 'scheduled' || status === 'missed'));
    const first = this.ui.attribute('prechat-when') === 'start';
    const early = first ? !chat.begun : status === 'queued' && waits && contact === undefined;
    return {
      rating: open('rating', rating && (rating.handoff_id ?? rating.visit_id), rating),
      contact,
      prechat: open('prechat', first ? 'start' : handoff, this.#prechatFields().length && early),
      transcript: this.asked.has('transcript') ? 'asked' : undefined,
    };
  }

  #prechatFields() {
    const named = (this.ui.attribute('prechat') ?? '').split(',').map((field) => field.trim());
    return FIELDS.filter((field) => named.includes(field));
  }

  #close(name, node) {
    const held = node.contains(node.getRootNode().activeElement);
    node.remove();
    this.shown.delete(name);
    if (held) this.ui.focus();
  }

  /** A card is over: away with it here and in other tabs, and a word of thanks, if any. */
  #done(name, id, thanks) {
    this.asked.delete(name);
    this.values[name] = {};
    if (name !== 'transcript') this.ui.chat.store.set(`done:${name}:${id}`, true);
    this.ui.render();
    this.clearThanks();
    if (!thanks) return;
    this.thanks = h('p', { class: 'thanks' }, thanks);
    this.node.append(this.thanks);
    this.ui.say(thanks);
  }

  #fieldCard(name, id, options) {
    const values = (this.values[name] ??= {});
    const title = this.ui.t(`${name}Title`, { team: teamOf(this.ui.chat.state, this.ui) });
    return fieldCard(this.ui, { name, title, values, skipLabel: 'notNow', skip: () => this.#done(name, id), ...options });
  }

  // ---- one method a card

  _rating(id) {
    const values = (this.values.rating ??= {});
    const { agent, visit_id } = this.ui.chat.state.rating;
    const send = async (answer) => {
      try {
        await this.ui.chat.act('rating', { [visit_id ? 'visit_id' : 'handoff_id']: id, ...answer });
      } catch (trouble) {
        if (trouble.code !== 'already_rated') throw trouble; // in another tab, a moment ago: as good as done
      }
    };
    const rate = async (answer) => {
      await send(answer);
      this.#done('rating', id, this.ui.t('ratingDone'));
    };
    const skip = () => {
      send({ score: null, skip: true }).catch(() => {}); // skipping needs no answer; it stays away in this browser anyway
      this.#done('rating', id);
    };
    const title = this.ui.t(visit_id ? 'ratingTitleAssistant' : agent ? 'ratingTitle' : 'ratingTitleTeam', { agent: agent && firstName(agent) });
    return ratingCard(this.ui, { title, values, rate, skip });
  }

  _contact(id) {
    const send = async (details) => {
      await this.ui.chat.act('contact', details);
      this.#done('contact', id, this.ui.t('contactDone', details));
    };
    return this.#fieldCard('contact', id, { fields: ['email'], required: 'email', help: this.ui.t('contactHelp'), send });
  }

  /** Known before the conversation, the details go along with its start; later they need an address to be of use. */
  _prechat(id) {
    const { chat } = this.ui;
    const fields = this.#prechatFields();
    const required = id === 'start' ? undefined : 'email';
    if (required && !fields.includes(required)) fields.push(required);
    const send = async (details) => {
      const told = Object.keys(details).length > 0;
      if (told && required) await chat.act('contact', details);
      else if (told) chat.store.set('details', details);
      this.#done('prechat', id, told ? this.ui.t('prechatDone') : '');
    };
    return this.#fieldCard('prechat', id, { fields, required, help: this.ui.t('prechatHelp'), skipLabel: 'skip', send });
  }

  _transcript(id) {
    const send = async (details) => {
      await this.ui.chat.act('transcript', details);
      this.#done('transcript', id, this.ui.t('transcriptDone', details));
    };
    return this.#fieldCard('transcript', id, { fields: ['email'], required: 'email', send });
  }
}
