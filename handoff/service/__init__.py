"""Use cases: what happens when someone asks for, claims, answers or ends a handoff. Only ports to the outside."""
