"""Pure rules and data of a handoff; standard library only."""
