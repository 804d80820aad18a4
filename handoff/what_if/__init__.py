"""What other numbers in handoff.yml would have changed, found by replaying what was stored."""
