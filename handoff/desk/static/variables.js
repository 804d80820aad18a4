// The variables that canned replies may use, in words. Which ones there are is up to the server (handoff/canned.py);
// placeholders.js puts the values in.

import { readable } from "./words.js";

// {what it stands for, an example for the preview}
const KNOWN = {
  first_name: { what: "the visitor's first name", example: "Lea" },
  visitor_name: { what: "the visitor's name", example: "Lea Moreau" },
  agent_first_name: { what: "your first name" },
  agent_name: { what: "your name" },
  order_number: { what: "the order that was mentioned", example: "FW-104233" },
  email: { what: "the visitor's e-mail address", example: "lea.moreau@example.org" },
  phone: { what: "the visitor's phone number", example: "+31 20 123 4567" },
  team: { what: "the team behind the queue", example: "our support team" },
  queue: { what: "the queue", example: "Support" },
  topic: { what: "the topic", example: "Support" },
};

/** What a variable stands for, in words. */
export const variableWords = (name) => KNOWN[name]?.what || readable(name).toLowerCase();

/** Values for a preview, with the name of the agent who writes. */
export function exampleValues(agentName) {
  const examples = Object.fromEntries(Object.entries(KNOWN).map(([name, { example }]) => [name, example]));
  return { ...examples, agent_name: agentName, agent_first_name: agentName.split(" ")[0] };
}
