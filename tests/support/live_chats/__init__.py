"""Live chats for tests: servers that reject what the real ones would reject, and that fail when told."""
