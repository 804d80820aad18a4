/**
 * <handoff-chat>: the visitor's chat window. ES modules without dependencies; this one loads the others.
 *
 *   <script type="module" src="https://shop.example/webhooks/web/widget.js"></script>
 *   <handoff-chat name="Fernway"></handoff-chat>
 *
 * or one tag alone, which adds the element by itself (its data-* attributes become the element's attributes):
 *
 *   <script type="module" src="https://shop.example/webhooks/web/widget.js" data-auto data-name="Fernway"></script>
 *
 * Attributes, texts, colours, methods and events: docs/widget.md. What it speaks with the server: docs/channel-web.md.
 *
 * Everything that anybody typed is put on the page as text nodes, never as HTML. No inline script or style is used, so
 * the widget runs under `script-src <server>; style-src 'self'; connect-src <server>`.
 */

import { HandoffChat } from './parts/element.js';
import { TEXTS } from './parts/texts.js';

export { HandoffChat, TEXTS };

HandoffChat.home = new URL('.', import.meta.url).href; // where this came from, there the server is
customElements.define('handoff-chat', HandoffChat);

// one script tag is enough: <script type="module" src=".../widget.js" data-auto>
const tag = [...document.querySelectorAll('script[data-auto]')].find(({ src }) => src === import.meta.url);
if (tag && !document.querySelector('handoff-chat')) {
  const element = document.createElement('handoff-chat');
  for (const [key, value] of Object.entries(tag.dataset)) {
    // data-prechat-when arrives as prechatWhen
    if (key !== 'auto') element.setAttribute(key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), value);
  }
  document.body.append(element);
}
