"""The handoff assistant: everything around Rasa that brings a person in."""
