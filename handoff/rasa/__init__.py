"""Everything that touches Rasa: channel, event broker, tracker store, guard, and the HTTP client to it."""
