/** How the widget looks. The custom properties --handoff-* are described in docs/widget.md. */

const DARK = `
  --bg: var(--handoff-background, #17191c); --soft: var(--handoff-surface, #272b30); --ink: var(--handoff-text, #f0f2f4);
  --quiet: var(--handoff-muted, #a9b2bb); --line: var(--handoff-border, #3a4047); --warn: var(--handoff-warning, #f3b98a);
  --tint: var(--handoff-accent-on-background, color-mix(in srgb, var(--accent) 45%, #fff)); color-scheme: dark;`;

export const STYLE = `
:host {
  all: initial;
  --accent: var(--handoff-accent, #1d5b52); --on: var(--handoff-accent-text, #fff);
  --bg: var(--handoff-background, #fff); --soft: var(--handoff-surface, #f0f2f3); --ink: var(--handoff-text, #1b1f23);
  --quiet: var(--handoff-muted, #5b656e); --line: var(--handoff-border, #dfe3e6); --warn: var(--handoff-warning, #8f3d06);
  --round: var(--handoff-radius, 18px); --edge: var(--handoff-control, #858f98); --tint: var(--handoff-accent-on-background, var(--accent)); color-scheme: light;
  font: 15px/1.45 var(--handoff-font, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif); color: var(--ink);
}
@media (prefers-color-scheme: dark) { :host(:not([theme="light"])) {${DARK}} }
:host([theme="dark"]) {${DARK}}
:host([hidden]), [hidden] { display: none !important; }
*, *::before { box-sizing: border-box; }
button { font: inherit; color: inherit; border: 0; background: none; padding: 0; margin: 0; cursor: pointer; -webkit-tap-highlight-color: transparent; }
button:disabled { cursor: default; }
:focus-visible { outline: 2px solid var(--tint); outline-offset: 2px; }
svg { inline-size: 24px; block-size: 24px; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; flex: none; }
.sr { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.launcher, .panel { position: fixed; z-index: var(--handoff-z-index, 2147483000); inset-inline-end: var(--handoff-offset-inline, 20px); }
:host([side="start"]) :is(.launcher, .panel) { inset-inline: var(--handoff-offset-inline, 20px) auto; }
.launcher {
  inset-block-end: var(--handoff-offset-block, 20px); inline-size: 58px; block-size: 58px; border-radius: 50%; display: grid; place-items: center;
  background: var(--accent); color: var(--on); box-shadow: 0 2px 6px #0003, 0 8px 24px #0003; transition: transform .16s ease;
}
.launcher:hover { transform: scale(1.05); }
.launcher:focus-visible { outline-offset: 3px; }
.launcher svg { inline-size: 27px; block-size: 27px; }
.badge {
  position: absolute; inset-block-start: -3px; inset-inline-end: -3px; min-inline-size: 22px; padding-inline: 6px; border-radius: 11px;
  font-size: 13px; font-weight: 700; line-height: 22px; text-align: center; background: #c4241a; color: #fff; box-shadow: 0 0 0 2px var(--bg);
}

.panel {
  inset-block-end: calc(var(--handoff-offset-block, 20px) + 72px); display: flex; flex-direction: column; overflow: hidden;
  inline-size: var(--handoff-width, 390px); block-size: min(var(--handoff-height, 640px), 100dvh - var(--handoff-offset-block, 20px) - 92px);
  background: var(--bg); border-radius: var(--round); box-shadow: 0 0 0 1px var(--line), 0 4px 12px #0000001f, 0 16px 48px #0003;
}
.panel:focus { outline: none; }
.panel.opening { animation: rise .18s ease-out; }
@keyframes rise { from { opacity: 0; transform: translateY(12px); } }
header { display: flex; align-items: center; gap: 12px; padding: 14px 12px 14px 16px; border-block-end: 1px solid var(--line); }
.who { flex: 1; min-inline-size: 0; }
h2, h3, p { margin: 0; }
h2 { font-size: 16px; line-height: 1.3; font-weight: 650; overflow-wrap: anywhere; }
.help { font-size: 13px; line-height: 1.35; color: var(--quiet); margin-block-start: 1px; }
.icon { inline-size: 40px; block-size: 40px; border-radius: 12px; display: grid; place-items: center; color: var(--quiet); flex: none; }
.icon:hover { background: var(--soft); color: var(--ink); }
.avatar {
  inline-size: 28px; block-size: 28px; border-radius: 50%; display: grid; place-items: center; flex: none; font-size: 13px; font-weight: 650;
  background: var(--accent); color: var(--on);
}
.avatar svg { inline-size: 17px; block-size: 17px; }
.avatar.agent { background: var(--handoff-agent, #f2c66d); color: var(--handoff-agent-text, #3a2a05); }
header .avatar { inline-size: 42px; block-size: 42px; font-size: 18px; }
header .avatar svg { inline-size: 23px; block-size: 23px; }
.avatar.queued svg { animation: wait 2.4s ease-in-out infinite; }
@keyframes wait { 50% { opacity: .45; } }
.icon svg { stroke-width: 2; }
.more { position: relative; margin-inline-end: -10px; }
.more path { stroke-width: 3; }
.menu {
  position: absolute; z-index: 1; inset-block-start: 100%; inset-inline-end: 0; inline-size: max-content; padding: 6px; border-radius: 12px;
  background: var(--bg); box-shadow: 0 0 0 1px var(--line), 0 6px 20px #0003;
}
.menu button { display: block; inline-size: 100%; min-block-size: 40px; padding-inline: 12px; border-radius: 8px; text-align: start; }
.menu button:hover { background: var(--soft); }
.strip { padding: 10px 16px 12px; background: var(--soft); border-block-end: 1px solid var(--line); font-size: 14px; }
.strip p { overflow-wrap: anywhere; }
.strip p:empty { display: none; }
.strip p + .actions:not(:empty) { margin-block-start: 8px; }
.strip p:empty + .actions { margin: 0; }
.actions { display: flex; flex-wrap: wrap; gap: 8px; }
.actions button { min-block-size: 36px; padding: 5px 12px; border-radius: 18px; font-size: 13.5px; font-weight: 600; text-align: start; }
.quiet { color: var(--tint); border: 1.5px solid var(--edge); }
.quiet:hover { border-color: var(--tint); }
.main { background: var(--accent); color: var(--on); border: 1.5px solid var(--accent); }
.main[aria-disabled] { opacity: .6; }

.card { margin-block-start: 16px; padding: 14px 16px 16px; border: 1px solid var(--line); border-radius: 16px; box-shadow: 0 1px 4px #00000014; animation: rise .18s ease-out; }
h3 { font-size: 15px; font-weight: 650; overflow-wrap: anywhere; }
.card .actions { margin-block-start: 12px; }
.field { margin-block-start: 10px; }
.field label { display: block; font-size: 13px; font-weight: 600; margin-block-end: 4px; }
.field input, .field textarea {
  display: block; inline-size: 100%; margin: 0; padding: 8px 12px; border: 1.5px solid var(--edge); border-radius: 10px; background: var(--bg); color: inherit; font: inherit; font-size: 16px;
  resize: vertical; outline-offset: -1px;
}
.field [dir="ltr"] { text-align: start; }
.field [aria-invalid="true"] { border-color: var(--warn); }
.error { font-size: 13px; color: var(--warn); margin-block-start: 4px; }
.error:empty { display: none; }
.thanks { margin-block-start: 14px; text-align: center; font-size: 13.5px; color: var(--quiet); overflow-wrap: anywhere; }
.faces { display: flex; justify-content: space-between; max-inline-size: 300px; margin: 10px auto 0; }
.faces label { position: relative; border-radius: 50%; cursor: pointer; color: var(--quiet); }
.faces svg { display: block; inline-size: 44px; block-size: 44px; padding: 2px; border-radius: 50%; stroke-width: 1.3; transition: transform .16s ease; }
.faces label:hover { color: var(--tint); }
.faces input { position: absolute; inset: 0; inline-size: auto; margin: 0; opacity: 0; cursor: pointer; }
.faces :checked + svg { background: var(--accent); color: var(--on); transform: scale(1.1); }
.faces :focus-visible + svg { outline: 2px solid var(--tint); outline-offset: 2px; }
.chosen { text-align: center; font-size: 13.5px; font-weight: 600; min-block-size: 20px; margin-block-start: 6px; }

.scroll { flex: 1; min-block-size: 0; overflow-y: auto; overscroll-behavior: contain; padding: 16px 14px 8px; scrollbar-width: thin; scrollbar-color: var(--line) transparent; }
.scroll:focus-visible { outline-offset: -3px; }
ol { list-style: none; margin: 0; padding: 0; display: flex; flex-direction: column; }
li { display: grid; grid-template-columns: 28px 1fr; column-gap: 8px; margin-block-start: 14px; }
li:first-child { margin-block-start: 0; }
li.joined { margin-block-start: 3px; }
li.fresh { animation: rise .18s ease-out; }
li > * { grid-column: 2; justify-self: start; min-inline-size: 0; }
li > .avatar { grid-column: 1; grid-row: 2; align-self: end; }
li.follows > .avatar { visibility: hidden; }
.author { font-size: 12.5px; color: var(--quiet); margin-block-end: 3px; padding-inline-start: 2px; grid-row: 1; }
.bubble {
  grid-row: 2; max-inline-size: 100%; padding: 9px 13px; border-radius: 16px; background: var(--soft); white-space: pre-wrap; overflow-wrap: anywhere; text-align: start;
  border: 1px solid transparent;
}
li.assistant .bubble, li.agent .bubble, li.typing .bubble { border-end-start-radius: 5px; margin-inline-end: 24px; }
li.agent .bubble { background: var(--handoff-agent-surface, color-mix(in srgb, var(--handoff-agent, #f2c66d) 22%, var(--bg))); }
li.visitor { display: flex; flex-direction: column; align-items: flex-end; }
li.visitor .bubble { background: var(--accent); color: var(--on); border-end-end-radius: 5px; max-inline-size: 84%; }
li.visitor.failed .bubble { background: var(--bg); color: var(--ink); border-color: var(--warn); }
li.system, li.day, li.note { display: block; text-align: center; }
li.system .bubble, li.note .bubble { display: inline-block; background: none; color: var(--quiet); font-size: 13.5px; padding: 2px 16px; text-align: center; }
li.day { font-size: 12.5px; color: var(--quiet); }
.bubble a { color: inherit; text-underline-offset: 2px; }
.meta { font-size: 12px; color: var(--quiet); margin-block-start: 3px; padding-inline: 2px; grid-row: 4; }
.meta.bad { color: var(--warn); }
.meta button { text-decoration: underline; text-underline-offset: 2px; margin-inline-start: 8px; min-block-size: 24px; color: var(--tint); }
.choices { display: flex; flex-wrap: wrap; gap: 8px; margin-block-start: 8px; grid-row: 3; }
.choices button {
  border: 1.5px solid var(--tint); border-radius: 18px; padding: 6px 13px; min-block-size: 36px; color: var(--tint); font-weight: 550; text-align: start; overflow-wrap: anywhere;
}
.choices button:not(:disabled):hover { background: var(--tint); color: var(--bg); }
.choices button:disabled { border: 1px solid var(--line); color: var(--quiet); font-weight: 400; }
.dots { display: flex; gap: 4px; padding-block: 15px; }
.dots i { inline-size: 7px; block-size: 7px; border-radius: 50%; background: var(--quiet); animation: dot 1.2s ease-in-out infinite; }
.dots i:nth-child(2) { animation-delay: .15s; } .dots i:nth-child(3) { animation-delay: .3s; }
@keyframes dot { 0%, 60%, 100% { opacity: .35; } 30% { opacity: 1; transform: translateY(-3px); } }

.foot { position: relative; }
.jump {
  position: absolute; inset-block-end: calc(100% + 10px); inset-inline: 0; margin-inline: auto; inline-size: fit-content; display: flex; align-items: center; gap: 6px; padding: 6px 14px; min-block-size: 36px;
  border-radius: 18px; background: var(--bg); color: var(--tint); font-weight: 600; font-size: 14px; box-shadow: 0 0 0 1px var(--line), 0 3px 12px #0003;
}
.jump svg { inline-size: 16px; block-size: 16px; }
.banner { font-size: 13px; color: var(--warn); padding: 8px 16px; border-block-start: 1px solid var(--line); }
.banner:empty { display: none; }
.write { display: flex; align-items: flex-end; gap: 6px; margin: 6px 12px 12px; padding: 4px; border: 1.5px solid var(--edge); border-radius: 24px; background: var(--bg); }
.write:focus-within { border-color: var(--tint); box-shadow: 0 0 0 1px var(--tint); }
.write textarea {
  flex: 1; min-inline-size: 0; font: inherit; font-size: 16px; line-height: 22px; color: inherit; background: none; border: 0; outline: 0; resize: none; margin: 0;
  padding-block: 8px; padding-inline: 12px 4px; block-size: 38px; max-block-size: 154px; overflow-y: auto; scrollbar-width: thin;
}
.write textarea:focus-visible { outline: none; } /* the frame around it shows the focus */
::placeholder { color: var(--quiet); opacity: 1; }
.send { inline-size: 38px; block-size: 38px; border-radius: 50%; display: grid; place-items: center; background: var(--accent); color: var(--on); flex: none; }
.send:disabled { background: var(--soft); color: var(--quiet); }
.send svg { inline-size: 20px; block-size: 20px; }
.hint { font-size: 12.5px; color: var(--quiet); padding: 0 18px; }
.hint.bad { color: var(--warn); }
:host(:dir(rtl)) .send svg, :host(:dir(rtl)) .launcher svg { transform: scaleX(-1); }

@media (max-width: 480px) {
  .panel, :host([side="start"]) .panel { inset: 0; inline-size: auto; block-size: var(--room, 100dvh); inset-block-end: auto; border-radius: 0; }
  .panel:not([hidden]) ~ .launcher { display: none; }
  header { padding-block-start: max(12px, env(safe-area-inset-top)); }
  .write { margin-block-end: max(10px, env(safe-area-inset-bottom)); }
  .icon { inline-size: 44px; block-size: 44px; }
}
@media (prefers-reduced-motion: reduce) { *, *::before { animation: none !important; transition: none !important; } }
@media (forced-colors: active) { .bubble, .launcher, .panel, .avatar, .send, .menu { border: 1px solid CanvasText; } .faces :checked + svg { forced-color-adjust: none; background: Highlight; color: HighlightText; } }
@media print { :host { display: none; } }
`;
