/** Whom the visitor talks to, and what is to be expected: the panel's head and the strip below it. */

import { button, daysAhead, h, icon, initial } from './dom.js';

/** The team of a state, for the middle of a sentence: "our support team". */
export function teamOf(state, ui) {
  const key = `team${(state?.topic || 'general').replace(/^./, (letter) => letter.toUpperCase())}`;
  return ui.t(key) || state?.team || ui.t('teamGeneral');
}

/** "tomorrow at 09:00", on the visitor's own clock and calendar. */
function opening(at, ui) {
  const date = new Date(at);
  const time = ui.clock.format(date);
  const days = daysAhead(date);
  if (days < 2) return ui.t(days < 1 ? 'opensToday' : 'opensTomorrow', { time });
  return ui.t('opensOn', { time, date: date.toLocaleDateString(ui.locale, { weekday: 'long', day: 'numeric', month: 'long' }) });
}

/** "You are number 2 in line. About 4 minutes."; without a number when the server has nothing to base one on. */
function place({ position, minutes, late }, ui) {
  const where = position > 1 ? ui.t('place', { position }) : ui.t('next');
  const long = late ? 'late' : minutes === 1 ? 'minute' : minutes && 'minutes';
  return long ? `${where} ${ui.t(long, { minutes })}` : where;
}

/** What is written for `state` (null: nothing known yet). `key` changes when it is worth saying aloud. */
function describe(state, ui) {
  const { status, wait, opens_at: opens, email_known: mail } = state ?? {};
  const team = teamOf(state, ui);
  const t = (key, values) => ui.t(key, { team, ...values });
  const told = { face: 'assistant', title: ui.assistantName(), help: t('helpAssistant'), note: '', team };
  if (status === 'assigned' && state.agent?.name) {
    told.face = 'agent';
    told.title = t('titleAgent', { agent: state.agent.name });
    told.help = t('helpAgent');
  } else if (status === 'queued' || state?.owner === 'human') {
    told.face = 'queued';
    told.title = t('titleQueued');
    // minutes are what it takes when somebody is there
    const nobody = state.agent_online === false;
    told.help = wait?.position ? place(nobody ? { position: wait.position } : wait, ui) : t('helpQueued');
    told.note = mail ? t('mailKnown') : nobody ? t('nobody') : '';
  } else if (status === 'scheduled') {
    told.note = opens ? t('scheduled', { when: opening(opens, ui) }) : t('scheduledSometime');
    if (mail) told.note += ` ${t('mailKnown')}`;
  } else if (status === 'missed' || status === 'follow_up') {
    told.note = mail || status === 'follow_up' ? t('followUp') : t('missed');
  }
  told.key = [told.title, status, wait?.position, wait?.late, told.note].join('|');
  return told;
}

/** Head and strip; `ui` is the element's side (element.js). */
export class StateLine {
  constructor(ui, { leave, cancel }) {
    this.ui = ui;
    this.acts = { leave, cancel };
    this.title = h('h2', { id: 'title' });
    this.help = h('p', { class: 'help', id: 'help' });
    this.face = h('span', { class: 'avatar', 'aria-hidden': 'true' });
    this.note = h('p');
    this.actions = h('div', { class: 'actions' });
    this.strip = h('div', { class: 'strip', hidden: true }, this.note, this.actions);
  }

  /** Show `state`; `asking`: the form for the e-mail address is open. What changed, to be said aloud; '' when nothing worth it did. */
  show(state, asking) {
    const { ui } = this;
    const told = describe(state, ui);
    this.title.textContent = told.title;
    this.help.textContent = told.help;
    this.note.textContent = told.note;
    if (this.face.className !== `avatar ${told.face}` || told.face === 'agent') {
      this.face.className = `avatar ${told.face}`;
      this.face.replaceChildren(told.face === 'agent' ? initial(state.agent.name) : icon(told.face));
    }
    const status = state?.status;
    const waits = status === 'queued' || status === 'scheduled' || status === 'missed' || status === 'follow_up';
    const acts = {};
    if (waits && !asking && !state.email_known && status !== 'follow_up') acts.leave = ui.t(status === 'queued' ? 'leaveAndGo' : 'leave');
    if (waits && state.can_cancel) acts.cancel = ui.t(status === 'queued' ? 'cancel' : 'withdraw');
    this.#offer(acts);
    this.strip.hidden = !told.note && !Object.keys(acts).length;
    const news = this.key && this.key !== told.key ? [told.title, state?.wait && told.help, told.note].filter(Boolean).join('. ') : '';
    this.key = told.key;
    return news.replace(/([.?])\. /g, '$1 ');
  }

  /** The buttons; made anew only when they are others, so that a focused one keeps the focus. */
  #offer(acts) {
    const key = JSON.stringify(acts);
    if (key === this.offered) return;
    this.offered = key;
    const lost = this.actions.contains(this.actions.getRootNode().activeElement);
    this.actions.replaceChildren(...Object.entries(acts).map(([name, label]) => button('quiet', this.acts[name], label)));
    if (lost) this.ui.focus();
  }
}
