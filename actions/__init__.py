"""Rasa SDK actions of the assistant: thin adapters, one subject per file; what they decide is in pure functions."""
