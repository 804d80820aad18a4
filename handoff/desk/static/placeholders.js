// Variables of canned replies. What is not known becomes a gap such as [order?] that can be seen, and that nothing is
// sent with: a visitor never reads "Hello {visitor_name}".

import { fieldWords, firstName, readable } from "./words.js";

const VARIABLE = /\{([a-z][a-z0-9_]*)\}/g;
const GAP = /\[[a-z][a-z0-9 -]{0,39}\?\]/; // lower case as fill() makes them; what people write in brackets is rarely so
const NAMED = { visitor_name: "name", first_name: "name", order_number: "order" };

/**
 * What the variables stand for in one handoff; the contract with those who write canned replies (variables.js, docs/agents.md).
 * @param {Object} detail answer of GET /api/handoffs/{id}
 * @returns {Object<string, string>}
 */
export function variablesOf(detail) {
  const { visitor, fields, topic, queue } = detail.package;
  const agentName = document.body.dataset.agentName || "";
  return {
    ...fields,
    email: visitor.email,
    phone: visitor.phone,
    visitor_email: visitor.email,
    visitor_name: visitor.name,
    first_name: firstName(visitor.name),
    agent_name: agentName,
    agent_first_name: firstName(agentName),
    team: detail.handoff.team,
    topic: readable(topic),
    queue: readable(detail.handoff.queue || queue),
  };
}

/** `template` with its variables filled in, and a gap for each that is not known. */
export function fill(template, variables) {
  return template.replace(VARIABLE, (_, name) => variables[name] || `[${NAMED[name] || gapName(name)}?]`);
}

function gapName(name) {
  return fieldWords(name).toLowerCase().replace(/[^a-z0-9 -]/g, " ").trim();
}

/** Where the first gap is at or after `from`: [start, end], or null when there is none. */
export function findGap(text, from = 0) {
  const found = GAP.exec(text.slice(from));
  return found ? [from + found.index, from + found.index + found[0].length] : null;
}
