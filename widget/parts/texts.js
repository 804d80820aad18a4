/** Every text of the widget, by language. `{x}` is filled in. English comes along; others are loaded when a page needs them. */

export const TEXTS = {
  en: {
    open: 'Open chat',
    openUnreadOne: 'Open chat, 1 new message',
    openUnreadMany: 'Open chat, {count} new messages',
    close: 'Close chat',
    more: 'More options',
    titleAssistant: '{name} assistant',
    titleAssistantUnnamed: 'Assistant',
    helpAssistant: 'Automated answers. Ask for a person at any time.',
    titleQueued: 'Waiting for a person',
    helpQueued: '{team} sees everything you wrote here. Feel free to add more.',
    titleAgent: '{agent}',
    helpAgent: 'From {team}. Sees this whole conversation.',
    teamSales: 'our sales team',
    teamSupport: 'our support team',
    teamBilling: 'our billing team',
    teamTechnical: 'our technical team',
    teamGeneral: 'our team',
    next: 'You are next in line.',
    place: 'You are number {position} in line.',
    minute: 'About 1 minute.',
    minutes: 'About {minutes} minutes.',
    late: 'This takes longer than usual, and we are sorry.',
    nobody: 'Nobody is online right now. Your place in line is kept.',
    scheduled: '{team} is back {when}, your time, and answers you then.',
    scheduledSometime: '{team} answers you when they are back.',
    opensToday: 'today at {time}',
    opensTomorrow: 'tomorrow at {time}',
    opensOn: 'on {date} at {time}',
    missed: 'Nobody was free to answer you, and we are sorry. Leave your e-mail and {team} writes to you.',
    followUp: '{team} writes to you by e-mail.',
    mailKnown: 'You can close this page: the answer also comes by e-mail.',
    leaveAndGo: 'Leave my e-mail and go',
    leave: 'Leave my e-mail',
    cancel: 'Go on with the assistant',
    withdraw: 'I no longer need this',
    greeting: 'Hello! Ask me anything. If your question needs a person, one joins you right here and you never have to explain it twice.',
    starters: '',
    startersLabel: 'Suggested questions',
    choicesLabel: 'Suggested replies',
    conversation: 'Conversation',
    you: 'You',
    teammate: 'Teammate',
    input: 'Your message',
    placeholder: 'Write a message',
    send: 'Send message',
    charactersLeft: '{count} characters left',
    tooLong: 'A message can have {limit} characters; this one has {count} too many. Send it in two parts.',
    sending: 'Sending',
    sent: 'Sent',
    seen: 'Seen',
    retrying: 'Not delivered yet, trying again',
    failed: 'Not sent: {reason}',
    edit: 'Edit and send again',
    discard: 'Remove',
    typing: '{who} is typing',
    newMessages: 'New messages',
    newWhileClosed: 'New chat message from {who}',
    today: 'Today',
    yesterday: 'Yesterday',
    offline: 'No connection at the moment. What you write is kept and goes out as soon as it is back.',
    online: 'Connected again.',
    newConversation: 'Your earlier conversation has expired, so this is a new one. The assistant starts fresh from here.',
    newTab: 'opens in a new tab',
    name: 'Name',
    email: 'E-mail address',
    phone: 'Phone number',
    optional: '{label} (optional)',
    submit: 'Send',
    skip: 'Skip',
    notNow: 'Not now',
    emailMissing: 'Fill in your e-mail address.',
    emailWrong: 'This is not a complete e-mail address. It looks like name@example.com.',
    phoneWrong: 'A phone number has at least 6 digits, for example +31 20 123 4567.',
    notSaved: 'This did not get through. Check your connection and send it again.',
    contactTitle: 'Where can {team} write to you?',
    contactHelp: 'We use it for this answer only.',
    contactDone: 'Thank you. If you have left by then, the answer goes to {email}.',
    prechatTitle: 'Who are we talking to?',
    prechatHelp: 'So that nobody has to ask you later.',
    prechatDone: 'Thank you.',
    ratingTitle: 'How was your conversation with {agent}?',
    ratingTitleTeam: 'How was your conversation with us?',
    ratingTitleAssistant: 'How well did the assistant help you?',
    score1: 'Very bad',
    score2: 'Bad',
    score3: 'Okay',
    score4: 'Good',
    score5: 'Very good',
    scoreMissing: 'Choose one of the five faces.',
    comment: 'What made it so? (optional)',
    ratingDone: 'Thank you for telling us.',
    download: 'Download transcript',
    mailTranscript: 'Send it by e-mail',
    transcriptTitle: 'Where should the transcript go?',
    transcriptDone: 'The transcript is on its way to {email}.',
    transcriptFile: 'conversation',
  },
};

const OTHERS = { nl: () => import('./nl.js') };

/** Have the texts of `language` ready, where there are any. Whether they are new. A page without them shows English. */
export async function loadTexts(language) {
  if (TEXTS[language] || !OTHERS[language]) return false;
  try {
    TEXTS[language] = (await OTHERS[language]()).default;
    return true;
  } catch (error) {
    console.warn('handoff-chat: the texts could not be loaded:', error.message);
    return false;
  }
}

/** `text` with its `{x}` filled in, and a capital where "our team" now stands in front. */
export function fill(text, values) {
  const filled = text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  return text.startsWith('{team}') ? filled.replace(/^./u, (letter) => letter.toUpperCase()) : filled;
}
