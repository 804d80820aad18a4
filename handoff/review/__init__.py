"""What went wrong in conversations, grouped by meaning, and the edits of the training data that mend it."""
