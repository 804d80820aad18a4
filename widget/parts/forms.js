/** Small forms at the end of the conversation: they can be skipped, and say in words what is wrong. */

import { button, h } from './dom.js';

const KINDS = {
  name: { autocomplete: 'name' },
  email: { type: 'email', inputmode: 'email', autocomplete: 'email', dir: 'ltr', spellcheck: 'false' },
  phone: { type: 'tel', autocomplete: 'tel', dir: 'ltr' },
};
const FIELD_LIMIT = 200; // characters; the server's own limits are not above
const COMPLETE = /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/;
const PHONE_DIGITS = 6;

/** The text that says what is wrong with a field, '' when nothing is. */
function wrong(name, value, required) {
  if (!value) return required ? 'emailMissing' : '';
  if (name === 'email' && !COMPLETE.test(value)) return 'emailWrong';
  return name === 'phone' && value.replace(/\D/g, '').length < PHONE_DIGITS ? 'phoneWrong' : '';
}

/**
 * A card: heading, `parts`, a line for what went wrong, Send and Skip.
 *
 * `check()` returns [text, element to focus] when something is missing; `send()` may reject with Trouble; `skip()`.
 */
export function card(ui, { name, title, help, parts, skipLabel, check, send, skip }) {
  const error = h('p', { class: 'error', id: `${name}-error`, role: 'alert' });
  const submit = h('button', { class: 'main', type: 'submit' }, ui.t('submit'));
  const onsubmit = async (event) => {
    event.preventDefault();
    if (submit.ariaDisabled) return;
    error.textContent = '';
    const [text, where] = check() ?? [];
    if (where) {
      if (text) error.textContent = text;
      where.focus();
      return;
    }
    submit.ariaDisabled = 'true'; // not `disabled`, which would drop the focus
    try {
      await send();
    } catch (trouble) {
      error.textContent = trouble.message || ui.t('notSaved');
    }
    submit.ariaDisabled = null;
  };
  return h(
    'form',
    { class: 'card', 'aria-labelledby': `${name}-title`, novalidate: true, onsubmit },
    h('h3', { id: `${name}-title` }, title),
    help ? h('p', { class: 'help' }, help) : null,
    ...parts,
    error,
    h('div', { class: 'actions' }, submit, button('quiet', skip, ui.t(skipLabel))),
  );
}

/** A card with fields: `fields` of name, email, phone; `required` one of them; `values` is kept up to date with them. */
export function fieldCard(ui, { name, fields, required, values, send, ...rest }) {
  const inputs = fields.map((field) => {
    const id = `${name}-${field}`;
    const input = h('input', { id, maxlength: FIELD_LIMIT, 'aria-describedby': `${id}-error`, 'aria-required': field === required && 'true', ...KINDS[field] });
    input.value = values[field] ?? '';
    const error = h('p', { class: 'error', id: `${id}-error` });
    const show = (key) => {
      error.textContent = key && ui.t(key);
      input.setAttribute('aria-invalid', String(Boolean(key)));
    };
    const check = () => wrong(field, input.value.trim(), field === required);
    input.addEventListener('input', () => {
      values[field] = input.value;
      if (error.textContent && !check()) show('');
    });
    const label = field === required ? ui.t(field) : ui.t('optional', { label: ui.t(field) });
    return { input, check, show, node: h('div', { class: 'field' }, h('label', { for: id }, label), input, error) };
  });
  const check = () => {
    for (const one of inputs) one.show(one.check());
    const first = inputs.find((one) => one.check());
    return first && ['', first.input];
  };
  const told = () => Object.fromEntries(fields.map((field) => [field, (values[field] ?? '').trim()]).filter(([, value]) => value));
  return card(ui, { name, parts: inputs.map(({ node }) => node), check, send: () => send(told()), ...rest });
}
