/** How many messages have not been read: on the button, and in the page's title where the page wants that. */

export class Unread {
  #mark = ''; // what this put before the page's title

  /** `read` is whether the messages are in sight now. How many are not read. */
  count(chat, read) {
    if (read) chat.read = chat.last;
    return chat.messages.filter(({ seq, from }) => seq > chat.read && from !== 'visitor').length;
  }

  /** Put `count` before the title, or take it away. The page may have changed its title in the meantime. */
  entitle(count) {
    const mark = count ? `(${count}) ` : '';
    if (mark === this.#mark && document.title.startsWith(mark)) return;
    const title = document.title.startsWith(this.#mark) ? document.title.slice(this.#mark.length) : document.title;
    this.#mark = mark;
    document.title = mark + title;
  }
}
