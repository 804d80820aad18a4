"""Adapters to live-chat systems, one file each; ``base`` is the contract."""
