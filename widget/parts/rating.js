/** How it was: five faces and a comment, once, and never insisted on. */

import { face, h } from './dom.js';
import { card } from './forms.js';

const COMMENT_LIMIT = 1000; // characters; what the server accepts

/** The card. `rate({score, comment})` may reject with Trouble; `values` is kept up to date with what is filled in. */
export function ratingCard(ui, { title, values, rate, skip }) {
  const comment = h('textarea', { id: 'rating-comment', rows: 3, maxlength: COMMENT_LIMIT, dir: 'auto' });
  comment.value = values.comment ?? '';
  comment.addEventListener('input', () => (values.comment = comment.value));
  const more = h('div', { class: 'field' }, h('label', { for: 'rating-comment' }, ui.t('comment')), comment);
  const chosen = h('p', { class: 'chosen', 'aria-hidden': 'true' });
  const show = () => {
    chosen.textContent = values.score ? ui.t(`score${values.score}`) : '';
    more.hidden = !values.score;
  };
  const faces = [1, 2, 3, 4, 5].map((score) => {
    const input = h('input', { type: 'radio', name: 'score', value: score, 'aria-label': ui.t(`score${score}`), 'aria-describedby': 'rating-error' });
    input.checked = values.score === score;
    input.addEventListener('change', () => {
      values.score = score;
      show();
    });
    return h('label', { title: ui.t(`score${score}`) }, input, face(score));
  });
  show();
  return card(ui, {
    name: 'rating',
    title,
    parts: [h('div', { class: 'faces', role: 'radiogroup', 'aria-labelledby': 'rating-title' }, ...faces), chosen, more],
    skipLabel: 'skip',
    check: () => (values.score ? null : [ui.t('scoreMissing'), faces[0].firstChild]),
    send: () => rate({ score: values.score, ...(comment.value.trim() && { comment: comment.value.trim() }) }),
    skip,
  });
}
